"""The handlers, the template and the API's description name the same endpoints."""

import json
import re
from typing import Any

import pytest

from llm_router.wire.api.endpoints import ENDPOINTS
from llm_router.wire.shared.error_replies import ENDPOINT_HINT
from tests.support.route_function import load_app

from .conftest import ROOT, Template

METHODS = ("get", "post", "put", "patch", "delete")
CONTEXT: Any = None


@pytest.fixture(scope="module")
def app() -> Any:
    return load_app()


def handled(app: Any, event: str) -> Any:
    return app.handler(json.loads((ROOT / "events" / f"{event}.json").read_text()), CONTEXT)


def events_of(template: Template) -> list[Any]:
    """The route function's events, without the questions that browsers ask before a request."""
    events = template["Resources"]["RouteFunction"]["Properties"]["Events"].values()
    return [event for event in events if event["Properties"]["Method"] != "OPTIONS"]


def test_they_are_the_same(app: Any, template: Template) -> None:
    told = {(endpoint.method, endpoint.path) for endpoint in ENDPOINTS}
    events = events_of(template)
    deployed = {(e["Properties"]["Method"], e["Properties"]["Path"]) for e in events}
    known = app.app.get_openapi_schema(title="-", version="-").paths
    served = {
        (method.upper(), re.sub(r"<\w+>|\{\w+\}", "{id}", path))
        for path, item in known.items()
        for method in METHODS
        if getattr(item, method)
    }
    assert told == deployed == served


def test_they_agree_on_who_needs_a_key(template: Template) -> None:
    public = {
        e["Properties"]["Path"]
        for e in events_of(template)
        if e["Properties"].get("Auth") == {"Authorizer": "NONE"}
    }
    assert public == {endpoint.path for endpoint in ENDPOINTS if not endpoint.needs_key}


def test_an_unknown_endpoint_says_the_same_in_api_gateways_reply(template: Template) -> None:
    replies = template["Resources"]["Api"]["Properties"]["GatewayResponses"]
    reply = replies["MISSING_AUTHENTICATION_TOKEN"]["ResponseTemplates"]["application/json"]
    message = json.loads(reply)["error"]["message"]
    assert message == f"no such endpoint or method; {ENDPOINT_HINT}"


def test_the_description_is_served(app: Any) -> None:
    reply = handled(app, "route-openapi")
    assert reply["statusCode"] == 200
    assert json.loads(reply["body"])["openapi"].startswith("3.1")


def test_the_page_is_served_with_its_policy(app: Any) -> None:
    reply = handled(app, "route-page")
    headers = {name.lower(): value for name, (value,) in reply["multiValueHeaders"].items()}
    assert reply["statusCode"] == 200
    assert headers["content-type"].startswith("text/html")
    assert "sha256-" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert reply["body"].startswith("<!doctype html>")


def test_a_model_is_found_by_its_encoded_name_and_an_unknown_one_is_a_404(app: Any) -> None:
    event = json.loads((ROOT / "events" / "route-model.json").read_text())
    assert json.loads(app.handler(event, CONTEXT)["body"])["id"] == "auto"
    missing = app.handler({**event, "path": "/v1/models/no%20such"}, CONTEXT)
    assert missing["statusCode"] == 404
    error = json.loads(missing["body"])["error"]
    assert (error["code"], error["param"]) == ("model_not_found", "model")
    assert "'no such'" in error["message"]
