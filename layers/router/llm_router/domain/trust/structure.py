"""Checks that an answer has the requested form: calls of known tools, JSON, a schema."""

from collections.abc import Mapping
from typing import Any

from llm_router.domain.conversation.answer import Answer
from llm_router.domain.conversation.content import ToolCall
from llm_router.domain.conversation.conversation import Conversation
from llm_router.domain.json_text import read_json

from .json_schema import Steps, fits

_NOT_FITTING = 0.2


def structure(text: str, schema: dict[str, Any] | None) -> float | None:
    """1 if an answer by a schema is JSON that fits it; None without a schema.

    0 if it is not JSON or of another type; 0.2 if it is JSON that does not fit.
    """
    if schema is None:
        return None
    try:
        value = read_json(text)
    except ValueError:
        return 0.0
    expected = {"object": dict, "array": list, "string": str, "boolean": bool}
    expected_type = expected.get(str(schema.get("type")))
    if expected_type is not None and not isinstance(value, expected_type):
        return 0.0
    return 1.0 if fits(value, schema) else _NOT_FITTING


def structure_of(answer: Answer, conversation: Conversation) -> float | None:
    """The fit of an answer to the requested form, from 0 to 1; None if no form was requested."""
    if answer.tool_calls:
        schemas = {tool.name: tool.parameters for tool in reversed(conversation.tools)}
        steps = Steps()
        return min(_of_call(call, schemas, steps) for call in answer.tool_calls)
    choice = conversation.tool_choice
    if choice is not None and choice.mode in ("required", "named"):
        return 0.0
    wanted = {"type": "object"} if conversation.json_object else conversation.response_schema
    return structure(answer.text, wanted)


def _of_call(call: ToolCall, schemas: Mapping[str, Any], steps: Steps) -> float:
    arguments = arguments_of(call)
    if call.name not in schemas or arguments is None:
        return 0.0
    return 1.0 if fits(arguments, schemas[call.name], steps) else _NOT_FITTING


def arguments_of(call: ToolCall) -> dict[str, Any] | None:
    """The arguments of a tool call; None if they are not a JSON object."""
    try:
        arguments = read_json(call.arguments or "{}")
    except ValueError:
        return None
    return arguments if isinstance(arguments, dict) else None
