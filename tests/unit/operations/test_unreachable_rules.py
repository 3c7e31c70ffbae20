"""Rules that can never match are found, and none that can."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llm_router.domain.policy import conditions
from llm_router.domain.policy.conditions import Facts
from llm_router.domain.policy.rules import Rule, evaluate_rules
from operations.unreachable_rules import never_matching
from tests.support.examples import examples


def rule(name: str, **when: object) -> Rule:
    return Rule.model_validate({"name": name, "when": when, "then": {"tier": "simple"}})


def found_in(*whens: dict[str, object]) -> list[str]:
    rules = tuple(rule(f"r{n}", **when) for n, when in enumerate(whens))
    return [found.name for found, _ in never_matching(rules)]


@pytest.mark.parametrize(
    "whens",
    [
        [{"prompt_tokens": {"gte": 10, "lte": 5}}],
        [{"hour": {"gte": 24}}],
        [{"messages": {"equals": -1}}],
        [{"feature": {"equals": "a", "in": ["b", "c"]}}],
        [{"feature": {"equals": "abc", "regex": "^x"}}],
        [{"all": [{"messages": {"gte": 3}}, {"not": {"messages": {"gte": 2}}}]}],
        [{"question": {"regex": "a"}, "not": {"question": {"regex": "a"}}}],
        [{"feature": {"equals": "a"}}, {"feature": {"equals": "a"}, "messages": {"gte": 2}}],
        [{"prompt_tokens": {"gte": 100}}, {"prompt_tokens": {"gte": 1000}}],
        [{"feature": {"in": ["a", "b"]}}, {"feature": {"equals": "b"}}],
        [{"hour": {"gte": 22}}, {"not": {"hour": {"lte": 21}}}],
        [{"any": [{"feature": {"equals": "a"}}, {"hour": {"lte": 12}}]}, {"hour": {"lte": 5}}],
    ],
)
def test_a_rule_that_can_never_match_is_found(whens: list[dict[str, object]]) -> None:
    assert found_in(*whens) == [f"r{len(whens) - 1}"]


NUMBERS = st.integers(-1, 4)
TESTS = st.one_of(
    st.builds(
        lambda field, op, n: {field: {op: n}},
        st.sampled_from(["messages", "images"]),
        st.sampled_from(["equals", "gte", "lte"]),
        NUMBERS,
    ),
    st.builds(lambda values: {"messages": {"in": values}}, st.lists(NUMBERS, min_size=1)),
    st.builds(lambda value: {"feature": {"equals": value}}, st.sampled_from("ab")),
)
CONDITIONS = st.recursive(
    TESTS,
    lambda inner: st.one_of(
        st.builds(lambda part: {"not": part}, inner),
        st.builds(
            lambda kind, parts: {kind: parts},
            st.sampled_from(["all", "any"]),
            st.lists(inner, min_size=1, max_size=3),
        ),
    ),
    max_leaves=5,
)
EVERY_CASE = [
    Facts(messages=m, images=i, feature=f)
    for m in range(6)
    for i in range(6)
    for f in ("a", "b", "c", None)
]


@pytest.mark.slow
@examples(300)
@given(st.lists(CONDITIONS, min_size=1, max_size=3))
def test_what_is_found_never_matches_and_nothing_else_is_found(
    whens: list[dict[str, object]],
) -> None:
    rules = tuple(rule(f"r{n}", **when) for n, when in enumerate(whens))
    found = {never.name for never, _ in never_matching(rules)}
    matching = {matched.name for f in EVERY_CASE if (matched := evaluate_rules(rules, f)[0])}
    assert not found & matching
    contradictory = {r.name for r in rules if not any(r.when.holds(f) for f in EVERY_CASE)}
    assert contradictory <= found


@pytest.fixture
def modulo(monkeypatch: pytest.MonkeyPatch) -> None:
    """An operator that somebody adds to the rules and not to their analysis."""
    operators = {**conditions.OPERATORS, "divisible_by": lambda fact, by: fact % by == 0}
    of_fields = {**conditions.OPERATORS_OF}
    for field in ("hour", "messages"):
        of_fields[field] = of_fields[field] | {"divisible_by"}
    monkeypatch.setattr(conditions, "OPERATORS", operators)
    monkeypatch.setattr(conditions, "OPERATORS_OF", of_fields)
    monkeypatch.setattr("operations.unreachable_rules.OPERATORS", operators)


@pytest.mark.usefixtures("modulo")
@pytest.mark.parametrize(
    "whens",
    [
        # Only 60 satisfies the first, and nothing near the numbers that it names does.
        [{"messages": {"divisible_by": 60, "gte": 1}}],
        [{"messages": {"divisible_by": 7, "equals": 14}}],
        [{"all": [{"messages": {"divisible_by": n}} for n in (2, 3, 5)], "messages": {"gte": 9}}],
        [{"messages": {"gte": 9}, "not": {"messages": {"divisible_by": 2}}}],
        [{"messages": {"divisible_by": 2}}, {"messages": {"divisible_by": 3}}],
        [{"messages": {"divisible_by": 4}}, {"messages": {"in": [4, 6]}}],
        [{"not": {"messages": {"divisible_by": 2}}}, {"messages": {"equals": 2}}],
    ],
)
def test_an_operator_that_is_not_analysed_brings_no_false_warning(
    whens: list[dict[str, object]],
) -> None:
    assert found_in(*whens) == []
    rules = tuple(rule(f"r{n}", **when) for n, when in enumerate(whens))
    matching = {
        found.name for m in range(100) if (found := evaluate_rules(rules, Facts(messages=m))[0])
    }
    assert matching == {each.name for each in rules}


@pytest.mark.usefixtures("modulo")
def test_beside_such_an_operator_the_others_are_still_analysed() -> None:
    assert found_in({"hour": {"divisible_by": 2, "gte": 24}}) == ["r0"]
    same: dict[str, object] = {"hour": {"divisible_by": 2}}
    assert found_in(same, {**same, "messages": {"gte": 2}}) == ["r1"]


def test_of_a_rule_with_too_many_combinations_nothing_is_said() -> None:
    pairs = [{"any": [{"messages": {"equals": n}}, {"images": {"equals": n}}]} for n in range(10)]
    assert found_in({"all": pairs}, {"hour": {"gte": 24}}) == ["r1"]
