"""Requests made up from the API's own description, against the function in this process."""

from typing import Any

from schemathesis import Case
from schemathesis.specs.openapi.checks import ignored_auth

from tests.support.gateway import KEY
from tests.support.made_up import MADE_UP, NOT_PROMISED, described, likely

from .conftest import World


@described.parametrize()  # type: ignore[untyped-decorator, unused-ignore]
@MADE_UP
def test_whatever_is_sent_is_answered_as_described(case: Case[Any], world: World) -> None:
    likely(case)
    # Keys are API Gateway's business.
    unpromised = [*NOT_PROMISED, ignored_auth]
    case.call_and_validate(
        base_url=world.gateway.url,
        headers={"Authorization": f"Bearer {KEY}"},
        timeout=60,
        excluded_checks=unpromised,
    )
