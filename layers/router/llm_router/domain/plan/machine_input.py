"""The state machine's input: a plan in the form from which the machine only has to choose."""

from typing import Any

from llm_router.domain.base import Frozen
from llm_router.domain.outcome.failures import Failure, FailureKind
from llm_router.domain.outcome.ledger import Attempt, Reason

from .candidates import Candidate
from .plan import Plan
from .tier_plans import TierPlan

Json = dict[str, Any]


def machine_input(plan: Plan, payload: Json) -> Json:
    """Build the input of an execution: the plan, and the reference to the conversation.

    Every candidate is listed once, by its id; tiers name theirs in order. `call` and `classify`
    are the parts of `invoke_model`'s payload that are known in advance. `unanswered` has the
    attempt to record, by model, if the platform fails; its reason and cost are the machine's.
    """
    tiers = plan.tiers.values()
    candidates = {c.id: c for tier in tiers for c in tier.candidates}
    return {
        "payload": payload,
        "plan": {
            "request_id": plan.request_id,
            "purpose": plan.purpose,
            "deadline_epoch_ms": plan.deadline_epoch_ms,
            "budget_nano_usd": plan.budget_nano_usd,
            "retry_within_ms": plan.retry_within_ms,
            "tier": plan.tier or plan.default_tier,
            "tiers": {name: _tier(tier) for name, tier in plan.tiers.items()},
            "candidates": {name: _json(c) for name, c in candidates.items()},
            "unanswered": {name: _unanswered(c, "first") for name, c in candidates.items()},
            "call": {
                "action": "answer",
                **_terms(plan),
                "ask_self_rating": plan.ask_self_rating,
                "weights": _json(plan.weights),
            },
            **_classification(plan),
        },
    }


def _terms(plan: Plan) -> Json:
    return {
        "request_id": plan.request_id,
        "deadline_epoch_ms": plan.deadline_epoch_ms,
        "content_policy": plan.content_policy,
        "attempt_share": plan.attempt_share,
    }


def _tier(tier: TierPlan) -> Json:
    return {
        "start": _json(tier.start),
        "requirements": _json(tier.requirements),
        "candidates": [candidate.id for candidate in tier.candidates],
        "expected_output_tokens": tier.expected_output_tokens,
        **({"peer": tier.peer.id} if tier.peer else {}),
    }


def _classification(plan: Plan) -> Json:
    """The classification that may come first, with a deadline that leaves time for an answer."""
    if plan.classifier is None:
        return {}
    answer_ms = max(tier.candidates[0].minimum_ms for tier in plan.tiers.values())
    return {
        "classify": {
            "action": "classify",
            **_terms(plan),
            "deadline_epoch_ms": plan.deadline_epoch_ms - answer_ms,
            "budget_nano_usd": plan.budget_nano_usd,
            "candidate": _json(plan.classifier),
            "max_prompt_characters": plan.classifier_prompt_characters,
        },
        "classify_unanswered": _unanswered(plan.classifier, "classification"),
    }


def _unanswered(candidate: Candidate, reason: Reason) -> Json:
    attempt = Attempt(
        model=candidate.id,
        provider=candidate.provider,
        rank=candidate.rank,
        reason=reason,
        outcome="unavailable",
        failure=Failure(kind=FailureKind.PLATFORM),
        latency_ms=0,
        cost_nano_usd=0,
    )
    return _json(attempt)


def _json(value: Frozen) -> Json:
    dumped: Json = value.model_dump(mode="json", exclude_none=True)
    return dumped
