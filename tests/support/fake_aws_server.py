"""AWS on loopback, as far as the adapters' own clients call it, over HTTP."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.support.cascade_fixtures import MACHINE, invoking, ranked, state_input

OUTCOME = MACHINE.run(state_input(ranked((1,)), left_ms=0), invoking({})).output
"""What the machine hands back if there is no time for a call."""
KEY_ITEM = {
    "key_hash": {"S": "h"}, "key_id": {"S": "k"}, "tenant": {"S": "t"}, "user_tier": {"S": "u"},
    "may_set_user_tier": {"BOOL": False}, "created_at": {"N": "1"},
}  # fmt: skip
ANSWERS: dict[str, dict[str, Any]] = {
    "StartSyncExecution": {
        "executionArn": "arn", "startDate": 1, "stopDate": 2, "status": "SUCCEEDED",
        "output": json.dumps(OUTCOME),
    },
    "GetItem": {"Item": KEY_ITEM},
    "GetSecretValue": {"ARN": "arn", "SecretString": '{"p": "a-key"}'},
}  # fmt: skip


@dataclass
class AwsServer:
    """A running server: S3's objects by path, and each operation that arrived.

    While `hold` is set, the answer to a PUT of an object whose key ends with it waits for
    `release`; `denied` refuses each PUT.
    """

    port: int
    objects: dict[str, bytes] = field(default_factory=dict)
    operations: list[str] = field(default_factory=list)
    hold: str | None = None
    release: threading.Event = field(default_factory=threading.Event)
    denied: bool = False


@contextmanager
def aws_server() -> Iterator[AwsServer]:
    """Serve until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            self._body()
            operation = self.headers["x-amz-target"].rpartition(".")[2]
            aws.operations.append(operation)
            self._send(200, json.dumps(ANSWERS[operation]).encode())

        def do_PUT(self) -> None:
            body = self._body()
            aws.operations.append("PutObject")
            if aws.hold is not None and self.path.endswith(aws.hold):
                aws.release.wait(10)
            if aws.denied:
                self._send(403, b"<Error><Code>AccessDenied</Code></Error>")
                return
            aws.objects[self.path] = body
            self._send(200)

        def do_GET(self) -> None:
            aws.operations.append("HeadObject" if self.command == "HEAD" else "GetObject")
            body = aws.objects.get(self.path)
            if body is None:
                self._send(403, b"<Error><Code>AccessDenied</Code></Error>")
            else:
                self._send(200, body)

        do_HEAD = do_GET

        def handle_expect_100(self) -> bool:
            going_on = super().handle_expect_100()
            self.wfile.flush()
            return going_on

        def _body(self) -> bytes:
            return self.rfile.read(int(self.headers["content-length"]))

        def _send(self, status: int, body: bytes = b"") -> None:
            self.send_response_only(status)
            self.send_header("content-length", str(len(body)))
            self.send_header("etag", '"e"')
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    aws = AwsServer(server.server_port)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield aws
    finally:
        aws.release.set()
        server.shutdown()
        server.server_close()
        thread.join()
