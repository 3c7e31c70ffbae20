"""Refused bodies of both formats: the error names the field by its path and says what is wrong."""

import json
from collections.abc import Callable
from typing import Any, Literal

import pytest

from llm_router.application.errors import InvalidRequestError
from llm_router.domain.policy.policy import Limits
from llm_router.wire.anthropic.request import parse_messages
from llm_router.wire.api.feedback import parse_feedback
from llm_router.wire.openai.request import parse_chat
from tests.support.case_tables import Case, for_each, table
from tests.support.policies import POLICY

Parser = Callable[[str, Limits], Any]
ASKED = [{"role": "user", "content": "hi"}]
BODIES: dict[str, tuple[Parser, dict[str, Any]]] = {
    "openai": (parse_chat, {"model": "auto", "messages": ASKED}),
    "anthropic": (parse_messages, {"model": "auto", "messages": ASKED, "max_tokens": 9}),
}


class RefusedBody(Case):
    """A change of a good body, the field that it is refused for, and the reason given."""

    format: Literal["openai", "anthropic"]
    change: dict[str, Any]
    param: str
    says: str


@for_each(table(RefusedBody, "refused_bodies"))
def test_an_error_names_the_field_and_the_fault(case: RefusedBody) -> None:
    parse, good = BODIES[case.format]
    with pytest.raises(InvalidRequestError) as refused:
        parse(json.dumps({**good, **case.change}), POLICY.limits)
    assert (refused.value.status, refused.value.param) == (400, case.param)
    assert refused.value.message.startswith(f"{case.param}: {case.says}")


@pytest.mark.parametrize("wire", BODIES)
@pytest.mark.parametrize(
    "raw",
    [
        pytest.param('{"user": "\\ud83d"}', id="half-a-surrogate-pair"),
        pytest.param('{"\\ud83d": 1}', id="half-a-surrogate-pair-in-a-name"),
        pytest.param('{"user": ' + "[" * 100_000, id="open-brackets"),
        pytest.param('{"user": ' + "[" * 9_000 + "]" * 9_000 + "}", id="deep"),
        pytest.param('{"seed": ' + "9" * 5_000 + "}", id="number-of-5000-digits"),
        pytest.param('{"seed": 01}', id="leading-zero"),
        pytest.param('{"seed": +1}', id="plus-sign"),
        pytest.param("{'seed': 1}", id="single-quotes"),
        pytest.param('{"seed": 1,}', id="comma-at-the-end"),
        pytest.param("\ufeff{}", id="byte-order-mark"),
        pytest.param('{"user": "a\nb"}', id="line-break-in-a-string"),
    ],
)
def test_what_is_no_json_is_refused_as_such(wire: str, raw: str) -> None:
    parse, _ = BODIES[wire]
    with pytest.raises(InvalidRequestError) as refused:
        parse(raw, POLICY.limits)
    assert refused.value.code == "invalid_json"


def test_of_two_fields_with_one_name_the_last_counts_as_with_the_vendors() -> None:
    body = parse_chat(
        '{"model": "a", "messages": [{"role": "user", "content": "x", "content": "y"}],'
        ' "model": "auto"}',
        POLICY.limits,
    )
    assert (body.model, body.conversation.question) == ("auto", "y")


@pytest.mark.parametrize(
    ("change", "param"),
    [
        ({"score": 2}, "score"),
        ({"good": "yes"}, "good"),
        ({"good": True, "score": 1}, "score"),
        ({}, "score"),
        ({"good": True, "request_id": "x"}, "request_id"),
        ({"good": True, "comment": "x"}, "comment"),
    ],
)
def test_feedback_is_refused_by_the_fields_name(change: dict[str, Any], param: str) -> None:
    known = {"request_id": "20261125-00000000-0000-0000-0000-000000000000"}
    with pytest.raises(InvalidRequestError) as refused:
        parse_feedback(json.dumps({**known, **change}))
    assert refused.value.param == param
    assert refused.value.message.startswith(f"{param}: ")
