"""JSON schemas as the vendors' structured outputs take them, or not at all."""

import sys
from collections.abc import Iterator
from typing import Any

import pytest

from llm_router.domain.policy.vendor_schemas import (
    InexpressibleError,
    is_openai_strict,
    to_anthropic_schema,
)
from llm_router.domain.routing.llm_classifier import CLASSIFICATION_SCHEMA

TEXT = {"type": "string"}
NULL = {"type": "null"}


def holding(part: Any, **more: Any) -> dict[str, Any]:
    """A closed object with one property."""
    return {
        "type": "object", "properties": {"a": part}, "required": ["a"],
        "additionalProperties": False, **more,
    }  # fmt: skip


NULLABLE = {"anyOf": [holding(TEXT), NULL]}
TRANSLATED: dict[str, tuple[Any, Any]] = {
    "nullable-object-by-a-list-of-types": (
        {**holding(TEXT), "type": ["object", "null"], "description": "an A"},
        {"description": "an A", **NULLABLE},
    ),
    "nullable-object-that-is-open": (
        {"type": ["object", "null"], "properties": {"a": TEXT}, "required": ["a"]}, NULLABLE,
    ),
    "nullable-text": ({"type": ["string", "null"]}, {"anyOf": [TEXT, NULL]}),
    "nullable-list": (
        {"type": ["array", "null"], "items": TEXT, "maxItems": 3},
        {"anyOf": [{"type": "array", "items": TEXT}, NULL]},
    ),
    "open-object": (
        {"type": "object", "properties": {"a": TEXT}, "required": ["a"]}, holding(TEXT),
    ),
    "properties-without-a-type": ({"properties": {"a": TEXT}, "required": ["a"]}, holding(TEXT)),
    "more-properties-allowed": (
        {**holding(TEXT), "additionalProperties": True}, holding(TEXT),
    ),
    "bounds": (
        {"type": "array", "minItems": 3, "uniqueItems": True,
         "items": {"type": "number", "exclusiveMinimum": 0, "multipleOf": 2}},
        {"type": "array", "minItems": 1, "items": {"type": "number"}},
    ),
    "a-format-it-knows": ({**TEXT, "format": "date"}, {**TEXT, "format": "date"}),
    "a-format-it-does-not-know": ({**TEXT, "format": "iri"}, TEXT),
    "a-pattern-that-looks-ahead": ({**TEXT, "pattern": "^(?=a)"}, TEXT),
    "a-pattern": ({**TEXT, "pattern": "^[a-z]+$"}, {**TEXT, "pattern": "^[a-z]+$"}),
    "one-of": ({"oneOf": [TEXT, NULL]}, {"anyOf": [TEXT, NULL]}),
    "typed-enum": ({**TEXT, "enum": ["a", "b"]}, {"enum": ["a", "b"]}),
    "constant": ({"const": 1, "title": "One"}, {"const": 1, "title": "One"}),
    "all-of-one-reference": (
        {"$defs": {"A": TEXT}, "allOf": [{"$ref": "#/$defs/A"}], "description": "x"},
        {"$defs": {"A": TEXT}, "$ref": "#/$defs/A"},
    ),
    "unknown-keywords": (
        {**TEXT, "$schema": "x", "examples": [1], "nullable": True, "readOnly": True}, TEXT,
    ),
    "properties-named-like-keywords": (
        holding(TEXT, properties={"a": TEXT, "minimum": TEXT}, required=["a", "minimum"]),
        holding(TEXT, properties={"a": TEXT, "minimum": TEXT}, required=["a", "minimum"]),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("schema", "translated"), TRANSLATED.values(), ids=TRANSLATED)
def test_a_schema_is_translated_for_anthropic(schema: Any, translated: Any) -> None:
    assert to_anthropic_schema(schema) == translated
    if "$defs" not in schema:
        assert to_anthropic_schema(holding(schema)) == holding(translated)


TREE = {"type": "object", "properties": {"a": {"$ref": "#/$defs/T"}}}
INEXPRESSIBLE: dict[str, Any] = {
    "map-of-texts": {"type": "object", "additionalProperties": TEXT},
    "map-of-anything": {"type": "object", "additionalProperties": True},
    "nullable-map": {"type": ["object", "null"], "additionalProperties": TEXT},
    "map-by-pattern": {"type": "object", "patternProperties": {"^a": TEXT}},
    "properties-beside-a-map": {**holding(TEXT), "additionalProperties": TEXT},
    "any-object": {"type": "object"},
    "anything": {},
    "true": True,
    "list-of-anything": {"type": "array", "items": {}},
    "tuple": {"type": "array", "prefixItems": [TEXT, TEXT]},
    "tuple-in-the-old-form": {"type": "array", "items": [TEXT, TEXT]},
    "all-of-two": {"allOf": [holding(TEXT), holding(TEXT)]},
    "one-of-two-sets-of-required": {**holding(TEXT), "anyOf": [{"required": ["a"]}]},
    "enum-of-objects": {"enum": [{"a": 1}]},
    "recursive": {"$defs": {"T": TREE}, "$ref": "#/$defs/T"},
    "recursive-over-two": {
        "$defs": {
            "T": TREE | {"properties": {"a": {"$ref": "#/$defs/U"}}},
            "U": TREE,
        },
        "$ref": "#/$defs/T",
    },
    "recursive-to-the-whole": holding({"$ref": "#"}),
    "reference-to-elsewhere": holding({"$ref": "https://example.com/a.json"}),
    "reference-to-nothing": holding({"$ref": "#/$defs/none"}),
    "unknown-type": holding({"type": "date"}),
    "required-that-is-no-list": holding(TEXT, required=5),
    "properties-that-are-a-list": holding(TEXT, properties=[TEXT]),
}  # fmt: skip


@pytest.mark.parametrize("schema", INEXPRESSIBLE.values(), ids=INEXPRESSIBLE)
def test_a_schema_without_a_form_at_anthropic_is_told(schema: Any) -> None:
    for given in (schema, {"type": "array", "items": schema}):
        with pytest.raises(InexpressibleError):
            to_anthropic_schema(given)


def test_what_anthropic_counts_is_counted() -> None:
    for wrong, right in (
        ({"properties": {f"p{n}": TEXT for n in range(25)}}, 24),
        ({"properties": {f"p{n}": {"type": ["string", "null"]} for n in range(17)}}, 16),
    ):
        required = list(wrong["properties"]) if right == 16 else []
        fewer = dict(list(wrong["properties"].items())[:right])
        to_anthropic_schema(holding(TEXT, properties=fewer, required=required))
        with pytest.raises(InexpressibleError):
            to_anthropic_schema(holding(TEXT, **wrong, required=required))


@pytest.fixture
def usual_recursion_limit() -> Iterator[None]:
    """Python's own limit; other tests' libraries raise it."""
    raised = sys.getrecursionlimit()
    sys.setrecursionlimit(1_000)
    yield
    sys.setrecursionlimit(raised)


@pytest.mark.usefixtures("usual_recursion_limit")
def test_a_schema_too_deep_to_follow_is_told() -> None:
    deep: dict[str, Any] = TEXT
    for _ in range(2_000):
        deep = {"type": "array", "items": deep}
    with pytest.raises(InexpressibleError):
        to_anthropic_schema(deep)


def test_a_type_that_is_named_twice_is_translated_once() -> None:
    schema: dict[str, Any] = {"type": "string"}
    for _ in range(40):
        schema = {"type": ["object", "object"], "properties": {"a": schema}, "required": ["a"]}
    assert to_anthropic_schema(schema)["properties"]["a"]["type"] == "object"


@pytest.mark.parametrize("named", [[{}], [["string"]], {}, 5, [None]], ids=str)
def test_a_type_that_is_no_name_is_told(named: Any) -> None:
    with pytest.raises(InexpressibleError):
        to_anthropic_schema({"type": named})


def test_the_classifier_s_own_schema_is_taken_by_both() -> None:
    assert to_anthropic_schema(CLASSIFICATION_SCHEMA)["additionalProperties"] is False
    assert is_openai_strict(CLASSIFICATION_SCHEMA)


@pytest.mark.parametrize(
    ("schema", "strict"),
    [
        (holding(TEXT), True),
        (holding(holding(TEXT) | {"type": ["object", "null"]}), True),
        (holding({"type": ["object", "null"]}), False),
        (holding(TEXT, required=[]), False),
        (holding({"allOf": [TEXT]}), False),
        (holding(TEXT, dependentRequired={"a": ["a"]}), False),
    ],
    ids=["closed", "nullable-object", "nullable-open-object", "optional", "all-of", "dependent"],
)
def test_a_schema_is_strict_at_openai(schema: Any, strict: bool) -> None:
    assert is_openai_strict(schema) is strict
