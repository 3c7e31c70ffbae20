"""The ledger: every provider call of a request, in order, with its result and cost."""

from typing import Any, Literal

from pydantic import Field, model_validator

from llm_router.domain.base import Frozen
from llm_router.domain.conversation.answer import Usage
from llm_router.domain.policy.policy import TierSettings
from llm_router.domain.routing.decision import Start
from llm_router.domain.trust.signals import Signals

from .failures import Failure, FailureKind, Outcome

Purpose = Literal["answer", "classify"]
Reason = Literal["classification", "first", "escalation", "fallback", "retry", "second_opinion"]
Because = Literal[
    "classified", "not_classified", "asked_together", "unsure", "below_threshold", "disagreement"
]
"""Reasons for an attempt after one that did not fail; a failed one's kind is the reason itself."""
Verdict = Literal["compared", "not_comparable"]


class Following(Frozen):
    """The reason why another attempt followed: a word for programs and a sentence for people."""

    because: Because | FailureKind
    explanation: str


class Attempt(Frozen):
    """One paid or failed provider call; `next` says why another one followed, if one did.

    `signals` are those of its answer. `started_epoch_ms` is None if the platform failed.
    `cost_estimated` marks a worst case instead of a bill. `max_output_tokens` is the limit that was
    sent; `ignored` names the caller's parameters that this model does not accept.
    """

    model: str
    provider: str
    rank: int
    reason: Reason
    outcome: Outcome
    failure: Failure | None = None
    confidence: float | None = None
    signals: Signals | None = None
    started_epoch_ms: int | None = None
    latency_ms: int = Field(ge=0)
    max_output_tokens: int | None = None
    usage: Usage | None = None
    cost_nano_usd: int = Field(ge=0)
    cost_estimated: bool = False
    ignored: tuple[str, ...] = ()
    next: Following | None = None


class Comparison(Frozen):
    """The verdict on a first answer and its second opinion.

    `agreement` is from 0 to 1; None if the answers were not comparable in time. `confidence` is the
    better one of the two answers': compared, or else its own.
    """

    agreement: float | None = Field(default=None, ge=0, le=1)
    confidence: float

    @property
    def verdict(self) -> Verdict:
        """The word for programs: `compared`, or `not_comparable` without an agreement."""
        return "not_comparable" if self.agreement is None else "compared"


_FLAT = ("tier", "wanted_tier", "strategy")


class LedgerRecord(Frozen):
    """The record of a request for later calibration: figures and names, never a text.

    `purpose` is `classify` if only the decision was requested. `requirements` are those in force
    for answers; None for an unfinished execution. `cost_nano_usd` is the sum over the attempts and
    `unknown_nano_usd`, the most that the calls of an unfinished execution may have cost.
    """

    request_id: str
    purpose: Purpose = "answer"
    tenant: str
    received_epoch_ms: int
    policy_version: str
    start: Start
    requirements: TierSettings | None = None
    status: str
    answered_by: str | None = None
    confidence: float | None = None
    comparison: Comparison | None = None
    degraded: bool
    attempts: tuple[Attempt, ...]
    cost_nano_usd: int
    unknown_nano_usd: int = 0
    baseline_nano_usd: int | None = None

    @model_validator(mode="before")
    @classmethod
    def _of_an_earlier_version(cls, data: Any) -> Any:
        """Read a record of version 0.1.0, in which the start's fields stood beside the others."""
        if not isinstance(data, dict) or "start" in data:
            return data
        record = {k: v for k, v in data.items() if k not in _FLAT and k != "agreement"}
        return {**record, "start": {k: data[k] for k in _FLAT if data.get(k) is not None}}


class Label(Frozen):
    """A user's score of an answer, from 0 to 1."""

    request_id: str
    tenant: str
    score: float = Field(ge=0, le=1)
    labelled_epoch_ms: int
