"""API Gateway's part on loopback: HTTP in, the route function's handler called, its reply out."""

import importlib.util
import json
import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from llm_router.application.route_request import Routing
from local.settings import ROOT

Json = dict[str, Any]
KEY = "lr-a-test-key"
CALLER = {
    "key_id": "key-1", "tenant": "tenant", "user_tier": "standard", "may_set_user_tier": "false",
}  # fmt: skip
NO_SUCH_METHOD = {
    "type": "error",
    "error": {"type": "not_found_error", "message": "no", "code": "unknown", "param": None},
}
_ENVIRONMENT = {
    "STATE_MACHINE_ARN": "arn", "ENABLED_PROVIDERS": "openai,anthropic",
    "REQUEST_DEADLINE_MS": "25000", "CLIENT_READ_TIMEOUT_SECONDS": "27", "PAYLOAD_BUCKET": "b",
    "AWS_DEFAULT_REGION": "us-east-1", "POWERTOOLS_SERVICE_NAME": "route",
}  # fmt: skip


class _Context:
    """Lambda's context, as far as it is read."""

    aws_request_id = "r"
    function_name = "route"
    memory_limit_in_mb = 1024
    invoked_function_arn = "arn:aws:lambda:us-east-1:000000000000:function:route"


def load_app(routing: Routing) -> Any:
    """The route function's module around a use case of the test's own."""
    before = dict(os.environ)
    os.environ.update(_ENVIRONMENT)
    try:
        spec = importlib.util.spec_from_file_location(
            "route_app", ROOT / "functions" / "route" / "app.py"
        )
        assert spec is not None
        assert spec.loader is not None
        app: Any = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(app)
    finally:
        os.environ.clear()
        os.environ.update(before)
    app.use_case, app.epoch_ms = routing, routing.clock
    return app


def event(
    method: str, path: str, body: str | None, caller: Mapping[str, str] | None = None
) -> Json:
    """A proxy event as API Gateway makes it."""
    made: Json = json.loads((ROOT / "events" / "route-chat.json").read_text())
    context = made["requestContext"]
    context |= {"resourcePath": path, "httpMethod": method, "path": f"/live{path}"}
    context["authorizer"] = dict(caller or CALLER)
    return {**made, "resource": path, "path": path, "httpMethod": method, "body": body}


@dataclass
class Gateway:
    """The running gateway; `caller` is who every key belongs to."""

    url: str
    app: Any
    caller: Json = field(default_factory=lambda: dict(CALLER))

    def call(
        self,
        method: str,
        path: str,
        body: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Json:
        """What the handler returns, without HTTP."""
        asked = event(method, path, body, self.caller)
        if headers is not None:
            asked["headers"] = dict(headers)
            asked["multiValueHeaders"] = {name: [value] for name, value in headers.items()}
        reply: Json = self.app.handler(asked, _Context())
        return reply


@contextmanager
def gateway(app: Any) -> Iterator[Gateway]:
    """Serve until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1

        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["content-length"] or 0)).decode(errors="replace")
            self._answer("POST", raw)

        def do_GET(self) -> None:
            self._answer("GET", None)

        def _refuse(self) -> None:
            body = json.dumps(NO_SUCH_METHOD).encode()
            self.send_response_only(404)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
            self.close_connection = True

        do_PUT = do_PATCH = do_DELETE = do_OPTIONS = do_HEAD = do_TRACE = do_QUERY = _refuse

        def _answer(self, method: str, raw: str | None) -> None:
            with lock:
                path = self.path.partition("?")[0]
                reply = served.call(method, path, raw, dict(self.headers.items()))
            body = reply["body"].encode()
            self.send_response_only(reply["statusCode"])
            for name, values in reply["multiValueHeaders"].items():
                self.send_header(name, values[0])
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Quiet."""

    lock = threading.Lock()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    served = Gateway(f"http://127.0.0.1:{server.server_port}", app)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield served
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
