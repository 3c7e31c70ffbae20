"""Pass rates: how often first attempts of a request fingerprint suffice; they need no labels."""

import math

from pydantic import Field

from llm_router.domain.base import Frozen
from llm_router.domain.policy.policy import LearningSettings
from llm_router.domain.tiers import Tier

KEPT_SECONDS = 7 * 24 * 3600
"""Retention of the counts after their last update."""

_MOST_TRIED = 400
_Z = 1.645
"""The standard normal quantile of a two-sided 90 % interval."""


class FirstAttempt(Frozen):
    """The first attempt at a request, second opinion included: its rank, result and cost.

    `next_nano_usd` is the cost of the escalation; None if there was none that answered.
    """

    rank: int
    passed: bool
    nano_usd: int = Field(ge=0)
    next_nano_usd: int | None = Field(default=None, ge=0)


class PassCount(Frozen):
    """Counts of first attempts, and of those good enough not to escalate.

    `nano_usd` is the cost of all first attempts. `escalated` and `next_nano_usd` are the number and
    the cost of the escalations that answered.
    """

    tried: int = Field(default=0, ge=0)
    passed: int = Field(default=0, ge=0)
    nano_usd: int = Field(default=0, ge=0)
    escalated: int = Field(default=0, ge=0)
    next_nano_usd: int = Field(default=0, ge=0)

    @property
    def is_full(self) -> bool:
        """True if the counts are halved before the next attempt, so that recent ones weigh more."""
        return self.tried >= _MOST_TRIED

    def after(self, attempt: FirstAttempt) -> "PassCount":
        """The counts with one more first attempt."""
        share = 2 if self.is_full else 1
        escalated = attempt.next_nano_usd is not None
        return PassCount(
            tried=self.tried // share + 1,
            passed=self.passed // share + int(attempt.passed),
            nano_usd=self.nano_usd // share + attempt.nano_usd,
            escalated=self.escalated // share + int(escalated),
            next_nano_usd=self.next_nano_usd // share + (attempt.next_nano_usd or 0),
        )

    @property
    def pass_rate_upper_bound(self) -> float:
        """The upper end of the pass rate's 90 % Wilson interval; 1 if nothing was tried."""
        n = self.tried
        if n == 0:
            return 1.0
        rate = min(1.0, self.passed / n)
        spread = math.sqrt(rate * (1 - rate) / n + (_Z / (2 * n)) ** 2)
        return min(1.0, (rate + _Z * _Z / (2 * n) + _Z * spread) / (1 + _Z * _Z / n))


class PassHistory(Frozen):
    """The pass counts of a request's fingerprint, by the rank that is called first.

    `kind` is the fingerprint and `key` the storage key of its counts. A request
    `in_exploration_sample` starts below all the same. A start is raised only to a call that fits in
    `time_ms`.
    """

    key: str
    kind: str
    pass_counts: dict[int, PassCount] = Field(default_factory=dict)
    in_exploration_sample: bool
    time_ms: int


class SkippedTier(Frozen):
    """A tier that pass rates advise against: its first attempts, and how many of them passed.

    With `explored` the request started there all the same, so that pass rates stay current.
    """

    kind: str
    tier: Tier
    tried: int
    passed: int
    explored: bool = False


def first_attempt_pays(
    counts: PassCount, expected: tuple[int, int], settings: LearningSettings
) -> bool:
    """True if trying the cheaper model first still has an expected saving above the margin.

    Also true below `min_requests` first attempts. `expected` is the cost in nano-USD of a first
    attempt and of an escalation, by their prices. Observed costs replace it once an escalation was
    recorded, since models differ in how much they write.
    """
    if counts.tried < settings.min_requests:
        return True
    first_cost, next_cost = map(float, expected)
    if counts.escalated and counts.next_nano_usd:
        first_cost = counts.nano_usd / counts.tried
        next_cost = counts.next_nano_usd / counts.escalated
    return counts.pass_rate_upper_bound * next_cost >= first_cost + settings.margin * next_cost
