"""Whatever a caller's history holds, neither vendor refuses what is made of it."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from llm_router.adapters.providers.formats import TRANSLATIONS
from llm_router.domain.conversation.conversation import Conversation
from llm_router.domain.policy.models import WIRE_FORMATS, WireFormat
from llm_router.wire.anthropic.request import parse_messages
from llm_router.wire.openai.request import parse_chat
from tests.support.odd_histories import OddHistories
from tests.support.policies import POLICY
from tests.support.provider_adapters import candidate
from tests.support.vendor_limits import objections

SEEDS = 100
PARSERS: dict[str, Callable[..., Any]] = {"openai": parse_chat, "anthropic": parse_messages}


def read(wire: str, body: str) -> Conversation:
    conversation: Conversation = PARSERS[wire](body, POLICY.limits).conversation
    return conversation


def request(wire: WireFormat, conversation: Conversation) -> dict[str, Any]:
    """The body for the vendor, without the SDK's own arguments."""
    model = candidate(wire, None)
    fitting = conversation.without(model.ignored_parameters(conversation))
    return TRANSLATIONS[wire].request_of(model, fitting, None)


def pairs(body: dict[str, Any]) -> Iterator[tuple[int, int]]:
    """The numbers of each result and of the call whose id it has."""
    calls: dict[str, int] = {}
    for message in body["messages"]:
        for call in message.get("tool_calls", []):
            calls[call["id"]] = json.loads(call["function"]["arguments"])["call"]
        if message["role"] == "tool":
            yield int(message["content"].split()[1]), calls[message["tool_call_id"]]
        for block in message["content"] if isinstance(message["content"], list) else []:
            if block["type"] == "tool_use":
                calls[block["id"]] = block["input"]["call"]
            elif block["type"] == "tool_result":
                yield int(block["content"][0]["text"].split()[1]), calls[block["tool_use_id"]]


@pytest.mark.parametrize("caller", ["openai", "anthropic"])
@pytest.mark.parametrize("vendor", WIRE_FORMATS)
def test_no_vendor_refuses_what_is_made_of_an_odd_history(caller: str, vendor: WireFormat) -> None:
    rounds = 0
    for seed in range(SEEDS):
        sent = request(vendor, read(caller, OddHistories(seed).body(caller)))
        raw = json.dumps(sent, ensure_ascii=False).encode()
        assert objections(vendor, raw) == [], (seed, sent)
        paired = list(pairs(sent))
        assert all(result == call for result, call in paired), (seed, sent)
        rounds += len(paired)
    assert rounds > SEEDS, "the histories call tools"


@pytest.mark.parametrize("vendor", WIRE_FORMATS)
def test_a_longer_history_begins_like_the_shorter_one(vendor: WireFormat) -> None:
    for seed in range(SEEDS // 4):
        longer = read("openai", OddHistories(seed).body("openai"))
        ends = [n for n, turn in enumerate(longer.messages) if turn.role == "user"][1:]
        for end in ends:
            shorter = longer.model_copy(update={"messages": longer.messages[:end]})
            if shorter.messages[-1].role != "tool":
                continue
            begun = request(vendor, shorter)["messages"][:-1]
            assert request(vendor, longer)["messages"][: len(begun)] == begun
