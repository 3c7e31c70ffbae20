"""The route function's handler in this process, around a router and a Redis of the test's own."""

import importlib.util
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from llm_router import bootstrap
from llm_router.application.route.route_request import Router
from local.settings import ROOT

Json = dict[str, Any]
CALLER = {
    "key_id": "key-1", "tenant": "tenant", "user_tier": "standard", "may_set_user_tier": "false",
}  # fmt: skip
ROUTE_ENVIRONMENT = {
    "STACK_NAME": "llm-router", "STATE_MACHINE_ARN": "arn", "ENABLED_PROVIDERS": "openai,anthropic",
    "REQUEST_DEADLINE_MS": "25000", "CLIENT_READ_TIMEOUT_SECONDS": "27", "PAYLOAD_BUCKET": "b",
    "AWS_DEFAULT_REGION": "us-east-1", "POWERTOOLS_SERVICE_NAME": "route", "CACHE_TLS": "false",
}  # fmt: skip


class _Context:
    """Lambda's context, as far as it is read."""

    aws_request_id = "r"
    function_name = "route"
    memory_limit_in_mb = 1024
    invoked_function_arn = "arn:aws:lambda:us-east-1:000000000000:function:route"


@dataclass(frozen=True)
class HttpReply:
    """What a caller sees; names of headers in lower case."""

    status: int
    headers: dict[str, str]
    body: str

    @property
    def code(self) -> str:
        return str(json.loads(self.body)["error"]["code"])


class RouteFunction:
    """One instance of the function; without a port it has no cache. `caller` owns every key."""

    def __init__(self, routing: Router, redis_port: int | None = None) -> None:
        self.caller: dict[str, str] = dict(CALLER)
        self.stage_variables: dict[str, str] = {}
        self.app = load_app(redis_port)
        self.app.use_case, self.app.epoch_ms = routing, routing.clock

    def call(
        self,
        method: str,
        path: str,
        body: str | None = None,
        headers: Mapping[str, str] | None = None,
        query: Mapping[str, str] | None = None,
    ) -> Json:
        """What the handler returns to API Gateway, which has asked the authorizer."""
        event: Json = json.loads((ROOT / "events" / "route-chat.json").read_text())
        event |= {"path": path, "resource": path, "httpMethod": method, "body": body}
        event["requestContext"] |= {
            "path": f"/live{path}", "resourcePath": path, "httpMethod": method,
            "authorizer": self.caller,
        }  # fmt: skip
        event |= {
            "stageVariables": self.stage_variables or None,
            "queryStringParameters": dict(query or {}) or None,
            "multiValueQueryStringParameters": {n: [v] for n, v in (query or {}).items()} or None,
        }
        if headers is not None:
            event["headers"] = dict(headers)
            event["multiValueHeaders"] = {name: [value] for name, value in headers.items()}
        reply: Json = self.app.handler(event, _Context())
        return reply

    def post(self, path: str, body: Json, headers: Mapping[str, str]) -> HttpReply:
        """The same as a caller sees it."""
        reply = self.call("POST", path, json.dumps(body), headers)
        told = {name.lower(): values[0] for name, values in reply["multiValueHeaders"].items()}
        return HttpReply(reply["statusCode"], told, reply["body"])


def load_app(redis_port: int | None = None) -> Any:
    """The route function's module, as Lambda imports it; without a port it has no cache."""
    cache = {"CACHE_HOST": "127.0.0.1", "CACHE_PORT": str(redis_port)} if redis_port else {}
    before = dict(os.environ)
    os.environ.update({**ROUTE_ENVIRONMENT, **cache})
    bootstrap._cache_connection.cache_clear()
    bootstrap._cache_service.cache_clear()
    try:
        source = ROOT / "functions" / "route" / "app.py"
        spec = importlib.util.spec_from_file_location("route_app", source)
        assert spec is not None
        assert spec.loader is not None
        app = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(app)
    finally:
        os.environ.clear()
        os.environ.update(before)
    return app
