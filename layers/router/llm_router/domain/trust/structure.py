"""Whether an answer has the form that was asked for: calls of known tools, JSON, a schema."""

import json
from typing import Any

from llm_router.domain.conversation.answer import Answer
from llm_router.domain.conversation.content import ToolCall
from llm_router.domain.conversation.conversation import Conversation

from .json_schema import fits

_NOT_FITTING = 0.2


def structure(text: str, schema: dict[str, Any] | None) -> float | None:
    """Whether an answer by a schema is JSON that fits it; None without a schema."""
    if schema is None:
        return None
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return 0.0
    expected = {"object": dict, "array": list, "string": str, "boolean": bool}
    kind = expected.get(str(schema.get("type")))
    if kind is not None and not isinstance(value, kind):
        return 0.0
    return 1.0 if fits(value, schema) else _NOT_FITTING


def structure_of(answer: Answer, conversation: Conversation) -> float | None:
    """How well the answer keeps to what was asked of its form; None where nothing was."""
    if answer.tool_calls:
        return min(_of_call(call, conversation) for call in answer.tool_calls)
    choice = conversation.tool_choice
    if choice is not None and choice.mode in ("required", "named"):
        return 0.0
    wanted = {"type": "object"} if conversation.json_object else conversation.response_schema
    return structure(answer.text, wanted)


def _of_call(call: ToolCall, conversation: Conversation) -> float:
    tool = next((tool for tool in conversation.tools if tool.name == call.name), None)
    arguments = arguments_of(call)
    if tool is None or arguments is None:
        return 0.0
    return 1.0 if fits(arguments, tool.parameters) else _NOT_FITTING


def arguments_of(call: ToolCall) -> dict[str, Any] | None:
    """The arguments of a call; None if they are no JSON object."""
    try:
        arguments = json.loads(call.arguments or "{}")
    except (ValueError, RecursionError):
        return None
    return arguments if isinstance(arguments, dict) else None
