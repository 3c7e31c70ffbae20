"""API Gateway's part on loopback: HTTP in, the route function's handler called, its reply out."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl

from .route_function import RouteFunction

KEY = "lr-a-test-key"
NO_SUCH_METHOD = {
    "type": "error",
    "error": {"type": "not_found_error", "message": "no", "code": "unknown", "param": None},
}


@dataclass(frozen=True)
class Gateway:
    """A running gateway and the function behind it."""

    url: str
    function: RouteFunction


@contextmanager
def gateway(function: RouteFunction) -> Iterator[Gateway]:
    """Serve until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1

        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["content-length"] or 0)).decode(errors="replace")
            self._answer("POST", raw)

        def do_GET(self) -> None:
            self._answer("GET", None)

        def do_OPTIONS(self) -> None:
            self._answer("OPTIONS", None)

        def _refuse(self) -> None:
            body = json.dumps(NO_SUCH_METHOD).encode()
            self.send_response_only(404)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
            self.close_connection = True

        do_PUT = do_PATCH = do_DELETE = do_HEAD = do_TRACE = do_QUERY = _refuse

        def _answer(self, method: str, raw: str | None) -> None:
            with lock:
                path, _, query = self.path.partition("?")
                asked = dict(parse_qsl(query))
                reply = function.call(method, path, raw, dict(self.headers.items()), asked)
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
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield Gateway(f"http://127.0.0.1:{server.server_port}", function)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
