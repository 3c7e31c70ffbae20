"""Payloads that the state machine sends to `invoke_model`, validated on arrival."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, TypeAdapter

from llm_router.application.ports import Json
from llm_router.domain.base import Frozen
from llm_router.domain.outcome.ledger import Reason
from llm_router.domain.plan.candidates import Candidate
from llm_router.domain.trust.confidence import ConfidenceWeights, Doubt
from llm_router.domain.trust.signals import Signals


class CallInvocation(Frozen):
    """One call of one candidate, within the time and budget that are left.

    `attempt_share` is the share of the time that it has at least.
    """

    request_id: str
    deadline_epoch_ms: int
    attempt_share: float = Field(gt=0, le=1)
    budget_nano_usd: int
    content_policy: Literal["stop", "fall_back"]
    not_before_epoch_ms: int = 0
    candidate: Candidate
    payload: Json


class AnswerInvocation(CallInvocation):
    """A call that answers the conversation."""

    action: Literal["answer"]
    reason: Reason
    reserved_ms: int = Field(default=0, ge=0)
    """Time to leave for another model's call, if this one's share allows it."""
    expected_output_tokens: int = Field(gt=0)
    ask_self_rating: bool
    weights: ConfidenceWeights


class ClassifyInvocation(CallInvocation):
    """A call that classifies the conversation's complexity."""

    action: Literal["classify"]
    reason: Literal["classification"] = "classification"
    max_prompt_characters: int = Field(gt=0)


class Opinion(Frozen):
    """An answer with its model, its signals, the confidence in it and what is doubted."""

    model: str
    rank: int
    answer: Json
    confidence: float
    signals: Signals
    doubt: Doubt = "none"


class CompareInvocation(Frozen):
    """A comparison of two answers that picks one of them; no provider is called."""

    action: Literal["compare"]
    request_id: str
    payload: Json
    opinions: tuple[Opinion, Opinion]
    weights: ConfidenceWeights


Invocation = Annotated[
    AnswerInvocation | ClassifyInvocation | CompareInvocation, Field(discriminator="action")
]
INVOCATION: TypeAdapter[AnswerInvocation | ClassifyInvocation | CompareInvocation] = TypeAdapter(
    Invocation, config=ConfigDict(hide_input_in_errors=True)
)
