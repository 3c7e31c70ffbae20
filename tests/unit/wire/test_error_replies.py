"""Errors in each format: the names of fields, and the type, which decides if clients ask again."""

import pytest

from llm_router.application.errors import (
    AllFailedError,
    InvalidRequestError,
    JustFailedError,
    RouterError,
)
from llm_router.domain.policy.models import WireFormat
from llm_router.wire.shared.error_replies import error_reply
from tests.support.scripted_routing import all_failed

PAID = all_failed("malformed_output", "timeout")
FREE = PAID.model_copy(
    update={"attempts": [a.model_copy(update={"cost_nano_usd": 0}) for a in PAID.attempts]}
)


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (AllFailedError("all failed", outcome=FREE), "overloaded_error"),
        (AllFailedError("all failed", outcome=PAID), "api_error"),
        (JustFailedError("just failed", left_ms=1_000), "api_error"),
    ],
    ids=["nothing-was-paid", "something-was-paid", "refused"],
)
def test_only_what_cost_nothing_may_be_repeated(error: RouterError, expected: str) -> None:
    assert error_reply(error, "r", "anthropic")["error"]["type"] == expected


@pytest.mark.parametrize(
    ("wire", "field", "named"),
    [
        ("openai", "messages", "messages"),
        ("openai", "response_format", "response_format"),
        ("anthropic", "messages", "messages"),
        ("anthropic", "response_format", "output_config.format"),
        ("openai-responses", "messages", "input"),
        ("openai-responses", "response_format", "text.format"),
        ("openai-responses", "logprobs", "include"),
        ("openai-responses", "tools", "tools"),
    ],
)
def test_a_field_is_named_as_in_the_callers_format(
    wire: WireFormat, field: str, named: str
) -> None:
    error = InvalidRequestError(f"{field}: no model can take it", param=field)
    shown = error_reply(error, "r", wire)["error"]
    assert (shown["param"], shown["message"]) == (named, f"{named}: no model can take it")
    unknown = InvalidRequestError(f"{field}: unknown", param=field, code="unknown_parameter")
    shown = error_reply(unknown, "r", wire)["error"]
    assert (shown["param"], shown["message"]) == (field, f"{field}: unknown")
