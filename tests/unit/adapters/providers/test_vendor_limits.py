"""Whatever a caller's history holds, no vendor refuses what is made of it."""

import json
import random
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest

from llm_router.adapters.providers.formats import TRANSLATIONS
from llm_router.application.errors import InvalidRequestError
from llm_router.domain.conversation.content import Part, Reasoning, Text, ToolCall, ToolResult
from llm_router.domain.conversation.conversation import Conversation, Message, Tool
from llm_router.domain.policy.models import WIRE_FORMATS, WireFormat
from llm_router.wire.anthropic.request import parse_messages
from llm_router.wire.openai.request import parse_chat
from llm_router.wire.responses.reasoning_marks import ReasoningMarks
from llm_router.wire.responses.request import parse_responses
from tests.support.odd_histories import OddHistories
from tests.support.policies import POLICY
from tests.support.provider_adapters import candidate
from tests.support.vendor_limits import objections

SEEDS = 100
PARSERS: dict[str, Callable[..., Any]] = {
    "openai": parse_chat,
    "openai-responses": partial(parse_responses, marks=ReasoningMarks("key", ())),
    "anthropic": parse_messages,
}


def read(wire: str, body: str) -> Conversation:
    conversation: Conversation = PARSERS[wire](body, POLICY.limits).conversation
    return conversation


def request(wire: WireFormat, conversation: Conversation) -> dict[str, Any]:
    """The body for the vendor, without the SDK's own arguments."""
    model = candidate(wire, None)
    fitting = conversation.without(model.ignored_parameters(conversation))
    return TRANSLATIONS[wire].request_of(model, fitting, None)


def turns(body: dict[str, Any]) -> list[dict[str, Any]]:
    """The messages, or the items of the responses format."""
    sent: list[dict[str, Any]] = body["input"] if "input" in body else body["messages"]
    return sent


def pairs(body: dict[str, Any]) -> Iterator[tuple[int, int]]:
    """The numbers of each result and of the call whose id it has."""
    calls: dict[str, int] = {}
    for message in turns(body):
        if message.get("type") == "function_call":
            calls[message["call_id"]] = json.loads(message["arguments"])["call"]
        elif message.get("type") == "function_call_output":
            output = message["output"]
            text = output if isinstance(output, str) else output[0]["text"]
            yield int(text.split()[1]), calls[message["call_id"]]
        if "role" not in message:
            continue
        for call in message.get("tool_calls", []):
            calls[call["id"]] = json.loads(call["function"]["arguments"])["call"]
        if message["role"] == "tool":
            yield int(message["content"].split()[1]), calls[message["tool_call_id"]]
        for block in message["content"] if isinstance(message["content"], list) else []:
            if block["type"] == "tool_use":
                calls[block["id"]] = block["input"]["call"]
            elif block["type"] == "tool_result":
                yield int(block["content"][0]["text"].split()[1]), calls[block["tool_use_id"]]


@pytest.mark.parametrize("caller", WIRE_FORMATS)
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


def test_a_picture_of_no_known_kind_is_refused_by_name() -> None:
    source = {"type": "base64", "media_type": "image/bmp", "data": "Qk0AAAAA"}
    url = {"url": "data:image/bmp;base64,Qk0AAAAA"}
    for wire, part, field in (
        ("anthropic", {"type": "image", "source": source}, "source.media_type"),
        ("openai", {"type": "image_url", "image_url": url}, "image_url.url"),
    ):
        body = {"model": "auto", "messages": [{"role": "user", "content": [part]}]}
        with pytest.raises(InvalidRequestError) as refused:
            read(wire, json.dumps(body | ({"max_tokens": 5} if wire == "anthropic" else {})))
        assert refused.value.param == f"messages.0.content.0.{field}"


@pytest.mark.parametrize("vendor", WIRE_FORMATS)
def test_a_longer_history_begins_like_the_shorter_one(vendor: WireFormat) -> None:
    for seed in range(SEEDS // 4):
        longer = read("openai", OddHistories(seed).body("openai"))
        ends = [n for n, turn in enumerate(longer.messages) if turn.role == "user"][1:]
        for end in ends:
            shorter = longer.model_copy(update={"messages": longer.messages[:end]})
            if shorter.messages[-1].role != "tool":
                continue
            begun = turns(request(vendor, shorter))[:-1]
            assert turns(request(vendor, longer))[: len(begun)] == begun


def thoughtful(seed: int) -> Conversation:
    """A history with the reasoning of several models anywhere in it, and rounds of tools."""
    chance = random.Random(seed)
    messages = [Message(role="user", content="Go")]
    for turn in range(chance.randint(1, 4)):
        parts: list[Part] = [
            *(
                Reasoning(
                    item={"type": "reasoning", "summary": [], "encrypted_content": f"{turn}"},
                    model=chance.choice(["m", "other", None]),
                )
                for _ in range(chance.randint(0, 3))
            ),
            *(
                Text(text=chance.choice(["I look.", ""]), phase=chance.choice([None, "commentary"]))
                for _ in range(chance.randint(0, 2))
            ),
            *(
                ToolCall(id=chance.choice(["a", "b", "c" * 70]), name="look", arguments="{}")
                for _ in range(chance.randint(0, 2))
            ),
        ]
        chance.shuffle(parts)
        messages.append(Message(role="assistant", content=tuple(parts)))
        calls = [part.id for part in parts if isinstance(part, ToolCall)]
        results = tuple(ToolResult(call_id=call_id) for call_id in calls)
        last = Message(role="tool", content=results)
        messages.append(last if results else Message(role="user", content="And?"))
    tools = (Tool(name="look"),)
    return Conversation(messages=tuple(messages), tools=tools, prompt_cache_key="k" * 90)


@pytest.mark.parametrize("vendor", WIRE_FORMATS)
def test_no_vendor_refuses_what_is_made_of_others_reasoning(vendor: WireFormat) -> None:
    kept = 0
    for seed in range(2 * SEEDS):
        conversation = thoughtful(seed)
        sent = request(vendor, conversation)
        raw = json.dumps(sent, ensure_ascii=False).encode()
        assert objections(vendor, raw) == [], (seed, sent)
        kept += raw.count(b"encrypted_content")
    assert (kept > SEEDS) is (vendor == "openai-responses")
