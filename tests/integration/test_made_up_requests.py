"""Requests made up from the API's own description, against the function in this process."""

from typing import Any

from schemathesis import Case
from schemathesis.specs.openapi.checks import ignored_auth

from tests.support.gateway import KEY
from tests.support.schemathesis_cases import EXCLUDED_CHECKS, FUZZING, api_schema, make_plausible

from .conftest import HttpRouter


@api_schema.parametrize()  # type: ignore[untyped-decorator, unused-ignore]
@FUZZING
def test_whatever_is_sent_is_answered_as_described(case: Case[Any], served: HttpRouter) -> None:
    make_plausible(case)
    # Keys are API Gateway's business.
    unpromised = [*EXCLUDED_CHECKS, ignored_auth]
    case.call_and_validate(
        base_url=served.gateway.url,
        headers={"Authorization": f"Bearer {KEY}"},
        timeout=60,
        excluded_checks=unpromised,
    )
