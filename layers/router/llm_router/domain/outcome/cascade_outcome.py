"""The outcome of the cascade, as the state machine returns it."""

from itertools import pairwise
from typing import Any, Literal

from pydantic import Field

from llm_router.domain.base import Frozen
from llm_router.domain.conversation.answer import Usage
from llm_router.domain.policy.policy import TierSettings
from llm_router.domain.routing.decision import Start
from llm_router.domain.routing.llm_classifier import Classification
from llm_router.domain.tiers import Tier

from .explanation import explained
from .failures import FailureKind
from .ledger import Attempt, Comparison

Status = Literal["answered", "rejected", "failed", "decided", "unfinished"]
StopReason = Literal["deadline", "budget", "form"]
DegradedReason = Literal["deadline", "budget", "form", "failures", "rejection", "no_stronger_model"]


class CascadeOutcome(Frozen):
    """The result of the state machine; `answer` and `rejection` are `invoke_model`'s, unchanged.

    `requirements` are those in force for answers; None for an execution that returned nothing.
    `comparison` is the verdict on the first answer and the second opinion, if both were compared,
    whichever answer is returned. `stored` are the keys of all answers that were too large for the
    payload, to be deleted. `unfinished` marks an execution that returned nothing: its calls may
    have cost `unknown_nano_usd`.
    """

    status: Status
    start: Start
    requirements: TierSettings | None = None
    classification: Classification | None = None
    attempts: tuple[Attempt, ...]
    answer: dict[str, Any] | None = None
    answered_by: str | None = None
    rank: int | None = None
    confidence: float | None = None
    comparison: Comparison | None = None
    degraded: bool = False
    stopped_by: StopReason | None = None
    rejection: str | None = None
    stored: tuple[str, ...] = ()
    unknown_nano_usd: int = Field(default=0, ge=0)

    @classmethod
    def from_machine(cls, output: dict[str, Any]) -> "CascadeOutcome":
        """Build the outcome from the variables that the machine hands back at its end.

        Raises `pydantic.ValidationError` or `KeyError` if the output is not the machine's.
        """
        best = output["best"] if output["best"]["confidence"] >= 0 else None
        tier, ending = output["tier"], output["ending"]
        start, requirements = tier["start"], TierSettings.model_validate(tier["requirements"])
        classification = output["classification"] or None
        by_classifier = "llm_classifier" if classification else "default"
        unanswered = "decided" if output["purpose"] == "classify" else "failed"
        answered: dict[str, Any] = {"status": "rejected" if "rejection" in ending else unanswered}
        if best is not None:
            answered = {
                "status": "answered",
                "answer": best["answer"],
                "answered_by": best["model"],
                "rank": best["rank"],
                "confidence": best["confidence"],
                "degraded": best["confidence"] < requirements.threshold or "wanted_tier" in start,
            }
        outcome = cls.model_validate(
            {
                **answered,
                "start": {"strategy": by_classifier, **start},
                "requirements": requirements,
                "classification": classification,
                "attempts": output["attempts"],
                "comparison": output["comparison"] or None,
                **ending,
                "stored": output["stored"],
            }
        )
        attempts = explained(
            outcome.attempts,
            requirements,
            outcome.comparison,
            classified=outcome.classification is not None,
        )
        return outcome.model_copy(update={"attempts": attempts})

    @property
    def tier(self) -> Tier:
        """The tier in which the request started."""
        return self.start.tier

    @property
    def degraded_because(self) -> DegradedReason | None:
        """The reason why the answer is degraded; None if it is not."""
        if not self.degraded:
            return None
        if self.start.wanted_tier is not None:
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
