"""Checks a JSON value against a JSON schema, for the keywords that tools and answers use.

Other keywords forbid nothing. No regular expression of a caller is ever run.
"""

from collections.abc import Callable, Mapping
from numbers import Real
from typing import Any

Json = dict[str, Any]
_DEEPEST = 60


def _is_number(value: Any) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool)


_TYPES: Mapping[str, Callable[[Any], bool]] = {
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "null": lambda value: value is None,
    "number": _is_number,
    "integer": lambda value: _is_number(value) and value == int(value),
}
_BOUNDS: Mapping[str, Callable[[Any, Any], bool]] = {
    "minimum": lambda value, bound: not _is_number(value) or value >= bound,
    "maximum": lambda value, bound: not _is_number(value) or value <= bound,
    "exclusiveMinimum": lambda value, bound: not _is_number(value) or value > bound,
    "exclusiveMaximum": lambda value, bound: not _is_number(value) or value < bound,
    "minLength": lambda value, bound: not isinstance(value, str) or len(value) >= bound,
    "maxLength": lambda value, bound: not isinstance(value, str) or len(value) <= bound,
    "minItems": lambda value, bound: not isinstance(value, list) or len(value) >= bound,
    "maxItems": lambda value, bound: not isinstance(value, list) or len(value) <= bound,
}


def fits(value: Any, schema: Any) -> bool:
    """True if the value fits; a schema that is invalid or too deep to check fits everything."""
    try:
        return _fits(value, schema, schema, 0)
    except (TypeError, ValueError, OverflowError, AttributeError, LookupError):
        return True


def _fits(value: Any, schema: Any, root: Any, depth: int) -> bool:
    if isinstance(schema, bool):
        return schema
    if not isinstance(schema, dict) or depth > _DEEPEST:
        return True
    if "$ref" in schema:
        return _fits(value, _referred(schema["$ref"], root), root, depth + 1)
    return (
        _is_one_of_types(value, schema.get("type"))
        and ("const" not in schema or _same(value, schema["const"]))
        and ("enum" not in schema or any(_same(value, item) for item in schema["enum"]))
        and all(holds(value, schema[name]) for name, holds in _BOUNDS.items() if name in schema)
        and all(_fits(value, part, root, depth + 1) for part in schema.get("allOf", ()))
        and _fits_any(value, schema.get("anyOf") or schema.get("oneOf"), root, depth)
        and (not isinstance(value, dict) or _object_fits(value, schema, root, depth))
        and (not isinstance(value, list) or _list_fits(value, schema, root, depth))
    )


def _fits_any(value: Any, schemas: Any, root: Any, depth: int) -> bool:
    return not schemas or any(_fits(value, part, root, depth + 1) for part in schemas)


def _object_fits(value: Json, schema: Json, root: Any, depth: int) -> bool:
    known = schema.get("properties", {})
    others = True if "patternProperties" in schema else schema.get("additionalProperties", True)
    return all(name in value for name in schema.get("required", ())) and all(
        _fits(item, known.get(name, others), root, depth + 1) for name, item in value.items()
    )


def _list_fits(value: list[Any], schema: Json, root: Any, depth: int) -> bool:
    items = True if "prefixItems" in schema else schema.get("items", True)
    return all(_fits(item, items, root, depth + 1) for item in value)


def _is_one_of_types(value: Any, names: Any) -> bool:
    if names is None:
        return True
    wanted = [names] if isinstance(names, str) else names
    return any(_TYPES.get(name, lambda _: True)(value) for name in wanted)


def _same(value: Any, other: Any) -> bool:
    """True if two values are equal in JSON, where true is not 1."""
    return bool(value == other) and isinstance(value, bool) == isinstance(other, bool)


def _referred(reference: str, root: Any) -> Any:
    """The target of a reference within the document; any other reference allows every value."""
    if not reference.startswith("#"):
        return True
    found = root
    for name in reference.removeprefix("#").split("/")[1:]:
        found = found[name.replace("~1", "/").replace("~0", "~")]
    return found
