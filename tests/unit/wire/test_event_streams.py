"""The streams of all three formats, for made-up answers, as the vendors' own packages read them."""

import json
from dataclasses import replace
from typing import Any

import anthropic
import httpx2
import openai
import pytest
from anthropic.types import Message, RawMessageStreamEvent
from hypothesis import example, given
from hypothesis import strategies as st
from openai.types.chat import ChatCompletion, ChatCompletionChunk
from openai.types.responses import Response, ResponseStreamEvent
from pydantic import TypeAdapter

from llm_router.application.errors import MalformedToolCallError
from llm_router.application.ports import Json
from llm_router.application.route.request import Routed
from llm_router.domain.conversation.answer import Answer
from llm_router.wire.anthropic.reply import message_reply, message_stream
from llm_router.wire.openai.reply import chat_reply, chat_stream
from llm_router.wire.responses.reasoning_marks import ReasoningMarks
from llm_router.wire.responses.reply import response_reply
from llm_router.wire.responses.request import parse_responses
from llm_router.wire.responses.stream import response_stream
from llm_router.wire.shared.event_stream import CONTENT_TYPE
from tests.support.examples import examples
from tests.support.policies import POLICY
from tests.support.scripted_routing import CALL, attempt, outcome, scripted

MARKS = ReasoningMarks("lr-key", ["small-a", "small-o"])
ASKED: Json = {
    "model": "auto",
    "input": "hi",
    "tools": [
        {"type": "function", "name": "weather", "parameters": {"type": "object"}},
        {"type": "custom", "name": "edit"},
        {
            "type": "namespace", "name": "mail", "description": "Mail",
            "tools": [{"type": "function", "name": "send", "parameters": {"type": "object"}}],
        },
    ],
}  # fmt: skip
PLAIN, SUMMARISED = (
    parse_responses(json.dumps({**ASKED, **more}), POLICY.limits, MARKS)
    for more in ({}, {"reasoning": {"summary": "auto"}})
)
TOOL_NAMES = [*PLAIN.caller_tools, "unknown"]
BASE = scripted(outcome()).routing.answer(CALL)

CHARACTERS = st.characters(codec="utf-8")
TEXTS = st.one_of(
    st.text(CHARACTERS),
    st.sampled_from(["", " ", "a\r\n\r\nb", "data: [DONE]\n\n", "\u2028\u2029\x85", "漢" * 4_100]),
)
ARGUMENTS = st.sampled_from(
    ["{}", "", "null", "[1]", '{"city": ', '{"input": "*** begin\\n"}', '{"a": 1, "b": "ü"}',
     '{"text": "' + "long " * 1_000 + '"}']
)  # fmt: skip
TEXT_PARTS = st.fixed_dictionaries(
    {
        "type": st.just("text"), "text": TEXTS,
        "phase": st.sampled_from([None, None, "commentary", "final_answer"]),
    }
)  # fmt: skip
CALL_PARTS = st.fixed_dictionaries(
    {
        "type": st.just("tool_call"), "name": st.sampled_from(TOOL_NAMES), "arguments": ARGUMENTS,
    }
)  # fmt: skip
SUMMARIES = st.lists(
    st.fixed_dictionaries({"type": st.just("summary_text"), "text": TEXTS}), max_size=2
)
REASONING_PARTS = st.fixed_dictionaries(
    {
        "type": st.just("reasoning"), "model": st.sampled_from(["small-o", None]),
        "item": st.fixed_dictionaries({"type": st.just("reasoning"), "summary": SUMMARIES}),
    }
)  # fmt: skip
THINKING_PARTS = st.fixed_dictionaries(
    {
        "type": st.just("thinking"),
        "block": st.one_of(
            st.fixed_dictionaries(
                {"type": st.just("thinking"), "thinking": TEXTS, "signature": st.just("c2ln")}
            ),
            st.just({"type": "redacted_thinking", "data": "eHg="}),
        ),
    }
)
PARTS = st.one_of(TEXT_PARTS, CALL_PARTS, REASONING_PARTS, THINKING_PARTS)
TOKENS = st.fixed_dictionaries(
    {
        "token": TEXTS, "logprob": st.floats(-9_999, 0), "bytes": st.sampled_from([None, [89]]),
        "top_logprobs": st.just([{"token": "a", "logprob": -1.5, "bytes": None}]),
    }
)  # fmt: skip
LOGPROBS = st.one_of(
    st.none(),
    st.fixed_dictionaries({"content": st.lists(TOKENS, max_size=3), "refusal": st.none()}),
)
USAGES = st.sampled_from(
    [
        None,
        {"input_tokens": 9, "output_tokens": 5},
        {
            "input_tokens": 90, "cached_input_tokens": 40, "cache_write_tokens": 3,
            "long_cache_write_tokens": 2, "output_tokens": 50, "reasoning_tokens": 30,
        },
    ]
)  # fmt: skip


@st.composite
def answers(draw: st.DrawFn) -> Answer:
    """An answer of any parts, or of text alone, which may be a refusal."""
    parts: Any = draw(st.lists(PARTS, max_size=5))
    for number, part in enumerate(parts):
        if part["type"] == "tool_call":
            part["id"] = f"call_{number}"
        elif part["type"] == "reasoning":
            part["item"]["encrypted_content"] = f"c2VhbGVk{number}"
    kinds = {part["type"] for part in parts}
    text = "".join(part["text"] for part in parts if part["type"] == "text")
    ends = ["tool_calls", "length"] if "tool_call" in kinds else ["stop", "length"]
    return Answer.model_validate(
        {
            "text": text,
            "finish_reason": draw(st.sampled_from([*ends, "content_filter"])),
            "refused": kinds <= {"text"} and draw(st.booleans()),
            "parts": parts if kinds - {"text"} else [],
            "stop_sequence": draw(st.sampled_from([None, "END"])),
            "logprobs": draw(LOGPROBS) if kinds <= {"text"} else None,
        }
    )


def answered(answer: Answer, usage: Json | None = None) -> Routed:
    """A request answered so, with or without a reported usage."""
    called = attempt("small-a", 10, "first") | {"usage": usage}
    given_back = outcome(attempts=[called], answer={"inline": answer.model_dump()})
    return replace(BASE, outcome=given_back, answer=answer)


ROUTINGS = st.builds(answered, answers(), USAGES)
LONG = "a long word " * 500
TOKEN = {"token": "a", "logprob": -0.5, "bytes": [97], "top_logprobs": []}
OF_MANY_DELTAS = answered(
    Answer.model_validate(
        {"text": LONG, "finish_reason": "stop", "logprobs": {"content": [TOKEN], "refusal": None}}
    )
)
OF_LONG_CALLS = answered(
    Answer.model_validate(
        {
            "text": "", "finish_reason": "tool_calls",
            "parts": [
                {
                    "type": "tool_call", "id": name, "name": name,
                    "arguments": json.dumps({"input": LONG}),
                }
                for name in TOOL_NAMES
            ],
        }
    )
)  # fmt: skip


def data_of(stream: str) -> list[tuple[str | None, str]]:
    """The events' names and data."""
    *events, rest = stream.split("\n\n")
    assert rest == ""
    read: list[tuple[str | None, str]] = []
    for text in events:
        *named, data = text.split("\n")
        assert data.startswith("data: ")
        read.append((named[0].removeprefix("event: ") if named else None, data[6:]))
    return read


def sending(stream: str) -> httpx2.Client:
    """A transport whose every reply is this stream."""
    headers = {"content-type": CONTENT_TYPE}
    return httpx2.Client(
        transport=httpx2.MockTransport(
            lambda _: httpx2.Response(200, content=stream.encode(), headers=headers)
        )
    )


CHUNK: TypeAdapter[Any] = TypeAdapter(ChatCompletionChunk)
MESSAGE_EVENT: TypeAdapter[Any] = TypeAdapter(RawMessageStreamEvent)
RESPONSE_EVENT: TypeAdapter[Any] = TypeAdapter(ResponseStreamEvent)


@examples(40)
@example(OF_MANY_DELTAS, False)
@example(OF_LONG_CALLS, True)
@given(ROUTINGS, st.booleans())
def test_a_stream_of_chunks_adds_up_to_the_completion(routed: Routed, wants_usage: bool) -> None:
    stream = chat_stream(routed, wants_usage=wants_usage)
    *events, (_, last) = data_of(stream)
    assert last == "[DONE]"
    for name, data in events:
        assert name is None
        CHUNK.validate_json(data, strict=True)
    whole = ChatCompletion.model_validate_json(json.dumps(chat_reply(routed)), strict=True)
    with (
        openai.OpenAI(api_key="k", base_url="http://a", http_client=sending(stream)) as client,
        client.chat.completions.stream(model="auto", messages=[]) as read,
    ):
        try:
            told: ChatCompletion | None = read.get_final_completion()
        except (openai.LengthFinishReasonError, openai.ContentFilterFinishReasonError) as cut:
            told = cut.completion
    assert told is not None
    said, meant = told.choices[0], whole.choices[0]
    assert said.finish_reason == meant.finish_reason
    assert (said.message.content or "") == (meant.message.content or "")
    assert (said.message.refusal or "") == (meant.message.refusal or "")
    calls, meant_calls = said.message.tool_calls or [], meant.message.tool_calls or []
    assert [call_in(call) for call in calls] == [call_in(call) for call in meant_calls]
    assert told.usage == (whole.usage if wants_usage else None)


def call_in(call: Any) -> tuple[str, str, str]:
    """A tool call without what the package adds to it."""
    return call.id, call.function.name, call.function.arguments


@example(OF_MANY_DELTAS)
@example(OF_LONG_CALLS)
@given(ROUTINGS)
def test_a_stream_of_message_events_adds_up_to_the_message(routed: Routed) -> None:
    try:
        reply = message_reply(routed)
    except MalformedToolCallError:
        with pytest.raises(MalformedToolCallError):
            message_stream(routed)
        return
    stream = message_stream(routed)
    for name, data in data_of(stream):
        event = MESSAGE_EVENT.validate_json(data, strict=True)
        assert event.type == name
    with (
        anthropic.Anthropic(
            api_key="k", base_url="http://a", http_client=sending(stream)
        ) as client,
        client.messages.stream(model="auto", max_tokens=9, messages=[]) as read,
    ):
        told = read.get_final_message().model_dump()
    meant = Message.model_validate_json(json.dumps(reply), strict=True).model_dump()
    assert told == meant


@examples(40)
@example(OF_MANY_DELTAS, PLAIN)
@example(OF_LONG_CALLS, PLAIN)
@given(ROUTINGS, st.sampled_from([PLAIN, SUMMARISED]))
def test_a_stream_of_response_events_adds_up_to_the_response(routed: Routed, body: Any) -> None:
    request = replace(routed.request, conversation=body.conversation)
    routed = replace(routed, request=request)
    reply = response_reply(routed, body, MARKS)
    meant = Response.model_validate_json(json.dumps(reply), strict=True)
    stream = response_stream(routed, body, MARKS)
    events = []
    for number, (name, data) in enumerate(data_of(stream)):
        event = RESPONSE_EVENT.validate_json(data, strict=True)
        assert (event.type, event.sequence_number) == (name, number)
        events.append(json.loads(data))
    assert filled(events) == reply["output"]
    assert [e["item"] for e in events if e["type"] == "response.output_item.done"] == reply[
        "output"
    ]
    with (
        openai.OpenAI(api_key="k", base_url="http://a", http_client=sending(stream)) as client,
        client.responses.stream(model="auto", input="hi") as read,
    ):
        last: Any = [*read][-1]
    assert last.type == f"response.{reply['status']}"
    assert last.response.output_text == meant.output_text
    told = [without_parsed(item) for item in last.response.to_dict()["output"]]
    assert told == meant.to_dict()["output"]
    assert {**last.response.to_dict(), "output": []} == {**meant.to_dict(), "output": []}


def without_parsed(item: Json) -> Json:
    """The item without what the package adds to it."""
    content = item.get("content")
    kept = {name: value for name, value in item.items() if name != "parsed_arguments"}
    if isinstance(content, list):
        kept["content"] = [{k: v for k, v in part.items() if k != "parsed"} for part in content]
    return kept


def filled(events: list[Json]) -> list[Json]:
    """The items as their first events show them, filled by nothing but their deltas."""
    items: list[Json] = []
    for event in events:
        kind = event["type"].removeprefix("response.")
        item = items[event["output_index"]] if "item_id" in event else {}
        assert event.get("item_id") == item.get("id")
        match kind:
            case "output_item.added":
                assert event["output_index"] == len(items)
                items.append(event["item"])
            case "output_item.done" if "status" in event["item"]:
                items[event["output_index"]]["status"] = event["item"]["status"]
            case "content_part.added" | "reasoning_summary_part.added":
                field = "content" if kind.startswith("content") else "summary"
                index = event["content_index" if field == "content" else "summary_index"]
                assert index == len(item[field])
                item[field].append(event["part"])
            case "output_text.delta":
                part = item["content"][event["content_index"]]
                part["text"] += event["delta"]
                part["logprobs"] += event["logprobs"]
            case "refusal.delta":
                item["content"][event["content_index"]]["refusal"] += event["delta"]
            case "reasoning_summary_text.delta":
                item["summary"][event["summary_index"]]["text"] += event["delta"]
            case "function_call_arguments.delta":
                item["arguments"] += event["delta"]
            case "custom_tool_call_input.delta":
                item["input"] += event["delta"]
    return items
