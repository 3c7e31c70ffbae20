"""The parts of a message: text, images, tool calls, tool results and thinking."""

import binascii
import re
from collections.abc import Sequence
from typing import Annotated, Any, Literal, TypeVar

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
_HEADER = re.compile(r"data:(?P<label>[^;,]*)(?:;[^,]*)?;\s*base64", re.IGNORECASE)
_BASE64_OF_12_BYTES = 16


def image_type(label: str, data: str) -> str:
    """The media type that a picture's first bytes show, or else its label in the usual spelling.

    Labels are often wrong: a JPEG named as PNG, `image/jpg`, a type with a `charset`.
    """
    try:
        first = binascii.a2b_base64(data[:_BASE64_OF_12_BYTES])
    except ValueError:
        first = b""
    named = label.partition(";")[0].strip().lower().replace("image/jpg", "image/jpeg")
    return next((name for name, magic in _IMAGE_BYTES if magic.match(first)), named)


def labelled(url: str) -> str:
    """A picture's `data:` URL with the media type of its first bytes; other URLs are unchanged."""
    header, _, data = url[:1024].partition(",")
    found = _HEADER.fullmatch(header)
    if found is None:
        return url
    return f"data:{image_type(found['label'], data)};base64,{url[len(header) + 1 :]}"


class _Cacheable(Frozen):
    """`cache_control` asks Anthropic to cache the prompt up to here; others cache by themselves."""

    cache_control: Json | None = None


Phase = Literal["commentary", "final_answer"]


class Text(_Cacheable):
    """Plain text; its `phase` is OpenAI's mark of what a model says before its final answer."""

    type: Literal["text"] = "text"
    text: str
    phase: Phase | None = None


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


class Reasoning(Frozen):
    """A reasoning item of OpenAI's responses format, kept unchanged: its content is encrypted.

    An item with a summary alone is there to be shown; no model can read it.

    `model` is the id of the model that wrote it, None if it is not known. Another model cannot
    read it.
    """

    type: Literal["reasoning"] = "reasoning"
    item: Json
    model: str | None = None


PartT = TypeVar("PartT", bound=Frozen)


def calls_last(parts: Sequence[PartT]) -> list[PartT]:
    """An assistant's parts with its texts before its calls, the only order that Anthropic takes."""
    calling = next((n for n, part in enumerate(parts) if isinstance(part, ToolCall)), len(parts))
    after = parts[calling:]
    texts = [part for part in after if isinstance(part, Text)]
    return [*parts[:calling], *texts, *(part for part in after if not isinstance(part, Text))]


Part = Annotated[
    Text | Image | ToolCall | ToolResult | Thinking | Reasoning, Field(discriminator="type")
]
AnswerPart = Annotated[Text | ToolCall | Thinking | Reasoning, Field(discriminator="type")]
