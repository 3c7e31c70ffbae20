"""The least and the most that each number of a policy may be."""

from collections.abc import Mapping
from typing import Any

import pytest
from pydantic import ValidationError

from llm_router.domain.base import Frozen
from llm_router.domain.policy.policy import (
    CacheSettings,
    ClassifierSettings,
    FallbackSettings,
    LearningSettings,
    Limits,
    Policy,
    TierSettings,
)
from llm_router.domain.policy.rules import Rule, RuleLimits
from tests.support.policies import POLICY

SHARE = ((0, 1), (-0.001, 1.001))
COUNT = ((1,), (0, -1))
MONEY = (("0.000001",), (0, "-0.000001"))
BOUNDS: list[tuple[type[Frozen], dict[str, Any], Mapping[str, tuple[Any, Any]]]] = [
    (
        TierSettings,
        {"threshold": 0.5, "second_opinion": "off"},
        {"threshold": SHARE, "unsure_from": SHARE, "unsure_to": SHARE},
    ),
    (
        ClassifierSettings,
        {
            "weights": "w", "llm": True, "most_of_saving": 0.5, "decide_above": 0.5,
            "max_prompt_characters": 9, "max_output_tokens": 9,
        },
        {
            "most_of_saving": SHARE, "decide_above": SHARE, "max_prompt_characters": COUNT,
            "max_output_tokens": COUNT, "weights": (("a", "0" * 64), ("", "0" * 65, "-a", "A")),
        },
    ),
    (
        FallbackSettings,
        {"on_content_policy": "stop"},
        {"retry_within_ms": ((0, 10_000), (-1, 10_001))},
    ),
    (
        Limits,
        {
            "max_cost_usd": 1, "default_max_output_tokens": 9, "min_output_tokens": 9,
            "attempt_share": 0.5,
        },
        {
            "max_cost_usd": MONEY, "default_max_output_tokens": COUNT, "min_output_tokens": COUNT,
            "attempt_share": ((0.001, 1), (0, 1.001)),
            "max_messages": COUNT, "max_parts": COUNT, "max_tools": COUNT,
        },
    ),
    (CacheSettings, {}, {"ttl_seconds": COUNT}),
    (
        RuleLimits,
        {},
        {"max_cost_usd": MONEY, "max_latency_ms": COUNT, "max_output_tokens": COUNT},
    ),
    (
        LearningSettings,
        {"enabled": True, "explore": 0.5, "margin": 0.5, "min_requests": 9},
        {"explore": SHARE, "margin": SHARE, "min_requests": COUNT},
    ),
]  # fmt: skip
CASES = [
    pytest.param(kind, {**whole, name: value}, right, id=f"{kind.__name__}.{name} {value}")
    for kind, whole, fields in BOUNDS
    for name, sides in fields.items()
    for right, values in zip((True, False), sides, strict=True)
    for value in values
]


@pytest.mark.parametrize(("kind", "values", "right"), CASES)
def test_a_number_outside_its_bounds_is_refused(
    kind: type[Frozen], values: dict[str, Any], right: bool
) -> None:
    if right:
        kind.model_validate(values)
        return
    with pytest.raises(ValidationError):
        kind.model_validate(values)


def test_what_a_tier_does_not_say_makes_every_answer_uncertain() -> None:
    tier = TierSettings(threshold=0.5, second_opinion="when_unsure")
    assert (tier.unsure_from, tier.unsure_to) == (0, 1)
    with pytest.raises(ValidationError, match="above"):
        TierSettings(threshold=0.5, second_opinion="off", unsure_from=0.6, unsure_to=0.5)


def test_a_rule_needs_a_name_and_keeps_the_cascade_unless_it_says_otherwise() -> None:
    rule = {"name": "r", "when": {"messages": {"gte": 1}}, "then": {"tier": "simple"}}
    then = Rule.model_validate(rule).then
    assert (then.tier, then.model, then.skip_cascade) == ("simple", None, False)
    with pytest.raises(ValidationError):
        Rule.model_validate(rule | {"name": ""})


@pytest.mark.parametrize("part", ["providers", "models"])
def test_a_policy_without_models_or_providers_is_refused(part: str) -> None:
    whole = POLICY.model_dump(exclude={"rules"})
    with pytest.raises(ValidationError, match=rf"(?s)\b{part}\b.*at least 1"):
        Policy.model_validate(whole | {part: type(whole[part])()})


def test_a_fallback_may_lead_to_the_same_rank() -> None:
    whole = POLICY.model_dump(exclude={"rules"})
    (same, first), *_ = [
        (a["id"], b["id"])
        for a in whole["models"]
        for b in whole["models"]
        if a["rank"] == b["rank"] and a["id"] != b["id"]
    ]
    models = [
        model | {"fallback": (same,)} if model["id"] == first else model
        for model in whole["models"]
    ]
    assert Policy.model_validate(whole | {"models": models}).models_by_id[first].fallback == (same,)
