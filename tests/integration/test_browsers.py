"""Browsers' apps of other origins: what the router answers them, and what it lets them read."""

import json
from typing import Any

import pytest

from tests.support.in_process_router import router
from tests.support.policies import POLICY
from tests.support.route_function import RouteFunction

APP = "https://app.example.com"
ALLOW = "access-control-allow-origin"
PATHS = [
    "/v1/chat/completions", "/v1/responses", "/v1/messages", "/v1/models", "/v1/models/auto",
    "/v1/health",
]  # fmt: skip


@pytest.fixture(scope="module")
def shared() -> RouteFunction:
    function = RouteFunction(router({}, POLICY))
    function.stage_variables = {"corsOrigins": f"{APP},http://localhost:3000"}
    return function


@pytest.fixture(scope="module")
def open_to_all() -> RouteFunction:
    function = RouteFunction(router({}, POLICY))
    function.stage_variables = {"corsOrigins": "any"}
    return function


@pytest.fixture(scope="module")
def closed() -> RouteFunction:
    return RouteFunction(router({}, POLICY))


def ask(
    function: RouteFunction, method: str, path: str, origin: str = APP, body: str | None = None
) -> tuple[int, dict[str, str]]:
    headers = {
        "Origin": origin,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization, content-type, x-stainless-os",
    }
    reply = function.call(method, path, body, headers)
    told = {name.lower(): values[0] for name, values in reply["multiValueHeaders"].items()}
    return reply["statusCode"], told


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("origin", [APP, "http://localhost:3000"])
def test_an_app_may_ask_with_its_key(shared: RouteFunction, path: str, origin: str) -> None:
    status, told = ask(shared, "OPTIONS", path, origin)
    assert status == 204
    assert told[ALLOW] == origin
    assert told["access-control-allow-headers"] == "authorization, content-type, x-stainless-os"
    assert {"GET", "POST"} <= set(told["access-control-allow-methods"].split(", "))
    assert told["vary"] == "origin"
    assert "access-control-allow-credentials" not in told


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/v1/models", None, 200),
        ("GET", "/v1/models/none", None, 404),
        ("POST", "/v1/chat/completions", "{", 400),
        ("POST", "/v1/messages", json.dumps({"model": "x"}), 400),
        ("POST", "/v1/chat/completions", "x" * 6_000_001, 413),
        ("GET", "/v1/nowhere", None, 404),
    ],
)
def test_an_app_may_read_replies_and_errors(
    shared: RouteFunction, method: str, path: str, body: str | None, status: int
) -> None:
    answered, told = ask(shared, method, path, APP, body)
    assert answered == status
    assert (told[ALLOW], told["access-control-expose-headers"]) == (APP, "*")
    assert told["x-router-version"]


@pytest.mark.parametrize(
    "origin",
    ["https://evil.example.com", "null", "", f"{APP}.evil.com", f"{APP}:8443",
     "http://app.example.com", "any", f"{APP},http://localhost:3000"],
)  # fmt: skip
@pytest.mark.parametrize("method", ["OPTIONS", "GET"])
def test_another_origin_is_told_nothing(shared: RouteFunction, method: str, origin: str) -> None:
    _, told = ask(shared, method, "/v1/models", origin)
    assert ALLOW not in told
    assert told["vary"] == "origin"


@pytest.mark.parametrize("method", ["OPTIONS", "GET"])
def test_every_origin_is_let_in_where_the_operator_says_so(
    open_to_all: RouteFunction, method: str
) -> None:
    status, told = ask(open_to_all, method, "/v1/models", "https://any.example")
    assert (status, told[ALLOW]) == (204 if method == "OPTIONS" else 200, "*")


@pytest.mark.parametrize(("method", "status"), [("OPTIONS", 404), ("GET", 200)])
def test_without_the_parameter_nothing_changes(
    closed: RouteFunction, method: str, status: int
) -> None:
    answered, told = ask(closed, method, "/v1/models")
    assert answered == status
    assert not [name for name in told if name.startswith("access-control-") or name == "vary"]


def test_a_reply_of_another_app_is_not_kept_with_its_origin(shared: RouteFunction) -> None:
    """The headers follow the request, whichever request the rest of a reply was made for."""
    seen: list[Any] = [ask(shared, "GET", "/v1/models", o)[1].get(ALLOW) for o in (APP, "x", APP)]
    assert seen == [APP, None, APP]
