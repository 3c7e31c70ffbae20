"""Requests made up from the API's own description, against the deployed stack."""

from collections import Counter
from typing import Any

import httpx
from openapi_spec_validator import validate
from schemathesis import Case

from llm_router.wire.api.openapi import document
from local.stack import LocalStack
from tests.support.schemathesis_cases import EXCLUDED_CHECKS, FUZZING, api_schema, make_plausible

EVERY = 12
"""The function itself is asked them all elsewhere; here it is the way there and back."""
seen: Counter[str] = Counter()


def root(stack: LocalStack) -> str:
    return stack.page_url.removesuffix("/")


def test_anybody_may_read_what_the_stack_says_of_itself(stack: LocalStack) -> None:
    told = httpx.get(f"{root(stack)}/openapi.json", timeout=30).json()
    validate(told)
    assert told["paths"] == document()["paths"]


@api_schema.parametrize()  # type: ignore[untyped-decorator, unused-ignore]
@FUZZING
def test_whatever_is_sent_is_answered_as_described(case: Case[Any], stack: LocalStack) -> None:
    seen[case.operation.label] += 1
    if seen[case.operation.label] % EVERY != 1:
        return
    make_plausible(case)
    key = {"Authorization": f"Bearer {stack.api_key}"}
    case.call_and_validate(
        base_url=root(stack), headers=key, timeout=60, excluded_checks=EXCLUDED_CHECKS
    )
