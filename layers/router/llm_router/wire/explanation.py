"""How a request was routed and what it cost, as callers see it in every reply."""

from typing import Any

from ..application.calls import Routed
from ..domain.cost import to_usd
from ..domain.guarantee import CalibrationRecord
from ..domain.ledger import Attempt
from ..domain.outcome import CascadeOutcome

Json = dict[str, Any]


def router_object(routed: Routed) -> Json:
    """How a request was routed: the decision, why, and every attempt with its cost."""
    decision, outcome = routed.decision, routed.outcome
    tier = outcome.tier if outcome else decision.tier
    wanted_tier = outcome.wanted_tier if outcome else decision.wanted_tier
    strategy = outcome.strategy if outcome else decision.strategy
    shown: Json = {
        "request_id": routed.call.request_id,
        "policy": routed.policy_version,
        "tier": tier,
        "wanted_tier": wanted_tier,
        "strategy": strategy or "undecided",
        "rule": decision.rule,
        "decision_confidence": decision.confidence,
        "learned": decision.learned.model_dump(mode="json") if decision.learned else None,
        "guarantee": _guarantee_object(routed.guarantee),
    }
    if routed.baseline_nano_usd is not None and outcome is not None:
        shown["baseline_cost_usd"] = _usd(routed.baseline_nano_usd)
        shown["saved_usd"] = _usd(routed.baseline_nano_usd - outcome.cost_nano_usd)
    return {**shown, **outcome_fields(outcome)}


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
        "covers": "traffic like the calibration data and nothing else",
    }


def decision_object(routed: Routed) -> Json:
    """The same with what a first answer would probably cost and how every rule fared."""
    trials = [trial.model_dump() for trial in routed.decision.trials]
    expected = routed.expected_nano_usd
    return {
        **router_object(routed),
        "expected_cost_usd": None if expected is None else _usd(expected),
        "rules_tried": trials,
    }


def outcome_fields(outcome: CascadeOutcome | None) -> Json:
    """What the cascade did, whether it brought an answer or not."""
    attempts = outcome.attempts if outcome else ()
    classification = outcome.classification if outcome else None
    return {
        "confidence": outcome.confidence if outcome else None,
        "agreement": outcome.agreement if outcome else None,
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
