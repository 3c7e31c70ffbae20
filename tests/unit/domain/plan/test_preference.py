"""The models that a plan prefers: able to answer as long as asked, then cheap, and not reserved."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llm_router.domain.plan.candidates import NoCandidateError, candidate_for, cheapest_first
from llm_router.domain.plan.classifier_choice import cheapest_classifier, classifier_prompt
from llm_router.domain.plan.plan import Plan
from llm_router.domain.policy.policy import Policy, PolicyError
from llm_router.domain.routing.decision import Decision
from llm_router.domain.routing.pass_rates import PassCount, PassHistory
from llm_router.domain.tiers import TIERS, Tier
from tests.support.fakes import PROVIDERS, asking
from tests.support.plans import plan_of
from tests.support.policies import POLICY, read, replaced

RESERVED = frozenset(model.id for model in POLICY.models if model.only_if_named)
CHEAP = {
    name: Decimal("0.01")
    for name in (
        "input_usd_per_mtok",
        "cached_input_usd_per_mtok",
        "cache_write_usd_per_mtok",
        "long_cache_write_usd_per_mtok",
        "output_usd_per_mtok",
    )
}
COMPARABLE = "How many are 6 times 7?"


def changed(changes: Mapping[str, Mapping[str, Any]], policy: Policy = POLICY) -> Policy:
    """The policy with other values for some of its models."""
    models = [model.model_copy(update=changes.get(model.id, {})) for model in policy.models]
    kept = {name: getattr(policy, name) for name in Policy.model_fields}
    return Policy.model_validate({**kept, "models": tuple(models)})


OPEN_TO_ALL = changed({name: {"only_if_named": False} for name in RESERVED})


def planned(policy: Policy, max_tokens: int | None, **decision: Any) -> Plan:
    decided = {"tier": Tier.SIMPLE, "strategy": "rule", **decision}
    asked = asking(COMPARABLE, max_output_tokens=max_tokens)
    return plan_of(asked, Decision.model_validate(decided), policy, budget_nano_usd=10**15)


def everyone_in(plan: Plan) -> set[str]:
    """Every model that the machine may call."""
    called = {c.id for tier in plan.tiers.values() for c in tier.candidates}
    peers = {tier.peer.id for tier in plan.tiers.values() if tier.peer}
    return called | peers | ({plan.classifier.id} if plan.classifier else set())


@pytest.mark.parametrize("max_tokens", [1, 250, 10_000, 10_001, 20_000, 100_000, 200_000])
def test_a_model_that_gives_short_answers_does_not_look_cheap(max_tokens: int) -> None:
    tier = planned(OPEN_TO_ALL, max_tokens).tiers[Tier.SIMPLE]
    assert tier.candidates[0].id == "small-a"
    assert tier.peer is not None
    assert tier.peer.id == "small-o"


def test_where_nothing_is_asked_costs_are_compared_at_the_policy_s_limit() -> None:
    policy = changed({"small-o": {"max_output_tokens": 500}})
    tier = planned(policy, None).tiers[Tier.SIMPLE]
    short = next(c for c in tier.candidates if c.id == "small-o")
    assert short.worst_case_nano_usd < tier.candidates[0].worst_case_nano_usd
    assert tier.candidates[0].id == "small-a", "half the price for a token"


@pytest.mark.parametrize(
    ("max_tokens", "first"),
    [(None, "small-o"), (1_000, "small-o"), (1_001, "small-a"), (500_000, "small-a")],
)
def test_one_that_cannot_give_what_is_asked_stands_behind_one_that_can(
    max_tokens: int | None, first: str
) -> None:
    cheap = {**CHEAP, "max_output_tokens": 1_000, "long_prompt": None}
    policy = changed({"small-o": cheap})
    tier = planned(policy, max_tokens).tiers[Tier.SIMPLE]
    assert tier.candidates[0].id == first
    assert {c.id for c in tier.candidates[:2]} == {"small-a", "small-o"}, "the other one follows"


def test_a_short_peer_and_a_short_escalation_stand_behind_longer_ones() -> None:
    short = {"max_output_tokens": 500}
    third = POLICY.models_by_id["middle-o"].model_copy(update={"id": "middle-2"})
    kept = {name: getattr(POLICY, name) for name in Policy.model_fields}
    more = Policy.model_validate({**kept, "models": (*POLICY.models, third)})
    policy = changed({"middle-a": short, "middle-2": short}, more)
    names = [c.id for c in planned(policy, 2_000).tiers[Tier.SIMPLE].candidates]
    assert names[2:5] == ["middle-o", "middle-a", "middle-2"]
    moderate = planned(policy, 2_000, tier=Tier.MODERATE, model="middle-a").tiers[Tier.MODERATE]
    assert moderate.peer is not None
    assert moderate.peer.id == "middle-o"


@given(
    limits=st.lists(st.sampled_from([300, 1_000, 10_000, 100_000]), min_size=9, max_size=9),
    max_tokens=st.integers(1, 200_000),
    tier=st.sampled_from(TIERS),
)
def test_within_a_rank_who_can_give_more_comes_first_and_then_who_is_cheaper(
    limits: list[int], max_tokens: int, tier: Tier
) -> None:
    policy = changed(
        {m.id: {"max_output_tokens": n} for m, n in zip(POLICY.models, limits, strict=True)},
        OPEN_TO_ALL,
    )
    candidates = planned(policy, max_tokens, tier=tier).tiers[tier].candidates
    ranks = [c.rank for c in candidates]
    assert ranks == sorted(ranks)
    key = cheapest_first(max_tokens, policy)
    for rank in set(ranks):
        same = [key(c) for c in candidates if c.rank == rank]
        assert same == sorted(same)
    start = [
        candidate_for(m, asking(COMPARABLE, max_output_tokens=max_tokens), policy)
        for m in policy.models
        if m.tier == tier
    ]
    assert key(candidates[0]) == min(map(key, start))


@given(fewer=st.integers(1, 200_000), more=st.integers(1, 200_000))
def test_who_asks_for_more_gets_at_least_as_much(fewer: int, more: int) -> None:
    asked = sorted((fewer, more))
    first, second = (planned(OPEN_TO_ALL, n).tiers[Tier.SIMPLE].candidates[0] for n in asked)
    assert first.max_output_tokens <= second.max_output_tokens
    assert first.worst_case_nano_usd <= second.worst_case_nano_usd


def test_the_classifier_is_compared_at_what_a_classification_may_take() -> None:
    short = {"max_output_tokens": POLICY.classifier.max_output_tokens - 1}
    prompt = classifier_prompt(asking("hi"), POLICY)
    for policy, expected in ((POLICY, "small-a"), (changed({"small-a": short}), "small-o")):
        chosen = cheapest_classifier(prompt, policy, PROVIDERS)
        assert chosen is not None
        assert chosen.id == expected


TEMPTING = changed(dict.fromkeys(RESERVED, CHEAP))
"""The reserved models are the cheapest by far, and two vendors have some."""


@pytest.mark.parametrize(
    "decision",
    [
        {},
        {"tier": Tier.COMPLEX},
        {"tier": None, "strategy": None},
        {"strategy": "cache", "least_rank": 7},
        {"model": "small-a", "strategy": "override"},
    ],
    ids=["by-tier", "by-the-highest-tier", "to-be-classified", "remembered", "another-model-named"],
)
@pytest.mark.parametrize("budget", [10**15, 10_000])
def test_a_model_reserved_for_naming_is_not_called_by_itself(
    decision: dict[str, Any], budget: int
) -> None:
    decided = {"tier": Tier.SIMPLE, "strategy": "rule", **decision}
    plan = plan_of(
        asking(COMPARABLE), Decision.model_validate(decided), TEMPTING, budget_nano_usd=budget
    )
    assert not everyone_in(plan) & RESERVED


def test_learned_starts_never_lead_to_a_reserved_model() -> None:
    reserved = changed(
        {"small-o": {"only_if_named": True, "rank": 11}, "middle-a": {"only_if_named": True}}
    )
    never = {10: PassCount(tried=1_000, passed=0, nano_usd=10**9, escalated=900,
                           next_nano_usd=10**9)}  # fmt: skip
    history = PassHistory(
        key="k", kind="k", pass_counts=never, in_exploration_sample=False, time_ms=100_000
    )
    plan = plan_of(
        asking(COMPARABLE),
        Decision(tier=Tier.SIMPLE, strategy="local_classifier", pass_history=history),
        reserved,
    )
    (tier,) = plan.tiers.values()
    assert tier.start.raised
    assert tier.candidates[0].id == "middle-o"


@pytest.mark.parametrize("strategy", ["override", "rule"])
def test_a_reserved_model_is_called_where_it_is_named_and_no_other_reserved_one(
    strategy: str,
) -> None:
    plan = planned(TEMPTING, 99, strategy=strategy, model="old-a")
    assert plan.tiers[Tier.SIMPLE].candidates[0].id == "old-a"
    assert everyone_in(plan) & RESERVED == {"old-a"}


def test_a_need_that_only_reserved_models_meet_is_refused_with_their_names() -> None:
    asked = asking("hi", logprobs=True)
    with pytest.raises(
        NoCandidateError, match="logprobs; only if named: 'old-mini-o', 'old-o'"
    ) as no:
        plan_of(asked, Decision(tier=Tier.SIMPLE, strategy="rule"))
    assert no.value.param == "logprobs"
    named = Decision(tier=Tier.SIMPLE, strategy="override", model="old-o")
    assert everyone_in(plan_of(asked, named)) == {"old-o"}


def test_where_every_enabled_model_is_reserved_a_request_has_to_name_one() -> None:
    left = tuple(m for m in POLICY.models if m.only_if_named or m.provider == "anthropic")
    policy = POLICY.model_copy(update={"models": left})
    decision = Decision(tier=Tier.SIMPLE, strategy="rule")
    with pytest.raises(NoCandidateError, match="unless it is named: 'old-mini-o', 'old-o'"):
        plan_of(asking("hi"), decision, policy, ("openai",))


def test_a_fallback_to_a_reserved_model_is_refused() -> None:
    text = replaced('id = "old-a"\n', 'id = "old-a"\nfallback = ["old-o"]\n')
    with pytest.raises(PolicyError, match=r"models\.old-a\.fallback: 'old-o' is only_if_named"):
        read(text)


def test_a_tier_of_reserved_models_alone_is_refused() -> None:
    text = replaced('tier = "complex"\n', 'tier = "complex"\nonly_if_named = true\n')
    with pytest.raises(PolicyError, match=r"tiers\.complex: all its models are only_if_named"):
        read(text)


def test_an_alias_and_a_rule_may_name_a_reserved_model() -> None:
    rule = '[[rules]]\nname = "o"\nwhen = { images = { gte = 9 } }\nthen = { model = "old-o" }\n'
    policy = read(replaced("[aliases]\n", '[aliases]\n"gpt" = "old-o"\n') + rule)
    assert policy.aliases == {"gpt": "old-o"}


def test_a_reserved_model_is_nothing_to_escalate_to() -> None:
    above = changed({name: {"only_if_named": True} for name in ("middle-o", "large-o")})
    assert not changed({"large-a": {"rank": 31}}, above).can_escalate(Tier.COMPLEX)
    assert above.can_escalate(Tier.SIMPLE)
