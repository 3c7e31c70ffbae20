"""What a turn is made of: text, pictures, calls of tools and their results, thinking."""

from typing import Annotated, Any, Literal

from pydantic import Field

from llm_router.domain.base import Frozen

Json = dict[str, Any]


class _Cacheable(Frozen):
    """`cache_control` asks Anthropic to cache the prompt up to here; others cache by themselves."""

    cache_control: Json | None = None


class Text(_Cacheable):
    """Words."""

    type: Literal["text"] = "text"
    text: str


class Image(_Cacheable):
    """A picture by its address: `https:`, or a `data:` URL in base64."""

    type: Literal["image"] = "image"
    url: str
    detail: Literal["auto", "low", "high"] | None = None


class ToolCall(_Cacheable):
    """A model's wish to have a tool called; `arguments` is JSON as the model wrote it."""

    type: Literal["tool_call"] = "tool_call"
    id: str
    name: str
    arguments: str


class ToolResult(_Cacheable):
    """What a tool brought that was called under this id."""

    type: Literal["tool_result"] = "tool_result"
    call_id: str
    content: tuple[Annotated[Text | Image, Field(discriminator="type")], ...] = ()
    is_error: bool = False


class Thinking(Frozen):
    """A thinking block of an Anthropic model, kept as it came: its signature covers every byte."""

    type: Literal["thinking"] = "thinking"
    block: Json


Part = Annotated[Text | Image | ToolCall | ToolResult | Thinking, Field(discriminator="type")]
AnswerPart = Annotated[Text | ToolCall | Thinking, Field(discriminator="type")]
