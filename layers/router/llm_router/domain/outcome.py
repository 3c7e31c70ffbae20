"""How the cascade ended."""

from typing import Any, Literal

from .base import Frozen
from .classification import Classification
from .decision import Strategy
from .ledger import Attempt
from .tiers import Tier

Status = Literal["answered", "rejected", "failed", "decided"]
Stop = Literal["deadline", "budget"]


class CascadeOutcome(Frozen):
    """What the state machine hands back: `answer` and `rejection` as the invocation gave them."""

    status: Status
    tier: Tier
    strategy: Strategy | None = None
    classification: Classification | None = None
    attempts: tuple[Attempt, ...]
    answer: dict[str, Any] | None = None
    answered_by: str | None = None
    rank: int | None = None
    confidence: float | None = None
    degraded: bool = False
    stopped_by: Stop | None = None
    rejection: str | None = None

    @property
    def fell_back(self) -> bool:
        """Whether a failed call was answered by another candidate's call."""
        return any(attempt.reason == "fallback" for attempt in self.attempts)

    @property
    def escalated(self) -> bool:
        """Whether an answer was not trusted and a stronger model was asked."""
        return any(attempt.reason == "escalation" for attempt in self.attempts)

    @property
    def satisfying_rank(self) -> int:
        """The rank that quality asked for; an outage that led higher does not count."""
        return max(a.rank for a in self.attempts if a.reason in ("first", "escalation"))

    @property
    def cost_nano_usd(self) -> int:
        """What all calls cost together, the classifier's included."""
        return sum(attempt.cost_nano_usd for attempt in self.attempts)
