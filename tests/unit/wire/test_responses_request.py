"""Bodies of `POST /v1/responses`: what is accepted, what is refused, and by which name."""

import json
import random
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from llm_router.application.errors import InvalidRequestError
from llm_router.application.ports import KeyRecord
from llm_router.domain.conversation.content import ToolCall
from llm_router.domain.conversation.conversation import Conversation
from llm_router.wire.responses.request import ResponsesBody, parse_responses
from llm_router.wire.shared.router_options import to_route_request
from tests.support.caller_fixtures import CITY
from tests.support.case_tables import Case, for_each, table
from tests.support.changed_bodies import changed
from tests.support.examples import times
from tests.support.hostile_bodies import Bodies
from tests.support.policies import POLICY
from tests.support.responses_bodies import (
    ASKED,
    FULL,
    MARKS,
    SHAPES,
    Json,
    call,
    function,
    output,
    parsed,
)

BODIES = 2_000
KEY = KeyRecord("key-1", "tenant", "free", may_set_user_tier=False, created_at=0)


class RefusedBody(Case):
    """A change of a good body, the field that it is refused for, and the reason given."""

    change: dict[str, Any]
    param: str
    says: str


@for_each(table(RefusedBody, "refused_responses"))
def test_an_error_names_the_field_and_the_fault(case: RefusedBody) -> None:
    with pytest.raises(InvalidRequestError) as refused:
        parsed(**case.change)
    assert (refused.value.status, refused.value.param) == (400, case.param)
    assert refused.value.message.startswith(f"{case.param}: {case.says}")


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_what_clients_send_is_answered(shape: Json) -> None:
    assert parsed(**shape).conversation.question


def test_every_field_reaches_the_conversation() -> None:
    conversation = parsed(**FULL).conversation
    fields = conversation.model_dump(exclude={"messages", "tools", "left_out"}, exclude_unset=True)
    assert {name: value for name, value in fields.items() if value is not None} == {
        "max_output_tokens": 100, "temperature": 1, "top_p": 0.5, "user": "s", "effort": "low",
        "reasoning_summary": "auto", "prompt_cache_key": "k", "logprobs": True, "top_logprobs": 2,
        "tool_choice": {"mode": "named", "name": "weather"}, "parallel_tool_calls": True,
        "verbosity": "low", "json_object": False, "response_schema": CITY, "schema_name": "city",
        "schema_strict": True,
    }  # fmt: skip
    assert conversation.left_out == (
        "tools.web_search", "input.web_search_call", "reasoning.context", "max_tool_calls",
        "service_tier", "truncation",
    )  # fmt: skip


def test_model_and_hints_are_the_routers() -> None:
    body = parsed(model="old-o", router={"model_tier": "complex", "max_latency_ms": 900})
    request = to_route_request(body, KEY, "r", 1)
    assert (request.model, request.hints.max_latency_ms) == ("old-o", 900)
    assert to_route_request(parsed(), KEY, "r", 1).model is None


NULLABLE = sorted(
    field.alias or name
    for name, field in ResponsesBody.model_fields.items()
    if name not in {"model", "input", "router"}
)


@pytest.mark.parametrize("field", NULLABLE)
def test_null_is_as_good_as_nothing(field: str) -> None:
    body = parsed(**{field: None})
    assert body.conversation == parsed().conversation
    assert body.caller_tools == {}


WITHOUT_EFFECT: list[Json] = [
    {"store": False},
    {"background": False},
    {"truncation": "disabled"},
    {"service_tier": "auto"},
    {"service_tier": "default"},
    {"client_metadata": {"any": {"thing": [1]}}},
    {"metadata": {"a": "b"}},
    {"prompt_cache_options": {"mode": "explicit", "ttl": "12h", "prewarm": False}},
    {"prompt_cache_retention": "24h"},
    {"include": []},
    {"include": ["reasoning.encrypted_content", "web_search_call.action.sources"]},
    {"include": ["file_search_call.results", "message.input_image.image_url"]},
    {"reasoning": {}},
    {"reasoning": {"context": "auto", "mode": "standard"}},
    {"text": {}},
    {"text": {"format": {"type": "text"}}},
    {"tools": []},
    {"stream": True},
    {"stream": True, "stream_options": {"include_usage": True}},
    {"stream": True, "stream_options": {"reasoning_summary_delivery": "sequential_cutoff"}},
    {"top_logprobs": 0},
    {"context_management": []},
]


@pytest.mark.parametrize("fields", WITHOUT_EFFECT, ids=json.dumps)
def test_what_has_no_effect_is_taken_in_silence(fields: Json) -> None:
    assert parsed(**fields).conversation == parsed().conversation


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"truncation": "auto"}, "truncation"),
        ({"service_tier": "fast"}, "service_tier"),
        ({"max_tool_calls": 2}, "max_tool_calls"),
        ({"reasoning": {"context": "current_turn"}}, "reasoning.context"),
        ({"reasoning": {"mode": "pro"}}, "reasoning.mode"),
        ({"top_logprobs": 3}, "top_logprobs"),
        ({"context_management": [{"type": "compaction"}]}, "context_management"),
        ({"access_programs": {"cyber": "standard"}}, "access_programs"),
        ({"image": {"context_compression": "enabled"}}, "image"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_a_hint_that_no_model_is_given_is_named(fields: Json, name: str) -> None:
    conversation = parsed(**fields).conversation
    assert conversation.left_out == (name,)
    assert conversation.without([]).model_copy(update={"left_out": ()}) == parsed().conversation


@pytest.mark.parametrize(
    ("fields", "field", "value"),
    [
        ({"user": "u"}, "user", "u"),
        ({"user": "u", "safety_identifier": "s"}, "user", "s"),
        ({"reasoning": {"summary": "concise"}}, "reasoning_summary", "concise"),
        ({"reasoning": {"generate_summary": "detailed"}}, "reasoning_summary", "detailed"),
        ({"reasoning": {"effort": "minimal"}}, "effort", "minimal"),
        ({"text": {"verbosity": "high"}}, "verbosity", "high"),
        ({"text": {"format": {"type": "json_object"}}}, "json_object", True),
        ({"include": ["message.output_text.logprobs"]}, "logprobs", True),
        ({"prompt_cache_key": "k"}, "prompt_cache_key", "k"),
    ],
    ids=lambda value: json.dumps(value) if isinstance(value, dict) else None,
)
def test_a_wish_reaches_the_model(fields: Json, field: str, value: Any) -> None:
    assert getattr(parsed(**fields).conversation, field) == value


@pytest.mark.parametrize("strict", [None, False, True])
def test_a_schema_keeps_its_name_description_and_strictness(strict: bool | None) -> None:
    format_ = {
        "type": "json_schema", "name": "city", "schema": CITY, "description": "A city.",
        "strict": strict,
    }  # fmt: skip
    conversation = parsed(text={"format": format_}).conversation
    assert conversation.response_schema == CITY
    assert (conversation.schema_name, conversation.schema_description) == ("city", "A city.")
    assert conversation.schema_strict is bool(strict)


def test_the_fields_that_a_reply_repeats_are_the_bodys() -> None:
    body = parsed(**FULL)
    assert (body.stream, body.metadata, body.user) == (True, {"a": "b"}, "u")
    assert (body.safety_identifier, body.instructions) == ("s", "Be brief.")


BOUNDED = POLICY.limits.model_copy(update={"max_messages": 3, "max_parts": 5, "max_tools": 2})
PART = {"type": "input_text", "text": "a"}


@pytest.mark.parametrize(
    ("field", "fits", "too_many"),
    [
        ("input", {"input": [ASKED] * 3}, {"input": [ASKED] * 4}),
        (
            "input",
            {"input": [{"role": "user", "content": [PART] * 5}]},
            {"input": [{"role": "user", "content": [PART] * 6}]},
        ),
        (
            "input",
            {"input": [ASKED, call("1"), output("1", [PART] * 2)]},
            {"input": [ASKED, call("1"), output("1", [PART] * 3)]},
        ),
        ("tools", {"tools": [function("a")] * 2}, {"tools": [function("a")] * 3}),
        (
            "tools",
            {"tools": [{"type": "namespace", "name": "n", "tools": [function("a")] * 2}]},
            {"tools": [{"type": "namespace", "name": "n", "tools": [function("a")] * 3}]},
        ),
        (
            "tools",
            {"input": [ASKED, {"type": "additional_tools", "tools": [function("a")] * 2}]},
            {"input": [ASKED, {"type": "additional_tools", "tools": [function("a")] * 3}]},
        ),
        ("tools", {"tools": [{"type": "web_search"}] * 2}, {"tools": [{"type": "web_search"}] * 3}),
    ],
    ids=["items", "parts", "parts-of-an-output", "tools", "tools-of-a-namespace",
         "tools-in-the-input", "hosted-tools"],
)  # fmt: skip
def test_one_too_many_is_refused_and_the_field_is_named(
    field: str, fits: Json, too_many: Json
) -> None:
    body = {"model": "auto", "input": "hi"}
    assert parse_responses(json.dumps({**body, **fits}), BOUNDED, MARKS)
    with pytest.raises(InvalidRequestError) as refused:
        parse_responses(json.dumps({**body, **too_many}), BOUNDED, MARKS)
    assert (refused.value.code, refused.value.param) == ("too_many_items", field)
    assert refused.value.message.startswith(f"{field}: ")


@pytest.mark.parametrize("raw", [None, "", "{", "[]", '"hi"', "nul", '{"input": "\\ud83d"}'])
def test_a_body_that_is_no_json_object_is_refused(raw: str | None) -> None:
    with pytest.raises(InvalidRequestError):
        parse_responses(raw, POLICY.limits, MARKS)


def fuzzed() -> Iterator[str]:
    """Bodies with any fields, and the clients' bodies with a few changes."""
    for seed in range(times(BODIES)):
        chance = random.Random(seed)
        if seed % 4:
            body = changed(chance, chance.choice(list(SHAPES.values())))
        else:
            body = Bodies(chance).body(ResponsesBody)
        if body.get("stream") is not True:
            body.pop("stream_options", None)
        yield json.dumps(body, ensure_ascii=chance.random() < 0.5)


def test_any_body_is_a_conversation_or_refused_by_a_fields_name() -> None:
    ended = Counter[str]()
    for raw in fuzzed():
        try:
            body = parse_responses(raw, POLICY.limits, MARKS)
        except InvalidRequestError as error:
            _check_refusal(error, raw)
            ended["refused"] += 1
        else:
            _check_conversation(body)
            ended["read"] += 1
    assert min(ended.values()) > times(BODIES) / 10, ended


def _check_refusal(error: InvalidRequestError, raw: str) -> None:
    assert error.status == 400
    if error.param is None:
        assert error.message.startswith("body: ")
        assert "" in json.loads(raw), "only a field without a name is not named"
        return
    assert error.message.startswith(f"{error.param}: "), raw
    first = error.param.split(".")[0]
    known = {field.alias or name for name, field in ResponsesBody.model_fields.items()}
    assert first in known | json.loads(raw).keys(), (error.message, raw)


def _check_conversation(body: ResponsesBody) -> None:
    conversation = body.conversation
    assert Conversation.model_validate_json(conversation.model_dump_json()) == conversation
    offered = [tool.name for tool in conversation.tools]
    called = {part.name for part in conversation.parts if isinstance(part, ToolCall)}
    assert len(set(offered)) == len(offered)
    assert body.caller_tools.keys() >= {*offered, *called}
    assert len(set(body.caller_tools.values())) == len(body.caller_tools)
