import json
from typing import Any

import pytest

from llm_router.application.errors import InvalidRequestError
from llm_router.application.ports import KeyRecord
from llm_router.wire.openai.request import parse_chat
from llm_router.wire.shared.router_options import to_route_request

BODY: dict[str, Any] = {"model": "auto", "messages": [{"role": "user", "content": "hi"}]}
ASKED = BODY["messages"]
KEY = KeyRecord("key-1", "tenant", "free", may_set_user_tier=False, created_at=0)
TRUSTED = KeyRecord("key-2", "tenant", "free", may_set_user_tier=True, created_at=0)


def picture(url: str) -> dict[str, Any]:
    return {"role": "user", "content": [{"type": "image_url", "image_url": {"url": url}}]}


@pytest.mark.parametrize(
    ("change", "param"),
    [
        ({"messages": []}, "messages"),
        ({"messages": None}, "messages"),
        ({"messages": [{"role": "user"}]}, "messages.0.content"),
        ({"messages": [{"role": "robot", "content": "hi"}]}, "messages.0.role"),
        ({"messages": [{"role": "system", "content": "hi"}]}, "messages"),
        ({"messages": [{"role": "user", "content": 5}]}, "messages.0.content"),
        ({"model": None}, "model"),
        ({"max_tokens": -1}, "max_tokens"),
        ({"max_tokens": 1.5}, "max_tokens"),
        ({"temperature": 3}, "temperature"),
        ({"n": 2}, "n"),
        ({"stream": 1}, "stream"),
        ({"tools": [{"type": "custom", "custom": {"name": "f"}}]}, "tools.0.type"),
        ({"tools": [{"type": "function", "function": {"name": "f g"}}]}, "tools.0.function.name"),
        ({"tool_choice": "required"}, "tool_choice"),
        ({"tool_choice": {"type": "allowed_tools"}}, "tool_choice.type"),
        ({"response_format": {"type": "grammar"}}, "response_format.type"),
        (
            {"response_format": {"type": "json_schema", "json_schema": {"name": "f"}}},
            "response_format.json_schema.schema",
        ),
        ({"top_logprobs": 2}, "top_logprobs"),
        ({"max_tokens": 5, "max_completion_tokens": 9}, "max_tokens"),
        ({"logprobs": True, "top_logprobs": 21}, "top_logprobs"),
        ({"stop": ["1", "2", "3", "4", "5"]}, "stop"),
        ({"store": True}, "store"),
        ({"store": 0}, "store"),
        ({"service_tier": "flex"}, "service_tier"),
        ({"logit_bias": {"5": 1}}, "logit_bias"),
        ({"metadata": {"secret": 1}}, "metadata"),
        ({"reasoning_effort": "huge"}, "reasoning_effort"),
        ({"verbosity": "high"}, "verbosity"),
        ({"functions": []}, "functions"),
        ({"stream_options": {"include_usage": True}}, "stream_options"),
        (
            {"messages": [{"role": "user", "content": [{"type": "input_audio"}]}]},
            "messages.0.content.0.type",
        ),
        (
            {"messages": [{"role": "user", "content": [{"type": "text"}]}]},
            "messages.0.content.0.text",
        ),
        ({"messages": [picture("ftp://x/y.png")]}, "messages.0.content.0.image_url.url"),
        (
            {"messages": [picture("data:image/tiff;base64,AA==")]},
            "messages.0.content.0.image_url.url",
        ),
        ({"messages": [*ASKED, {"role": "assistant", "content": "Well"}]}, "messages"),
        ({"messages": [*ASKED, {"role": "tool", "tool_call_id": "x", "content": ""}]}, "messages"),
        ({"n": True}, "n"),
        ({"stream": 0}, "stream"),
        ({"colour": "red"}, "colour"),
        ({"router": {"colour": "red"}}, "router.colour"),
        ({"router": {"model_tier": "huge"}}, "router.model_tier"),
        ({"router": {"max_latency_ms": -5}}, "router.max_latency_ms"),
        ({"router": {"max_latency_ms": 0}}, "router.max_latency_ms"),
        ({"router": {"max_cost_usd": -0.1}}, "router.max_cost_usd"),
        ({"router": {"max_cost_usd": "cheap"}}, "router.max_cost_usd"),
        ({"router": {"max_cost_usd": [None, None, None]}}, "router.max_cost_usd"),
        ({"router": []}, "router"),
        ({"router": {"feature": ""}}, "router.feature"),
    ],
)
def test_a_bad_field_is_refused_by_name(change: dict[str, Any], param: str) -> None:
    with pytest.raises(InvalidRequestError) as refused:
        parse_chat(json.dumps({**BODY, **change}))
    assert refused.value.status == 400
    assert refused.value.param == param
    assert refused.value.message.startswith(f"{param}: ")


@pytest.mark.parametrize("raw", [None, "", "{", "[]", '"hi"', "nul"])
def test_a_body_that_is_no_json_object_is_refused(raw: str | None) -> None:
    with pytest.raises(InvalidRequestError):
        parse_chat(raw)


def test_text_parts_are_joined_and_limits_kept() -> None:
    parts = [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]
    body = parse_chat(
        json.dumps(
            {
                **BODY,
                "messages": [{"role": "user", "content": parts}],
                "max_completion_tokens": 7,
                "stop": "end",
                "router": {"max_latency_ms": 900, "max_cost_usd": 0.002, "model_tier": "complex"},
            }
        )
    )
    call = to_route_request(body, KEY, "r", 1)
    assert call.conversation.question == "ab"
    assert call.conversation.max_output_tokens == 7
    assert call.conversation.stop == ("end",)
    assert (call.max_latency_ms, str(call.max_cost_usd)) == (900, "0.002")
    assert call.hints.model is None


@pytest.mark.parametrize("content", [None, ""])
def test_an_earlier_refusal_stays_in_the_conversation(content: str | None) -> None:
    refusal = {"role": "assistant", "content": content, "refusal": "I will not."}
    body = parse_chat(json.dumps({**BODY, "messages": [*ASKED, refusal, *ASKED]}))
    assert body.conversation().messages[1].text == "I will not."


def test_the_user_tier_comes_from_the_key() -> None:
    assert to_route_request(parse_chat(json.dumps(BODY)), KEY, "r", 1).hints.user_tier == "free"


def test_the_callers_word_counts_only_if_the_key_says_so() -> None:
    body = parse_chat(json.dumps({**BODY, "router": {"user_tier": "pro"}}))
    assert to_route_request(body, TRUSTED, "r", 1).hints.user_tier == "pro"
    with pytest.raises(InvalidRequestError) as refused:
        to_route_request(body, KEY, "r", 1)
    assert refused.value.param == "router.user_tier"
