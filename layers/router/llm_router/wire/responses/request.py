"""The body of `POST /v1/responses`, in OpenAI's format plus `router`.

Nothing is stored: each request holds the whole conversation.
"""

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, PrivateAttr

from llm_router.domain.base import ShortText
from llm_router.domain.conversation.conversation import (
    Conversation,
    Effort,
    Message,
    ReasoningSummary,
)
from llm_router.domain.policy.policy import Limits
from llm_router.domain.routing.hints import RouterHints
from llm_router.wire.shared.parsing import (
    JsonObject,
    Metadata,
    NotSupported,
    OnlyFalse,
    Strict,
    check_conversation,
    check_numbers,
    field_error,
    parse,
)
from llm_router.wire.shared.router_object import Json

from .caller_tools import CallerTools
from .flat_names import FlatNames, flat_names
from .items import (
    Context,
    Item,
    called_tools,
    count_parts,
    items_left_out,
    to_messages,
    tools_in,
)
from .reasoning_marks import ReasoningMarks
from .tools import (
    AnyTool,
    Choice,
    Offered,
    TextConfig,
    allowed_tools,
    check_choice,
    count_tools,
    own_tools,
    to_choice,
    tools_left_out,
)

_LOGPROBS = "message.output_text.logprobs"
_Includable = Literal[
    "reasoning.encrypted_content",
    "message.output_text.logprobs",
    "message.input_image.image_url",
    "file_search_call.results",
    "web_search_call.results",
    "web_search_call.action.sources",
    "code_interpreter_call.outputs",
    "computer_call_output.output.image_url",
]


def _only_null(reason: str) -> BeforeValidator:
    def refuse(value: object) -> None:
        if value is not None:
            raise ValueError(reason)

    return BeforeValidator(refuse)


def _only_false(reason: str) -> AfterValidator:
    def only_false(value: bool) -> bool:
        if value:
            raise ValueError(reason)
        return value

    return AfterValidator(only_false)


_SEND_ALL = "nothing is stored here: send the whole conversation as items of `input`"


class ReasoningConfig(Strict):
    """The effort of the model's reasoning, and its summary."""

    effort: Effort | None = None
    summary: ReasoningSummary | None = None
    generate_summary: ReasoningSummary | None = None

    # Hints that no model is given.
    context: Literal["auto", "current_turn", "all_turns"] | None = None
    mode: str | None = None

    def left_out(self) -> Iterator[str]:
        """The names of its fields that no model is given."""
        if self.context not in (None, "auto"):
            yield "reasoning.context"
        if self.mode not in (None, "standard"):
            yield "reasoning.mode"


class StreamOptions(Strict):
    """Options of a stream: deltas are never padded, and it always ends with the usage."""

    include_obfuscation: bool | None = None
    include_usage: bool | None = None
    reasoning_summary_delivery: str | None = None


class _CacheOptions(Strict, extra="ignore"):
    """Wishes for OpenAI's prompt cache; without effect, but for one that wants no answer."""

    prewarm: OnlyFalse | None = None


class ResponsesBody(Strict):
    """A responses request; unsupported fields are rejected by name."""

    model: ShortText
    input: str | Annotated[list[Item], Field(min_length=1)]
    instructions: str | None = None
    max_output_tokens: int | None = Field(default=None, gt=0)
    temperature: float | None = Field(default=None, ge=0, le=2)
    top_p: float | None = Field(default=None, ge=0, le=1)
    top_logprobs: int | None = Field(default=None, ge=0, le=20)
    tools: list[AnyTool] | None = None
    tool_choice: Choice | None = None
    parallel_tool_calls: bool | None = None
    reasoning: ReasoningConfig | None = None
    text: TextConfig | None = None
    include: list[_Includable] | None = None
    user: str | None = None
    safety_identifier: str | None = None
    prompt_cache_key: str | None = None
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    router: RouterHints = RouterHints()

    # Accepted only with their no-op values.
    store: (
        Annotated[bool, _only_false("nothing is stored here: leave it out or set it to false")]
        | None
    ) = None
    background: (
        Annotated[
            bool,
            _only_false("no answer is kept for later: leave it out, and wait for the answer"),
        ]
        | None
    ) = None

    # Hints that no model is given: the answer is the same without them.
    access_programs: JsonObject | None = None
    context_management: list[JsonObject] | None = None
    image: JsonObject | None = None
    max_tool_calls: int | None = Field(default=None, gt=0)
    service_tier: (
        Literal["auto", "default", "flex", "priority", "scale", "fast", "ultrafast"] | None
    ) = None
    truncation: Literal["auto", "disabled"] | None = None

    # No effect on the answer.
    client_metadata: Json | None = None
    metadata: Metadata | None = None
    prompt_cache_options: _CacheOptions | None = None
    prompt_cache_retention: str | None = None

    background_options: NotSupported = None
    conversation_: Annotated[None, _only_null(_SEND_ALL)] = Field(
        default=None, alias="conversation"
    )
    moderation: NotSupported = None
    previous_response_id: Annotated[None, _only_null(_SEND_ALL)] = None
    prompt: Annotated[
        None,
        _only_null("no prompts are stored here: send its text as `instructions` and `input`"),
    ] = None

    _marks: ReasoningMarks = PrivateAttr(default=ReasoningMarks("", ()))

    @property
    def items(self) -> Sequence[Item]:
        """The input items; none if the input is a text."""
        return () if isinstance(self.input, str) else self.input

    @cached_property
    def all_tools(self) -> Sequence[AnyTool]:
        """The tools of the request and of its input."""
        return (*(self.tools or ()), *tools_in(self.items))

    @cached_property
    def offered(self) -> Sequence[Offered]:
        """The tools that the caller runs, those of namespaces included."""
        return tuple(own_tools(self.all_tools))

    @cached_property
    def _names(self) -> FlatNames:
        return flat_names([tool.key for tool in self.offered], called_tools(self.items))

    @cached_property
    def caller_tools(self) -> CallerTools:
        """The caller's tools, those of earlier calls included, by the names that models see."""
        return {name: tool for tool, name in self._names.items()}

    @cached_property
    def conversation(self) -> Conversation:
        """The body as a domain conversation; raises `InvalidRequestError` if it cannot be one."""
        messages = tuple(self._messages())
        if not messages:
            raise field_error("input", "holds no message")
        reasoning = self.reasoning or ReasoningConfig()
        has_logprobs = _LOGPROBS in (self.include or ())
        allowed = allowed_tools(self.tool_choice, self.offered)
        # Of two tools with one name, the later one counts.
        tools = {tool.key: tool for tool in allowed}
        return Conversation(
            messages=messages,
            max_output_tokens=self.max_output_tokens,
            temperature=self.temperature,
            top_p=self.top_p,
            user=self.safety_identifier or self.user,
            effort=reasoning.effort,
            reasoning_summary=reasoning.summary or reasoning.generate_summary,
            prompt_cache_key=self.prompt_cache_key,
            logprobs=has_logprobs,
            top_logprobs=self.top_logprobs if has_logprobs else None,
            tools=tuple(
                each.tool.to_tool(self._names[key], each.about) for key, each in tools.items()
            ),
            tool_choice=to_choice(self.tool_choice, allowed, self._names),
            parallel_tool_calls=self.parallel_tool_calls,
            left_out=tuple(dict.fromkeys(self._left_out())),
            **(self.text.to_fields() if self.text else {}),
        )

    def _messages(self) -> Iterator[Message]:
        if self.instructions:
            yield Message(role="system", content=self.instructions)
        if isinstance(self.input, str):
            yield Message(role="user", content=self.input)
        else:
            yield from to_messages(self.input, Context(self._names, self._marks))

    def _left_out(self) -> Iterator[str]:
        yield from tools_left_out(self.all_tools, self.offered)
        yield from items_left_out(self.items)
        if self.reasoning:
            yield from self.reasoning.left_out()
        asked: dict[str, Any] = {
            "access_programs": self.access_programs,
            "context_management": self.context_management,
            "image": self.image,
            "max_tool_calls": self.max_tool_calls,
            "service_tier": self.service_tier not in (None, "auto", "default"),
            "top_logprobs": self.top_logprobs and _LOGPROBS not in (self.include or ()),
            "truncation": self.truncation == "auto",
        }
        yield from (name for name, is_asked in asked.items() if is_asked)


def parse_responses(raw: str | None, limits: Limits, marks: ReasoningMarks) -> ResponsesBody:
    """Parse the body of a responses request; `InvalidRequestError` names the invalid field.

    `marks` are the caller's own: they tell which model wrote a reasoning item.
    """
    body = parse(ResponsesBody, raw)
    body._marks = marks
    check_numbers(
        limits, "input", len(body.items), count_parts(body.items), count_tools(body.all_tools)
    )
    if body.stream_options is not None and not body.stream:
        raise field_error("stream_options", "only with stream")
    check_choice(body.tool_choice, body.offered)
    check_conversation(body.conversation, "input")
    return body
