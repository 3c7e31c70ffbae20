"""Strict models of request bodies: unsupported fields are rejected by name."""

import json
import re
from collections.abc import Sequence
from typing import Annotated, Any, Literal, TypeAlias, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    WithJsonSchema,
)
from pydantic_core import ErrorDetails

from llm_router.application.errors import InvalidRequestError
from llm_router.domain.conversation.content import ToolCall, ToolResult, labelled
from llm_router.domain.conversation.conversation import (
    Conversation,
    Message,
    Tool,
    ToolChoice,
)
from llm_router.domain.policy.policy import Limits

from .image_addresses import public_url

_BASE64 = re.compile(r"[A-Za-z0-9+/]+={0,2}")
_DATA = re.compile(r"data:image/(png|jpeg|gif|webp);base64,[A-Za-z0-9+/]+={0,2}")


def image_url(url: str) -> str:
    """Return a public web URL or an image's base64 data URL; raises `ValueError` for others."""
    if url.lstrip()[:5].lower() != "data:":
        return public_url(url)
    data = labelled("".join(url.split()))
    if _DATA.fullmatch(data):
        return data
    raise ValueError("not data:image/<png, jpeg, gif or webp>;base64,<the picture>")


def base64_text(data: str) -> str:
    """Return base64 text without its line breaks; raises `ValueError` for other text."""
    joined = "".join(data.split())
    if _BASE64.fullmatch(joined):
        return joined
    raise ValueError("not base64")


def _can_be_sent(value: dict[str, Any]) -> dict[str, Any]:
    try:
        json.dumps(value, allow_nan=False)
    except ValueError as error:
        raise ValueError("holds a number that JSON does not have, as NaN or 1e999") from error
    return value


JsonObject = Annotated[dict[str, Any], AfterValidator(_can_be_sent)]
"""Any JSON object; pydantic would also read NaN and numbers that are infinite as floats."""


def _texts_by_name(value: dict[str, Any]) -> dict[str, Any]:
    # The error is the object's: its keys are the caller's, and an error's location is logged.
    if not all(isinstance(text, str) for text in value.values()):
        raise ValueError("every value must be a text")
    return value


Metadata = Annotated[dict[str, Any], Field(max_length=16), AfterValidator(_texts_by_name)]
"""OpenAI's `metadata`: up to 16 texts by name."""

BodyT = TypeVar("BodyT", bound=BaseModel)
Name = Annotated[str, StringConstraints(pattern=r"^[a-zA-Z0-9_-]{1,64}$")]
"""A schema's name."""
ToolName = Annotated[str, StringConstraints(pattern=r"^[a-zA-Z0-9_-]{1,128}$")]
"""A tool's name; planning leaves out the models that take only shorter ones."""


def _is_false(value: bool) -> bool:
    if value:
        raise ValueError("only false is supported")
    return value


OnlyFalse = Annotated[
    bool, AfterValidator(_is_false), WithJsonSchema({"type": "boolean", "const": False})
]
"""`Literal[False]` would also accept 0."""
NotSupported: TypeAlias = None
"""The type of fields that are known but not supported: only null is accepted."""


class Strict(BaseModel):
    """Base of all models of bodies and their parts; an undeclared field is rejected by name."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, hide_input_in_errors=True, allow_inf_nan=False
    )


def parse(model: type[BodyT], raw: str | None, context: object = None) -> BodyT:
    """Parse a body into a model; `InvalidRequestError` names the invalid field.

    `context` is what the model needs beside the body.
    """
    try:
        return model.model_validate_json(raw or "", context=context)
    except ValidationError as error:
        raise _invalid(error, raw or "") from error


def field_error(param: str, reason: str) -> InvalidRequestError:
    """Build the error for a field; its message begins with the field's name."""
    return InvalidRequestError(f"{param}: {reason}", param=param)


def _invalid(error: ValidationError, raw: str) -> InvalidRequestError:
    errors = error.errors(include_url=False, include_input=False)
    if errors[0]["type"] == "json_invalid":
        return InvalidRequestError("the body is not valid JSON", code="invalid_json")
    body = json.loads(raw)
    located = [(_fields(found, body), found) for found in errors]
    unknown = [there for there, found in located if found["type"] == "extra_forbidden"]
    located = [(_in_known(there, found, unknown), found) for there, found in located]
    fields, found = max(located, key=lambda each: (len(each[0]), _meant(each[1])))
    param = ".".join(fields) or None
    match found["type"]:
        case "extra_forbidden":
            reason, code = "unknown or not supported", "unknown_parameter"
        case "none_required":
            reason, code = "not supported", "unsupported_parameter"
        case _:
            same_field = [other for there, other in located if there == fields]
            reason, code = _reason(found, same_field), "invalid_value"
    return InvalidRequestError(f"{param or 'body'}: {reason}", param=param, code=code)


def _meant(error: ErrorDetails) -> int:
    """Rank errors at equal depth: the deepest is in the union's branch that the caller meant.

    A branch of another JSON type was not meant, and an extra field often follows from a wrong value
    elsewhere.
    """
    if error["type"] == "extra_forbidden":
        return 0
    return 1 if error["type"] in _JSON_TYPES else 2


_JSON_TYPES = {
    **dict.fromkeys(("model_type", "model_attributes_type", "dict_type"), "an object"),
    "list_type": "a list",
    "string_type": "a string",
    "bool_type": "true or false",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
}
"""Pydantic's names for values of a wrong type, with the JSON type that is wanted."""


def _reason(error: ErrorDetails, same_field: Sequence[ErrorDetails]) -> str:
    """The error's message; a value that fits no branch of a union may be of either type."""
    if error["type"] == "union_tag_not_found":
        return "Field required"
    if error["type"] == "union_tag_invalid":
        return f"should be one of {error['ctx']['expected_tags']}"
    if error["type"] not in _JSON_TYPES:
        return error["msg"].removeprefix("Value error, ").replace(" after validation", "")
    wanted = [_JSON_TYPES[e["type"]] for e in same_field if e["type"] in _JSON_TYPES]
    return f"should be {' or '.join(dict.fromkeys(wanted))}"


def _fields(error: ErrorDetails, body: Any) -> Sequence[str]:
    """The location without the union branches that pydantic adds to it."""
    fields = _path(error["loc"], body, error["type"])
    if error["type"].startswith("union_tag"):
        return [*fields, str(error["ctx"]["discriminator"]).strip("'")]
    return fields


def _in_known(
    fields: Sequence[str], error: ErrorDetails, unknown: Sequence[Sequence[str]]
) -> Sequence[str]:
    """The path of a field; none is missing in an unknown one, whose name is then a branch's."""
    if error["type"] == "missing" and fields[:-1] in unknown:
        return [*fields[:-2], fields[-1]]
    return fields


def _path(location: tuple[int | str, ...], here: Any, fault: str) -> list[str]:
    """The parts of a location that are keys or indices, the others being names of branches.

    A branch may have the name of a key: a part of the type `text` has a field `text`. It is the
    branch if the key would explain no more, or if the next part is a key beside it; an unknown
    field may have its parent's name, though.
    """
    if not location:
        return []
    part, rest = location[0], location[1:]
    if isinstance(here, list) and isinstance(part, int) and part < len(here):
        return [str(part), *_path(rest, here[part], fault)]
    is_key = isinstance(here, dict) and (part in here or (not rest and fault == "missing"))
    if not is_key:
        return _path(rest, here, fault)
    as_key = [str(part), *_path(rest, here.get(part), fault)]
    if part not in (here.get("type"), here.get("role")):
        return as_key
    as_branch = _path(rest, here, fault)
    is_beside = bool(rest) and rest[0] in here and fault != "extra_forbidden"
    return as_branch if is_beside or len(as_branch) >= len(as_key) else as_key


def check_counts(
    limits: Limits, messages: Sequence[Any], tools: Sequence[Any] | None, system: Any = None
) -> None:
    """Reject a body with more messages, parts or tools than the policy allows.

    They are counted in the caller's format, before anything is converted.
    """
    parts = parts_in(system) + sum(
        parts_in(message.content) + len(getattr(message, "tool_calls", None) or ())
        for message in messages
    )
    check_numbers(limits, "messages", len(messages), parts, len(tools or ()))


def check_numbers(
    limits: Limits, field: Literal["messages", "input"], turns: int, parts: int, tools: int
) -> None:
    """Reject more messages or items, parts or tools than the policy allows."""
    for name, things, number, most in (
        (field, "items" if field == "input" else field, turns, limits.max_messages),
        (field, "parts of content", parts, limits.max_parts),
        ("tools", "tools", tools, limits.max_tools),
    ):
        if number > most:
            raise InvalidRequestError(
                f"{name}: {number} {things} are too many: the policy allows {most}",
                param=name,
                code="too_many_items",
            )


def parts_in(content: str | Sequence[Any] | None) -> int:
    """The parts of content, those in tool results included; plain text is one."""
    if isinstance(content, str):
        return 1
    return sum(1 + parts_in(getattr(part, "content", None)) for part in content or ())


def check_conversation(conversation: Conversation, field: str = "messages") -> None:
    """Reject a conversation that cannot be answered; the error names the field.

    `field` is the name of the one that holds the messages.
    """
    _check_messages(conversation.messages, field)
    _check_choice(conversation.tools, conversation.tool_choice)


def _check_messages(messages: Sequence[Message], field: str) -> None:
    """Reject a conversation without a question or with a tool result that answers no call."""
    if not any(message.role in {"user", "tool"} for message in messages):
        raise field_error(field, "no message has the role 'user'")
    turns = [message for message in messages if not message.is_instruction]
    if turns[-1].role == "assistant":
        raise field_error(field, "the last message is the assistant's: there is nothing to answer")
    called: set[str] = set()
    for message in messages:
        for part in () if isinstance(message.content, str) else message.content:
            if isinstance(part, ToolCall):
                called.add(part.id)
            elif isinstance(part, ToolResult) and part.call_id not in called:
                raise field_error(field, f"a tool result answers no call: {part.call_id!r}")


def _check_choice(tools: Sequence[Tool], choice: ToolChoice | None) -> None:
    """Reject a tool choice that requires a missing tool."""
    if choice is None or choice.mode in ("auto", "none"):
        return
    if not tools:
        raise field_error("tool_choice", "no tools are given")
    if choice.mode == "named" and choice.name not in {tool.name for tool in tools}:
        raise field_error("tool_choice", f"there is no tool {choice.name!r}")
