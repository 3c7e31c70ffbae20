from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator  # type: ignore[import-untyped, unused-ignore]

from llm_router.domain.conversation.answer import Answer
from llm_router.domain.conversation.content import ToolCall
from llm_router.domain.conversation.conversation import Tool, ToolChoice
from llm_router.domain.trust.json_schema import fits
from llm_router.domain.trust.signals import signals
from llm_router.domain.trust.structure import structure_of
from tests.support.caller_fixtures import CITY
from tests.support.fakes import asking

NESTED: dict[str, Any] = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "minLength": 1, "maxLength": 3},
        "size": {"type": ["integer", "null"], "minimum": 0, "exclusiveMaximum": 9},
        "kind": {"enum": ["a", 1, None]},
        "tags": {"type": "array", "items": {"const": "x"}, "minItems": 1, "maxItems": 2},
        "child": {"$ref": "#/$defs/child"},
        "either": {"anyOf": [{"type": "boolean"}, {"type": "string"}]},
    },
    "required": ["name"],
    "additionalProperties": False,
    "$defs": {"child": {"type": "object", "properties": {"child": {"$ref": "#/$defs/child"}}}},
}
LEAVES = st.sampled_from([None, True, False, 0, 1, 1.0, 2.5, 9, -1, "", "a", "x", "long"])
VALUES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*NESTED["properties"], "other"]), inner, max_size=4)
    ),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from([*NESTED["properties"], "other"]), VALUES, max_size=6))
def test_it_judges_as_the_reference_does(value: Any) -> None:
    assert fits(value, NESTED) == Draft202012Validator(NESTED).is_valid(value)


@pytest.mark.parametrize(
    "schema",
    [
        {"$ref": "#"}, {"$ref": "#/nowhere"}, {"$ref": "https://example.com/x"}, {"type": 5},
        {"properties": 5}, {"required": 5}, {"minimum": "x"}, {"type": "colour"}, 5, None,
        {"anyOf": [{"$ref": "#"}]},
    ],
)  # fmt: skip
def test_a_schema_that_makes_no_sense_forbids_nothing(schema: Any) -> None:
    assert fits({"a": 1}, schema)


def call(name: str, arguments: str) -> Answer:
    made = ToolCall(id="c", name=name, arguments=arguments)
    return Answer(text="", finish_reason="tool_calls", parts=(made,))


@pytest.mark.parametrize(
    ("answer", "worth"),
    [
        (call("weather", '{"city": "Rome"}'), 1.0),
        (call("weather", '{"town": "Rome"}'), 0.2),
        (call("weather", "{}"), 0.2),
        (call("weather", '{"city": '), 0.0),
        (call("weather", '["Rome"]'), 0.0),
        (call("unknown", '{"city": "Rome"}'), 0.0),
        (Answer(text="Sunny", finish_reason="stop"), None),
    ],
)
def test_a_call_is_judged_by_its_tool(answer: Answer, worth: float | None) -> None:
    asked = asking("Weather?", tools=(Tool(name="weather", parameters=CITY),))
    assert structure_of(answer, asked) == worth


def test_an_answer_without_the_call_that_was_demanded_is_not_trusted() -> None:
    tools = (Tool(name="weather", parameters=CITY),)
    asked = asking("Weather?", tools=tools, tool_choice=ToolChoice(mode="required"))
    assert structure_of(Answer(text="Sunny", finish_reason="stop"), asked) == 0.0


@pytest.mark.parametrize(("text", "worth"), [('{"a": 1}', 1.0), ("[1]", 0.0), ("Sure: {}", 0.0)])
def test_any_json_object_is_one(text: str, worth: float) -> None:
    asked = asking("As JSON", json_object=True)
    assert structure_of(Answer(text=text, finish_reason="stop"), asked) == worth


def test_an_answer_that_only_calls_a_tool_is_neither_empty_nor_short() -> None:
    seen = signals(call("weather", "{}"), 500)
    assert (seen.emptiness, seen.shortness, seen.truncation) == (1.0, 1.0, 1.0)
