"""Shadow checks: a sample of accepted first answers, compared with the strong model's answer.

The router sees how good its escalated answers are, but not how good the others might have been. A
random share of accepted requests, sent to the strong model afterwards, supplies this missing
counterfactual.
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
from .trust.agreement import comparable
from .trust.confidence import ConfidenceWeights
from .trust.signals import Signals

_HASH_BYTES = 8
_HASHES = 2**64
CheckOutcome = Literal["compared", "not_comparable", "failed", "over_cap"]


class ShadowJob(Frozen):
    """An accepted answer and the call that checks it; short-lived, since it holds texts."""

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
    """The result of a check: figures and names, never a text.

    `comparable` is true if the question asks for a result that can be compared; otherwise
    `agreement` is only the similarity of two texts. `confidence` and `signals` are the strong
    answer's. `cost_estimated` marks a worst case instead of a bill. The outcome `not_comparable` is
    that of answers whose comparison took too long.
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
    """The cost of a day's checks so far; calls in progress count at their worst case."""

    day: str
    nano_usd: int = Field(default=0, ge=0)
    asked: int = Field(default=0, ge=0)
    over_cap: int = Field(default=0, ge=0)

    def allows(self, job: ShadowJob) -> bool:
        """True if the job's call stays within the daily cap even at its worst-case cost."""
        return self.nano_usd + job.candidate.worst_case_nano_usd <= job.most_nano_usd_per_day

    def reserved(self, job: ShadowJob) -> "ShadowSpend":
        """A copy with the job's call added at its worst case."""
        nano_usd = self.nano_usd + job.candidate.worst_case_nano_usd
        return self.model_copy(update={"nano_usd": nano_usd, "asked": self.asked + 1})

    def settled(self, job: ShadowJob, cost_nano_usd: int) -> "ShadowSpend":
        """A copy with the job's reserved worst case replaced by its actual cost."""
        nano_usd = self.nano_usd - job.candidate.worst_case_nano_usd + cost_nano_usd
        return self.model_copy(update={"nano_usd": nano_usd})

    def refused(self) -> "ShadowSpend":
        """A copy that counts one more job skipped because of the cap."""
        return self.model_copy(update={"over_cap": self.over_cap + 1})


def is_sampled(request_id: str, share: float) -> bool:
    """True if a request is in the sample: a fair draw over random ids, always the same for an id.

    The sample of a smaller share is part of every larger one.
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
    """Build the check of a request's first answer; None if it does not qualify or is not sampled.

    It qualifies if the first candidate answered without escalation or degradation, the request
    needs no tools, and the plan has a strictly stronger model.
    """
    tier = plan.tiers.get(outcome.tier)
    escalated_or_degraded = outcome.escalated or outcome.degraded
    if tier is None or outcome.status != "answered" or escalated_or_degraded:
        return None
    first = tier.candidates[0]
    # The first of the highest rank, which the plan prefers.
    strongest = max(tier.candidates, key=lambda c: c.rank)
    needs_tools = "tools" in conversation.needs
    if needs_tools or outcome.answered_by != first.id or strongest.rank <= first.rank:
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


def has_result(job: ShadowJob) -> bool:
    """True if answers to the job's question have a result that can be compared."""
    return comparable(job.conversation.question)
