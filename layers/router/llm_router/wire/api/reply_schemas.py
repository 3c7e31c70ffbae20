"""Models of the replies for the OpenAPI document; a test checks real replies against them."""

from datetime import date
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from llm_router.domain.base import Frozen
from llm_router.domain.conversation.answer import Usage
from llm_router.domain.outcome.cascade_outcome import DegradedReason, StopReason
from llm_router.domain.outcome.failures import Failure, Outcome
from llm_router.domain.outcome.ledger import Following, Reason, Verdict
from llm_router.domain.policy.policy import SecondOpinion
from llm_router.domain.policy.rules import RuleEvaluation
from llm_router.domain.routing.llm_classifier import Classification
from llm_router.domain.routing.pass_rates import SkippedTier
from llm_router.domain.tiers import Tier
from llm_router.domain.trust.signals import Signals


class _Open(BaseModel):
    """A vendor's format; only its always-present fields are declared."""

    model_config = ConfigDict(frozen=True, extra="allow")


class Attempt(Frozen):
    """One paid or failed provider call."""

    model: str
    provider: str
    rank: int
    reason: Reason
    outcome: Outcome
    failure: Failure | None
    confidence: float | None
    signals: Signals | None
    started_epoch_ms: int | None
    latency_ms: int = Field(ge=0)
    max_output_tokens: int | None
    usage: Usage | None
    cost_usd: float = Field(ge=0, description="Rounded up to a whole nano-USD.")
    cost_estimated: bool = Field(description="A worst case instead of a bill.")
    ignored: list[str] = Field(description="Parameters that this model does not take.")
    next: Following | None = Field(
        description="Why another attempt followed: a word and a sentence; null if none did. After "
        "a failure the word is the failure's kind."
    )


class RoutingOutcome(Frozen):
    """The attempts of a request, their outcome and their cost."""

    request_id: str
    threshold: float | None = Field(
        description="The least confidence with which an answer is returned at once."
    )
    second_opinion: SecondOpinion | None = Field(
        description="When another provider's model is asked too."
    )
    confidence: float | None = Field(description="That the answer is good enough, from 0 to 1.")
    comparison: Verdict | None = Field(
        description="If two answers were compared, or were not comparable in time."
    )
    compared_confidence: float | None = Field(
        description="That of the better of two compared answers; decides on an escalation. Its own "
        "confidence if they were not comparable."
    )
    agreement: float | None = Field(description="How far a second opinion agreed, from 0 to 1.")
    degraded: bool = Field(description="The best answer there was is below the tier's threshold.")
    degraded_because: DegradedReason | None
    stopped_by: StopReason | None
    classification: Classification | None
    attempts: list[Attempt]
    total_cost_usd: float = Field(ge=0, description="Of all attempts, classification included.")
    cost_estimated: bool = Field(description="A worst case is part of the total.")


class Guarantee(Frozen):
    """The guarantee of a calibration that covered all models of the request."""

    quality_kept: float
    delta: float
    n: int
    datasets: list[str]
    on_average_only: list[str]
    escalation_rate: float
    saving: float
    date: date
    covers: str


class RouterObject(RoutingOutcome):
    """The routing of a request: the decision, the reasons and the cost."""

    policy: str
    tier: Tier | None
    wanted_tier: Tier | None = Field(description="Where it would start if it were not too dear.")
    strategy: Literal[
        "rule", "cache", "local_classifier", "llm_classifier", "default", "override", "undecided"
    ]
    rule: str | None
    decision_confidence: float | None
    learned: SkippedTier | None = Field(
        description="Why it does not start in a lower tier; or null."
    )
    guarantee: Guarantee | None = Field(description="null: uncalibrated.")
    baseline_cost_usd: float | None = Field(
        default=None, description="What the answer would have cost on the policy's baseline model."
    )
    saved_usd: float | None = Field(default=None, description="Negative if routing cost more.")


class DecisionObject(RouterObject):
    """A router object with the expected cost of an answer and every evaluated rule."""

    expected_cost_usd: float | None = Field(description="Of a first answer, probably.")
    rules_tried: list[RuleEvaluation]


class ChatCompletion(_Open):
    """A chat completion in OpenAI's format; `router` explains the routing."""

    id: str
    object: Literal["chat.completion"]
    created: int
    model: str
    choices: list[dict[str, Any]] = Field(min_length=1, max_length=1)
    usage: dict[str, Any] | None = None
    router: RouterObject


class Message(_Open):
    """A message in Anthropic's format; `router` explains the routing."""

    id: str
    type: Literal["message"]
    role: Literal["assistant"]
    model: str
    content: list[dict[str, Any]]
    stop_reason: Literal["end_turn", "max_tokens", "stop_sequence", "tool_use", "refusal"]
    stop_sequence: str | None
    usage: dict[str, Any]
    router: RouterObject


class Response(_Open):
    """A response in OpenAI's responses format; `router` explains the routing."""

    id: str
    object: Literal["response"]
    created_at: int
    status: Literal["completed", "incomplete"]
    error: None
    incomplete_details: dict[str, Any] | None
    model: str
    output: list[dict[str, Any]]
    usage: dict[str, Any]
    store: Literal[False]
    router: RouterObject


class TokenCount(Frozen):
    """An estimate of a prompt's tokens."""

    input_tokens: int = Field(ge=0)
    estimated: Literal[True]


class RouteReply(Frozen):
    """A decision without an answer."""

    router: DecisionObject


class FeedbackReply(Frozen):
    """The stored score."""

    request_id: str
    score: float


class Model(_Open):
    """A model that a request may name; tier, rank and prices in `router`."""

    id: str
    object: Literal["model"]
    created: int
    owned_by: str
    router: dict[str, Any] | None = None


class ModelList(_Open):
    """Models in OpenAI's list format."""

    object: Literal["list"]
    data: list[Model]


class Health(Frozen):
    """The router's status, policy version and cache status."""

    status: Literal["ok"]
    policy: str
    cache: Literal["up", "down", "off"]


class Error(_Open):
    """An error; `param` names the invalid field."""

    message: str
    type: str
    param: str | None
    code: str | None


class AnthropicErrorReply(_Open):
    """An error in Anthropic's format; `router` lists the attempts before it."""

    type: Literal["error"]
    error: Error
    request_id: str | None = None
    router: RoutingOutcome | None = None


class ErrorReply(_Open):
    """An error in OpenAI's format; `router` lists the attempts before it."""

    type: Literal["error"]
    error: Error
    router: RoutingOutcome | None = None
