"""Anthropic's format as a provider speaks it: requests out, messages in."""

from typing import Any

import pytest

from llm_router.adapters.providers.anthropic import answer_of, request_of, usage_of
from llm_router.domain.conversation.answer import Usage
from llm_router.domain.conversation.content import Image, Text, ToolCall, ToolResult
from llm_router.domain.conversation.conversation import Conversation, Message, Tool, ToolChoice
from tests.support.fakes import asking
from tests.support.provider_adapters import candidate

MODEL = candidate("anthropic", None)
WEB = Image(url="https://example.com/cat.png")
DATA = Image(url="data:image/png;base64,AA==")
CALLS = (
    ToolCall(id="call_1", name="weather", arguments='{"city": "Paris"}'),
    ToolCall(id="functions.weather:2", name="weather", arguments="{}"),
)
CITY: dict[str, Any] = {
    "type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"],
    "additionalProperties": False,
}  # fmt: skip
TOOL = Tool(name="weather", description="Tells it", parameters=CITY, strict=True)
SEALED = {"type": "thinking", "thinking": "Hm.", "signature": "c2ln"}
REDACTED = {"type": "redacted_thinking", "data": "eHg="}
BUDGET = {"type": "enabled", "budget_tokens": 2_000}
SHORT, LONG = {"type": "ephemeral"}, {"type": "ephemeral", "ttl": "1h"}


def message(content: list[dict[str, Any]], reason: str = "end_turn", **more: Any) -> dict[str, Any]:
    usage = {"input_tokens": 5, "output_tokens": 2, **more.pop("usage", {})}
    return {
        "id": "m", "type": "message", "role": "assistant", "model": "m", "content": content,
        "stop_reason": reason, "stop_sequence": None, "usage": usage, **more,
    }  # fmt: skip


def sent(*turns: Message, **more: Any) -> dict[str, Any]:
    return request_of(MODEL, Conversation(messages=turns, **more), None)


def test_pictures_travel_by_address_and_by_content() -> None:
    (turn,) = sent(Message(role="user", content=(Text(text="a"), WEB, DATA)))["messages"]
    assert turn["content"][1:] == [
        {"type": "image", "source": {"type": "url", "url": WEB.url}},
        {
            "type": "image",
            "source": {"type": "base64", "media_type": "image/png", "data": "AA=="},
        },
    ]


def test_all_results_of_a_turns_calls_come_in_one_turn() -> None:
    request = sent(
        Message(role="user", content="Weather?"),
        Message(role="assistant", content=CALLS),
        Message(role="tool", content=(ToolResult(call_id="call_1", content=(Text(text="sun"),)),)),
        Message(role="tool", content=(ToolResult(call_id="functions.weather:2", is_error=True),)),
        Message(role="user", content="And?"),
        tools=(TOOL,),
    )
    assert [turn["role"] for turn in request["messages"]] == ["user", "assistant", "user"]
    calls, results = request["messages"][1]["content"], request["messages"][2]["content"]
    assert calls[0] == {
        "type": "tool_use", "id": "call_1", "name": "weather", "input": {"city": "Paris"},
    }  # fmt: skip
    assert calls[1]["id"] == results[1]["tool_use_id"] == "functions_weather_2_c63d8fbb68f5"
    assert results[0]["content"] == [{"type": "text", "text": "sun"}]
    assert results[1]["is_error"] is True
    assert results[2] == {"type": "text", "text": "And?"}


def test_instructions_of_any_place_are_the_system_prompt() -> None:
    request = sent(
        Message(role="system", content="A"),
        Message(role="user", content="?"),
        Message(role="developer", content="B"),
    )
    assert request["system"] == "A\n\nB"
    assert request["messages"] == [{"role": "user", "content": "?"}]


def test_wishes_to_cache_stay_where_they_were() -> None:
    request = sent(
        Message(role="system", content=(Text(text="A", cache_control=SHORT),)),
        Message(role="user", content=(Text(text="?", cache_control=LONG),)),
        tools=(TOOL.model_copy(update={"cache_control": SHORT}),),
        cache_control=SHORT,
    )
    assert request["system"] == [{"type": "text", "text": "A", "cache_control": SHORT}]
    assert request["messages"][0]["content"][0]["cache_control"] == LONG
    assert request["tools"][0]["cache_control"] == SHORT
    assert request["cache_control"] == SHORT


def test_thinking_goes_back_byte_for_byte() -> None:
    blocks = [REDACTED, SEALED, {"type": "text", "text": "Yes"}]
    given = answer_of(message(blocks))
    assert (given.text, [part.type for part in given.all_parts]) == (
        "Yes", ["thinking", "thinking", "text"],
    )  # fmt: skip
    request = sent(
        Message(role="user", content="?"),
        Message(role="assistant", content=given.all_parts),
        Message(role="user", content="Why?"),
        thinking={"type": "adaptive"},
    )
    assert request["messages"][1]["content"] == blocks
    assert request["thinking"] == {"type": "adaptive"}


@pytest.mark.parametrize(
    ("choice", "parallel", "expected"),
    [
        (None, None, None),
        (None, False, {"type": "auto", "disable_parallel_tool_use": True}),
        (ToolChoice(mode="none"), False, {"type": "none"}),
        (ToolChoice(mode="required"), None, {"type": "any"}),
        (ToolChoice(mode="named", name="weather"), True, {"type": "tool", "name": "weather"}),
    ],
)
def test_tools_are_sent_with_the_choice_among_them(
    choice: ToolChoice | None, parallel: bool | None, expected: Any
) -> None:
    conversation = asking("?", tools=(TOOL,), tool_choice=choice, parallel_tool_calls=parallel)
    request = request_of(MODEL, conversation, None)
    assert request["tools"] == [
        {
            "name": "weather", "description": "Tells it", "input_schema": CITY, "strict": True,
        }
    ]  # fmt: skip
    assert request.get("tool_choice") == expected


def test_tools_that_were_called_before_are_named_though_none_may_be_called_now() -> None:
    request = sent(
        Message(role="user", content="?"),
        Message(role="assistant", content=CALLS),
        Message(role="tool", content=tuple(ToolResult(call_id=call.id) for call in CALLS)),
    )
    assert [tool["name"] for tool in request["tools"]] == ["weather"]
    assert request["tool_choice"] == {"type": "none"}


def test_a_schema_keeps_to_what_structured_outputs_know() -> None:
    schema = {
        "type": "object",
        "properties": {
            "minimum": {"type": "integer", "minimum": 1, "description": "least"},
            "kind": {"oneOf": [{"enum": ["maxLength"]}, {"type": "null"}]},
        },
        "required": ["minimum"],
    }
    described = request_of(MODEL, asking("?", response_schema=schema), schema)["output_config"]
    assert described["format"] == {
        "type": "json_schema",
        "schema": {
            "type": "object",
            "properties": {
                "minimum": {"type": "integer", "description": "least"},
                "kind": {"anyOf": [{"enum": ["maxLength"]}, {"type": "null"}]},
            },
            "required": ["minimum"],
            "additionalProperties": False,
        },
    }


def test_a_schema_without_a_form_there_is_not_sent() -> None:
    schema = {"type": "object", "additionalProperties": {"type": "string"}}
    request = request_of(MODEL, asking("?", response_schema=schema), schema)
    assert "output_config" not in request


def test_empty_words_are_left_out_for_they_would_be_refused() -> None:
    request = sent(
        Message(role="user", content="?"),
        Message(role="assistant", content=""),
        Message(role="user", content=(Text(text=""), Text(text="!"))),
    )
    parts = [{"type": "text", "text": "?"}, {"type": "text", "text": "!"}]
    assert request["messages"] == [{"role": "user", "content": parts}]


def test_calls_are_read_with_their_ids_and_arguments() -> None:
    call = {"type": "tool_use", "id": "toolu_1", "name": "weather", "input": {"city": "Paris"}}
    answer = answer_of(message([{"type": "text", "text": "I look."}, call], "tool_use"))
    assert answer.tool_calls == (
        ToolCall(id="toolu_1", name="weather", arguments='{"city": "Paris"}'),
    )
    assert (answer.text, answer.finish_reason) == ("I look.", "tool_calls")


@pytest.mark.parametrize(
    ("reason", "read"),
    [
        ("end_turn", "stop"),
        ("stop_sequence", "stop"),
        ("max_tokens", "length"),
        ("refusal", "content_filter"),
        ("model_context_window_exceeded", "length"),
    ],
)
def test_reasons_are_read(reason: str, read: str) -> None:
    given = message([{"type": "text", "text": "x"}], reason, stop_sequence="END")
    assert answer_of(given).finish_reason == read
    assert answer_of(given).stop_sequence == "END"


def test_cached_and_written_tokens_are_told_apart() -> None:
    usage = {
        "cache_read_input_tokens": 7,
        "cache_creation_input_tokens": 9,
        "cache_creation": {"ephemeral_5m_input_tokens": 4, "ephemeral_1h_input_tokens": 5},
    }
    given = message([{"type": "text", "text": "x"}], usage=usage)
    assert usage_of(given) == Usage(
        input_tokens=21, cached_input_tokens=7, cache_write_tokens=4, long_cache_write_tokens=5,
        output_tokens=2,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("able", "wanted", "expected"),
    [
        (False, BUDGET, BUDGET),
        (True, BUDGET, {"type": "adaptive"}),
        (True, {**BUDGET, "display": "omitted"}, {"type": "adaptive", "display": "omitted"}),
        (True, {"type": "disabled"}, {"type": "disabled"}),
    ],
)  # fmt: skip
def test_a_budget_to_think_is_left_to_models_that_choose_it(
    able: bool, wanted: dict[str, Any], expected: dict[str, Any]
) -> None:
    model = candidate("anthropic", None, adaptive_thinking=able, max_output_tokens=4_000)
    assert request_of(model, asking("?", thinking=wanted), None)["thinking"] == expected


def test_a_budget_to_think_stays_below_a_bound_that_was_lowered() -> None:
    asked = asking("?", thinking=BUDGET)
    tight = candidate("anthropic", None, max_output_tokens=1_500)
    assert request_of(tight, asked, None)["thinking"] == {**BUDGET, "budget_tokens": 1_499}
    assert tight.ignored_parameters(asked) == ()
    assert candidate("anthropic", None, max_output_tokens=500).ignored_parameters(asked) == (
        "thinking",
    )


def test_effort_and_a_schema_share_their_place() -> None:
    schema = {"type": "object", "additionalProperties": False}
    conversation = asking("?", effort="high", response_schema=schema)
    assert request_of(MODEL, conversation, schema)["output_config"] == {
        "effort": "high",
        "format": {"type": "json_schema", "schema": schema},
    }


def test_what_a_model_cannot_be_told_is_named() -> None:
    wishes = asking("?", effort="high", thinking={"type": "disabled"})
    assert MODEL.ignored_parameters(wishes) == ("effort", "thinking")
    able = candidate("anthropic", None, effort=True, thinking_off=True)
    assert able.ignored_parameters(wishes) == ()
    assert able.ignored_parameters(asking("?", effort="minimal")) == ("effort",)
    assert wishes.needs == frozenset()


@pytest.mark.parametrize("whole", [None, SHORT], ids=["parts", "parts-and-request"])
def test_of_more_cache_marks_than_anthropic_takes_the_latest_stay(whole: Any) -> None:
    marked = [Text(text=f"t{n}", cache_control=SHORT) for n in range(4)]
    request = sent(
        Message(role="system", content=(marked[0],)),
        Message(role="user", content=(marked[1], Text(text="plain"))),
        Message(role="assistant", content=CALLS[:1]),
        Message(role="tool", content=(ToolResult(call_id="call_1", content=(marked[2],)),)),
        Message(role="user", content=(marked[3],)),
        tools=(TOOL.model_copy(update={"cache_control": SHORT}),),
        cache_control=whole,
    )
    kept = str(request).count("'cache_control'")
    assert kept == 4
    assert "cache_control" not in request["tools"][0]
    assert ("cache_control" in request["system"][0]) is (whole is None)
    assert "cache_control" in request["messages"][-1]["content"][-1]


def test_as_many_cache_marks_as_anthropic_takes_stay() -> None:
    marked = tuple(Text(text=f"t{n}", cache_control=LONG) for n in range(4))
    assert sent(Message(role="user", content=marked))["messages"][0]["content"] == [
        {"type": "text", "text": f"t{n}", "cache_control": LONG} for n in range(4)
    ]
