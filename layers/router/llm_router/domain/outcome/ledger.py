"""The ledger: every provider call of a request, in order, with what it brought and cost."""

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

    `signals` are what its answer shows of its own quality. Where the platform failed, nobody knows
    when it started. `cost_estimated` marks a worst case
    instead of a bill; `max_output_tokens` is the bound that was sent; `ignored` names the caller's
    parameters that this model does not take.
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
    """What is kept of a request for later calibration: figures and names, never a text.

    `purpose` is `classify` where only the decision was asked for. `cost_nano_usd` is the sum over
    the attempts and `unknown_nano_usd`: the most that calls may have cost of which nothing is known
    because the platform did not finish the request.
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
    """How good an answer was, from 0 to 1, as its user says."""

    request_id: str
    tenant: str
    score: float = Field(ge=0, le=1)
    labelled_epoch_ms: int
