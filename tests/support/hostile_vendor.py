"""A vendor that answers with whatever may come over a wire, and bills what it may have worked."""

import gzip
import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from .fake_provider_server import Call, Reply, answer, tool_calls
from .provider_bills import Bill

Json = dict[str, Any]

DEEP = "[" * 100_000
CANARY = "the-canary-of-a-vendor"
TEXTS = [
    "The capital of France is Paris, as it has been for centuries.",
    "I'm not sure.", "", " ", "OK", '{"q": "x"}', "{", "null", DEEP, "\ud83d cut", "\x00\u2028",
    "<think>Hm.</think>Paris.", "ha " * 300, r"\(2\), " * 300, f"{CANARY} Paris", "```python\nx",
]  # fmt: skip
VALUES: list[Any] = [
    None, True, 0, -1, 5, 1.5, 10**30, "", " ", "null", "x" * 300, "\ud83d", [], {}, [None], [[]],
    {"type": "x"}, {"a": {"a": {"a": []}}}, float("nan"), float("inf"),
]  # fmt: skip
IDS = ["", " ", "call_0", "x" * 200, "späte id!", "\ud83d", "a\nb"]
NAMES_OF_REASONS = ("finish_reason", "stop_reason", "status", "reason")
REASONS = [
    "stop", "STOP", "length", "tool_calls", "tool_use", "end_turn", "max_tokens", "model_length",
    "content_filter", "refusal", "error", "", None, 7, "pause_turn", "stop_sequence", "completed",
    "incomplete", "failed", "in_progress", "cancelled", "max_output_tokens",
]  # fmt: skip
STATUSES = [
    400,
    401,
    402,
    403,
    404,
    408,
    409,
    413,
    418,
    422,
    429,
    498,
    500,
    502,
    503,
    504,
    529,
    599,
]
CODES = [
    "invalid_request_error", "tool_use_failed", "json_validate_failed", "rate_limit_exceeded",
    "context_length_exceeded", "insufficient_quota", "content_filter", "overloaded_error", None, 7,
    "server_error", "invalid_prompt", "invalid_encrypted_content", "image_too_large",
]  # fmt: skip
WAITS = ["0", "0.05", "-1", "nan", "inf", "1e999", "soon", "", "99999999999", "Wed, 21 Oct 2099"]


@dataclass
class HostileVendor:
    """Answers calls at random and charges the bill; `slow` replies may hang or trickle."""

    chance: random.Random
    bill: Bill
    slow: bool = False
    elsewhere: str = "http://127.0.0.1:1"
    seen: list[str] = field(default_factory=list)

    def respond(self, call: Call) -> Reply:
        """One reply; what it may cost is charged before it goes out."""
        kinds: list[Callable[[Call], Reply]] = [
            *[self._answered] * 5, *[self._bent] * 6, self._raw, self._failed, self._failed,
            self._moved, *[self._slow] * 4 * self.slow,
        ]  # fmt: skip
        kind = self.chance.choice(kinds)
        self.seen.append(kind.__name__)
        return kind(call)

    def _answered(self, call: Call) -> Reply:
        return self._with_usage(call, self._said(call))

    def _said(self, call: Call) -> Reply:
        reply = self._said_or_called(call)
        if call.wire == "openai-responses":
            self._with_thoughts(reply.body)
        return reply

    def _with_thoughts(self, body: Json) -> None:
        """Put reasoning, refusals and tools of the server's own among the items of a response."""
        chance = self.chance
        for _ in range(chance.choice([0, 0, 1, 2])):
            item = chance.choice(
                [
                    {
                        "type": "reasoning", "encrypted_content": chance.choice(TEXTS),
                        "summary": [{"type": "summary_text", "text": chance.choice(TEXTS)}],
                    },
                    {"type": "reasoning", "id": "rs_1", "summary": chance.choice(VALUES)},
                    {"type": "web_search_call", "id": "ws_1", "status": "completed"},
                    {"type": "message", "content": [{"type": "refusal", "refusal": "No."}]},
                    {"type": "message", "content": "Paris.", "phase": chance.choice(VALUES)},
                ]
            )  # fmt: skip
            body["output"].insert(chance.randint(0, len(body["output"])), item)
        if chance.random() < 0.15:
            reason = chance.choice(REASONS)
            body.update(status="incomplete", incomplete_details={"reason": reason})
        elif chance.random() < 0.05:
            error = {"code": chance.choice(CODES), "message": f"{CANARY} failed"}
            body.update(status="failed", error=error)

    def _said_or_called(self, call: Call) -> Reply:
        text = self.chance.choice(TEXTS)
        if self.chance.random() < 0.7:
            return answer(call, text)
        calls = {
            self.chance.choice(IDS): (
                self.chance.choice(["lookup", "lookup", "other", "", "\ud83d"]),
                {"q": self.chance.choice(VALUES)},
            )
            for _ in range(self.chance.randint(1, 3))
        }
        return tool_calls(call, calls, text)

    def _bent(self, call: Call) -> Reply:
        """An answer of which some values are not what the format says."""
        reply = self._said(call)
        told = {name: value for name, value in reply.body.items() if name != "usage"}
        for _ in range(self.chance.randint(1, 3)):
            holder, key = self.chance.choice(list(_places(told)))
            if self.chance.random() < 0.2 and isinstance(holder, dict):
                del holder[key]
                if not told:
                    break
            else:
                reason = key in NAMES_OF_REASONS and self.chance.random() < 0.8
                holder[key] = self.chance.choice(REASONS if reason else VALUES)
        usage = {"usage": reply.body["usage"]} if "usage" in reply.body else {}
        return self._with_usage(call, replace(reply, body={**told, **usage}))

    def _with_usage(self, call: Call, reply: Reply) -> Reply:
        """The reply with a usage; what is told in earnest is what is billed, else anything is."""
        usage = reply.body["usage"]
        if self.chance.random() < 0.6:
            names = (
                ("prompt_tokens", "completion_tokens")
                if call.wire == "openai"
                else ("input_tokens", "output_tokens")
            )
            self.bill.charge(call.model, usage[names[0]], 0, usage[names[1]])
            return reply
        self._charge_anything(call)
        odd: Any = self.chance.choice(
            [
                None, 5, "x", [], {}, dict.fromkeys(usage, 0), dict.fromkeys(usage, -3),
                dict.fromkeys(usage, 10**30), dict.fromkeys(usage, "many"),
                dict.fromkeys(usage, float("nan")), dict.fromkeys(usage, 1e300),
            ]
        )  # fmt: skip
        body = {**reply.body, "usage": odd}
        if self.chance.random() < 0.2:
            del body["usage"]
        return replace(reply, body=body)

    def _raw(self, call: Call) -> Reply:
        """Bytes that are no answer, or not all of one."""
        self._charge_anything(call)
        body = answer(call, f"{CANARY} Paris").body
        whole = json.dumps({name: value for name, value in body.items() if name != "usage"})
        bomb = gzip.compress(b" " * 30_000_000) if self.chance.random() < 0.1 else b"\x1f\x8b"
        choices: list[tuple[bytes, dict[str, str]]] = [
            (b"", {}),
            (whole[: self.chance.randint(1, len(whole) - 1)].encode(), {}),
            (DEEP.encode(), {}),
            (f'{{"error": {DEEP}'.encode(), {}),
            (b"\xff\xfe" + whole.encode(), {}),
            (whole.encode("utf-16"), {}),
            (b"<html>busy</html>", {"content-type": "text/html"}),
            (whole.encode(), {"content-encoding": "gzip"}),
            (bomb, {"content-encoding": "gzip"}),
            (b'data: {"x": 1}\n\ndata: [DONE]\n\n', {"content-type": "text/event-stream"}),
            (b'{"error": {"message": 5, "code": []}}', {}),
            (whole.replace("Paris", "\\ud83d").encode(), {"content-type": "text/plain"}),
        ]
        body, headers = self.chance.choice(choices)
        headers = {"content-type": "application/json", **headers}
        return Reply(body=body, headers=headers, cut=self.chance.random() < 0.2)

    def _failed(self, _: Call) -> Reply:
        """An error of any status, with any body; nothing is billed."""
        error: Any = {
            "message": self.chance.choice(
                [f"{CANARY} is odd", "", DEEP, 5, None, "\ud83d", "gpt does not support tools"]
            ),
            "type": self.chance.choice(CODES),
            "code": self.chance.choice(CODES),
        }
        body: Any = self.chance.choice(
            [{"error": error}, {"type": "error", "error": error}, error, [error], "", "<html>",
             {"error": self.chance.choice(VALUES)}, DEEP, f'{{"error": {DEEP}']
        )  # fmt: skip
        headers = {"content-type": "application/json"}
        if self.chance.random() < 0.4:
            headers[self.chance.choice(["retry-after", "retry-after-ms"])] = self.chance.choice(
                WAITS
            )
        encoded = body.encode() if isinstance(body, str) else json.dumps(body).encode()
        return Reply(self.chance.choice(STATUSES), encoded, headers)

    def _moved(self, _: Call) -> Reply:
        status = self.chance.choice([301, 302, 303, 307, 308])
        place = self.chance.choice([f"{self.elsewhere}/v1", "//127.0.0.1:1/x", "", "ftp://x", "\t"])
        return Reply(status, b"moved", {"location": place})

    def _slow(self, call: Call) -> Reply:
        self._charge_anything(call)
        return self.chance.choice([Reply(hang=True), Reply(trickle=True)])

    def _charge_anything(self, call: Call) -> None:
        output = call.most_output_tokens
        given = self.chance.choice([len(call.raw), self.chance.randint(1, len(call.raw))])
        self.bill.charge(
            call.model, given, 0, self.chance.choice([output, self.chance.randint(1, output)])
        )


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every place in a JSON value that holds another, as its holder and its key there."""
    entries = value.items() if isinstance(value, dict) else enumerate(value)
    for key, held in list(entries):
        yield value, key
        if isinstance(held, dict | list):
            yield from _places(held)
