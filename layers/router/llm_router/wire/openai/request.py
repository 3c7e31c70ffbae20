"""The body of `POST /v1/chat/completions`, in OpenAI's format plus `router`."""

from collections.abc import Iterator
from functools import cached_property
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, WithJsonSchema

from llm_router.domain.base import ShortText
from llm_router.domain.conversation.conversation import Conversation, Effort, Verbosity
from llm_router.domain.policy.policy import Limits
from llm_router.domain.routing.hints import RouterHints
from llm_router.wire.shared.cache_control import CacheOptions
from llm_router.wire.shared.parsing import (
    JsonObject,
    Metadata,
    NotSupported,
    OnlyFalse,
    Strict,
    check_conversation,
    check_counts,
    field_error,
    parse,
)
from llm_router.wire.shared.router_object import Json

from .messages import Turn
from .tools import Choice, Format, FunctionTool, JsonSchemaFormat, to_choice


def _nothing(bias: Json) -> Json:
    if bias:
        raise ValueError("only an empty object is supported: vendors have different tokens")
    return bias


_EMPTY = WithJsonSchema({"type": "object", "maxProperties": 0})


class StreamOptions(Strict):
    """Options of a stream; chunks are never padded, so `include_obfuscation` has no effect."""

    include_usage: bool | None = None
    include_obfuscation: bool | None = None


class _UsageOption(Strict):
    """OpenRouter's wish for the usage in the reply, where it always is, and in a stream."""

    include: bool | None = None


class ChatBody(Strict):
    """A chat completion request; unsupported fields are rejected by name."""

    model: ShortText
    messages: list[Turn] = Field(min_length=1)
    max_tokens: int | None = Field(default=None, gt=0)
    max_completion_tokens: int | None = Field(default=None, gt=0)
    temperature: float | None = Field(default=None, ge=0, le=2)
    top_p: float | None = Field(default=None, ge=0, le=1)
    top_k: int | None = Field(default=None, ge=-1)
    frequency_penalty: float | None = Field(default=None, ge=-2, le=2)
    presence_penalty: float | None = Field(default=None, ge=-2, le=2)
    stop: str | Annotated[list[str], Field(max_length=4)] | None = None
    seed: int | None = None
    reasoning_effort: Effort | None = None
    verbosity: Verbosity | None = None
    logprobs: bool | None = None
    top_logprobs: int | None = Field(default=None, ge=0, le=20)
    tools: list[FunctionTool] | None = None
    tool_choice: Choice | None = None
    parallel_tool_calls: bool | None = None
    response_format: Format | None = None
    user: str | None = None
    safety_identifier: str | None = None
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    usage: _UsageOption | None = None
    router: RouterHints = RouterHints()

    # Accepted only with their no-op values.
    n: Annotated[int, Field(ge=1, le=1)] | None = None
    store: OnlyFalse | None = None
    modalities: list[Literal["text"]] | None = None
    logit_bias: Annotated[Json, AfterValidator(_nothing), _EMPTY] | None = None

    # Hints that no model is given: the answer is the same without them.
    min_p: float | None = Field(default=None, ge=0, le=1)
    prediction: JsonObject | None = None
    prompt_cache_options: CacheOptions | None = None
    prompt_cache_retention: str | None = None
    repetition_penalty: float | None = Field(default=None, ge=0)
    service_tier: Literal["auto", "default", "flex", "priority", "scale"] | None = None

    prompt_cache_key: str | None = None

    # No effect on the answer.
    metadata: Metadata | None = None

    audio: NotSupported = None
    function_call: NotSupported = None
    functions: NotSupported = None
    moderation: NotSupported = None
    web_search_options: NotSupported = None

    @cached_property
    def conversation(self) -> Conversation:
        """The body as a domain conversation."""
        stop = [self.stop] if isinstance(self.stop, str) else self.stop or []
        output_format = self.response_format
        return Conversation(
            messages=tuple(turn.to_message() for turn in self.messages),
            max_output_tokens=self.max_completion_tokens or self.max_tokens,
            temperature=self.temperature,
            top_p=self.top_p,
            top_k=self.top_k if self.top_k and self.top_k > 0 else None,
            frequency_penalty=self.frequency_penalty,
            presence_penalty=self.presence_penalty,
            stop=tuple(stop),
            seed=self.seed,
            user=self.safety_identifier or self.user,
            effort=self.reasoning_effort,
            verbosity=self.verbosity,
            prompt_cache_key=self.prompt_cache_key,
            logprobs=bool(self.logprobs),
            top_logprobs=self.top_logprobs if self.logprobs else None,
            tools=tuple(tool.to_tool() for tool in self.tools or ()),
            tool_choice=to_choice(self.tool_choice),
            parallel_tool_calls=self.parallel_tool_calls,
            json_object=output_format is not None and output_format.type == "json_object",
            left_out=tuple(self._left_out()),
            **(output_format.to_fields() if isinstance(output_format, JsonSchemaFormat) else {}),
        )

    def _left_out(self) -> Iterator[str]:
        for name in ("min_p", "prediction", "prompt_cache_retention", "repetition_penalty"):
            if getattr(self, name) is not None:
                yield name
        if self.prompt_cache_options is not None and self.prompt_cache_options.asks:
            yield "prompt_cache_options"
        if self.service_tier not in (None, "auto", "default"):
            yield "service_tier"

    @property
    def wants_usage(self) -> bool:
        """True if a stream ends with a chunk of the usage."""
        openais, openrouters = self.stream_options, self.usage
        return bool((openais and openais.include_usage) or (openrouters and openrouters.include))


def parse_chat(raw: str | None, limits: Limits) -> ChatBody:
    """Parse the body of a chat request; `InvalidRequestError` names the invalid field."""
    body = parse(ChatBody, raw)
    check_counts(limits, body.messages, body.tools)
    if len({body.max_tokens, body.max_completion_tokens} - {None}) > 1:
        raise field_error("max_tokens", "is not the same as max_completion_tokens")
    if body.top_logprobs and not body.logprobs:
        raise field_error("top_logprobs", "only with logprobs")
    if body.stream_options is not None and not body.stream:
        raise field_error("stream_options", "only with stream")
    check_conversation(body.conversation)
    return body
