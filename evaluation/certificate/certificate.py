"""The certificate of a period: savings, rates by tier and bounds on the answers' quality."""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import TypeVar

from evaluation.calibrate.bounds import labels_needed, lower_bound
from llm_router.domain.outcome.cascade_outcome import CascadeOutcome
from llm_router.domain.outcome.ledger import Attempt, Label, LedgerRecord
from llm_router.domain.policy.policy import Policy
from llm_router.domain.policy.steering import (
    EscalationRate,
    SteeringSettings,
    advice,
)
from llm_router.domain.shadow_check import ShadowResult
from llm_router.domain.tiers import TIERS, Tier

from .ledgers import Traffic
from .threshold_advice import ThresholdAdvice, threshold_advice

Kept = TypeVar("Kept", Label, ShadowResult)

AGREES_FROM = 0.5
"""Agreement from which the strong model counts as giving the same answer."""

PRECISION = 0.05
"""A sample is too small if its bound lies more than this below the observed share."""

_DILUTED = 20

COST_PARTS = (
    "first answers", "second opinions", "escalations", "fallbacks and retries", "classification",
    "failed calls", "unfinished requests",
)  # fmt: skip
_PART_OF_REASON = {
    "first": "first answers",
    "second_opinion": "second opinions",
    "escalation": "escalations",
    "fallback": "fallbacks and retries",
    "retry": "fallbacks and retries",
    "classification": "classification",
}


@dataclass(frozen=True)
class Money:
    """Nano-USD: the cost of the calls, and of the answers' tokens on the baseline model.

    Requests without an answer and classify-only requests have a cost and no baseline. `cost`
    excludes `checks`, the cost of shadow checks. `estimated` is the part of `cost` that is a worst
    case because the provider reported no usage.
    """

    cost_nano_usd: int
    baseline_nano_usd: int
    estimated_nano_usd: int
    checks_nano_usd: int

    @property
    def saving_nano_usd(self) -> int:
        """Baseline minus cost; negative if routing cost more than the baseline."""
        return self.baseline_nano_usd - self.cost_nano_usd

    @property
    def saving(self) -> float | None:
        """The saving as a share of the baseline; None if the baseline is 0."""
        base = self.baseline_nano_usd
        return self.saving_nano_usd / base if base else None


@dataclass(frozen=True)
class TierRates:
    """One tier's counts and rates.

    `escalated` and `degraded` are shares of the answered requests, `fell_back` of all requests.
    """

    tier: Tier
    requests: int
    answered: int
    escalated: float
    degraded: float
    fell_back: float
    on_target: str
    advice: str | None


@dataclass(frozen=True)
class Bound:
    """An observed share of `n` cases and the lower bound of the true share; None without cases.

    `needed` estimates how many cases a useful bound takes, if `n` is too small.
    """

    n: int
    observed: float | None = None
    lower: float | None = None
    needed: int | None = None

    @property
    def too_small(self) -> bool:
        """True if the bound lies more than `PRECISION` below the observed share, or is unknown."""
        if self.observed is None or self.lower is None:
            return True
        return self.lower < self.observed - PRECISION


@dataclass(frozen=True)
class Checks:
    """Counts of accepted first answers and of the shadow checks drawn from them, by result."""

    accepted: int
    compared: int
    failed: int
    over_cap: int


@dataclass(frozen=True)
class Certificate:
    """The figures of one page. Each bound holds by itself with `confidence`.

    `other_policies` counts requests that were decided under another version of the policy,
    `unfinished` those that the platform did not finish; `decisions` counts classify-only
    requests, which `requests` excludes.
    """

    since: str
    until: str
    confidence: float
    requests: int
    answered: int
    unfinished: int
    decisions: int
    money: Money
    cost_by_part_nano_usd: dict[str, int]
    cost_by_day_nano_usd: dict[str, tuple[int, int]]
    tiers: list[TierRates]
    thresholds: list[ThresholdAdvice]
    other_policies: int
    target_escalation: tuple[float, float]
    checks: Checks
    quality: dict[str, Bound]
    unreadable: int
    unmatched: int


def certify(traffic: Traffic, policy: Policy, confidence: float) -> Certificate:
    """Compute the certificate; `policy` holds the target for the escalation rate."""
    settings, whole = policy.steering, traffic.records
    records = [record for record in whole if record.purpose == "answer"]
    accepted = {record.request_id for record in records if is_accepted(record)}
    results = _shuffled(result for result in traffic.results if result.request_id in accepted)
    compared = [(r.comparable, r.agreement or 0.0) for r in results if r.outcome == "compared"]
    labels = _shuffled(label for label in traffic.labels if label.request_id in accepted)
    scores = [label.score for label in labels]
    delta = 1 - confidence
    return Certificate(
        since=f"{traffic.since:%Y-%m-%d %H:%M}",
        until=f"{traffic.until:%Y-%m-%d %H:%M}",
        confidence=confidence,
        requests=len(records),
        answered=sum(record.status == "answered" for record in records),
        unfinished=sum(record.status == "unfinished" for record in records),
        decisions=len(whole) - len(records),
        money=_money(whole, sum(result.cost_nano_usd for result in traffic.results)),
        cost_by_part_nano_usd=_by_part(whole),
        cost_by_day_nano_usd=_by_day(whole),
        tiers=[_rates(tier, records, policy) for tier in TIERS],
        thresholds=[threshold_advice(tier, records, policy) for tier in TIERS],
        other_policies=sum(record.policy_version != policy.version for record in records),
        target_escalation=(settings.target_from, settings.target_to),
        checks=Checks(
            accepted=len(accepted),
            compared=len(compared),
            failed=sum(result.outcome == "failed" for result in results),
            over_cap=sum(result.outcome == "over_cap" for result in results),
        ),
        quality={
            "strong model agrees": bound(_agreeing(a for _, a in compared), delta),
            "… where answers have a result": bound(_agreeing(a for c, a in compared if c), delta),
            "users' labels": bound(scores, delta),
        },
        unreadable=traffic.unreadable,
        unmatched=traffic.unmatched,
    )


def is_accepted(record: LedgerRecord) -> bool:
    """True if the first answer was returned, neither escalated nor degraded.

    Shadow checks are drawn from these requests.
    """
    outcome = _outcome(record)
    first = next((a.model for a in record.attempts if a.reason == "first"), None)
    returned = record.status == "answered" and record.answered_by == first is not None
    return returned and not (outcome.escalated or record.degraded)


def bound(values: Sequence[float], delta: float) -> Bound:
    """The mean of values from 0 to 1, and its lower bound, which is wrong with chance <= `delta`.

    The order of the values must depend on neither the values nor time: good days first would look
    like good days only.
    """
    if not values:
        return Bound(0)
    observed = fmean(values)
    # `lower_bound` takes margins around zero: 0 to 1 becomes -0.5 to 0.5.
    shown = lower_bound([value - 0.5 for value in values], -0.5, 0.5, delta) + 0.5
    found = Bound(len(values), observed, min(observed, max(0.0, shown)))
    aim = observed - PRECISION
    if not found.too_small or aim <= 0:
        return found
    # `labels_needed` adds one worst case for caution; repeated, a few values outweigh it.
    needed = labels_needed([value - aim for value in values] * _DILUTED, delta, low=-aim)
    return Bound(found.n, observed, found.lower, needed)


def _shuffled(kept: Iterable[Kept]) -> list[Kept]:
    """Order by a hash of the request id, which depends on neither time nor content."""
    return sorted(kept, key=lambda one: hashlib.sha256(one.request_id.encode()).digest())


def _agreeing(agreements: Iterable[float]) -> list[float]:
    return [float(value >= AGREES_FROM) for value in agreements]


def _money(records: Sequence[LedgerRecord], checks_nano_usd: int) -> Money:
    attempts = [attempt for record in records for attempt in record.attempts]
    unknown = sum(record.unknown_nano_usd for record in records)
    return Money(
        cost_nano_usd=sum(record.cost_nano_usd for record in records),
        baseline_nano_usd=sum(record.baseline_nano_usd or 0 for record in records),
        estimated_nano_usd=unknown + sum(a.cost_nano_usd for a in attempts if a.cost_estimated),
        checks_nano_usd=checks_nano_usd,
    )


def _by_part(records: Iterable[LedgerRecord]) -> dict[str, int]:
    parts = dict.fromkeys(COST_PARTS, 0)
    for record in records:
        parts["unfinished requests"] += record.unknown_nano_usd
        for attempt in record.attempts:
            parts[_part(attempt)] += attempt.cost_nano_usd
    return parts


def _part(attempt: Attempt) -> str:
    return _PART_OF_REASON[attempt.reason] if attempt.outcome == "answered" else "failed calls"


def _by_day(records: Iterable[LedgerRecord]) -> dict[str, tuple[int, int]]:
    """Cost and baseline by day; a request's id begins with its day."""
    days: dict[str, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for record in records:
        day = record.request_id.partition("-")[0]
        cost, baseline = days[day]
        days[day] = cost + record.cost_nano_usd, baseline + (record.baseline_nano_usd or 0)
    return dict(sorted(days.items()))


def _rates(tier: Tier, records: Iterable[LedgerRecord], policy: Policy) -> TierRates:
    settings, can_escalate = policy.steering, policy.can_escalate(tier)
    outcomes = [_outcome(record) for record in records if record.start.tier == tier]
    answered = [outcome for outcome in outcomes if outcome.status == "answered"]
    escalated = sum(outcome.escalated for outcome in answered)
    rate = EscalationRate(answered=len(answered), escalated=escalated)
    return TierRates(
        tier=tier,
        requests=len(outcomes),
        answered=len(answered),
        escalated=rate.escalation,
        degraded=_share(lambda outcome: outcome.degraded, answered),
        fell_back=_share(lambda outcome: outcome.fell_back, outcomes),
        on_target=_on_target(rate, settings) if can_escalate else "nothing above it",
        advice=advice(tier, rate, settings, can_escalate=can_escalate),
    )


def _on_target(rate: EscalationRate, settings: SteeringSettings) -> str:
    if rate.answered < settings.min_requests:
        return "too few to say"
    if rate.escalation < settings.target_from:
        return "below"
    return "above" if rate.escalation > settings.target_to else "within"


def _share(holds: Callable[[CascadeOutcome], bool], outcomes: Sequence[CascadeOutcome]) -> float:
    return sum(map(holds, outcomes)) / len(outcomes) if outcomes else 0.0


def _outcome(record: LedgerRecord) -> CascadeOutcome:
    """The record as a `CascadeOutcome`, to reuse its `escalated`, `degraded` and `fell_back`."""
    return CascadeOutcome.model_validate(
        {
            "status": record.status,
            "start": record.start,
            "attempts": record.attempts,
            "answered_by": record.answered_by,
            "degraded": record.degraded,
        }
    )
