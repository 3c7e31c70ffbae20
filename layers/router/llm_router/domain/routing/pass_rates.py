"""What the router sees without any label: how often a kind of request passes where it starts."""

import math

from pydantic import Field

from llm_router.domain.base import Frozen
from llm_router.domain.policy.policy import LearningSettings
from llm_router.domain.tiers import Tier

KEPT_SECONDS = 7 * 24 * 3600
"""How long counts are kept after the last of them."""

_MOST_TRIED = 400
_Z = 1.645
"""Of the normal distribution, for a two-sided interval of 90 %."""


class FirstAttempt(Frozen):
    """A first answer, second opinion included: who gave it, whether it passed, what it cost.

    `next_nano_usd` is what the escalation cost, None if there was none that answered.
    """

    rank: int
    passed: bool
    nano_usd: int = Field(ge=0)
    next_nano_usd: int | None = Field(default=None, ge=0)


class PassCount(Frozen):
    """How many first answers were seen, and how many of them were good enough not to escalate.

    With what they cost together, and what the escalations that answered did.
    """

    tried: int = Field(default=0, ge=0)
    passed: int = Field(default=0, ge=0)
    nano_usd: int = Field(default=0, ge=0)
    escalated: int = Field(default=0, ge=0)
    next_nano_usd: int = Field(default=0, ge=0)

    @property
    def is_full(self) -> bool:
        """Whether the counts are halved before the next one is added, so that they follow."""
        return self.tried >= _MOST_TRIED

    def after(self, seen: FirstAttempt) -> "PassCount":
        """With one more first answer."""
        share = 2 if self.is_full else 1
        asked = seen.next_nano_usd is not None
        return PassCount(
            tried=self.tried // share + 1,
            passed=self.passed // share + int(seen.passed),
            nano_usd=self.nano_usd // share + seen.nano_usd,
            escalated=self.escalated // share + int(asked),
            next_nano_usd=self.next_nano_usd // share + (seen.next_nano_usd or 0),
        )

    @property
    def at_most(self) -> float:
        """The upper end of the pass rate's 90 % Wilson interval; 1 if nothing was tried."""
        n = self.tried
        if n == 0:
            return 1.0
        rate = min(1.0, self.passed / n)
        spread = math.sqrt(rate * (1 - rate) / n + (_Z / (2 * n)) ** 2)
        return min(1.0, (rate + _Z * _Z / (2 * n) + _Z * spread) / (1 + _Z * _Z / n))


class PassHistory(Frozen):
    """What is known of a request's kind: how often it passes, by the rank that is asked first.

    `key` is where it is kept. `explores` says that the request is in the sample that starts below
    all the same. A start is not raised if its call may not fit in `time_ms`.
    """

    key: str
    kind: str
    pass_counts: dict[int, PassCount] = Field(default_factory=dict)
    explores: bool
    time_ms: int


class SkippedTier(Frozen):
    """Why a request does not start in `tier`: so many of its kind were tried there, so few passed.

    If it `explored`, it started there all the same.
    """

    kind: str
    tier: Tier
    tried: int
    passed: int
    explored: bool = False


def first_attempt_pays(
    passing: PassCount, expected: tuple[int, int], settings: LearningSettings
) -> bool:
    """Whether trying below, before the next rank is asked, may save more than the margin.

    `expected` is what a first try and an escalation cost in nano-USD, by their prices; what they
    did cost counts instead once there was an escalation: models differ in how much they write.
    """
    if passing.tried < settings.min_requests:
        return True
    a_try, a_next = map(float, expected)
    if passing.escalated and passing.next_nano_usd:
        a_try = passing.nano_usd / passing.tried
        a_next = passing.next_nano_usd / passing.escalated
    return passing.at_most * a_next >= a_try + settings.margin * a_next
