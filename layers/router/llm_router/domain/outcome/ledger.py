"""The ledger: every provider call of a request, in order, with its result and cost."""

from typing import Literal

from pydantic import Field

from llm_router.domain.base import Frozen
from llm_router.domain.conversation.answer import Usage
from llm_router.domain.trust.signals import Signals

from .failures import Failure, Outcome

Purpose = Literal["answer", "classify"]
Reason = Literal["classification", "first", "escalation", "fallback", "retry", "second_opinion"]


class Attempt(Frozen):
    """One paid or failed provider call.

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


class LedgerRecord(Frozen):
    """The record of a request for later calibration: figures and names, never a text.

    `purpose` is `classify` if only the decision was requested. `cost_nano_usd` is the sum over the
    attempts and `unknown_nano_usd`, the most that the calls of an unfinished execution may have
    cost.
    """

    request_id: str
    purpose: Purpose = "answer"
    tenant: str
    received_epoch_ms: int
    policy_version: str
    tier: str
    wanted_tier: str | None = None
    strategy: str | None = None
    status: str
    answered_by: str | None = None
    confidence: float | None = None
    agreement: float | None = None
    degraded: bool
    attempts: tuple[Attempt, ...]
    cost_nano_usd: int
    unknown_nano_usd: int = 0
    baseline_nano_usd: int | None = None


class Label(Frozen):
    """A user's score of an answer, from 0 to 1."""

    request_id: str
    tenant: str
    score: float = Field(ge=0, le=1)
    labelled_epoch_ms: int
