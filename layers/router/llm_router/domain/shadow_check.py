"""Shadow checks: what the strong model would have said where a first answer was accepted.

A router sees how good its escalated answers are and never how good the others might have been. A
random share of the accepted ones, asked again afterwards, is that missing counterfactual.
"""

import hashlib
from typing import Literal

from pydantic import Field

from .base import Frozen
from .conversation.answer import Answer
from .conversation.conversation import Conversation
from .outcome.cascade_outcome import CascadeOutcome
from .outcome.failures import FailureKind
from .plan.candidates import Candidate
from .plan.plan import Plan
from .policy.policy import ShadowSettings
from .policy.prices import from_usd
from .tiers import Tier
from .trust.agreement import agreement, comparable
from .trust.confidence import ConfidenceWeights
from .trust.signals import Signals

_HASH_BYTES = 8
_HASHES = 2**64
CheckOutcome = Literal["compared", "failed", "over_cap"]


class ShadowJob(Frozen):
    """One accepted answer and the call that checks it; it holds texts, so it is short-lived."""

    request_id: str
    tier: Tier
    conversation: Conversation
    answer: str
    answered_by: str
    candidate: Candidate
    weights: ConfidenceWeights
    expected_output_tokens: int = Field(gt=0)
    most_nano_usd_per_day: int = Field(ge=0)


class ShadowResult(Frozen):
    """What a check found: figures and names, never a text.

    `comparable` says whether the question asks for a result that can be compared; elsewhere
    `agreement` is only the likeness of two texts. `confidence` and `signals` are the strong
    answer's own. `cost_estimated` marks a worst case instead of a bill.
    """

    request_id: str
    tier: Tier
    first_model: str
    strong_model: str
    outcome: CheckOutcome
    comparable: bool
    agreement: float | None = Field(default=None, ge=0, le=1)
    confidence: float | None = None
    signals: Signals | None = None
    failure: FailureKind | None = None
    cost_nano_usd: int = Field(default=0, ge=0)
    cost_estimated: bool = False
    checked_epoch_ms: int


class ShadowSpend(Frozen):
    """What a day's checks cost so far: calls that are under way count with their worst case."""

    day: str
    nano_usd: int = Field(default=0, ge=0)
    asked: int = Field(default=0, ge=0)
    over_cap: int = Field(default=0, ge=0)

    def allows(self, job: ShadowJob) -> bool:
        """Whether the job's call cannot lead over its cap for the day, whatever it costs."""
        return self.nano_usd + job.candidate.worst_case_nano_usd <= job.most_nano_usd_per_day

    def reserved(self, job: ShadowJob) -> "ShadowSpend":
        """With the job's call at its worst case."""
        nano_usd = self.nano_usd + job.candidate.worst_case_nano_usd
        return self.model_copy(update={"nano_usd": nano_usd, "asked": self.asked + 1})

    def settled(self, job: ShadowJob, cost_nano_usd: int) -> "ShadowSpend":
        """With what the job's reserved call did cost."""
        nano_usd = self.nano_usd - job.candidate.worst_case_nano_usd + cost_nano_usd
        return self.model_copy(update={"nano_usd": nano_usd})

    def refused(self) -> "ShadowSpend":
        """With one more job that was not asked for the cap's sake."""
        return self.model_copy(update={"over_cap": self.over_cap + 1})


def is_sampled(request_id: str, share: float) -> bool:
    """Whether a request is in the sample: always the same answer, and a fair draw over random ids.

    A request of a smaller share is in every larger one.
    """
    digest = hashlib.sha256(f"shadow:{request_id}".encode()).digest()[:_HASH_BYTES]
    return int.from_bytes(digest) < share * _HASHES


def job_for(
    plan: Plan,
    conversation: Conversation,
    outcome: CascadeOutcome,
    answer: Answer,
    settings: ShadowSettings,
) -> ShadowJob | None:
    """The check of an accepted first answer; None if the request is not chosen or has none.

    There is one if the first candidate answered without an escalation, the answer is not degraded,
    no tools are given and the plan knows a strictly stronger model.
    """
    tier = plan.tiers.get(outcome.tier)
    doubted = outcome.escalated or outcome.degraded
    if tier is None or outcome.status != "answered" or doubted:
        return None
    first = tier.candidates[0]
    strongest = max(tier.candidates, key=lambda c: (c.rank, -c.worst_case_nano_usd))
    acts = "tools" in conversation.needs
    if acts or outcome.answered_by != first.id or strongest.rank <= first.rank:
        return None
    if not is_sampled(plan.request_id, settings.share):
        return None
    return ShadowJob(
        request_id=plan.request_id,
        tier=outcome.tier,
        conversation=conversation,
        answer=answer.text,
        answered_by=first.id,
        candidate=strongest,
        weights=plan.weights,
        expected_output_tokens=tier.expected_output_tokens,
        most_nano_usd_per_day=from_usd(settings.max_usd_per_day),
    )


def agreement_with(job: ShadowJob, strong_answer: str) -> float:
    """How far the accepted answer agrees with the strong model's, from 0 to 1."""
    return agreement(job.conversation.question, job.answer, strong_answer)


def has_result(job: ShadowJob) -> bool:
    """Whether answers to the job's question come to a result that can be compared."""
    return comparable(job.conversation.question)
