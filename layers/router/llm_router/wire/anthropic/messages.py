"""Messages of a Messages API request, by role, and their content blocks."""

import json
from collections.abc import Iterator
from itertools import groupby
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, StringConstraints, ValidationInfo, field_validator

from llm_router.domain.conversation.content import (
    Image,
    Part,
    Text,
    Thinking,
    ToolCall,
    ToolResult,
    image_type,
)
from llm_router.domain.conversation.conversation import Message
from llm_router.wire.shared.cache_control import Cacheable
from llm_router.wire.shared.parsing import (
    JsonObject,
    NotSupported,
    Strict,
    base64_text,
    image_url,
)

_Id = Annotated[str, StringConstraints(min_length=1)]


class TextBlock(Cacheable):
    """A text."""

    type: Literal["text"]
    text: str
    citations: NotSupported = None

    def to_part(self) -> Text:
        """The block as a domain `Text`."""
        return Text(text=self.text, cache_control=self.cache_json)


class _Base64Source(Strict):
    type: Literal["base64"]
    # Before the media type, which its first bytes may correct.
    data: Annotated[str, AfterValidator(base64_text)]
    media_type: Literal["image/jpeg", "image/png", "image/gif", "image/webp"]

    @field_validator("media_type", mode="before")
    @classmethod
    def _as_shown(cls, label: Any, info: ValidationInfo) -> Any:
        return image_type(label, info.data.get("data", "")) if isinstance(label, str) else label

    @property
    def address(self) -> str:
        return f"data:{self.media_type};base64,{self.data}"


class _UrlSource(Strict):
    type: Literal["url"]
    url: Annotated[str, AfterValidator(image_url)]

    @property
    def address(self) -> str:
        return self.url


class ImageBlock(Cacheable):
    """An image."""

    type: Literal["image"]
    source: Annotated[_Base64Source | _UrlSource, Field(discriminator="type")]
    transformations: NotSupported = None

    def to_part(self) -> Image:
        """The block as a domain `Image`."""
        return Image(url=self.source.address, cache_control=self.cache_json)


class _Caller(Strict):
    type: Literal["direct"]


class ToolUseBlock(Cacheable):
    """A model's tool call."""

    type: Literal["tool_use"]
    id: _Id
    name: Annotated[str, StringConstraints(min_length=1, max_length=128)]
    input: JsonObject
    caller: _Caller | None = None
    toolset_name: NotSupported = None

    def to_part(self) -> ToolCall:
        """The block as a domain `ToolCall`."""
        return ToolCall(
            id=self.id,
            name=self.name,
            arguments=json.dumps(self.input, ensure_ascii=False),
            cache_control=self.cache_json,
        )


_ResultItem = Annotated[TextBlock | ImageBlock, Field(discriminator="type")]


class ToolResultBlock(Cacheable):
    """The result of a tool call."""

    type: Literal["tool_result"]
    tool_use_id: _Id
    content: str | list[_ResultItem] | None = None
    is_error: bool | None = None
    toolset_name: NotSupported = None

    def to_part(self) -> ToolResult:
        """The block as a domain `ToolResult`."""
        content = self.content or ()
        items = (
            (Text(text=content),) if isinstance(content, str) else [i.to_part() for i in content]
        )
        return ToolResult(
            call_id=self.tool_use_id,
            content=tuple(items),
            is_error=bool(self.is_error),
            cache_control=self.cache_json,
        )


class ThinkingBlock(Strict):
    """A model's thinking, with its signature."""

    type: Literal["thinking"]
    thinking: str
    signature: str

    def to_part(self) -> Thinking:
        """The block, unchanged."""
        return Thinking(block=self.model_dump())


class RedactedThinkingBlock(Strict):
    """A model's thinking, encrypted."""

    type: Literal["redacted_thinking"]
    data: str

    def to_part(self) -> Thinking:
        """The block, unchanged."""
        return Thinking(block=self.model_dump())


_UserBlock = Annotated[TextBlock | ImageBlock | ToolResultBlock, Field(discriminator="type")]
_AssistantBlock = Annotated[
    TextBlock | ToolUseBlock | ThinkingBlock | RedactedThinkingBlock, Field(discriminator="type")
]


class UserMessage(Strict):
    """A user message: text, images and tool results."""

    role: Literal["user"]
    content: str | Annotated[list[_UserBlock], Field(min_length=1)]

    def to_messages(self) -> Iterator[Message]:
        """The turn as domain messages; tool results become messages of their own."""
        if isinstance(self.content, str):
            yield Message(role="user", content=self.content)
            return
        parts: list[Part] = [block.to_part() for block in self.content]
        for are_results, group in groupby(parts, key=lambda part: part.type == "tool_result"):
            yield Message(role="tool" if are_results else "user", content=tuple(group))


class AssistantMessage(Strict):
    """An assistant message as a reply held it: text, thinking and tool calls."""

    role: Literal["assistant"]
    content: str | list[_AssistantBlock]

    def to_messages(self) -> Iterator[Message]:
        """The turn as a domain message."""
        yield Message(role="assistant", content=to_content(self.content))


class SystemMessage(Strict):
    """An instruction between the other messages."""

    role: Literal["system"]
    content: str | list[TextBlock]

    def to_messages(self) -> Iterator[Message]:
        """The turn as a domain message."""
        yield Message(role="system", content=to_content(self.content))


Turn = Annotated[UserMessage | AssistantMessage | SystemMessage, Field(discriminator="role")]


def to_content(content: str | list[TextBlock] | list[_AssistantBlock]) -> str | tuple[Part, ...]:
    """Message content as domain parts; a plain string stays a string."""
    return content if isinstance(content, str) else tuple(block.to_part() for block in content)
