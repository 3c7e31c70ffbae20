import json
from typing import Any

import pytest

from llm_router.application.errors import InvalidRequestError
from llm_router.application.ports import KeyRecord
from llm_router.domain.conversation.content import Image, Text
from llm_router.wire.openai.request import parse_chat
from llm_router.wire.shared.router_options import to_route_request
from tests.support.case_tables import Case, for_each, table
from tests.support.policies import POLICY

BODY: dict[str, Any] = {"model": "auto", "messages": [{"role": "user", "content": "hi"}]}
ASKED = BODY["messages"]
LIMITS = POLICY.limits
TEXT: dict[str, Any] = {"type": "text", "text": "a"}
IMAGE: dict[str, Any] = {"type": "image_url", "image_url": {"url": "https://example.com/a.png"}}
HOUR = {"type": "ephemeral", "ttl": "1h"}
KEY = KeyRecord("key-1", "tenant", "free", may_set_user_tier=False, created_at=0)
TRUSTED = KeyRecord("key-2", "tenant", "free", may_set_user_tier=True, created_at=0)


class RefusedField(Case):
    """A change of a good body, and the field that it is refused for."""

    change: dict[str, Any]
    param: str


@for_each(table(RefusedField, "refused_chat_fields"))
def test_a_bad_field_is_refused_by_name(case: RefusedField) -> None:
    with pytest.raises(InvalidRequestError) as refused:
        parse_chat(json.dumps({**BODY, **case.change}), LIMITS)
    assert refused.value.status == 400
    assert refused.value.param == case.param
    assert refused.value.message.startswith(f"{case.param}: ")


@pytest.mark.parametrize("raw", [None, "", "{", "[]", '"hi"', "nul"])
def test_a_body_that_is_no_json_object_is_refused(raw: str | None) -> None:
    with pytest.raises(InvalidRequestError):
        parse_chat(raw, LIMITS)


def test_text_parts_are_lines_of_the_question_and_limits_kept() -> None:
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
        ),
        LIMITS,
    )
    call = to_route_request(body, KEY, "r", 1)
    assert call.conversation.question == "a\nb"
    assert call.conversation.max_output_tokens == 7
    assert call.conversation.stop == ("end",)
    assert (call.hints.max_latency_ms, str(call.hints.max_cost_usd)) == (900, "0.002")
    assert call.model is None


@pytest.mark.parametrize("content", [None, ""])
def test_an_earlier_refusal_stays_in_the_conversation(content: str | None) -> None:
    refusal = {"role": "assistant", "content": content, "refusal": "I will not."}
    body = parse_chat(json.dumps({**BODY, "messages": [*ASKED, refusal, *ASKED]}), LIMITS)
    assert body.conversation.messages[1].text == "I will not."


def test_the_user_tier_comes_from_the_key() -> None:
    assert (
        to_route_request(parse_chat(json.dumps(BODY), LIMITS), KEY, "r", 1).hints.user_tier
        == "free"
    )


def test_the_callers_word_counts_only_if_the_key_says_so() -> None:
    body = parse_chat(json.dumps({**BODY, "router": {"user_tier": "pro"}}), LIMITS)
    assert to_route_request(body, TRUSTED, "r", 1).hints.user_tier == "pro"
    with pytest.raises(InvalidRequestError) as refused:
        to_route_request(body, KEY, "r", 1)
    assert refused.value.param == "router.user_tier"


@pytest.mark.parametrize("part", [TEXT, IMAGE], ids=["text", "image"])
@pytest.mark.parametrize(
    ("marks", "wish"),
    [
        ({"prompt_cache_breakpoint": {"mode": "explicit", "ttl": "12h"}}, {"type": "ephemeral"}),
        ({"prompt_cache_breakpoint": {"mode": "explicit"}, "cache_control": HOUR}, HOUR),
        ({"prompt_cache_breakpoint": None}, None),
    ],
    ids=["openais", "both", "none"],
)
def test_a_breakpoint_of_openais_cache_is_one_of_anthropics(
    part: dict[str, Any], marks: dict[str, Any], wish: dict[str, str] | None
) -> None:
    body = {**BODY, "messages": [{"role": "user", "content": [{**part, **marks}]}]}
    (read,) = parse_chat(json.dumps(body), LIMITS).conversation.parts
    assert isinstance(read, Text | Image)
    assert read.cache_control == wish


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"prompt_cache_options": {"mode": "explicit"}}, ("prompt_cache_options",)),
        ({"prompt_cache_options": {"ttl": "12h", "new": 1}}, ("prompt_cache_options",)),
        ({"prompt_cache_options": {"mode": "implicit", "ttl": "30m", "new": 1}}, ()),
        ({"prompt_cache_retention": "24h"}, ("prompt_cache_retention",)),
        ({"prompt_cache_retention": None, "prompt_cache_options": None}, ()),
    ],
    ids=["mode", "ttl", "usual", "retention", "nulls"],
)
def test_what_is_asked_of_openais_cache_is_named(
    fields: dict[str, Any], named: tuple[str, ...]
) -> None:
    assert parse_chat(json.dumps({**BODY, **fields}), LIMITS).conversation.left_out == named
