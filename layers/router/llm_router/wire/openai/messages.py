"""The messages of a chat completions request, by role."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from llm_router.domain.conversation.content import Image, Part, Text, ToolCall, ToolResult
from llm_router.domain.conversation.conversation import Message
from llm_router.wire.shared.parsing import NotSupported, Strict, Word, image_url

Json = dict[str, Any]


class TextPart(Strict):
    """Words; a wish to have the prompt cached up to here has no bearing on the answer."""

    type: Literal["text"]
    text: str
    prompt_cache_breakpoint: Json | None = None

    def to_part(self) -> Text:
        """The part in the router's own words."""
        return Text(text=self.text)


class RefusalPart(Strict):
    """An earlier refusal of the assistant's, which reads like its words."""

    type: Literal["refusal"]
    refusal: str

    def to_part(self) -> Text:
        """The part in the router's own words."""
        return Text(text=self.refusal)


class _ImageUrl(Strict):
    url: Annotated[str, AfterValidator(image_url)]
    detail: Literal["auto", "low", "high"] | None = None


class ImagePart(Strict):
    """A picture."""

    type: Literal["image_url"]
    image_url: _ImageUrl
    prompt_cache_breakpoint: Json | None = None

    def to_part(self) -> Image:
        """The part in the router's own words."""
        return Image(url=self.image_url.url, detail=self.image_url.detail)


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
    """What the developer says."""

    role: Literal["system", "developer"]
    content: _Texts
    name: Word | None = None

    def to_message(self) -> Message:
        """The turn in the router's own words."""
        return Message(role=self.role, content=_content(self.content), name=self.name)


class UserTurn(Strict):
    """What the user says and shows."""

    role: Literal["user"]
    content: str | Annotated[list[_UserPart], Field(min_length=1)]
    name: Word | None = None

    def to_message(self) -> Message:
        """The turn in the router's own words."""
        return Message(role=self.role, content=_content(self.content), name=self.name)


class AssistantTurn(Strict):
    """What a model said or wished to have called, as a reply held it.

    What the client's helpers add to a reply only repeats it.
    """

    role: Literal["assistant"]
    parsed: Any = None
    content: str | Annotated[list[_AssistantPart], Field(min_length=1)] | None = None
    refusal: str | None = None
    tool_calls: list[_ToolCall] | None = None
    name: Word | None = None
    annotations: list[Json] | None = None
    audio: NotSupported = None
    function_call: NotSupported = None

    def to_message(self) -> Message:
        """The turn in the router's own words."""
        said = self.content or self.refusal or ""
        content = _content(said)
        if self.tool_calls:
            words = (Text(text=content),) if isinstance(content, str) else content
            calls = (call.to_part() for call in self.tool_calls)
            content = (*(part for part in words if part != Text(text="")), *calls)
        return Message(role=self.role, content=content, name=self.name)


class ToolTurn(Strict):
    """What a tool brought."""

    role: Literal["tool"]
    content: _Texts
    tool_call_id: Annotated[str, Field(min_length=1)]

    def to_message(self) -> Message:
        """The turn in the router's own words."""
        said = [self.content] if isinstance(self.content, str) else [p.text for p in self.content]
        result = ToolResult(
            call_id=self.tool_call_id, content=tuple(Text(text=text) for text in said)
        )
        return Message(role=self.role, content=(result,))


Turn = Annotated[InstructionTurn | UserTurn | AssistantTurn | ToolTurn, Field(discriminator="role")]


def _content(
    given: str | list[TextPart] | list[_UserPart] | list[_AssistantPart],
) -> str | tuple[Part, ...]:
    return given if isinstance(given, str) else tuple(part.to_part() for part in given)
