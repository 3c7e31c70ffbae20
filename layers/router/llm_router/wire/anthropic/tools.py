"""Tools, tool choice, thinking and output format of a Messages API request."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from llm_router.domain.conversation.conversation import Tool, ToolChoice
from llm_router.domain.policy.formats import LEAST_THINKING_TOKENS
from llm_router.wire.shared.cache_control import Cacheable
from llm_router.wire.shared.parsing import (
    JsonObject,
    NotSupported,
    OnlyFalse,
    Strict,
    ToolName,
)

_ANTHROPICS_OWN = ("bash_", "computer_", "memory_", "text_editor_")
"""Beginnings of the tools that Anthropic defines and the caller runs."""


def _is_custom(tool_type: Any) -> Any:
    if not isinstance(tool_type, str) or tool_type == "custom":
        return tool_type
    if tool_type == "function":
        raise ValueError("this is OpenAI's format: give name, description and input_schema alone")
    if tool_type.startswith(_ANTHROPICS_OWN):
        raise ValueError(
            "only Anthropic's models know this tool: describe it as a tool of the type 'custom', "
            "with an input_schema"
        )
    raise ValueError(
        "tools that a vendor runs, such as web search, are not offered: only tools of the type "
        "'custom', which the caller runs"
    )


class CustomTool(Cacheable):
    """A tool that the caller runs; tools that Anthropic runs are not supported."""

    type: Annotated[Literal["custom"] | None, BeforeValidator(_is_custom)] = None
    name: ToolName
    description: str | None = None
    input_schema: JsonObject
    strict: bool | None = None
    # No effect: the answer is complete before it is streamed.
    eager_input_streaming: bool | None = None
    defer_loading: OnlyFalse | None = None
    allowed_callers: list[Literal["direct"]] | None = None
    input_examples: NotSupported = None

    def to_tool(self) -> Tool:
        """The tool as a domain `Tool`."""
        return Tool(
            name=self.name,
            description=self.description or "",
            parameters=self.input_schema,
            strict=self.strict,
            cache_control=self.cache_json,
        )


class _Choice(Strict):
    disable_parallel_tool_use: bool | None = None


class AutoChoice(_Choice):
    """The model decides about tool calls."""

    type: Literal["auto"]


class AnyChoice(_Choice):
    """The model must call a tool."""

    type: Literal["any"]


class ToolNamed(_Choice):
    """The model must call the named tool."""

    type: Literal["tool"]
    name: ToolName


class NoChoice(Strict):
    """The model must not call a tool."""

    type: Literal["none"]


Choice = Annotated[AutoChoice | AnyChoice | ToolNamed | NoChoice, Field(discriminator="type")]


def to_choice(choice: Choice | None) -> ToolChoice | None:
    """The choice as a domain `ToolChoice`."""
    match choice:
        case None:
            return None
        case AutoChoice():
            return ToolChoice(mode="auto")
        case AnyChoice():
            return ToolChoice(mode="required")
        case ToolNamed():
            return ToolChoice(mode="named", name=choice.name)
        case NoChoice():
            return ToolChoice(mode="none")


def to_parallel_tool_calls(choice: Choice | None) -> bool | None:
    """True if several tools may be called at once; None if the caller does not say."""
    if choice is None or isinstance(choice, NoChoice) or choice.disable_parallel_tool_use is None:
        return None
    return not choice.disable_parallel_tool_use


_Display = Literal["summarized", "omitted"]


class _Thinking(Strict):
    block_binding: JsonObject | None = None

    def to_json(self) -> dict[str, Any]:
        """The object as every model takes it."""
        return self.model_dump(exclude_none=True, exclude={"block_binding"})


class EnabledThinking(_Thinking):
    """Thinking within a token budget."""

    type: Literal["enabled"]
    budget_tokens: int = Field(ge=LEAST_THINKING_TOKENS)
    display: _Display | None = None


class AdaptiveThinking(_Thinking):
    """Thinking with a token budget that the model chooses."""

    type: Literal["adaptive"]
    display: _Display | None = None


class OtherThinking(_Thinking):
    """No thinking, or thinking only between tool calls."""

    type: Literal["disabled", "between_tools"]


ThinkingConfig = Annotated[
    EnabledThinking | AdaptiveThinking | OtherThinking, Field(discriminator="type")
]


class _Format(Strict):
    type: Literal["json_schema"]
    schema_: JsonObject = Field(alias="schema")


class OutputConfig(Strict):
    """The format and the effort of the answer."""

    format: _Format | None = None
    effort: Literal["low", "medium", "high", "xhigh", "max"] | None = None
