"""The current anthropic package as the caller; behind the router either vendor's package."""

import json
from typing import Any

import anthropic
import pytest
from anthropic.types import MessageParam, ToolParam
from pydantic import BaseModel

from tests.support.caller_fixtures import BOTH, CALLS, CITY, OF_ANTHROPIC, OF_OPENAI, PNG
from tests.support.fake_provider_server import Call, Reply, answer, tool_calls

from .conftest import HttpRouter

WEATHER: list[ToolParam] = [{"name": "weather", "input_schema": CITY}]
ASKED: list[MessageParam] = [{"role": "user", "content": "Is it warm?"}]
SHORT: Any = {"type": "ephemeral"}
SEALED = {"type": "thinking", "thinking": "Hm, let me think. " * 200, "signature": "c2lnbmF0dXJl"}
REDACTED = {"type": "redacted_thinking", "data": "eHg="}


def by_turn(call: Call) -> Reply:
    """Calls two tools first, and answers when their results are there."""
    told = json.dumps(call.body["messages"])
    if "20 degrees" in told:
        return answer(call, "It is warm in both.")
    return tool_calls(call, CALLS, "Let me see.")


@pytest.mark.parametrize("model", BOTH)
@pytest.mark.parametrize("streamed", [False, True])
def test_a_round_of_parallel_tool_calls(served: HttpRouter, model: str, streamed: bool) -> None:
    served.answering(by_turn)
    messages = [*ASKED]
    asked: Any = {"model": model, "max_tokens": 100, "tools": WEATHER, "messages": messages}
    client = served.anthropic
    if streamed:
        with client.messages.stream(**asked) as stream:
            message: Any = stream.get_final_message()
    else:
        message = client.messages.create(**asked)
    assert message.stop_reason == "tool_use"
    said, *calls = message.content
    assert said.text == "Let me see."
    assert [(call.id, (call.name, call.input)) for call in calls] == list(CALLS.items())
    messages.append({"role": "assistant", "content": message.content})
    results: Any = [
        {"type": "tool_result", "tool_use_id": "call_1", "content": "20 degrees"},
        {
            "type": "tool_result", "tool_use_id": "call_2", "is_error": True,
            "content": [
                {"type": "text", "text": "no such city"},
                {
                    "type": "image",
                    "source": {"type": "base64", "media_type": "image/png", "data": PNG},
                },
            ],
        },
        {"type": "text", "text": "And now?"},
    ]  # fmt: skip
    messages.append({"role": "user", "content": results})
    ended: Any = client.messages.create(**asked)
    assert ended.content[0].text == "It is warm in both."
    assert ended.stop_reason == "end_turn"
    turns = served.calls[-1].body["messages"]
    if model == OF_ANTHROPIC:
        assert turns[2]["content"][1] == results[1]
        assert turns[2]["content"][2] == results[2]
    else:
        assert [turn["role"] for turn in turns] == [
            "user", "assistant", "tool", "tool", "user", "user",
        ]  # fmt: skip
        assert turns[3]["content"] == "Error: no such city"
        assert turns[4]["content"][1]["image_url"]["url"] == f"data:image/png;base64,{PNG}"
        assert turns[5]["content"] == "And now?"


@pytest.mark.parametrize("model", BOTH)
def test_everything_that_can_be_set_arrives_or_is_named_as_ignored(
    served: HttpRouter, model: str
) -> None:
    created = served.anthropic.messages.create(
        model=model, max_tokens=77, messages=ASKED, stop_sequences=["END"], service_tier="auto",
        system=[{"type": "text", "text": "Be brief.", "cache_control": SHORT}],
        metadata={"user_id": "u"}, tools=WEATHER,
        tool_choice={"type": "tool", "name": "weather", "disable_parallel_tool_use": True},
        extra_body={"temperature": 0.5, "top_k": 5},
    )  # fmt: skip
    assert created.model_extra is not None
    (attempt,) = created.model_extra["router"]["attempts"]
    sent = served.calls[0].body
    assert sent["temperature"] == 0.5
    if model == OF_ANTHROPIC:
        assert attempt["ignored"] == []
        assert (sent["top_k"], sent["max_tokens"], sent["stop_sequences"]) == (5, 77, ["END"])
        assert sent["system"] == [{"type": "text", "text": "Be brief.", "cache_control": SHORT}]
        assert sent["tool_choice"]["disable_parallel_tool_use"] is True
    else:
        assert attempt["ignored"] == ["top_k"]
        assert (sent["stop"], sent["user"], sent["parallel_tool_calls"]) == (["END"], "u", False)
        assert sent["messages"][0] == {"role": "system", "content": "Be brief."}
        assert sent["tool_choice"] == {"type": "function", "function": {"name": "weather"}}


@pytest.mark.parametrize("model", BOTH)
@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("context_management",
         {"context_management": {"edits": [{"type": "clear_thinking_20251015", "keep": "all"}]}}),
        ("context_management",
         {"context_management": {"edits": [{"type": "clear_tool_uses_20250919"}]}}),
        ("speed", {"speed": "fast"}),
        ("thinking.block_binding",
         {"thinking": {"type": "disabled",
                       "block_binding": {"prefix_mismatch_behavior": "drop_block"}}}),
    ],
)  # fmt: skip
def test_a_hint_that_no_model_is_given_is_named_as_ignored(
    served: HttpRouter, model: str, name: str, hint: dict[str, Any]
) -> None:
    created: Any = served.anthropic.messages.create(
        model=model, max_tokens=9, messages=ASKED, extra_body=hint
    )
    (attempt,) = created.model_extra["router"]["attempts"]
    assert name in attempt["ignored"]
    assert name.rpartition(".")[2] not in json.dumps(served.calls[0].body)


@pytest.mark.parametrize("model", BOTH)
@pytest.mark.parametrize(
    "asked",
    [{"top_k": 0}, {"speed": "standard"}, {"service_tier": "auto"},
     {"service_tier": "standard_only"}, {"metadata": {}}, {"tools": []}, {"container": None},
     {"thread": None}, {"stop_sequences": []}],
    ids=str,
)  # fmt: skip
def test_what_asks_for_nothing_is_neither_sent_nor_named(
    served: HttpRouter, model: str, asked: dict[str, Any]
) -> None:
    served.anthropic.messages.create(model=model, max_tokens=9, messages=ASKED)
    created: Any = served.anthropic.messages.create(
        model=model, max_tokens=9, messages=ASKED, extra_body=asked
    )
    first, second = served.calls
    assert first.body == second.body
    assert created.model_extra["router"]["attempts"][0]["ignored"] == []


def test_what_claude_code_sends_is_answered(served: HttpRouter) -> None:
    raw = json.dumps(
        {
            "model": "auto", "max_tokens": 32_000, "stream": True,
            "messages": [{"role": "user", "content": [
                {"type": "text", "text": "hi", "cache_control": SHORT}]}],
            "system": [{"type": "text", "text": "Be brief.", "cache_control": SHORT}],
            "tools": WEATHER, "metadata": {"user_id": "user_" + "a" * 150},
            "thinking": {"type": "adaptive"}, "output_config": {"effort": "high"},
            "context_management": {"edits": [{"type": "clear_thinking_20251015", "keep": "all"}]},
        }
    )  # fmt: skip
    reply = served.gateway.function.call(
        "POST", "/v1/messages", raw, {"anthropic-beta": "context-management-2025-06-27"}
    )
    assert reply["statusCode"] == 200, reply["body"]
    assert "context_management" not in json.dumps(served.calls[0].body)


def test_the_sdks_tool_runner_is_told_the_way_out(served: HttpRouter) -> None:
    with pytest.raises(anthropic.BadRequestError, match="thread=False"):
        served.anthropic.messages.create(
            model="auto", max_tokens=9, messages=ASKED,
            extra_body={"thread": {"type": "create"}},
        )  # fmt: skip


def test_models_are_listed_and_shown_as_anthropics_client_expects(served: HttpRouter) -> None:
    page = served.anthropic.models.list(limit=3)
    assert (len(page.data), page.has_more) == (3, True)
    assert (page.first_id, page.last_id) == (page.data[0].id, page.data[-1].id)
    every = list(served.anthropic.models.list(limit=2))
    assert [model.id for model in every] == [m.id for m in served.openai.models.list()]
    assert len({model.id for model in every}) == len(every) > 6
    for model in every:
        assert model.display_name
        assert (model.type, model.lifecycle, model.created_at.year) == ("model", "active", 1970)
    shown = served.anthropic.models.retrieve(OF_ANTHROPIC)
    assert shown in every
    assert shown.max_tokens
    assert shown.max_input_tokens
    assert served.anthropic.models.retrieve(f"{OF_ANTHROPIC}-20250101") == shown
    with pytest.raises(anthropic.NotFoundError) as missing:
        served.anthropic.models.retrieve("claude-99")
    assert missing.value.type == "not_found_error"
    with pytest.raises(anthropic.BadRequestError, match="limit: "):
        served.anthropic.models.list(limit=0)


class City(BaseModel):
    city: str


@pytest.mark.parametrize("model", BOTH)
def test_an_answer_by_a_schema(served: HttpRouter, model: str) -> None:
    served.answering(lambda call: answer(call, '{"city": "Paris"}'))
    parsed = served.anthropic.messages.parse(
        model=model, max_tokens=100, messages=ASKED, output_format=City
    )
    assert parsed.parsed_output == City(city="Paris")
    sent = served.calls[0].body
    told = sent["response_format" if model == OF_OPENAI else "output_config"]
    assert '"city"' in json.dumps(told)


def thinking(call: Call) -> Reply:
    reply = answer(call, "It is warm.")
    reply.body["content"].insert(0, SEALED)
    reply.body["content"].insert(0, REDACTED)
    return reply


@pytest.mark.parametrize("streamed", [False, True])
def test_thinking_is_only_asked_of_models_that_can_and_comes_back_unchanged(
    served: HttpRouter, streamed: bool
) -> None:
    served.answering(thinking)
    asked: Any = {
        "model": "auto", "max_tokens": 2_000, "messages": ASKED, "thinking": {"type": "adaptive"},
    }  # fmt: skip
    if streamed:
        with served.anthropic.messages.stream(**asked) as stream:
            message: Any = stream.get_final_message()
    else:
        message = served.anthropic.messages.create(**asked)
    assert [block.type for block in message.content] == ["redacted_thinking", "thinking", "text"]
    assert served.calls[-1].body["thinking"] == {"type": "adaptive"}
    turns = [*ASKED, {"role": "assistant", "content": message.content}, *ASKED]
    served.anthropic.messages.create(**{**asked, "messages": turns})
    assert served.calls[-1].body["messages"][1]["content"][:2] == [REDACTED, SEALED]
    assert {call.wire for call in served.calls} == {"anthropic"}
    with pytest.raises(anthropic.BadRequestError, match=r"thinking: .*old-o"):
        served.anthropic.messages.create(**{**asked, "model": OF_OPENAI})


@pytest.mark.parametrize("model", BOTH)
def test_a_stream_has_the_events_in_their_order(served: HttpRouter, model: str) -> None:
    text = "Grüße, 漢字 and\nlines. " * 200
    served.answering(lambda call: answer(call, text, 11, 7, cached=4))
    with served.anthropic.messages.stream(model=model, max_tokens=2_000, messages=ASKED) as stream:
        kinds = [event.type for event in stream]
        message: Any = stream.get_final_message()
    assert [kind for n, kind in enumerate(kinds) if kind not in kinds[:n]] == [
        "message_start", "content_block_start", "content_block_delta", "text",
        "content_block_stop", "message_delta", "message_stop",
    ]  # fmt: skip
    assert message.content[0].text == text
    assert (message.model, message.stop_reason) == (model, "end_turn")
    assert (message.usage.input_tokens, message.usage.cache_read_input_tokens) == (7, 4)
    assert message.usage.output_tokens == 7
    assert message.model_extra["router"]["attempts"][0]["model"] == model


def test_the_beta_client_is_understood_too(served: HttpRouter) -> None:
    with served.anthropic.beta.messages.stream(
        model="auto", max_tokens=100, messages=[{"role": "user", "content": "hi"}]
    ) as stream:
        assert "".join(stream.text_stream) == "All is well, thank you."


@pytest.mark.parametrize("model", BOTH)
@pytest.mark.parametrize(
    ("reasons", "told"),
    [(("length", "max_tokens"), "max_tokens"), (("content_filter", "refusal"), "refusal")],
)
def test_why_an_answer_ended_is_translated(
    served: HttpRouter, model: str, reasons: tuple[str, str], told: str
) -> None:
    def ending(call: Call) -> Reply:
        reply = answer(call, "Well, as far")
        if call.wire == "openai":
            reply.body["choices"][0]["finish_reason"] = reasons[0]
        else:
            reply.body["stop_reason"] = reasons[1]
        return reply

    served.answering(ending)
    created = served.anthropic.messages.create(model=model, max_tokens=5, messages=ASKED)
    assert created.stop_reason == told


def test_the_stop_sequence_is_told_where_the_model_tells_it(served: HttpRouter) -> None:
    def stopping(call: Call) -> Reply:
        reply = answer(call, "Well, as far")
        return Reply(body={**reply.body, "stop_reason": "stop_sequence", "stop_sequence": "END"})

    served.answering(stopping)
    created = served.anthropic.messages.create(
        model=OF_ANTHROPIC, max_tokens=50, messages=ASKED, stop_sequences=["END"]
    )
    assert (created.stop_reason, created.stop_sequence) == ("stop_sequence", "END")


def test_the_size_of_a_prompt_is_estimated_and_said_to_be(served: HttpRouter) -> None:
    raw = served.anthropic.messages.with_raw_response.count_tokens(
        model="auto", messages=ASKED, system="Be brief.", tools=WEATHER
    )
    assert raw.headers["x-router-estimated"] == "true"
    counted = raw.parse()
    assert 10 < counted.input_tokens < 100
    assert counted.model_extra == {"estimated": True}
    assert served.calls == []


@pytest.mark.parametrize(
    ("change", "raised", "named"),
    [
        ({"messages": [{"role": "user", "content": []}]}, anthropic.BadRequestError,
         "messages.0.content"),
        ({"max_tokens": 0}, anthropic.BadRequestError, "max_tokens"),
        ({"messages": [{"role": "user", "content": [{"type": "document"}]}]},
         anthropic.BadRequestError, "messages.0.content.0.type"),
        ({"messages": [{"role": "user", "content": [{"type": "image", "source": {
            "type": "file", "file_id": "f"}}]}]},
         anthropic.BadRequestError, "messages.0.content.0.source.type"),
        ({"tools": [{"type": "web_search_20250305", "name": "web_search"}]},
         anthropic.BadRequestError, "tools.0.type"),
        ({"messages": [*ASKED, {"role": "assistant", "content": "It is"}]},
         anthropic.BadRequestError, "messages"),
        ({"thinking": {"type": "enabled", "budget_tokens": 2_000}},
         anthropic.BadRequestError, "thinking.budget_tokens"),
        ({"container": "c"}, anthropic.BadRequestError, "container"),
        ({"model": "claude-99"}, anthropic.NotFoundError, "model"),
        ({"extra_body": {"router": {"max_cost_usd": 1e-9}}}, anthropic.PaymentRequiredError,
         "router.max_cost_usd"),
        ({"extra_body": {"router": {"max_latency_ms": 1}}}, anthropic.GatewayTimeoutError, None),
        ({"messages": [{"role": "user", "content": "x" * 6_000_001}]},
         anthropic.ContentTooLargeError, None),
    ],
)  # fmt: skip
def test_errors_are_the_clients_own_and_name_the_field(
    served: HttpRouter,
    change: dict[str, Any],
    raised: type[anthropic.APIStatusError],
    named: str | None,
) -> None:
    asked: Any = {"model": "auto", "max_tokens": 100, "messages": ASKED, **change}
    with pytest.raises(raised) as failed:
        served.anthropic.messages.create(**asked)
    body: Any = failed.value.body
    assert body["type"] == "error"
    assert body["error"]["param"] == named
    if named:
        assert body["error"]["message"].startswith(f"{named}: ")
    assert body["request_id"] == failed.value.request_id
    assert served.calls == []


@pytest.mark.parametrize(
    ("status", "kind", "raised", "headers"),
    [
        (429, "rate_limit_error", anthropic.RateLimitError, {"retry-after": "7"}),
        (500, "api_error", anthropic.ServiceUnavailableError, {}),
    ],
)
def test_outages_are_the_clients_own_errors_also_before_a_stream(
    served: HttpRouter,
    status: int,
    kind: str,
    raised: type[anthropic.APIStatusError],
    headers: dict[str, str],
) -> None:
    told = {"type": "error", "error": {"type": kind, "message": "no"}}
    served.answering(lambda _: Reply(status, told, headers))
    with pytest.raises(raised) as failed:
        served.anthropic.messages.create(model="auto", max_tokens=100, messages=ASKED, stream=True)
    assert failed.value.response.headers.get("retry-after") == headers.get("retry-after")
    assert failed.value.response.headers["content-type"] == "application/json"


@pytest.mark.parametrize("streamed", [False, True])
def test_a_call_that_cannot_be_told_is_an_error_and_no_empty_call(
    served: HttpRouter, streamed: bool
) -> None:
    def breaking(call: Call) -> Reply:
        reply = tool_calls(call, {"call_1": ("weather", {})})
        function = reply.body["choices"][0]["message"]["tool_calls"][0]["function"]
        function["arguments"] = '{"city": '
        return reply

    served.answering(breaking)
    asked: Any = {"model": OF_OPENAI, "max_tokens": 100, "messages": ASKED, "tools": WEATHER}
    with pytest.raises(anthropic.ServiceUnavailableError, match="malformed_tool_call"):
        served.anthropic.messages.create(**asked, stream=streamed)


def test_a_request_to_cache_is_billed_and_booked_as_such(served: HttpRouter) -> None:
    def caching(call: Call) -> Reply:
        reply = answer(call, "All is well.", 1_010, 5)
        reply.body["usage"] |= {
            "input_tokens": 10, "cache_creation_input_tokens": 1_000,
            "cache_creation": {
                "ephemeral_5m_input_tokens": 600, "ephemeral_1h_input_tokens": 400,
            },
        }  # fmt: skip
        return reply

    served.answering(caching)
    words: Any = {"type": "text", "text": "x" * 500, "cache_control": {**SHORT, "ttl": "1h"}}
    created = served.anthropic.messages.create(
        model=OF_ANTHROPIC, max_tokens=100, messages=[{"role": "user", "content": [words]}]
    )
    assert created.usage.cache_creation_input_tokens == 1_000
    assert created.usage.cache_creation is not None
    assert created.usage.cache_creation.ephemeral_5m_input_tokens == 600
    assert created.model_extra is not None
    usd = created.model_extra["router"]["total_cost_usd"]
    assert usd == pytest.approx((10 + 600 * 1.25 + 400 * 2 + 5 * 5) / 10**6)
