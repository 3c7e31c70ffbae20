"""The parts of a message: text, images, tool calls, tool results and thinking."""

from typing import Annotated, Any, Literal

from pydantic import Field

from llm_router.domain.base import Frozen

Json = dict[str, Any]


class _Cacheable(Frozen):
    """`cache_control` asks Anthropic to cache the prompt up to here; others cache by themselves."""

    cache_control: Json | None = None


class Text(_Cacheable):
    """Plain text."""

    type: Literal["text"] = "text"
    text: str


class Image(_Cacheable):
    """An image by its URL: `https:`, or a `data:` URL in base64."""

    type: Literal["image"] = "image"
    url: str
    detail: Literal["auto", "low", "high"] | None = None


class ToolCall(_Cacheable):
    """A model's request to call a tool; `arguments` is JSON as the model wrote it."""

    type: Literal["tool_call"] = "tool_call"
    id: str
    name: str
    arguments: str


class ToolResult(_Cacheable):
    """The result of the tool call with the id `call_id`."""

    type: Literal["tool_result"] = "tool_result"
    call_id: str
    content: tuple[Annotated[Text | Image, Field(discriminator="type")], ...] = ()
    is_error: bool = False


class Thinking(Frozen):
    """A thinking block of an Anthropic model, kept unchanged: its signature covers every byte."""

    type: Literal["thinking"] = "thinking"
    block: Json


Part = Annotated[Text | Image | ToolCall | ToolResult | Thinking, Field(discriminator="type")]
AnswerPart = Annotated[Text | ToolCall | Thinking, Field(discriminator="type")]
