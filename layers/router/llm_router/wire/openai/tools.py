"""Tools, tool choice and response format of a chat completions request."""

from typing import Annotated, Any, Literal

from pydantic import Field

from llm_router.domain.conversation.conversation import Tool, ToolChoice
from llm_router.wire.shared.parsing import Name, Strict, ToolName

Json = dict[str, Any]


class _Function(Strict):
    name: ToolName
    description: str | None = None
    parameters: Json | None = None
    strict: bool | None = None


class FunctionTool(Strict):
    """A function that the model may call."""

    type: Literal["function"]
    function: _Function

    def to_tool(self) -> Tool:
        """The tool as a domain `Tool`."""
        function = self.function
        return Tool(
            name=function.name,
            description=function.description or "",
            parameters=function.parameters or {"type": "object", "properties": {}},
            strict=function.strict,
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
    schema_: Json = Field(alias="schema")
    strict: bool | None = None


class JsonSchemaFormat(Strict):
    """JSON that follows a schema."""

    type: Literal["json_schema"]
    json_schema: _JsonSchema

    def to_fields(self) -> Json:
        """The conversation fields for this format."""
        schema = self.json_schema
        return {
            "response_schema": schema.schema_,
            "schema_name": schema.name,
            "schema_description": schema.description,
            "schema_strict": bool(schema.strict),
        }


Format = Annotated[TextFormat | JsonObjectFormat | JsonSchemaFormat, Field(discriminator="type")]
