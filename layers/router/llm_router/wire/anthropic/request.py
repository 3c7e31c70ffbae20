"""Bodies of `POST /v1/messages` and its token count, in Anthropic's format plus `router`."""

from collections.abc import Iterator
from functools import cached_property
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from llm_router.domain.base import ShortText
from llm_router.domain.conversation.conversation import Conversation, Message
from llm_router.domain.policy.policy import Limits
from llm_router.domain.routing.hints import RouterHints
from llm_router.wire.shared.cache_control import CacheControl
from llm_router.wire.shared.parsing import (
    JsonObject,
    NotSupported,
    Strict,
    check_conversation,
    check_counts,
    field_error,
    parse,
)

from .messages import TextBlock, Turn, to_content
from .tools import (
    Choice,
    CustomTool,
    EnabledThinking,
    OutputConfig,
    ThinkingConfig,
    to_choice,
    to_parallel_tool_calls,
)


def _no_thread(thread: object) -> None:
    if thread is not None:
        raise ValueError(
            "no conversation is stored here: call the SDK's tool runner with thread=False, which "
            "sends all messages each time"
        )


class _Metadata(Strict):
    user_id: str | None = None


class CountBody(Strict):
    """A prompt whose tokens are to be counted; unsupported fields are rejected by name."""

    model: ShortText
    messages: list[Turn] = Field(min_length=1)
    system: str | list[TextBlock] | None = None
    tools: list[CustomTool] | None = None
    tool_choice: Choice | None = None
    thinking: ThinkingConfig | None = None
    output_config: OutputConfig | None = None
    cache_control: CacheControl | None = None

    # Hints that no model is given: the answer is the same without them.
    context_management: JsonObject | None = None
    speed: Literal["standard", "fast"] | None = None

    user_profile_id: NotSupported = None

    @cached_property
    def conversation(self) -> Conversation:
        """The body as a domain conversation."""
        return self.to_conversation()

    def to_conversation(self) -> Conversation:
        """Convert the prompt alone."""
        messages = [message for turn in self.messages for message in turn.to_messages()]
        if self.system:
            messages.insert(0, Message(role="system", content=to_content(self.system)))
        config = self.output_config or OutputConfig()
        output_format = config.format
        return Conversation(
            messages=tuple(messages),
            tools=tuple(tool.to_tool() for tool in self.tools or ()),
            tool_choice=to_choice(self.tool_choice),
            parallel_tool_calls=to_parallel_tool_calls(self.tool_choice),
            response_schema=output_format.schema_ if output_format else None,
            effort=config.effort,
            thinking=self.thinking.to_json() if self.thinking else None,
            cache_control=self.cache_control.to_json() if self.cache_control else None,
            left_out=tuple(self._left_out()),
        )

    def _left_out(self) -> Iterator[str]:
        if self.context_management is not None:
            yield "context_management"
        if self.speed == "fast":
            yield "speed"
        if self.thinking and self.thinking.block_binding is not None:
            yield "thinking.block_binding"


class MessagesBody(CountBody):
    """A message request; unsupported fields are rejected by name."""

    max_tokens: int = Field(gt=0)
    stop_sequences: Annotated[list[str], Field(max_length=4)] | None = None
    temperature: float | None = Field(default=None, ge=0, le=1)
    top_p: float | None = Field(default=None, ge=0, le=1)
    top_k: int | None = Field(default=None, ge=0)
    metadata: _Metadata | None = None
    stream: bool | None = None
    router: RouterHints = RouterHints()

    # Accepted only with its no-op value.
    service_tier: Literal["auto", "standard_only"] | None = None

    container: NotSupported = None
    diagnostics: NotSupported = None
    inference_geo: NotSupported = None
    thread: Annotated[None, BeforeValidator(_no_thread)] = None

    def to_conversation(self) -> Conversation:
        """Convert the prompt and its sampling parameters."""
        sampling = {
            "max_output_tokens": self.max_tokens,
            "stop": tuple(self.stop_sequences or ()),
            "temperature": self.temperature,
            "top_p": self.top_p,
            "top_k": self.top_k or None,
            "user": self.metadata.user_id if self.metadata else None,
        }
        return super().to_conversation().model_copy(update=sampling)


def parse_messages(raw: str | None, limits: Limits) -> MessagesBody:
    """Parse the body of a message request; `InvalidRequestError` names the invalid field."""
    body = parse(MessagesBody, raw)
    check_counts(limits, body.messages, body.tools, body.system)
    thinking = body.thinking
    if isinstance(thinking, EnabledThinking) and thinking.budget_tokens >= body.max_tokens:
        raise field_error("thinking.budget_tokens", "must be less than max_tokens")
    check_conversation(body.conversation)
    return body


def parse_count(raw: str | None, limits: Limits) -> CountBody:
    """Parse the body of a token count; `InvalidRequestError` names the invalid field."""
    body = parse(CountBody, raw)
    check_counts(limits, body.messages, body.tools, body.system)
    check_conversation(body.conversation)
    return body
