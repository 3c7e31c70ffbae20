"""Tools, tool choice and text format of a responses request.

Models are given functions alone: a namespace's tools are flattened, a custom tool becomes a
function with one text. Of the tools that OpenAI runs, some clients offer a few unasked: those are
left out, and the reply names them. All other types are refused.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal, NamedTuple, get_args

from pydantic import Field, Tag

from llm_router.domain.conversation.conversation import Tool, ToolChoice, Verbosity
from llm_router.wire.shared.parsing import JsonObject, Name, Strict, ToolName, field_error

from .caller_tools import CallerTool
from .flat_names import FlatNames
from .kinds import NEVER, OTHER, by_type, refused

_ToolType = Literal["function", "custom"]
_ANY_ARGUMENTS: dict[str, Any] = {"type": "object", "properties": {}}
_INPUT: dict[str, Any] = {
    "type": "object",
    "properties": {"input": {"type": "string"}},
    "required": ["input"],
    "additionalProperties": False,
}
"""The arguments of a custom tool: the one text that it takes."""


class _OwnTool(Strict):
    """A tool that the caller runs. Its last four fields ask for what other vendors do not have."""

    type: _ToolType
    name: ToolName
    description: str | None = None
    defer_loading: bool | None = None
    allowed_callers: list[Literal["direct", "programmatic"]] | None = None
    output_schema: JsonObject | None = None
    async_: bool | None = Field(default=None, alias="async")

    def left_out(self) -> Iterator[str]:
        """The names of its fields that no model is given."""
        asked = {
            "defer_loading": self.defer_loading,
            "allowed_callers": "programmatic" in (self.allowed_callers or ()),
            "output_schema": self.output_schema is not None,
            "async": self.async_,
        }
        yield from (f"tools.{name}" for name, is_asked in asked.items() if is_asked)


class FunctionTool(_OwnTool):
    """A function that the model may call."""

    type: Literal["function"]
    parameters: JsonObject | None = None
    strict: bool | None = None

    def to_tool(self, name: str, about: str) -> Tool:
        """The function as a domain `Tool`; `about` is a text to add to its description."""
        return Tool(
            name=name,
            description=_paragraphs(self.description, about),
            parameters=self.parameters or _ANY_ARGUMENTS,
            strict=self.strict,
        )


class _AnyText(Strict):
    type: Literal["text"]

    @property
    def rule(self) -> str:
        return ""


class _Grammar(Strict):
    type: Literal["grammar"]
    syntax: Literal["lark", "regex"]
    definition: str

    @property
    def rule(self) -> str:
        return f"The input must follow this {self.syntax} grammar:\n{self.definition}"


class CustomTool(_OwnTool):
    """A tool that takes one text, perhaps by a grammar, which only its description can state."""

    type: Literal["custom"]
    format: Annotated[_AnyText | _Grammar, Field(discriminator="type")] | None = None

    def to_tool(self, name: str, about: str) -> Tool:
        """The tool as a function with one text, `input`."""
        rule = self.format.rule if self.format else ""
        return Tool(
            name=name, description=_paragraphs(self.description, rule, about), parameters=_INPUT
        )


class NamespaceTool(Strict):
    """Tools under one name; the first is given the description of them all."""

    type: Literal["namespace"]
    name: Annotated[str, Field(min_length=1, max_length=128)]
    description: str | None = None
    tools: list[Annotated[FunctionTool | CustomTool, Field(discriminator="type")]]


class HostedTool(Strict, extra="ignore"):
    """A tool of OpenAI's that some clients offer with every request: the model must do without."""

    type: Literal[
        "web_search",
        "web_search_2025_08_26",
        "web_search_preview",
        "web_search_preview_2025_03_11",
        "image_generation",
        "tool_search",
    ]


_FUNCTION, _CUSTOM, _NAMESPACE, _HOSTED = "<function>", "<custom>", "<namespace>", "<hosted>"
_HOSTED_TYPES: tuple[str, ...] = get_args(HostedTool.model_fields["type"].annotation)
_TAGS = {
    "function": _FUNCTION,
    "custom": _CUSTOM,
    "namespace": _NAMESPACE,
    **dict.fromkeys(_HOSTED_TYPES, _HOSTED),
}
_BILLED_APART = (
    "OpenAI runs this tool and bills it apart; no other vendor's models know it: offer a function "
    "that does the same"
)
_OPENAIS_OWN = (
    "only OpenAI's models know this tool, which the caller runs: describe it as a function"
)
REFUSED_TOOLS = {
    **dict.fromkeys(("file_search", "code_interpreter", "mcp"), _BILLED_APART),
    **dict.fromkeys(
        ("computer", "computer_use", "computer_use_preview", "local_shell", "shell", "apply_patch"),
        _OPENAIS_OWN,
    ),
    "programmatic_tool_calling": (
        "OpenAI runs the programs that call tools: leave it out, and the model calls the functions"
    ),
}
"""Tools that a caller offers because it needs them: without one, the answer would be another."""


class _RefusedTool(Strict, extra="ignore"):
    type: Annotated[None, refused(_TAGS, REFUSED_TOOLS)]


AnyTool = Annotated[
    Annotated[FunctionTool, Tag(_FUNCTION)]
    | Annotated[CustomTool, Tag(_CUSTOM)]
    | Annotated[NamespaceTool, Tag(_NAMESPACE)]
    | Annotated[HostedTool, Tag(_HOSTED)]
    | Annotated[_RefusedTool, NEVER, Tag(OTHER)],
    by_type(_TAGS),
]


class Offered(NamedTuple):
    """A tool of the caller's; `about` is what its namespace says of all its tools."""

    key: CallerTool
    tool: FunctionTool | CustomTool
    about: str = ""


def own_tools(tools: Iterable[AnyTool]) -> Iterator[Offered]:
    """The tools that the caller runs, those of namespaces included."""
    for tool in tools:
        if isinstance(tool, FunctionTool | CustomTool):
            yield Offered(CallerTool(tool.type, tool.name), tool)
        elif isinstance(tool, NamespaceTool):
            about = f"{tool.name}: {tool.description}" if tool.description else ""
            for number, inner in enumerate(tool.tools):
                key = CallerTool(inner.type, inner.name, tool.name)
                yield Offered(key, inner, "" if number else about)


def count_tools(tools: Iterable[AnyTool]) -> int:
    """The tools as the caller gives them, each one of a namespace included."""
    return sum(len(tool.tools) if isinstance(tool, NamespaceTool) else 1 for tool in tools)


def tools_left_out(tools: Iterable[AnyTool], offered: Iterable[Offered]) -> Iterator[str]:
    """The tools and their fields that no model is given."""
    yield from (f"tools.{tool.type}" for tool in tools if isinstance(tool, HostedTool))
    for each in offered:
        yield from each.tool.left_out()


class NamedChoice(Strict):
    """The model must call this tool."""

    type: _ToolType
    name: ToolName
    namespace: str | None = None


class _AllowedTool(Strict, extra="ignore"):
    """A tool of an allowed list; `name` is missing from those that OpenAI runs."""

    type: str
    name: str | None = None
    namespace: str | None = None


class AllowedChoice(Strict):
    """The model may call, or must call one of, these tools alone."""

    type: Literal["allowed_tools"]
    mode: Literal["auto", "required"]
    tools: list[_AllowedTool]


_NAMED, _ALLOWED = "<named>", "<allowed>"
_CHOICES = {"function": _NAMED, "custom": _NAMED, "allowed_tools": _ALLOWED}
_HOSTED_CHOICE = (
    "OpenAI runs this tool, or its models alone know it: name a function or custom tool"
)


class _RefusedChoice(Strict, extra="ignore"):
    type: Annotated[
        None, refused(_CHOICES, dict.fromkeys([*REFUSED_TOOLS, *_HOSTED_TYPES], _HOSTED_CHOICE))
    ]


Choice = (
    Literal["none", "auto", "required"]
    | Annotated[
        Annotated[NamedChoice, Tag(_NAMED)]
        | Annotated[AllowedChoice, Tag(_ALLOWED)]
        | Annotated[_RefusedChoice, NEVER, Tag(OTHER)],
        by_type(_CHOICES),
    ]
)


def check_choice(choice: Choice | None, offered: Iterable[Offered]) -> None:
    """Reject a choice of a tool that is not offered; the error names the field."""
    meant = _tools_by_choice(offered)
    if isinstance(choice, NamedChoice) and _named(choice) not in meant:
        raise field_error("tool_choice", f"there is no tool {choice.name!r}")
    if isinstance(choice, AllowedChoice):
        for number, allowed in enumerate(choice.tools):
            if allowed.type not in _HOSTED_TYPES and _named(allowed) not in meant:
                raise field_error(f"tool_choice.tools.{number}", "there is no such tool in tools")


def allowed_tools(choice: Choice | None, offered: Sequence[Offered]) -> Sequence[Offered]:
    """The tools that the choice leaves."""
    if not isinstance(choice, AllowedChoice):
        return offered
    meant = _tools_by_choice(offered)
    names = {_named(allowed) for allowed in choice.tools}
    kept = {key for name in names for key in meant.get(name, ())}
    return [tool for tool in offered if tool.key in kept]


def to_choice(
    choice: Choice | None, offered: Iterable[Offered], names: FlatNames
) -> ToolChoice | None:
    """The choice as a domain `ToolChoice`, by the flat name; a plain tool is meant first."""
    if choice is None:
        return None
    if isinstance(choice, AllowedChoice):
        return ToolChoice(mode=choice.mode)
    if isinstance(choice, NamedChoice):
        meant = _tools_by_choice(offered).get(_named(choice), ())
        first = min(meant, key=lambda key: key.namespace is not None, default=None)
        return ToolChoice(mode="named", name=names[first] if first else choice.name)
    return ToolChoice(mode=choice)


_Named = tuple[str, str | None, str | None]


def _named(choice: _AllowedTool | NamedChoice) -> _Named:
    return (choice.type, choice.name, choice.namespace)


def _tools_by_choice(offered: Iterable[Offered]) -> Mapping[_Named, Sequence[CallerTool]]:
    """The tools by all that may name them: themselves, their namespace, or their name alone."""
    found: dict[_Named, list[CallerTool]] = {}
    for key in dict.fromkeys(tool.key for tool in offered):
        for named in {key, (key.type, key.name, None), ("namespace", key.namespace, None)}:
            found.setdefault(named, []).append(key)
    return found


class TextFormat(Strict):
    """Plain text, the default."""

    type: Literal["text"]


class JsonObjectFormat(Strict):
    """Any JSON object."""

    type: Literal["json_object"]


class JsonSchemaFormat(Strict):
    """JSON that follows a schema."""

    type: Literal["json_schema"]
    name: Name
    schema_: JsonObject = Field(alias="schema")
    description: str | None = None
    strict: bool | None = None

    def to_fields(self) -> dict[str, Any]:
        """The conversation fields for this format."""
        return {
            "response_schema": self.schema_,
            "schema_name": self.name,
            "schema_description": self.description,
            "schema_strict": bool(self.strict),
        }


class TextConfig(Strict):
    """The format and the verbosity of the answer's text."""

    format: (
        Annotated[TextFormat | JsonObjectFormat | JsonSchemaFormat, Field(discriminator="type")]
        | None
    ) = None
    verbosity: Verbosity | None = None

    def to_fields(self) -> dict[str, Any]:
        """The conversation fields for both."""
        fields = self.format.to_fields() if isinstance(self.format, JsonSchemaFormat) else {}
        is_object = isinstance(self.format, JsonObjectFormat)
        return {"verbosity": self.verbosity, "json_object": is_object, **fields}


def _paragraphs(*texts: str | None) -> str:
    return "\n\n".join(text for text in texts if text)
