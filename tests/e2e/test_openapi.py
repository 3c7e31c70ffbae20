"""Requests made up from the API's own description, against the deployed stack."""

from typing import Any

import httpx
import schemathesis
from hypothesis import HealthCheck, settings
from openapi_spec_validator import validate
from schemathesis import Case, GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance, unsupported_method

from llm_router.wire.openapi import document
from local.stack import LocalStack

ENOUGH_MS = 20_000
NOT_PROMISED = [
    # What a key and the policy allow is in no schema.
    positive_data_acceptance,
    # API Gateway answers 403 where the check wants a 405.
    unsupported_method,
]
MADE_UP = settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
described = schemathesis.openapi.from_dict(document())
# Every way to break a field is tried, which is fast; what is right takes its time and is sampled.
described.config.phases.coverage.generation.modes = [GenerationMode.NEGATIVE]


def root(stack: LocalStack) -> str:
    return stack.page_url.removesuffix("/")


def test_anybody_may_read_what_the_stack_says_of_itself(stack: LocalStack) -> None:
    told = httpx.get(f"{root(stack)}/openapi.json", timeout=30).json()
    validate(told)
    assert told["paths"] == document()["paths"]


@described.parametrize()
@MADE_UP
def test_whatever_is_sent_is_answered_as_described(case: Case[Any], stack: LocalStack) -> None:
    likely(case.body)
    key = {"Authorization": f"Bearer {stack.api_key}"}
    case.call_and_validate(
        base_url=root(stack), headers=key, timeout=60, excluded_checks=NOT_PROMISED
    )


def likely(body: Any) -> None:
    """Let a made-up request get past the checks of what no generator can know."""
    if not isinstance(body, dict):
        return
    model, hints = body.get("model"), body.get("router")
    if isinstance(model, str) and 0 < len(model) <= 100:
        body["model"] = "auto"
    if isinstance(hints, dict):
        wait = hints.get("max_latency_ms")
        if type(wait) is int and wait > 0:
            # Who leaves no time gets a 504, as described.
            hints["max_latency_ms"] = ENOUGH_MS
