"""`POST /v1/chat/completions` as OpenAI's clients speak it, with a `router` object beside it."""

import re
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
)

from ..application.errors import InvalidRequestError
from ..application.ports import KeyRecord
from ..application.route_request import Answered, RoutingCall
from ..domain.chat import Conversation, Message
from ..domain.decision import Hints
from ..domain.policy import Policy
from ..domain.tiers import Tier
from .explanation import Json, router_object

AUTO = "auto"
_SHOWN_OF_A_MODEL = {
    "tier",
    "rank",
    "context_window",
    "max_output_tokens",
    "capabilities",
    "input_usd_per_mtok",
    "cached_input_usd_per_mtok",
    "output_usd_per_mtok",
}
_UNION_BRANCH = re.compile(r"str$|list\[")
"""Pydantic puts the branch of a union into an error's location; callers know no such field."""

_Word = Annotated[str, StringConstraints(min_length=1, max_length=100)]


def _not_yet(wanted: bool) -> bool:
    if wanted:
        raise ValueError("true is not supported yet")
    return wanted


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, hide_input_in_errors=True)


class _TextPart(_Strict):
    type: Literal["text"]
    text: str


class _Turn(_Strict):
    role: Literal["system", "developer", "user", "assistant"]
    content: str | list[_TextPart]

    def to_message(self) -> Message:
        if isinstance(self.content, str):
            return Message(role=self.role, content=self.content)
        return Message(role=self.role, content="".join(part.text for part in self.content))


class _RouterHints(_Strict):
    request_type: _Word | None = None
    user_tier: _Word | None = None
    feature: _Word | None = None
    model_tier: Annotated[Tier, Field(strict=False)] | None = None
    max_latency_ms: int | None = Field(default=None, gt=0)
    max_cost_usd: Annotated[Decimal, Field(strict=False, gt=0)] | None = None
    classify: bool | None = None


class ChatBody(_Strict):
    """A request body; a field that the router does not carry out is refused by name."""

    model: _Word
    messages: list[_Turn] = Field(min_length=1)
    max_tokens: int | None = Field(default=None, gt=0)
    max_completion_tokens: int | None = Field(default=None, gt=0)
    temperature: float | None = Field(default=None, ge=0, le=2)
    top_p: float | None = Field(default=None, gt=0, le=1)
    stop: str | Annotated[list[str], Field(max_length=4)] | None = None
    seed: int | None = None
    user: str | None = None
    n: Annotated[int, Field(ge=1, le=1)] | None = None
    stream: Annotated[bool, AfterValidator(_not_yet)] | None = None
    router: _RouterHints = _RouterHints()

    def conversation(self) -> Conversation:
        """The body's conversation in the router's own words."""
        stop = [self.stop] if isinstance(self.stop, str) else self.stop or []
        return Conversation(
            messages=tuple(turn.to_message() for turn in self.messages),
            max_output_tokens=self.max_completion_tokens or self.max_tokens,
            temperature=self.temperature,
            top_p=self.top_p,
            stop=tuple(stop),
            seed=self.seed,
            user=self.user,
        )


def parse_chat(raw: str | None) -> ChatBody:
    """The body of a chat request; `InvalidRequestError` names the first field that is wrong."""
    try:
        body = ChatBody.model_validate_json(raw or "")
    except ValidationError as error:
        raise _invalid(error) from error
    if not any(turn.role == "user" for turn in body.messages):
        raise InvalidRequestError("messages: no message has the role 'user'", param="messages")
    return body


def to_call(body: ChatBody, key: KeyRecord, request_id: str, received_epoch_ms: int) -> RoutingCall:
    """The request with what its key says; a user tier that the key does not grant is refused."""
    wanted = body.router.user_tier
    if wanted is not None and wanted != key.user_tier and not key.may_set_user_tier:
        raise InvalidRequestError(
            "router.user_tier: this key may not set the user tier",
            param="router.user_tier",
            code="not_allowed",
        )
    return RoutingCall(
        request_id=request_id,
        tenant=key.tenant,
        conversation=body.conversation(),
        hints=Hints(
            request_type=body.router.request_type,
            user_tier=wanted or key.user_tier,
            feature=body.router.feature,
            model_tier=body.router.model_tier,
            model=None if body.model == AUTO else body.model,
        ),
        received_epoch_ms=received_epoch_ms,
        max_latency_ms=body.router.max_latency_ms,
        max_cost_usd=body.router.max_cost_usd,
    )


def chat_reply(answered: Answered) -> Json:
    """An answered request as a chat completion."""
    call, outcome, answer = answered.routed.call, answered.outcome, answered.answer
    usage = outcome.answering_usage
    reply: Json = {
        "id": f"chatcmpl-{call.request_id}",
        "object": "chat.completion",
        "created": call.received_epoch_ms // 1000,
        "model": outcome.answered_by,
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": answer.text, "refusal": None},
                "logprobs": None,
                "finish_reason": answer.finish_reason,
            }
        ],
    }
    if usage is not None:
        reply["usage"] = {
            "prompt_tokens": usage.input_tokens,
            "completion_tokens": usage.output_tokens,
            "total_tokens": usage.input_tokens + usage.output_tokens,
            "prompt_tokens_details": {"cached_tokens": usage.cached_input_tokens},
        }
    return {**reply, "router": router_object(answered.routed)}


def models_reply(policy: Policy, enabled_providers: tuple[str, ...]) -> Json:
    """The models that a request may name, in OpenAI's list format."""
    models = [
        {
            "id": model.id,
            "object": "model",
            "created": 0,
            "owned_by": model.provider,
            "router": {
                **model.model_dump(mode="json", include=_SHOWN_OF_A_MODEL),
                "priced_on": model.priced_on.isoformat(),
            },
        }
        for model in policy.models
        if model.provider in enabled_providers
    ]
    auto = {"id": AUTO, "object": "model", "created": 0, "owned_by": "llm-router"}
    return {"object": "list", "data": [auto, *models]}


def _invalid(error: ValidationError) -> InvalidRequestError:
    first = error.errors()[0]
    if first["type"] == "json_invalid":
        return InvalidRequestError("the body is not valid JSON", code="invalid_json")
    param = (
        ".".join(str(part) for part in first["loc"] if not _UNION_BRANCH.match(str(part))) or None
    )
    if first["type"] == "extra_forbidden":
        return InvalidRequestError(
            f"{param}: unknown or not supported", param=param, code="unknown_parameter"
        )
    reason = first["msg"].removeprefix("Value error, ")
    return InvalidRequestError(f"{param or 'body'}: {reason}", param=param)
