from functools import partial
from random import Random

import pytest
from pydantic import ValidationError

from llm_router.domain.policy import safe_regex
from llm_router.domain.policy.conditions import Facts
from llm_router.domain.policy.rules import Rule, evaluate_rules
from tests.support.effort import takes_less_than


def rule(name: str, **when: object) -> Rule:
    return Rule.model_validate({"name": name, "when": when, "then": {"tier": "simple"}})


@pytest.mark.parametrize(
    ("when", "facts", "matches"),
    [
        ({"request_type": {"equals": "faq"}}, Facts(request_type="faq"), True),
        ({"request_type": {"equals": "faq"}}, Facts(request_type="other"), False),
        ({"request_type": {"equals": "faq"}}, Facts(), False),
        ({"user_tier": {"in": ["free", "trial"]}}, Facts(user_tier="trial"), True),
        ({"user_tier": {"in": ["free", "trial"]}}, Facts(user_tier="pro"), False),
        ({"prompt_tokens": {"gte": 10, "lte": 20}}, Facts(prompt_tokens=20), True),
        ({"prompt_tokens": {"gte": 10, "lte": 20}}, Facts(prompt_tokens=21), False),
        ({"question": {"regex": "(?i)refund"}}, Facts(question="my REFUND?"), True),
        ({"question": {"regex": "^refund"}}, Facts(question="my refund"), False),
        (
            {"feature": {"equals": "a"}, "messages": {"lte": 1}},
            Facts(feature="a", messages=2),
            False,
        ),
    ],
)
def test_a_rule_matches_when_all_conditions_hold(
    when: dict[str, object], facts: Facts, matches: bool
) -> None:
    assert rule("r", **when).when.holds(facts) is matches


def test_the_first_match_wins() -> None:
    rules = (
        rule("long", prompt_tokens={"gte": 1000}),
        rule("faq", feature={"equals": "faq"}),
        rule("also faq", feature={"equals": "faq"}),
    )
    matched, trials = evaluate_rules(rules, Facts(feature="faq"))
    assert matched is not None
    assert matched.name == "faq"
    assert [(t.rule, t.matched) for t in trials] == [("long", False), ("faq", True)]
    assert evaluate_rules(rules, Facts())[0] is None


def test_every_trial_says_which_condition_decided() -> None:
    rules = (
        rule("both", feature={"equals": "faq"}, messages={"gte": 2}),
        rule("either", any=[{"images": {"gte": 1}}, {"tools": {"gte": 1}}]),
        rule("neither", **{"not": {"hour": {"gte": 18}}}),
    )
    _, trials = evaluate_rules(rules, Facts(feature="faq", messages=1, hour=3))
    assert [t.because for t in trials] == [
        "messages gte 2 does not hold",
        "any(images gte 1, tools gte 1) does not hold",
        "not(hour gte 18) holds",
    ]


@pytest.mark.parametrize(
    ("when", "reason"),
    [
        ({"colour": {"equals": "x"}}, "when.colour: unknown field"),
        ({"feature": {"gte": 3}}, "when.feature.gte: unknown operator"),
        ({"messages": {"equals": True}}, "when.messages.equals: expected"),
        ({"messages": {"gte": "many"}}, "when.messages.gte: expected numbers"),
        ({"feature": {"in": "x"}}, "when.feature.in: expected a list"),
        ({"feature": {"in": []}}, "when.feature.in: expected"),
        ({"feature": {}}, "when.feature: no operator"),
        ({"any": []}, "when.any: expected a list"),
        ({"not": {}}, "when: expected a table"),
        ({"question": {"regex": "(?=x)"}}, "when.question.regex: "),
    ],
)
def test_a_condition_that_is_wrong_names_its_entry(when: dict[str, object], reason: str) -> None:
    with pytest.raises(ValidationError) as refused:
        rule("r", **when)
    assert reason in str(refused.value)


@pytest.mark.parametrize(
    "pattern",
    [
        "^(a+)+$",
        "(a|aa)+$",
        r"(.*)*(.*)*!$",
        r"(\w+\W+){1,20}end$",
        r"a[ab]{90}c",
        r"\w*a" + r"\w" * 90 + "!",
        r"(\w+\W+)+(\w+\W+)+end$",
        r"([ab]{1,9}){1,10}!",
    ],
)
def test_a_catastrophic_pattern_cannot_hang_a_request(pattern: str) -> None:
    safe_regex.check(pattern)
    random = Random(1)
    for text in ("a" * 100_000 + "?", "".join(random.choices("ab é.", k=100_000))):
        assert takes_less_than(50, partial(safe_regex.found, pattern, text))


@pytest.mark.parametrize("pattern", [r"x[xy]{3000}z", r"([xy]{1,300}){1,30}", "x" * 501])
def test_a_pattern_that_multiplies_the_work_is_refused(pattern: str) -> None:
    with pytest.raises(safe_regex.PatternError):
        safe_regex.check(pattern)


def test_a_plain_pattern_searches_the_whole_text() -> None:
    text = "a" * 60_000 + " refund " + "a" * 60_000
    assert safe_regex.found(r"\brefund\b", text)
    assert safe_regex.found(r"\d{3}$", text + "123")


def test_a_pattern_that_would_need_backtracking_is_refused() -> None:
    with pytest.raises(safe_regex.PatternError):
        safe_regex.check(r"(a)\1")
