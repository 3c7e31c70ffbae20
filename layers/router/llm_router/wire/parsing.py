"""Request bodies as strict models: what a body holds that is not carried out is refused by name."""

import json
from collections.abc import Sequence
from typing import Annotated, Any, TypeAlias, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    StringConstraints,
    ValidationError,
    WithJsonSchema,
)
from pydantic_core import ErrorDetails

from ..application.errors import InvalidRequestError

Body = TypeVar("Body", bound=BaseModel)
Word = Annotated[str, StringConstraints(min_length=1, max_length=100)]
Name = Annotated[str, StringConstraints(pattern=r"^[a-zA-Z0-9_-]{1,64}$")]
"""What both vendors take as the name of a tool or a schema."""


def _is_false(value: bool) -> bool:
    if value:
        raise ValueError("only false is supported")
    return value


OnlyFalse = Annotated[
    bool, AfterValidator(_is_false), WithJsonSchema({"type": "boolean", "const": False})
]
"""A literal false would also take 0."""
NotSupported: TypeAlias = None
"""The type of fields that are known and refused: only null passes."""


class Strict(BaseModel):
    """A part of a body; a field that is not declared is an error that names it."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, hide_input_in_errors=True)


def parse(model: type[Body], raw: str | None) -> Body:
    """The body as the model; `InvalidRequestError` names the first field that is wrong."""
    try:
        return model.model_validate_json(raw or "")
    except ValidationError as error:
        raise _invalid(error, raw or "") from error


def refused(param: str, reason: str) -> InvalidRequestError:
    """The error for a field, which its message names first."""
    return InvalidRequestError(f"{param}: {reason}", param=param)


def _invalid(error: ValidationError, raw: str) -> InvalidRequestError:
    errors = error.errors(include_url=False, include_input=False)
    if errors[0]["type"] == "json_invalid":
        return InvalidRequestError("the body is not valid JSON", code="invalid_json")
    body = json.loads(raw)
    # Of a union's branches the one that came furthest is meant; a field that is too much often
    # follows from another one's wrong value.
    deepest = max(
        errors, key=lambda found: (len(_fields(found, body)), found["type"] != "extra_forbidden")
    )
    param = ".".join(_fields(deepest, body)) or None
    match deepest["type"]:
        case "extra_forbidden":
            reason, code = "unknown or not supported", "unknown_parameter"
        case "none_required":
            reason, code = "not supported", "unsupported_parameter"
        case _:
            reason, code = deepest["msg"].removeprefix("Value error, "), "invalid_value"
    return InvalidRequestError(f"{param or 'body'}: {reason}", param=param, code=code)


def _fields(error: ErrorDetails, body: Any) -> Sequence[str]:
    """The location as callers know it: pydantic also puts a union's branches there."""
    fields: list[str] = []
    names_last = error["type"] in {"missing", "extra_forbidden"}
    last = len(error["loc"]) - 1
    here = body
    for depth, part in enumerate(error["loc"]):
        if isinstance(here, list) and isinstance(part, int):
            here = here[part] if part < len(here) else None
        elif isinstance(here, dict) and (part in here or (names_last and depth == last)):
            here = here.get(part)
        else:
            continue
        fields.append(str(part))
    if error["type"].startswith("union_tag"):
        fields.append(str(error["ctx"]["discriminator"]).strip("'"))
    return fields
