"""Checks a JSON value against a JSON schema, for the keywords that tools and answers use.

Other keywords forbid nothing. No regular expression of a caller is ever run, and the work is
bounded: with references to itself a short schema can ask for more steps than there is time.
"""

from collections.abc import Callable, Mapping
from numbers import Real
from typing import Any

Json = dict[str, Any]
_DEEPEST = 60
_MOST_STEPS = 20_000
_CHARACTERS_PER_STEP = 1_000
_REFERENCE_PER_STEP = 10


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


class NoStepsLeftError(Exception):
    """The check would take more steps than it may."""


class Steps:
    """The steps that one or more checks may take together."""

    def __init__(self) -> None:
        self._left = _MOST_STEPS

    def take(self, count: int) -> None:
        """Take that many steps; `NoStepsLeftError` if fewer are left."""
        self._left -= count
        if self._left < 0:
            raise NoStepsLeftError


def fits(value: Any, schema: Any, steps: Steps | None = None) -> bool:
    """True if the value fits.

    A schema that is invalid, too deep, or needs more than the `steps` left fits everything.
    """
    try:
        return _Check(schema, steps or Steps()).fits(value, schema, 0)
    except (TypeError, ValueError, OverflowError, AttributeError, LookupError):
        return True
    except (NoStepsLeftError, RecursionError):
        return True


class _Check:
    """One check by the schemas of one document."""

    def __init__(self, document: Any, steps: Steps) -> None:
        self._document = document
        self._steps = steps

    def fits(self, value: Any, schema: Any, depth: int) -> bool:
        self._steps.take(1)
        if isinstance(schema, bool):
            return schema
        if not isinstance(schema, dict) or depth > _DEEPEST:
            return True
        if "$ref" in schema:
            return self.fits(value, self._referred(schema["$ref"]), depth + 1)
        return (
            self._is_one_of_types(value, schema.get("type"))
            and ("const" not in schema or self._same(value, schema["const"]))
            and ("enum" not in schema or any(self._same(value, item) for item in schema["enum"]))
            and all(holds(value, schema[name]) for name, holds in _BOUNDS.items() if name in schema)
            and all(self.fits(value, part, depth + 1) for part in schema.get("allOf", ()))
            and self._fits_any(value, schema.get("anyOf") or schema.get("oneOf"), depth)
            and (not isinstance(value, dict) or self._object_fits(value, schema, depth))
            and (not isinstance(value, list) or self._list_fits(value, schema, depth))
        )

    def _fits_any(self, value: Any, schemas: Any, depth: int) -> bool:
        return not schemas or any(self.fits(value, part, depth + 1) for part in schemas)

    def _object_fits(self, value: Json, schema: Json, depth: int) -> bool:
        known = schema.get("properties", {})
        required = schema.get("required", ())
        others = True if "patternProperties" in schema else schema.get("additionalProperties", True)
        self._steps.take(len(required))
        return all(name in value for name in required) and all(
            self.fits(item, known.get(name, others), depth + 1) for name, item in value.items()
        )

    def _list_fits(self, value: list[Any], schema: Json, depth: int) -> bool:
        items = True if "prefixItems" in schema else schema.get("items", True)
        return all(self.fits(item, items, depth + 1) for item in value)

    def _is_one_of_types(self, value: Any, names: Any) -> bool:
        if names is None:
            return True
        wanted = [names] if isinstance(names, str) else names
        self._steps.take(len(wanted))
        return any(_TYPES.get(name, lambda _: True)(value) for name in wanted)

    def _same(self, value: Any, other: Any) -> bool:
        """True if two values are equal in JSON, where true is not 1."""
        self._steps.take(1 + len(value) // _CHARACTERS_PER_STEP if isinstance(value, str) else 1)
        if isinstance(value, list) and isinstance(other, list):
            return len(value) == len(other) and all(map(self._same, value, other))
        if isinstance(value, dict) and isinstance(other, dict):
            return value.keys() == other.keys() and all(
                self._same(held, other[name]) for name, held in value.items()
            )
        return bool(value == other) and isinstance(value, bool) == isinstance(other, bool)

    def _referred(self, reference: str) -> Any:
        """The target of a reference within the document; any other allows every value."""
        self._steps.take(len(reference) // _REFERENCE_PER_STEP)
        if not reference.startswith("#"):
            return True
        found = self._document
        for name in reference.removeprefix("#").split("/")[1:]:
            found = found[name.replace("~1", "/").replace("~0", "~")]
        return found
