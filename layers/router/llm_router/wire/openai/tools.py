"""Tools, tool choice and response format of a chat completions request."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from llm_router.domain.conversation.conversation import Tool, ToolChoice
from llm_router.wire.shared.cache_control import Cacheable
from llm_router.wire.shared.parsing import JsonObject, Name, Strict, ToolName


def _is_function(tool_type: Any) -> Any:
    if isinstance(tool_type, str) and tool_type != "function":
        raise ValueError("only tools of the type 'function', which the caller runs, are offered")
    return tool_type


class _Function(Strict):
    name: ToolName
    description: str | None = None
    parameters: JsonObject | None = None
    strict: bool | None = None


class FunctionTool(Cacheable):
    """A function that the model may call."""

    type: Annotated[Literal["function"], BeforeValidator(_is_function)]
    function: _Function

    def to_tool(self) -> Tool:
        """The tool as a domain `Tool`."""
        function = self.function
        return Tool(
            name=function.name,
            description=function.description or "",
            parameters=function.parameters or {"type": "object", "properties": {}},
            strict=function.strict,
            cache_control=self.cache_json,
        )


class _Named(Strict):
    name: ToolName


class NamedChoice(Strict):
    """The model must call the named function."""

    type: Literal["function"]
    function: _Named


Choice = Literal["none", "auto", "required"] | NamedChoice


def to_choice(choice: Choice | None) -> ToolChoice | None:
    """The choice as a domain `ToolChoice`."""
    if choice is None:
        return None
    if isinstance(choice, NamedChoice):
        return ToolChoice(mode="named", name=choice.function.name)
    return ToolChoice(mode=choice)


class TextFormat(Strict):
    """Plain text, the default."""

    type: Literal["text"]


class JsonObjectFormat(Strict):
    """Any JSON object."""

    type: Literal["json_object"]


class _JsonSchema(Strict):
    name: Name
    description: str | None = None
    schema_: JsonObject = Field(alias="schema")
    strict: bool | None = None


class JsonSchemaFormat(Strict):
    """JSON that follows a schema."""

    type: Literal["json_schema"]
    json_schema: _JsonSchema

    def to_fields(self) -> dict[str, Any]:
        """The conversation fields for this format."""
        schema = self.json_schema
        return {
            "response_schema": schema.schema_,
            "schema_name": schema.name,
            "schema_description": schema.description,
            "schema_strict": bool(schema.strict),
        }


Format = Annotated[TextFormat | JsonObjectFormat | JsonSchemaFormat, Field(discriminator="type")]
