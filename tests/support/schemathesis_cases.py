"""Requests that schemathesis generates from the API's OpenAPI document, and its settings."""

from typing import Any

import schemathesis
from hypothesis import HealthCheck, core, settings
from schemathesis import Case, GenerationMode
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import positive_data_acceptance, unsupported_method

from llm_router.wire.api.openapi import document
from tests.support.examples import times

ENOUGH_MS = 20_000
EXCLUDED_CHECKS = [
    # What a key and the policy allow is in no schema.
    positive_data_acceptance,
    # API Gateway answers 404 where the check wants a 405.
    unsupported_method,
]
FUZZING = settings(
    max_examples=times(15),
    suppress_health_check=list(HealthCheck),
)
# Without this it would draw a seed of its own in `make fuzz`.
api_schema = schemathesis.openapi.from_dict(
    document(), config=SchemathesisConfig(seed=core.global_force_seed)
)
# Every way to break a field is tried, which is fast; what is right takes its time and is sampled.
api_schema.config.phases.coverage.generation.modes = [GenerationMode.NEGATIVE]


def make_plausible(case: Case[Any]) -> None:
    """Name a known model and leave enough time, which no generator can know."""
    body = case.body
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
