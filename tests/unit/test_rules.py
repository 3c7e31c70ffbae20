import time

import pytest

from llm_router.domain import patterns
from llm_router.domain.rules import Facts, Rule, first_match


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
    assert rule("r", **when).matches(facts) is matches


def test_the_first_match_wins() -> None:
    rules = (
        rule("long", prompt_tokens={"gte": 1000}),
        rule("faq", feature={"equals": "faq"}),
        rule("also faq", feature={"equals": "faq"}),
    )
    matched = first_match(rules, Facts(feature="faq"))
    assert matched is not None
    assert matched.name == "faq"
    assert first_match(rules, Facts()) is None


def test_a_catastrophic_pattern_cannot_hang_a_request() -> None:
    patterns.check("^(a+)+$")
    started = time.perf_counter()
    assert not patterns.found("^(a+)+$", "a" * 100_000 + "!")
    assert time.perf_counter() - started < 0.05


def test_a_pattern_that_would_need_backtracking_is_refused() -> None:
    with pytest.raises(patterns.PatternError):
        patterns.check(r"(a)\1")
