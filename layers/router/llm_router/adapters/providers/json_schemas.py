"""JSON schemas in the form that each vendor's structured outputs accept."""

from collections.abc import Iterator
from typing import Any

_NAMED = frozenset({"properties", "$defs", "definitions", "patternProperties"})
"""Keywords whose keys are the caller's names, not keywords."""
_VALUES = frozenset({"enum", "const", "default", "examples", "required"})
_UNKNOWN_TO_ANTHROPIC = frozenset(
    {
        "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf",
        "minLength", "maxLength", "minItems", "maxItems", "uniqueItems",
    }
)  # fmt: skip


def to_anthropic_schema(schema: Any) -> Any:
    """The schema in Anthropic's subset: bounds are left out, objects are closed.

    Answers are checked against the bounds afterwards.
    """
    if not isinstance(schema, dict):
        return schema
    kept: dict[str, Any] = {}
    for keyword, value in schema.items():
        if keyword in _UNKNOWN_TO_ANTHROPIC:
            continue
        kept["anyOf" if keyword == "oneOf" else keyword] = _inside(keyword, value)
    if kept.get("type") == "object":
        kept.setdefault("additionalProperties", False)
    return kept


def _inside(keyword: str, value: Any) -> Any:
    if keyword in _VALUES:
        return value
    if isinstance(value, list):
        return [to_anthropic_schema(item) for item in value]
    if keyword in _NAMED and isinstance(value, dict):
        return {name: to_anthropic_schema(item) for name, item in value.items()}
    return to_anthropic_schema(value)


def is_openai_strict(schema: Any) -> bool:
    """True if OpenAI accepts the schema as strict: objects closed, all properties required."""
    return all(
        part.get("additionalProperties") is False
        and set(part.get("properties", {})) <= set(part.get("required", ()))
        for part in _parts(schema)
        if part.get("type") == "object" or "properties" in part
    )


def _parts(schema: Any) -> Iterator[dict[str, Any]]:
    if not isinstance(schema, dict):
        return
    yield schema
    for keyword, value in schema.items():
        if keyword in _VALUES:
            continue
        inner = value.values() if keyword in _NAMED and isinstance(value, dict) else [value]
        for item in inner:
            for part in item if isinstance(item, list) else [item]:
                yield from _parts(part)
