"""Advice on thresholds: the one that would have given the target rate of escalations, and its cost.

It is read off the confidences on which answers were returned or not. No threshold moves by it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_FLOOR, Decimal
from statistics import fmean
from typing import Literal

from llm_router.domain.outcome.ledger import LedgerRecord
from llm_router.domain.policy.policy import Policy
from llm_router.domain.tiers import Tier

Verdict = Literal[
    "keep", "raise", "raise_certified", "lower", "forbidden", "unreachable", "too_few",
    "nothing_stronger", "no_confidence",
]  # fmt: skip
_MOST_DIGITS = 20


@dataclass(frozen=True)
class ThresholdAdvice:
    """A tier's threshold beside the one that comes closest to the target escalation rate.

    Shares are of `answered`. The threshold could decide `decided` of these. Amounts are per 1,000
    answered requests: what they cost, and what the suggestion would add, or save if negative.
    """

    tier: Tier
    verdict: Verdict
    answered: int
    decided: int
    threshold: float
    escalated: float
    target: float
    suggested: float | None = None
    would_escalate: float | None = None
    spent_nano_usd_per_1000: int | None = None
    added_nano_usd_per_1000: int | None = None


@dataclass(frozen=True)
class _Decided:
    """The confidence that met the threshold, with the cost of the escalation if there was one."""

    confidence: float | None
    escalation_nano_usd: int | None


def threshold_advice(
    tier: Tier, records: Sequence[LedgerRecord], policy: Policy
) -> ThresholdAdvice:
    """Advise on a tier's threshold from the records of its answered requests."""
    steering, now = policy.steering, policy.tiers[tier].threshold
    answered = [r for r in records if r.start.tier == tier and r.status == "answered"]
    n, requests = len(answered), [_decided(record) for record in answered]
    costs = [r.escalation_nano_usd for r in requests if r.escalation_nano_usd is not None]
    governed = [
        request.confidence
        for record, request in zip(answered, requests, strict=True)
        if request.confidence is not None and _could_escalate(record, request, now)
    ]
    escalated = len(costs) / n if n else 0.0
    spent = sum(record.cost_nano_usd for record in answered)

    found = ThresholdAdvice(
        tier=tier,
        verdict="too_few",
        answered=n,
        decided=len(governed),
        threshold=now,
        escalated=escalated,
        target=round((steering.target_from + steering.target_to) / 2, 6),
        spent_nano_usd_per_1000=round(1_000 * spent / n) if n else None,
    )
    if not policy.can_escalate(tier):
        return replace(found, verdict="nothing_stronger")
    if n < steering.min_requests:
        return found
    if not governed:
        return replace(found, verdict="no_confidence")
    suggested, below = closest_threshold(governed, found.target * n, now)
    rate = below / n
    reached = steering.target_from <= rate <= steering.target_to
    return replace(
        found,
        verdict=_verdict(tier, suggested, policy) if reached else "unreachable",
        suggested=suggested,
        would_escalate=rate,
        added_nano_usd_per_1000=round(1_000 * (rate - escalated) * fmean(costs)) if costs else None,
    )


def closest_threshold(confidences: Sequence[float], wanted: float, now: float) -> tuple[float, int]:
    """The threshold below which the number of confidences is closest to `wanted`, and that number.

    Equal confidences escalate together, so the number may be far off. Of all thresholds with the
    same effect it is `now` or the one with the fewest digits; of two equally close numbers it is
    the smaller, since escalations cost money.
    """
    values = sorted(set(confidences))
    # A threshold in (low, high] makes all values up to `low` escalate.
    ranges = [*zip([-1.0, *values], values, strict=False), (values[-1], 1.0)]
    counted = [
        (sum(value <= low for value in confidences), low, high)
        for low, high in ranges
        if low < high
    ]
    below, low, high = min(counted, key=lambda each: (abs(each[0] - wanted), each[0]))
    return (now if low < now <= high else _shortest_within(low, high)), below


def _shortest_within(low: float, high: float) -> float:
    """The number with the fewest digits, two at least, above `low` and up to `high`."""
    upper = Decimal(repr(high))
    for digits in range(2, _MOST_DIGITS):
        number = upper.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_FLOOR)
        if number > Decimal(repr(low)):
            return float(number)
    return high


def _decided(record: LedgerRecord) -> _Decided:
    """The decision on a record's first answer: the compared confidence, if it was compared."""
    attempts = [a for a in record.attempts if a.reason != "classification"]
    at = next((k for k, a in enumerate(attempts) if a.reason == "escalation"), len(attempts))
    alone = [a.confidence for a in attempts[:at] if a.confidence is not None]
    compared = record.comparison.confidence if record.comparison else None
    cost = sum(a.cost_nano_usd for a in attempts[at:]) if at < len(attempts) else None
    return _Decided(max(alone, default=None) if compared is None else compared, cost)


def _could_escalate(record: LedgerRecord, request: _Decided, now: float) -> bool:
    """False if the cascade was skipped, or if an answer below its threshold stayed all the same.

    Records of earlier versions do not tell their threshold; the policy's is taken.
    """
    threshold = record.requirements.threshold if record.requirements else now
    if threshold == 0 < now or request.confidence is None:
        return False
    return request.escalation_nano_usd is not None or request.confidence >= threshold


def _verdict(tier: Tier, suggested: float, policy: Policy) -> Verdict:
    now, record = policy.tiers[tier].threshold, policy.calibration
    certified = record is not None and any(
        model.tier == tier and model.id in record.models for model in policy.models
    )
    if suggested == now:
        return "keep"
    if suggested > now:
        return "raise_certified" if certified else "raise"
    return "forbidden" if certified else "lower"
