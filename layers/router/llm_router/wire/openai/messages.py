"""Messages of a chat completions request, by role."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from llm_router.domain.base import ShortText
from llm_router.domain.conversation.content import Image, Part, Text, ToolCall, ToolResult
from llm_router.domain.conversation.conversation import Message
from llm_router.wire.shared.cache_control import Breakable, Cacheable
from llm_router.wire.shared.parsing import NotSupported, Strict, image_url

Json = dict[str, Any]


class TextPart(Cacheable, Breakable):
    """A text."""

    type: Literal["text"]
    text: str

    def to_part(self) -> Text:
        """The part as a domain `Text`."""
        return Text(text=self.text, cache_control=self.cache_json or self.breakpoint_json)


class RefusalPart(Strict):
    """An earlier refusal by the assistant, read as its text."""

    type: Literal["refusal"]
    refusal: str

    def to_part(self) -> Text:
        """The part as a domain `Text`."""
        return Text(text=self.refusal)


class _ImageUrl(Strict):
    url: Annotated[str, AfterValidator(image_url)]
    detail: Literal["auto", "low", "high"] | None = None


class ImagePart(Cacheable, Breakable):
    """An image."""

    type: Literal["image_url"]
    image_url: _ImageUrl

    def to_part(self) -> Image:
        """The part as a domain `Image`."""
        return Image(
            url=self.image_url.url,
            detail=self.image_url.detail,
            cache_control=self.cache_json or self.breakpoint_json,
        )


class _CalledFunction(Strict):
    name: Annotated[str, Field(min_length=1, max_length=128)]
    arguments: str
    parsed_arguments: Any = None


class _ToolCall(Strict):
    id: Annotated[str, Field(min_length=1)]
    type: Literal["function"]
    function: _CalledFunction
    index: int | None = None

    def to_part(self) -> ToolCall:
        return ToolCall(id=self.id, name=self.function.name, arguments=self.function.arguments)


_Texts = str | Annotated[list[TextPart], Field(min_length=1)]
_UserPart = Annotated[TextPart | ImagePart, Field(discriminator="type")]
_AssistantPart = Annotated[TextPart | RefusalPart, Field(discriminator="type")]


class InstructionTurn(Strict):
    """A system or developer message."""

    role: Literal["system", "developer"]
    content: _Texts
    name: ShortText | None = None

    def to_message(self) -> Message:
        """The turn as a domain message."""
        return Message(role=self.role, content=_content(self.content), name=self.name)


class UserTurn(Strict):
    """A user message: text and images."""

    role: Literal["user"]
    content: str | Annotated[list[_UserPart], Field(min_length=1)]
    name: ShortText | None = None

    def to_message(self) -> Message:
        """The turn as a domain message."""
        return Message(role=self.role, content=_content(self.content), name=self.name)


class AssistantTurn(Strict):
    """An assistant message as a reply held it: text, refusal and tool calls.

    Fields that client libraries add to a reply, such as `parsed`, only repeat it.
    """

    role: Literal["assistant"]
    parsed: Any = None
    content: str | Annotated[list[_AssistantPart], Field(min_length=1)] | None = None
    refusal: str | None = None
    tool_calls: list[_ToolCall] | None = None
    name: ShortText | None = None
    annotations: list[Json] | None = None
    audio: NotSupported = None
    function_call: NotSupported = None

    def to_message(self) -> Message:
        """The turn as a domain message."""
        text_or_parts = self.content or self.refusal or ""
        content = _content(text_or_parts)
        if self.tool_calls:
            texts = (Text(text=content),) if isinstance(content, str) else content
            calls = (call.to_part() for call in self.tool_calls)
            content = (*(part for part in texts if part != Text(text="")), *calls)
        return Message(role=self.role, content=content, name=self.name)


class ToolTurn(Strict):
    """The result of a tool call; its call names the tool, whatever `name` says."""

    role: Literal["tool"]
    content: _Texts
    tool_call_id: Annotated[str, Field(min_length=1)]
    name: str | None = None

    def to_message(self) -> Message:
        """The turn as a domain message."""
        content = self.content
        texts = [Text(text=content)] if isinstance(content, str) else [p.to_part() for p in content]
        return Message(
            role=self.role,
            content=(ToolResult(call_id=self.tool_call_id, content=tuple(texts)),),
        )


Turn = Annotated[InstructionTurn | UserTurn | AssistantTurn | ToolTurn, Field(discriminator="role")]


def _content(
    content: str | list[TextPart] | list[_UserPart] | list[_AssistantPart],
) -> str | tuple[Part, ...]:
    return content if isinstance(content, str) else tuple(part.to_part() for part in content)
