"""Requests with more messages, parts or tools than the policy allows."""

import json
import random
from typing import Any

import pytest

from llm_router.application.ports import Json
from llm_router.domain.policy.models import WIRE_FORMATS
from tests.support.in_process_router import router
from tests.support.policies import read, replaced
from tests.support.provider_bills import Bill, ChargingProvider, prices_of
from tests.support.route_function import RouteFunction

BOUNDED = read(
    replaced("attempt_share", "max_messages = 3\nmax_parts = 5\nmax_tools = 2\nattempt_share")
)
TEXT = {"type": "text", "text": "a"}
CALL = {"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}
USE = {"type": "tool_use", "id": "c", "name": "f", "input": {}}
OPENAI = ("/v1/chat/completions", "/v1/route")
ANTHROPIC = ("/v1/messages", "/v1/messages/count_tokens")


def asked(content: Any = "hi") -> Json:
    return {"role": "user", "content": content}


def answered(count: int) -> list[Json]:
    """A turn with one call, and its result in that many texts: `count` + 2 parts."""
    result = {"type": "tool_result", "tool_use_id": "c", "content": [TEXT] * count}
    return [{"role": "assistant", "content": [USE]}, asked([result])]


def chat_tools(count: int) -> list[Json]:
    return [{"type": "function", "function": {"name": f"f{n}"}} for n in range(count)]


def custom_tools(count: int) -> list[Json]:
    return [{"name": f"f{n}", "input_schema": {"type": "object"}} for n in range(count)]


CHAT_CASES: list[tuple[str, Json, Json]] = [
    ("messages", {"messages": [asked()] * 3}, {"messages": [asked()] * 4}),
    ("messages", {"messages": [asked([TEXT] * 5)]}, {"messages": [asked([TEXT] * 6)]}),
    (
        "messages",
        {"messages": [{"role": "assistant", "tool_calls": [CALL] * 4}, asked()]},
        {"messages": [{"role": "assistant", "tool_calls": [CALL] * 5}, asked()]},
    ),
    ("tools", {"tools": chat_tools(2)}, {"tools": chat_tools(3)}),
]
MESSAGES_CASES: list[tuple[str, Json, Json]] = [
    ("messages", {"messages": [asked()] * 3}, {"messages": [asked()] * 4}),
    ("messages", {"messages": [asked([TEXT] * 5)]}, {"messages": [asked([TEXT] * 6)]}),
    ("messages", {"messages": answered(3)}, {"messages": answered(4)}),
    ("messages", {"system": [TEXT] * 4}, {"system": [TEXT] * 5}),
    ("tools", {"tools": custom_tools(2)}, {"tools": custom_tools(3)}),
]
CASES = [(path, *case) for path in OPENAI for case in CHAT_CASES] + [
    (path, *case) for path in ANTHROPIC for case in MESSAGES_CASES
]


@pytest.fixture(scope="module")
def function() -> RouteFunction:
    provider = ChargingProvider(random.Random(1), Bill(prices_of(BOUNDED)))
    return RouteFunction(router(dict.fromkeys(WIRE_FORMATS, provider), BOUNDED))


@pytest.mark.parametrize(("path", "field", "fits", "too_many"), CASES)
def test_one_too_many_is_refused_and_the_field_is_named(
    function: RouteFunction, path: str, field: str, fits: Json, too_many: Json
) -> None:
    body: Json = {"model": "auto", "messages": [asked()]}
    if path == "/v1/messages":
        body["max_tokens"] = 9
    largest = json.loads(function.call("POST", path, json.dumps({**body, **fits}))["body"])
    assert largest.get("error", {}).get("code") != "too_many_items"
    refused = function.call("POST", path, json.dumps({**body, **too_many}))
    error = json.loads(refused["body"])["error"]
    assert (refused["statusCode"], error["code"], error["param"]) == (400, "too_many_items", field)
    assert error["message"].startswith(f"{field}: ")
