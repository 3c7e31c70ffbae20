"""The parts of a message: text, images, tool calls, tool results and thinking."""

import binascii
import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from llm_router.domain.base import Frozen

Json = dict[str, Any]


_IMAGE_BYTES: tuple[tuple[str, re.Pattern[bytes]], ...] = (
    ("image/png", re.compile(rb"\x89PNG\r\n\x1a\n")),
    ("image/jpeg", re.compile(rb"\xff\xd8\xff")),
    ("image/gif", re.compile(rb"GIF8[79]a")),
    ("image/webp", re.compile(rb"RIFF....WEBP", re.DOTALL)),
)
"""The picture formats that the vendors take, each with its first bytes."""
IMAGE_TYPES = frozenset(media_type for media_type, _ in _IMAGE_BYTES)
_HEADER = re.compile(r"data:(?P<type>[^;,]*)(?:;[^,]*)?;\s*base64", re.IGNORECASE)
_BASE64_OF_12_BYTES = 16


def labelled(url: str) -> str:
    """A picture's `data:` URL with the media type that its first bytes show; others unchanged.

    Labels are often wrong: a JPEG named as PNG, `image/jpg`, a type with a `charset`.
    """
    header, _, data = url[:1024].partition(",")
    found = _HEADER.fullmatch(header)
    if found is None:
        return url
    named = found["type"].strip().lower().replace("image/jpg", "image/jpeg")
    shown = _media_type(data[:_BASE64_OF_12_BYTES])
    return f"data:{shown or named};base64,{url[len(header) + 1 :]}"


def _media_type(beginning: str) -> str | None:
    try:
        first = binascii.a2b_base64(beginning)
    except ValueError:
        return None
    return next((name for name, magic in _IMAGE_BYTES if magic.match(first)), None)


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
    url: Annotated[str, AfterValidator(labelled)]
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
