"""The `router` object of every reply: the routing of a request and its cost."""

from typing import Any, NamedTuple

from llm_router.application.route.request import Routed
from llm_router.domain.conversation.answer import Usage
from llm_router.domain.conversation.tokens import estimated_input_tokens, estimated_tokens
from llm_router.domain.outcome.cascade_outcome import CascadeOutcome
from llm_router.domain.outcome.ledger import Attempt
from llm_router.domain.policy.calibration_record import COVERED_TRAFFIC, CalibrationRecord
from llm_router.domain.policy.policy import TierSettings
from llm_router.domain.policy.prices import to_usd

Json = dict[str, Any]


def router_object(routed: Routed) -> Json:
    """Build the `router` object: the decision, its reasons, and every attempt with its cost."""
    start, outcome = routed.start, routed.outcome
    shown: Json = {
        "request_id": routed.request.request_id,
        "policy": routed.policy_version,
        "tier": start and start.tier,
        "wanted_tier": start and start.wanted_tier,
        "strategy": (start and start.strategy) or "undecided",
        "rule": start and start.rule,
        "decision_confidence": start and start.confidence,
        "learned": start and start.learned and start.learned.model_dump(mode="json"),
        "guarantee": _guarantee_object(routed.guarantee),
    }
    if routed.baseline_nano_usd is not None and outcome is not None:
        shown["baseline_cost_usd"] = _usd(routed.baseline_nano_usd)
        shown["saved_usd"] = _usd(routed.baseline_nano_usd - outcome.cost_nano_usd)
    return {**shown, **outcome_fields(outcome, routed.requirements)}


def _guarantee_object(record: CalibrationRecord | None) -> Json | None:
    if record is None:
        return None
    return {
        "quality_kept": record.quality_kept,
        "delta": record.delta,
        "n": record.n,
        "datasets": list(record.datasets),
        "on_average_only": list(record.on_average_only),
        "escalation_rate": record.escalation_rate,
        "saving": record.saving,
        "date": record.date.isoformat(),
        "covers": COVERED_TRAFFIC,
    }


def decision_object(routed: Routed) -> Json:
    """The `router` object with the expected cost of a first answer and every rule evaluation."""
    evaluations = [evaluation.model_dump() for evaluation in routed.rule_evaluations]
    expected = routed.expected_nano_usd
    return {
        **router_object(routed),
        "expected_cost_usd": None if expected is None else _usd(expected),
        "rules_tried": evaluations,
    }


def outcome_fields(
    outcome: CascadeOutcome | None, requirements: TierSettings | None = None
) -> Json:
    """The fields that describe the cascade's outcome, with or without an answer.

    `requirements` are those that an answer must meet if the cascade has not run.
    """
    if outcome is not None:
        requirements = outcome.requirements
    attempts = outcome.attempts if outcome else ()
    classification = outcome.classification if outcome else None
    comparison = outcome.comparison if outcome else None
    return {
        "threshold": requirements.threshold if requirements else None,
        "second_opinion": requirements.second_opinion if requirements else None,
        "confidence": outcome.confidence if outcome else None,
        "comparison": comparison.verdict if comparison else None,
        "agreement": comparison.agreement if comparison else None,
        "compared_confidence": comparison.confidence if comparison else None,
        "degraded": outcome.degraded if outcome else False,
        "degraded_because": outcome.degraded_because if outcome else None,
        "stopped_by": outcome.stopped_by if outcome else None,
        "classification": classification.model_dump() if classification else None,
        "attempts": [_attempt_object(attempt) for attempt in attempts],
        "total_cost_usd": _usd(outcome.cost_nano_usd) if outcome else 0.0,
        "cost_estimated": outcome.cost_estimated if outcome else False,
    }


def _attempt_object(attempt: Attempt) -> Json:
    return {
        **attempt.model_dump(mode="json", exclude={"cost_nano_usd"}),
        "cost_usd": _usd(attempt.cost_nano_usd),
    }


def _usd(nano_usd: int) -> float:
    return float(to_usd(nano_usd))


class TokenCounts(NamedTuple):
    """The usage of the answering call; `mark` is `{"estimated": True}` or empty."""

    usage: Usage
    mark: Json


def token_counts(routed: Routed) -> TokenCounts:
    """The usage that the provider reported, or an estimate if it reported none."""
    outcome, answer = routed.answered
    reported = outcome.answering_usage
    if reported is not None:
        return TokenCounts(reported, {})
    answer_json = "".join(part.model_dump_json() for part in answer.all_parts)
    estimate = Usage(
        input_tokens=estimated_input_tokens(routed.request.conversation),
        output_tokens=estimated_tokens(answer_json),
    )
    return TokenCounts(estimate, {"estimated": True})
