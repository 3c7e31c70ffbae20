"""The outcome of the cascade, as the state machine returns it."""

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
    """The result of the state machine; `answer` and `rejection` are `invoke_model`'s, unchanged.

    `wanted_tier` is set if the budget allowed only a start below it. `stored` are the keys of all
    answers that were too large for the payload, to be deleted. `unfinished` marks an execution that
    returned nothing: its calls may have cost `unknown_nano_usd`.
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
        """The reason why the answer is degraded; None if it is not."""
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
        """The kinds of all failed calls, except the classifier's."""
        return frozenset(
            attempt.failure.kind
            for attempt in self.attempts
            if attempt.failure and attempt.reason != "classification"
        )

    @property
    def retry_after_ms(self) -> int | None:
        """The shortest wait that a provider asked for; None if none did."""
        waits = [a.failure.retry_after_ms for a in self.attempts if a.failure]
        return min((wait for wait in waits if wait is not None), default=None)

    @property
    def fell_back(self) -> bool:
        """True if another candidate's call replaced a failed one."""
        peer_replaced_first = any(
            before.outcome == "unavailable" and after.reason == "second_opinion"
            for before, after in pairwise(self.attempts)
        )
        return peer_replaced_first or any(
            attempt.reason == "fallback"
            or (attempt.reason == "second_opinion" and attempt.outcome == "unavailable")
            for attempt in self.attempts
        )

    @property
    def escalated(self) -> bool:
        """True if an answer was not trusted and a stronger model was called."""
        return any(attempt.reason == "escalation" for attempt in self.attempts)

    @property
    def answering_usage(self) -> Usage | None:
        """The billed tokens of the call whose answer is returned; None if none were reported."""
        usages = (
            a.usage
            for a in reversed(self.attempts)
            if a.model == self.answered_by and a.reason != "classification"
        )
        return next((usage for usage in usages if usage), None)

    @property
    def satisfying_rank(self) -> int:
        """The highest rank of a first call or an escalation; fallbacks are ignored."""
        return max(a.rank for a in self.attempts if a.reason in ("first", "escalation"))

    @property
    def cost_nano_usd(self) -> int:
        """The cost of all calls, the classifier's and those of unknown result included."""
        return self.unknown_nano_usd + sum(attempt.cost_nano_usd for attempt in self.attempts)

    @property
    def cost_estimated(self) -> bool:
        """True if the cost includes a worst case because no bill was reported."""
        return self.unknown_nano_usd > 0 or any(a.cost_estimated for a in self.attempts)
