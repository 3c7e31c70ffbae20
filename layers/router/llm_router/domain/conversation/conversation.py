"""A conversation in the router's own types, independent of any wire format."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any, Literal, Self

from pydantic import Field

from llm_router.domain.base import Frozen

from .capabilities import Capability
from .content import Part, Reasoning, Text
from .summary import UNWEIGHED, PromptSummary, summary_of

Role = Literal["system", "developer", "user", "assistant", "tool"]
_INSTRUCTION_ROLES = frozenset({"system", "developer"})
Effort = Literal["none", "minimal", "low", "medium", "high", "xhigh", "max"]
Verbosity = Literal["low", "medium", "high"]
ReasoningSummary = Literal["auto", "concise", "detailed"]


class Message(Frozen):
    """One turn of the conversation; a turn of the role `tool` holds only tool results."""

    role: Role
    content: str | tuple[Part, ...]
    name: str | None = None

    @property
    def is_instruction(self) -> bool:
        """True for a system or developer message."""
        return self.role in _INSTRUCTION_ROLES

    @property
    def parts(self) -> tuple[Part, ...]:
        """The content as parts."""
        return (Text(text=self.content),) if isinstance(self.content, str) else self.content

    @property
    def text(self) -> str:
        """The text, a line for each part; without tool results."""
        if isinstance(self.content, str):
            return self.content
        texts = (part.text for part in self.content if isinstance(part, Text))
        return "\n".join(text for text in texts if text)


class Tool(Frozen):
    """A function that the model may call; `parameters` is a JSON schema."""

    name: str
    description: str = ""
    parameters: dict[str, Any] = Field(default_factory=dict)
    strict: bool | None = None
    cache_control: dict[str, Any] | None = None


class ToolChoice(Frozen):
    """The caller's rule for tool calls; `named` requires the tool called `name`."""

    mode: Literal["auto", "none", "required", "named"]
    name: str | None = None


class Conversation(Frozen):
    """The messages of a request, with its tools and sampling parameters.

    `thinking` is Anthropic's parameter of that name, `cache_control` its request-wide one, both
    unchanged. `prompt_cache_key` helps OpenAI to find what it has cached. `json_object` asks for
    any JSON object, `response_schema` for one that fits the schema, `encrypted_reasoning` for
    reasoning items to send back. `left_out` names the caller's hints that no model is given.
    """

    messages: tuple[Message, ...] = Field(min_length=1)
    max_output_tokens: int | None = Field(default=None, gt=0)
    temperature: float | None = Field(default=None, ge=0, le=2)
    top_p: float | None = Field(default=None, ge=0, le=1)
    top_k: int | None = Field(default=None, gt=0)
    frequency_penalty: float | None = Field(default=None, ge=-2, le=2)
    presence_penalty: float | None = Field(default=None, ge=-2, le=2)
    stop: tuple[str, ...] = ()
    seed: int | None = None
    user: str | None = None
    logprobs: bool = False
    top_logprobs: int | None = Field(default=None, ge=0, le=20)
    tools: tuple[Tool, ...] = ()
    tool_choice: ToolChoice | None = None
    parallel_tool_calls: bool | None = None
    json_object: bool = False
    response_schema: dict[str, Any] | None = None
    schema_name: str = "reply"
    schema_description: str | None = None
    schema_strict: bool | None = None
    effort: Effort | None = None
    reasoning_summary: ReasoningSummary | None = None
    encrypted_reasoning: bool = False
    verbosity: Verbosity | None = None
    prompt_cache_key: str | None = None
    thinking: dict[str, Any] | None = None
    cache_control: dict[str, Any] | None = None
    left_out: tuple[str, ...] = ()

    @cached_property
    def summary(self) -> PromptSummary:
        """The request's size and contents; computed once, also for copies that keep both."""
        return summary_of(self)

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """A copy; it keeps the summary unless the update changes something that is weighed."""
        copied = super().model_copy(update=update, deep=deep)
        if not UNWEIGHED.issuperset(update or ()):
            copied.__dict__.pop("summary", None)
        return copied

    @property
    def parts(self) -> Iterator[Part]:
        """The parts of all turns."""
        return (part for message in self.messages for part in message.parts)

    @property
    def images(self) -> int:
        """The number of images in all turns."""
        return self.summary.images

    @property
    def needs(self) -> frozenset[Capability]:
        """The capabilities that a model must have to honour this request."""
        part_types = self.summary.part_types
        thinks = self.thinking is not None and not self.refuses_thinking
        forced = self.tool_choice is not None and self.tool_choice.mode in ("required", "named")
        needed: dict[Capability, bool] = {
            "vision": self.images > 0,
            "tools": bool(self.tools) or bool(part_types & {"tool_call", "tool_result"}),
            "json_schema": self.response_schema is not None,
            "json_object": self.json_object,
            "logprobs": self.logprobs,
            "forced_tools": forced,
            "thinking": thinks or "thinking" in part_types,
            "adaptive_thinking": thinks and (self.thinking or {}).get("type") != "enabled",
        }
        return frozenset(capability for capability, wanted in needed.items() if wanted)

    def without(self, parameters: Iterable[str]) -> "Conversation":
        """A copy with these parameters unset; `name` unsets the name of every message.

        Reasoning stays: each format leaves out what its model cannot read.
        """
        left_out = (*self.left_out, "reasoning")
        unset: dict[str, Any] = dict.fromkeys(p for p in parameters if p not in left_out)
        if "stop" in unset:
            unset["stop"] = ()
        if "name" in unset:
            del unset["name"]
            unset["messages"] = tuple(m.model_copy(update={"name": None}) for m in self.messages)
        return self.model_copy(update=unset)

    @property
    def name(self) -> str | None:
        """The name of the first message that has one; None without any."""
        return next((message.name for message in self.messages if message.name), None)

    @property
    def reasoning(self) -> tuple[Reasoning, ...]:
        """The reasoning items of earlier turns."""
        if "reasoning" not in self.summary.part_types:
            return ()
        return tuple(part for part in self.parts if isinstance(part, Reasoning))

    def without_reasoning(self) -> Self:
        """A copy without the reasoning items of earlier turns."""
        messages = (
            message
            if isinstance(message.content, str)
            else message.model_copy(
                update={
                    "content": tuple(p for p in message.content if not isinstance(p, Reasoning))
                }
            )
            for message in self.messages
        )
        return self.model_copy(update={"messages": tuple(m for m in messages if m.content != ())})

    @property
    def cache_controls(self) -> tuple[dict[str, Any], ...]:
        """Those of the request, its tools and its parts, one for each lifetime."""
        return self.summary.cache_controls

    @property
    def refuses_thinking(self) -> bool:
        """True if the caller disables thinking."""
        return self.thinking is not None and self.thinking.get("type") == "disabled"

    @property
    def is_structured(self) -> bool:
        """True if the answer has a form that words around it would break."""
        return bool(self.needs & {"tools", "json_schema", "json_object"})

    @property
    def question(self) -> str:
        """The last user turn with text: the question to answer now."""
        return self.summary.question

    @property
    def text(self) -> str:
        """The text of every turn, joined by newlines."""
        return "\n".join(message.text for message in self.messages)
