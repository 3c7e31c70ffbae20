"""How the cascade ended."""

from itertools import pairwise
from typing import Any, Literal

from pydantic import Field

from llm_router.domain.base import Frozen
from llm_router.domain.conversation.answer import Usage
from llm_router.domain.routing.decision import Strategy
from llm_router.domain.routing.llm_classifier import Classification
from llm_router.domain.tiers import Tier

from .failures import FailureKind
from .ledger import Attempt

Status = Literal["answered", "rejected", "failed", "decided", "unfinished"]
StopReason = Literal["deadline", "budget"]
DegradedReason = Literal["deadline", "budget", "failures", "rejection", "no_stronger_model"]


class CascadeOutcome(Frozen):
    """What the state machine hands back: `answer` and `rejection` as the invocation gave them.

    `wanted_tier` is set where the money allowed only for a start below it. `stored` are the keys of
    all answers that were too large to travel, to be deleted. `unfinished` stands for an execution
    that handed nothing back: its calls may have cost `unknown_nano_usd`.
    """

    status: Status
    tier: Tier
    wanted_tier: Tier | None = None
    strategy: Strategy | None = None
    classification: Classification | None = None
    attempts: tuple[Attempt, ...]
    answer: dict[str, Any] | None = None
    answered_by: str | None = None
    rank: int | None = None
    confidence: float | None = None
    agreement: float | None = None
    degraded: bool = False
    stopped_by: StopReason | None = None
    rejection: str | None = None
    stored: tuple[str, ...] = ()
    unknown_nano_usd: int = Field(default=0, ge=0)

    @property
    def degraded_because(self) -> DegradedReason | None:
        """Why nothing better is returned than what falls short; None if the answer does not."""
        if not self.degraded:
            return None
        if self.wanted_tier is not None:
            return "budget"
        if self.stopped_by is not None:
            return self.stopped_by
        last = self.attempts[-1].outcome
        by_last: dict[str, DegradedReason] = {"unavailable": "failures", "rejected": "rejection"}
        return by_last.get(last, "no_stronger_model")

    @property
    def failures(self) -> frozenset[FailureKind]:
        """The classes of all failures that the request for an answer met."""
        return frozenset(
            attempt.failure.kind
            for attempt in self.attempts
            if attempt.failure and attempt.reason != "classification"
        )

    @property
    def retry_after_ms(self) -> int | None:
        """The soonest time at which a provider asked to be called again."""
        waits = [a.failure.retry_after_ms for a in self.attempts if a.failure]
        return min((wait for wait in waits if wait is not None), default=None)

    @property
    def fell_back(self) -> bool:
        """Whether another candidate's call had to stand in for a failed one."""
        stood_in = any(
            before.outcome == "unavailable" and after.reason == "second_opinion"
            for before, after in pairwise(self.attempts)
        )
        return stood_in or any(
            attempt.reason == "fallback"
            or (attempt.reason == "second_opinion" and attempt.outcome == "unavailable")
            for attempt in self.attempts
        )

    @property
    def escalated(self) -> bool:
        """Whether an answer was not trusted and a stronger model was asked."""
        return any(attempt.reason == "escalation" for attempt in self.attempts)

    @property
    def answering_usage(self) -> Usage | None:
        """The tokens of the call whose answer is returned, as reported."""
        given = (
            a.usage
            for a in reversed(self.attempts)
            if a.model == self.answered_by and a.reason != "classification"
        )
        return next((usage for usage in given if usage), None)

    @property
    def satisfying_rank(self) -> int:
        """The rank that quality asked for; an outage that led higher does not count."""
        return max(a.rank for a in self.attempts if a.reason in ("first", "escalation"))

    @property
    def cost_nano_usd(self) -> int:
        """What all calls cost together, the classifier's and unknown ones included."""
        return self.unknown_nano_usd + sum(attempt.cost_nano_usd for attempt in self.attempts)

    @property
    def cost_estimated(self) -> bool:
        """Whether a worst case is part of the cost because no bill was told."""
        return self.unknown_nano_usd > 0 or any(a.cost_estimated for a in self.attempts)
