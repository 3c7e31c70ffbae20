"""A provider on loopback that answers each call as a test says, down to the bytes."""

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True)
class Call:
    """A request as it arrived: its wire format by its path, its raw body and its key."""

    wire: str
    raw: bytes
    key: str = ""

    @property
    def body(self) -> Json:
        parsed: Json = json.loads(self.raw)
        return parsed

    @property
    def model(self) -> str:
        return str(self.body["model"])

    @property
    def most_output_tokens(self) -> int:
        body = self.body
        names = ("max_completion_tokens", "max_output_tokens", "max_tokens")
        return int(next(body[name] for name in names if name in body))


@dataclass(frozen=True)
class Reply:
    """The reply to a call.

    `cut` announces more than comes, `hang` sends nothing until the server is closed, `trickle` a
    byte now and then.
    """

    status: int = 200
    body: Any = ""
    headers: dict[str, str] = field(default_factory=dict)
    cut: bool = False
    hang: bool = False
    trickle: bool = False

    @property
    def encoded(self) -> bytes:
        if isinstance(self.body, bytes):
            return self.body
        return (self.body if isinstance(self.body, str) else json.dumps(self.body)).encode()


def answer(
    call: Call, text: str, input_tokens: int = 10, output_tokens: int = 5, **usage: int
) -> Reply:
    """A complete answer in the call's wire format."""
    if call.wire == "openai":
        choice = {
            "index": 0,
            "finish_reason": "stop",
            "message": {"role": "assistant", "content": text},
        }
        tokens: Json = {
            "prompt_tokens": input_tokens,
            "completion_tokens": output_tokens,
            "total_tokens": input_tokens + output_tokens,
        }
        if "cached" in usage:
            tokens["prompt_tokens_details"] = {"cached_tokens": usage["cached"]}
        head: Json = {"id": "c", "object": "chat.completion", "created": 1, "model": call.model}
        return Reply(body={**head, "choices": [choice], "usage": tokens})
    if call.wire == "openai-responses":
        said = {"type": "output_text", "text": text, "annotations": [], "logprobs": []}
        return Reply(
            body={
                "id": "resp_1", "object": "response", "created_at": 1, "model": call.model,
                "status": "completed", "error": None, "incomplete_details": None,
                "output": [
                    {
                        "id": "msg_1", "type": "message", "role": "assistant",
                        "status": "completed", "content": [said],
                    }
                ],
                "usage": {
                    "input_tokens": input_tokens, "output_tokens": output_tokens,
                    "input_tokens_details": {"cached_tokens": usage.get("cached", 0)},
                    "output_tokens_details": {"reasoning_tokens": 0},
                    "total_tokens": input_tokens + output_tokens,
                },
            }
        )  # fmt: skip
    cached = usage.get("cached", 0)
    return Reply(
        body={
            "id": "m", "type": "message", "role": "assistant", "model": call.model,
            "content": [{"type": "text", "text": text}],
            "stop_reason": "end_turn", "stop_sequence": None,
            "usage": {
                "input_tokens": input_tokens - cached, "cache_read_input_tokens": cached,
                "cache_creation_input_tokens": 0, "output_tokens": output_tokens,
            },
        }
    )  # fmt: skip


def tool_calls(call: Call, calls: Mapping[str, tuple[str, Json]], text: str = "") -> Reply:
    """An answer that calls tools: id → (name, arguments)."""
    reply = answer(call, text)
    if call.wire == "openai":
        choice = reply.body["choices"][0]
        choice["finish_reason"] = "tool_calls"
        choice["message"]["content"] = text or None
        choice["message"]["tool_calls"] = [
            {
                "id": n,
                "type": "function",
                "function": {"name": name, "arguments": json.dumps(given)},
            }
            for n, (name, given) in calls.items()
        ]
        return reply
    if call.wire == "openai-responses":
        called = [
            {
                "id": f"fc_{n}", "type": "function_call", "call_id": n, "name": name,
                "arguments": json.dumps(given), "status": "completed",
            }
            for n, (name, given) in calls.items()
        ]  # fmt: skip
        said = reply.body["output"] if text else []
        return Reply(body={**reply.body, "output": [*said, *called]})
    used = [
        {"type": "tool_use", "id": n, "name": name, "input": given}
        for n, (name, given) in calls.items()
    ]
    said = reply.body["content"] if text else []
    return Reply(body={**reply.body, "stop_reason": "tool_use", "content": [*said, *used]})


@dataclass
class ProviderServer:
    """A running server; `respond` may be replaced at any time."""

    url: str
    respond: Callable[[Call], Reply]
    closed: threading.Event = field(default_factory=threading.Event)

    def base_url(self, wire: str) -> str:
        return self.url if wire == "anthropic" else f"{self.url}/v1"


def wire_of(path: str) -> str:
    """The wire format that is spoken at a path."""
    if path.endswith("/responses"):
        return "openai-responses"
    return "openai" if path.endswith("/chat/completions") else "anthropic"


@contextmanager
def serving(respond: Callable[[Call], Reply]) -> Iterator[ProviderServer]:
    """Serve until the block ends; replies that still hang are dropped then."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1

        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["content-length"]))
            key = self.headers["x-api-key"] or self.headers["authorization"] or ""
            reply = provider.respond(Call(wire_of(self.path), raw, key.removeprefix("Bearer ")))
            if reply.hang:
                provider.closed.wait()
                self.close_connection = True
                return
            body = reply.encoded
            self.send_response_only(reply.status)
            if not isinstance(reply.body, str | bytes):
                self.send_header("content-type", "application/json")
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header(
                "content-length", str(len(body) + (10_000 if reply.cut or reply.trickle else 0))
            )
            self.end_headers()
            while reply.trickle and not provider.closed.wait(0.05):
                self.wfile.write(b" ")
                self.wfile.flush()
            self.wfile.write(body)
            self.close_connection = reply.cut or reply.trickle

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    provider = ProviderServer(f"http://127.0.0.1:{server.server_port}", respond)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield provider
    finally:
        provider.closed.set()
        server.shutdown()
        server.server_close()
        thread.join()
