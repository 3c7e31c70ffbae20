"""Pass rates: how often first attempts of a request fingerprint suffice; they need no labels."""

import math

from pydantic import Field

from llm_router.domain.base import Frozen
from llm_router.domain.policy.policy import LearningSettings
from llm_router.domain.tiers import Tier

_MOST_TRIED = 400
_Z = 1.645
"""The standard normal quantile of a two-sided 90 % interval."""


class PassCount(Frozen):
    """Counts of first attempts, and of those good enough not to escalate.

    `nano_usd` is the cost of all first attempts, second opinions included. `escalated` and
    `next_nano_usd` are the number and the cost of the escalations that answered.
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

    def after(self, seen: "PassCount") -> "PassCount":
        """The counts with those of more first attempts."""
        share = 2 if self.is_full else 1
        return PassCount(**{name: n // share + getattr(seen, name) for name, n in self})

    @property
    def pass_rate_upper_bound(self) -> float:
        """The upper end of the pass rate's 90 % Wilson interval; 1 if nothing was tried."""
        if (n := self.tried) == 0:
            return 1.0
        rate = min(1.0, self.passed / n)
        spread = math.sqrt(rate * (1 - rate) / n + (_Z / (2 * n)) ** 2)
        return min(1.0, (rate + _Z * _Z / (2 * n) + _Z * spread) / (1 + _Z * _Z / n))

    def pays(self, expected: tuple[int, int], settings: LearningSettings) -> bool:
        """True if trying the cheaper model first may still save more than the margin.

        `expected` is the cost of a first attempt and of an escalation by their prices; observed
        costs replace it, since models differ in how much they write.
        """
        if self.tried < settings.min_requests:
            return True
        first, following = map(float, expected)
        if self.escalated and self.next_nano_usd:
            first, following = self.nano_usd / self.tried, self.next_nano_usd / self.escalated
        return self.pass_rate_upper_bound * following >= first + settings.margin * following


PassUpdate = tuple[str, int, PassCount, bool]
"""A storage key, a rank, and the counts to add there; with True they replace what is stored."""


class PassHistory(Frozen):
    """The pass counts of a request's fingerprint, `kind`, by the rank that is called first.

    `key` is their storage key. A request `in_exploration_sample` starts below all the same. A start
    is raised only to a call that fits in `time_ms`.
    """

    key: str
    kind: str
    pass_counts: dict[int, PassCount] = Field(default_factory=dict)
    in_exploration_sample: bool
    time_ms: int

    def of(self, rank: int) -> PassCount:
        """The counts of first attempts at this rank."""
        return self.pass_counts.get(rank, PassCount())

    def observe(self, rank: int, seen: PassCount) -> PassUpdate:
        """The update that counts a first attempt; requests at the same time halve counts once."""
        known = self.of(rank)
        return self.key, rank, known.after(seen) if known.is_full else seen, known.is_full


class SkippedTier(Frozen):
    """A tier that pass rates advise against: its first attempts, and how many of them passed.

    With `explored` the request started there all the same, so that pass rates stay current.
    """

    kind: str
    tier: Tier
    tried: int
    passed: int
    explored: bool = False
