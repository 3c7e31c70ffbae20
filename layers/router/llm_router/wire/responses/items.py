"""Input items of a responses request, by their type, and the turns that they make."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Annotated, Any, ClassVar, Literal, NamedTuple, get_args

from pydantic import AfterValidator, Field, Tag

from llm_router.domain.conversation.content import (
    Image,
    Part,
    Phase,
    Reasoning,
    Text,
    ToolCall,
    ToolResult,
)
from llm_router.domain.conversation.conversation import Message, Role
from llm_router.wire.shared.cache_control import Breakable
from llm_router.wire.shared.parsing import JsonObject, Strict, field_error, image_url, parts_in

from .caller_tools import CallerTool
from .flat_names import FlatNames
from .kinds import NEVER, OTHER, by_type, only_null, refused
from .reasoning_marks import ReasoningMarks
from .tools import AnyTool

_Status = Literal["in_progress", "completed", "incomplete"]
_CallId = Annotated[str, Field(min_length=1)]
_CalledName = Annotated[str, Field(min_length=1, max_length=128)]


class Context(NamedTuple):
    """The flat names of the tools that items call, and the marks on the caller's reasoning."""

    names: FlatNames
    marks: ReasoningMarks


class TextPart(Breakable):
    """A text; annotations, log-probabilities and parsed values only repeat or explain it."""

    type: Literal["input_text", "output_text", "text"]
    text: str
    annotations: list[JsonObject] | None = None
    logprobs: list[JsonObject] | None = None
    parsed: Any = None

    def to_part(self, phase: Phase | None = None) -> Text:
        """The part as a domain `Text`."""
        return Text(text=self.text, phase=phase, cache_control=self.breakpoint_json)


class RefusalPart(Strict):
    """An earlier refusal by the assistant, read as its text."""

    type: Literal["refusal"]
    refusal: str

    def to_part(self, phase: Phase | None = None) -> Text:
        """The part as a domain `Text`."""
        return Text(text=self.refusal, phase=phase)


class ImagePart(Breakable):
    """An image. `original` is a detail that only OpenAI has; `high` is the next to it."""

    type: Literal["input_image"]
    file_id: Annotated[
        None, only_null("no files are stored here: send the picture in `image_url`")
    ] = None
    image_url: Annotated[str, AfterValidator(image_url)]
    detail: Literal["auto", "low", "high", "original"] | None = None

    def to_part(self) -> Image:
        """The part as a domain `Image`."""
        detail = "high" if self.detail == "original" else self.detail
        return Image(url=self.image_url, detail=detail, cache_control=self.breakpoint_json)


_Shown = Annotated[TextPart | ImagePart, Field(discriminator="type")]
_Said = Annotated[TextPart | RefusalPart, Field(discriminator="type")]


class _Item(Strict):
    """Fields of any item that have no effect on the answer; the last one is of Codex."""

    id: str | None = None
    status: _Status | None = None
    internal_chat_message_metadata_passthrough: JsonObject | None = None


class _MessageItem(_Item):
    type: Literal["message"] | None = None
    phase: Phase | None = None


class InstructionItem(_MessageItem):
    """A system or developer message."""

    role: Literal["system", "developer"]
    content: str | Annotated[list[TextPart], Field(min_length=1)]

    def to_parts(self, _: Context) -> Iterator[Part]:
        """The texts."""
        yield from _parts(self.content)


class UserItem(_MessageItem):
    """A user message: text and images."""

    role: Literal["user"]
    content: str | Annotated[list[_Shown], Field(min_length=1)]

    def to_parts(self, _: Context) -> Iterator[Part]:
        """The texts and images."""
        yield from _parts(self.content)


class AssistantItem(_MessageItem):
    """An assistant message, as a reply held it or as its text alone."""

    role: Literal["assistant"]
    content: str | list[_Said]

    def to_parts(self, _: Context) -> Iterator[Part]:
        """The texts, in the message's phase."""
        if isinstance(self.content, str):
            yield Text(text=self.content, phase=self.phase)
        else:
            yield from (part.to_part(self.phase) for part in self.content)


class _Caller(Strict):
    type: Literal["direct"]


class _ToolItem(_Item):
    """A call or its output; `async` has no effect on the answer, which ends with its calls."""

    call_id: _CallId
    namespace: str | None = None
    caller: _Caller | None = None
    async_: bool | None = Field(default=None, alias="async")


class FunctionCallItem(_ToolItem):
    """A model's call of a function."""

    type: Literal["function_call"]
    role: ClassVar[Role] = "assistant"
    name: _CalledName
    arguments: str
    parsed_arguments: Any = None

    @property
    def tool(self) -> CallerTool:
        """The function that is called."""
        return CallerTool("function", self.name, self.namespace)

    def to_parts(self, context: Context) -> Iterator[Part]:
        """The call, by the function's flat name."""
        yield ToolCall(id=self.call_id, name=context.names[self.tool], arguments=self.arguments)


class CustomCallItem(_ToolItem):
    """A model's call of a custom tool."""

    type: Literal["custom_tool_call"]
    role: ClassVar[Role] = "assistant"
    name: _CalledName
    input: str

    @property
    def tool(self) -> CallerTool:
        """The custom tool that is called."""
        return CallerTool("custom", self.name, self.namespace)

    def to_parts(self, context: Context) -> Iterator[Part]:
        """The call of the function that the tool is for models."""
        arguments = json.dumps({"input": self.input}, ensure_ascii=False)
        yield ToolCall(id=self.call_id, name=context.names[self.tool], arguments=arguments)


class OutputItem(_ToolItem):
    """The output of a call, which names the tool, whatever `name` says."""

    type: Literal["function_call_output", "custom_tool_call_output"]
    role: ClassVar[Role] = "tool"
    name: str | None = None
    output: str | list[_Shown]

    def to_parts(self, _: Context) -> Iterator[Part]:
        """The output as a domain `ToolResult`."""
        parts = tuple(_parts(self.output))
        marks = [part.cache_control for part in parts if part.cache_control]
        yield ToolResult(
            call_id=self.call_id,
            content=tuple(part.model_copy(update={"cache_control": None}) for part in parts),
            cache_control=marks[-1] if marks else None,
        )


class _SummaryText(Strict):
    type: Literal["summary_text"]
    text: str


class _ReasoningText(Strict):
    type: Literal["reasoning_text"]
    text: str


class ReasoningItem(_Item):
    """A model's reasoning; without its encrypted content no model can read it."""

    type: Literal["reasoning"]
    role: ClassVar[Role] = "assistant"
    summary: list[_SummaryText] | None = None
    content: list[_ReasoningText] | None = None
    encrypted_content: str | None = None

    def to_parts(self, context: Context) -> Iterator[Part]:
        """The item without its id and mark, for the model that wrote it."""
        if self.encrypted_content:
            encrypted, model = context.marks.read(self.encrypted_content)
            item = {
                "type": "reasoning",
                "summary": [text.model_dump() for text in self.summary or ()],
                "encrypted_content": encrypted,
            }
            yield Reasoning(item=item, model=model)


class AdditionalToolsItem(_Item):
    """Tools that are offered in the input."""

    type: Literal["additional_tools"]
    role: Literal["developer"] | None = None
    tools: list[AnyTool]


class ReferenceItem(Strict):
    """A reference to an item, which is not stored."""

    type: Literal["item_reference"] | None = None
    id: str


class HostedItem(Strict, extra="ignore"):
    """A call, or a list of tools, of what OpenAI runs: the assistant's text tells the outcome."""

    type: Literal[
        "web_search_call",
        "file_search_call",
        "image_generation_call",
        "code_interpreter_call",
        "mcp_list_tools",
        "mcp_call",
        "tool_search_call",
        "tool_search_output",
    ]


TurnItem = (
    InstructionItem
    | UserItem
    | AssistantItem
    | FunctionCallItem
    | CustomCallItem
    | OutputItem
    | ReasoningItem
)
_MESSAGE, _CALL, _CUSTOM_CALL, _OUTPUT = "<message>", "<call>", "<custom_call>", "<output>"
_REASONING, _TOOLS, _REFERENCE, _HOSTED = "<reasoning>", "<tools>", "<reference>", "<hosted>"
_TAGS: Mapping[str, str] = {
    "message": _MESSAGE,
    "function_call": _CALL,
    "function_call_output": _OUTPUT,
    "custom_tool_call": _CUSTOM_CALL,
    "custom_tool_call_output": _OUTPUT,
    "reasoning": _REASONING,
    "additional_tools": _TOOLS,
    "item_reference": _REFERENCE,
    **dict.fromkeys(get_args(HostedItem.model_fields["type"].annotation), _HOSTED),
}
_OPENAIS_TOOL = (
    "a call, or its output, of a tool that only OpenAI's models know: describe the tool as a "
    "function, and send function_call and function_call_output"
)
_MCP = "OpenAI would call the MCP server: call it yourself, and offer its tools as functions"
_COMPACTED = (
    "only OpenAI can read it, and nothing is compacted here: send the messages themselves, or a "
    "summary of your own as a message"
)
_PROGRAM = "OpenAI runs such programs: send the calls that it made as function_call items"
REFUSED_ITEMS: Mapping[str, str] = {
    **dict.fromkeys(
        (
            "computer_call",
            "computer_call_output",
            "local_shell_call",
            "local_shell_call_output",
            "shell_call",
            "shell_call_output",
            "apply_patch_call",
            "apply_patch_call_output",
        ),
        _OPENAIS_TOOL,
    ),
    **dict.fromkeys(("mcp_approval_request", "mcp_approval_response"), _MCP),
    **dict.fromkeys(
        ("compaction", "compaction_summary", "compaction_trigger", "context_compaction"), _COMPACTED
    ),
    **dict.fromkeys(("program", "program_output"), _PROGRAM),
    "configuration_update": "set reasoning and text of the request itself",
}
"""Items without which the conversation would be another one."""


class _RefusedItem(Strict, extra="ignore"):
    type: Annotated[None, refused(_TAGS, REFUSED_ITEMS)]


def _tag_of_untyped(item: Any) -> str:
    """A message's, or a reference's if there is an id alone."""
    refers = isinstance(item, ReferenceItem) or (
        isinstance(item, dict) and item.keys() - {"type"} == {"id"}
    )
    return _REFERENCE if refers else _MESSAGE


_Message = Annotated[InstructionItem | UserItem | AssistantItem, Field(discriminator="role")]
Item = Annotated[
    Annotated[_Message, Tag(_MESSAGE)]
    | Annotated[FunctionCallItem, Tag(_CALL)]
    | Annotated[CustomCallItem, Tag(_CUSTOM_CALL)]
    | Annotated[OutputItem, Tag(_OUTPUT)]
    | Annotated[ReasoningItem, Tag(_REASONING)]
    | Annotated[AdditionalToolsItem, Tag(_TOOLS)]
    | Annotated[ReferenceItem, Tag(_REFERENCE)]
    | Annotated[HostedItem, Tag(_HOSTED)]
    | Annotated[_RefusedItem, NEVER, Tag(OTHER)],
    by_type(_TAGS, _tag_of_untyped),
]
_NOT_STORED = (
    "nothing is stored here: send the item itself (in Vercel's AI SDK, set the provider option "
    "`store: false`)"
)


def check_references(items: Sequence[Item]) -> None:
    """Reject a reference to an item that the model needs; the error names the field.

    It can do without reasoning, and without what was said right before a call.
    """
    calls_next = False
    for number, item in reversed([*enumerate(items)]):
        if isinstance(item, ReferenceItem):
            if not item.id.startswith(("rs_", "msg_") if calls_next else "rs_"):
                raise field_error(f"input.{number}.id", _NOT_STORED)
        elif not isinstance(item, ReasoningItem):
            calls_next = isinstance(item, FunctionCallItem | CustomCallItem)


def tools_in(items: Iterable[Item]) -> Iterator[AnyTool]:
    """The tools that are offered in the input."""
    for item in items:
        if isinstance(item, AdditionalToolsItem):
            yield from item.tools


def called_tools(items: Iterable[Item]) -> Iterator[CallerTool]:
    """The tools that were called in earlier turns."""
    return (item.tool for item in items if isinstance(item, FunctionCallItem | CustomCallItem))


def count_parts(items: Iterable[Item]) -> int:
    """The parts of the items' contents; a call or a reasoning item is one."""
    return sum(_count(item) for item in items)


def _count(item: Item) -> int:
    if isinstance(item, OutputItem):
        return 1 + parts_in(item.output)
    return parts_in(item.content) if isinstance(item, _MessageItem) else 1


def items_left_out(items: Iterable[Item]) -> Iterator[str]:
    """The items, and details of images, that no model is given."""
    for role, turn in _turns(items):
        if (
            role == "assistant"
            and isinstance(turn[-1], ReasoningItem)
            and turn[-1].encrypted_content
        ):
            # OpenAI refuses reasoning that nothing follows in its turn.
            yield "input.reasoning"
    for item in items:
        if isinstance(item, HostedItem):
            yield f"input.{item.type}"
        elif isinstance(item, ReferenceItem):
            yield "input.item_reference"
        elif isinstance(item, UserItem | OutputItem):
            shown = item.output if isinstance(item, OutputItem) else item.content
            if any(isinstance(part, ImagePart) and part.detail == "original" for part in shown):
                yield "input.detail"


def to_messages(items: Sequence[Item], context: Context) -> Iterator[Message]:
    """The turns as messages."""
    for role, turn in _turns(items):
        parts = [part for item in turn for part in item.to_parts(context)]
        if parts:
            yield Message(role=role, content=_content(parts))


def _turns(items: Iterable[Item]) -> Iterator[tuple[Role, Sequence[TurnItem]]]:
    """The turns: what the assistant wrote and called together is one, as are outputs together."""
    numbered = [(number, item) for number, item in enumerate(items) if isinstance(item, TurnItem)]
    for (role, _), group in groupby(numbered, key=_turn):
        yield role, [item for _, item in group]


def _turn(numbered: tuple[int, TurnItem]) -> tuple[Role, int]:
    number, item = numbered
    return (item.role, 0 if item.role in ("assistant", "tool") else number)


def _parts(content: str | Sequence[TextPart | ImagePart]) -> Iterator[Text | Image]:
    if isinstance(content, str):
        yield Text(text=content)
    else:
        yield from (part.to_part() for part in content)


def _content(parts: Sequence[Part]) -> str | tuple[Part, ...]:
    """A single text as such; an empty one beside other parts is left out."""
    said = [part for part in parts if not (isinstance(part, Text) and not part.text)] or parts[:1]
    first = said[0]
    if len(said) == 1 and isinstance(first, Text) and first == Text(text=first.text):
        return first.text
    return tuple(said)
