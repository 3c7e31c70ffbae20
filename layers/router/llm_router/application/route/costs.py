"""Actual, baseline and expected cost of a request, and its ledger record."""

from llm_router.domain.conversation.answer import Answer, Usage
from llm_router.domain.conversation.tokens import estimated_input_tokens, estimated_tokens
from llm_router.domain.outcome.cascade_outcome import CascadeOutcome
from llm_router.domain.outcome.ledger import LedgerRecord, Purpose
from llm_router.domain.plan.plan import Plan
from llm_router.domain.plan.tier_plans import expected_first_nano_usd
from llm_router.domain.policy.policy import Policy
from llm_router.domain.policy.prices import cost_nano_usd
from llm_router.domain.routing.llm_classifier import EXPECTED_OUTPUT_TOKENS

from .request import RouteRequest


def ledger_record(
    request: RouteRequest,
    policy: Policy,
    outcome: CascadeOutcome,
    *,
    purpose: Purpose = "answer",
    baseline_nano_usd: int | None = None,
) -> LedgerRecord:
    """Build the ledger record of a finished request."""
    return LedgerRecord(
        request_id=request.request_id,
        purpose=purpose,
        tenant=request.tenant,
        received_epoch_ms=request.received_epoch_ms,
        policy_version=policy.version,
        start=outcome.start,
        requirements=outcome.requirements,
        status=outcome.status,
        answered_by=outcome.answered_by,
        confidence=outcome.confidence,
        comparison=outcome.comparison,
        degraded=outcome.degraded,
        attempts=outcome.attempts,
        cost_nano_usd=outcome.cost_nano_usd,
        unknown_nano_usd=outcome.unknown_nano_usd,
        baseline_nano_usd=baseline_nano_usd,
    )


def expected_cost_nano_usd(
    request: RouteRequest, plan: Plan, outcome: CascadeOutcome | None
) -> int | None:
    """The expected cost of a first answer; None while no tier is decided.

    It uses the length that the LLM classifier estimated, if it was called.
    """
    tier = outcome.tier if outcome else plan.tier
    if tier is None:
        return None
    tokens = EXPECTED_OUTPUT_TOKENS[tier]
    if outcome is not None and outcome.classification is not None:
        tokens = outcome.classification.estimated_tokens
    return expected_first_nano_usd(request.conversation, plan.tiers[tier], tokens)


def baseline_cost_nano_usd(
    request: RouteRequest, policy: Policy, outcome: CascadeOutcome, answer: Answer
) -> int:
    """The cost of the answer's tokens on the baseline model; estimated if none were reported."""
    usage = outcome.answering_usage or Usage(
        input_tokens=estimated_input_tokens(request.conversation),
        output_tokens=estimated_tokens(answer.text),
    )
    return cost_nano_usd(usage, policy.models_by_id[policy.baseline_model].prices)
