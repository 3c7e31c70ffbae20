"""Validates answers by a row's JSON schema, without network access or slow patterns."""

import json
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

# Without its stubs the library is untyped; with them the ignore would be unused.
from jsonschema import Draft202012Validator, validators  # type: ignore[import-untyped, unused-ignore]
from jsonschema.exceptions import (  # type: ignore[import-untyped, unused-ignore]
    SchemaError,
    ValidationError,
)
from referencing import Registry
from referencing.exceptions import Unresolvable

from llm_router.domain.policy import safe_regex

_VALUES = frozenset({"const", "enum", "default", "examples"})


def validator_for(schema: Any) -> Any:
    """A validator of draft 2020-12; `ValueError` with the reason if the schema cannot be used.

    `pattern` is matched in linear time and `patternProperties` is refused. A `$ref` to anything
    outside the schema is not followed.
    """
    if not isinstance(schema, dict | bool):
        raise ValueError("the grader json_schema needs a JSON schema as reference")  # noqa: TRY004
    return _validator(json.dumps(schema, sort_keys=True))


def accepts(schema: Any, document: Any) -> bool:
    """True if the schema accepts the document; `ValueError` if the schema cannot be used."""
    try:
        return bool(validator_for(schema).is_valid(document))
    except Unresolvable as error:
        raise ValueError("the JSON schema refers to what it does not hold") from error


def _linear_pattern(_: Any, pattern: str, instance: Any, __: Any) -> Iterator[ValidationError]:
    if isinstance(instance, str) and not safe_regex.found(pattern, instance):
        yield ValidationError("does not match the pattern")


_extend: Any = validators.extend  # its stubs leave it untyped
_Validator = _extend(Draft202012Validator, {"pattern": _linear_pattern})


@lru_cache(maxsize=256)
def _validator(schema: str) -> Any:
    content = json.loads(schema)
    try:
        Draft202012Validator.check_schema(content)
    except SchemaError as error:
        raise ValueError(f"the reference is not a JSON schema: see {error.json_path}") from None
    _check_patterns(content)
    # An empty registry: the library's default would fetch the URL in a `$ref`.
    return _Validator(content, registry=Registry())


def _check_patterns(schema: Any) -> None:
    if isinstance(schema, list):
        for part in schema:
            _check_patterns(part)
    if not isinstance(schema, dict):
        return
    if "patternProperties" in schema:
        raise ValueError("patternProperties is not supported in a JSON schema here")
    pattern = schema.get("pattern")
    if isinstance(pattern, str):
        safe_regex.check(pattern)
    for name, part in schema.items():
        if name not in _VALUES:
            _check_patterns(part)
