"""The type of an error in Anthropic's format, which decides if clients ask again."""

import pytest

from llm_router.application.errors import AllFailedError, JustFailedError, RouterError
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
