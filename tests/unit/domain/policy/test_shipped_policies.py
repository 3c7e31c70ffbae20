"""The policies that ship with the router hold together, whatever models and prices they name.

No other test depends on them: their models, prices, thresholds and rules can be edited freely.
"""

import json
from importlib import resources
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from llm_router.adapters.policy_files import PackagedPolicy, packaged_policy, packaged_policy_text
from llm_router.adapters.providers.endpoints import endpoint_of
from llm_router.application.invoke.invocations import INVOCATION
from llm_router.domain.policy.formats import FORMATS
from llm_router.domain.policy.models import Model
from llm_router.domain.policy.policy import Policy, parse_policy
from llm_router.domain.policy.prices import Rates, from_usd
from llm_router.domain.routing.decision import Decision
from llm_router.domain.tiers import TIERS, Tier
from local.settings import ROOT
from operations.files import policy_in
from tests.support.fakes import asking
from tests.support.plans import plan_of

NAMES = ("default", "local")
POLICIES = {name: parse_policy(packaged_policy_text(name), name) for name in NAMES}
DEFAULT, LOCAL = POLICIES["default"], POLICIES["local"]
EVENTS = sorted((ROOT / "events").glob("*.json"))
COMPARABLE = asking("How many are 6 times 7?")
every_policy = pytest.mark.parametrize("policy", POLICIES.values(), ids=NAMES)


def models_of(policy: Policy, tier: Tier) -> list[Model]:
    return [model for model in policy.models if model.tier == tier]


def rates_of(model: Model) -> list[Rates]:
    """The prices of a model's short prompts, and those of its long ones if they differ."""
    return [model, *([model.long_prompt] if model.long_prompt else [])]


def test_without_another_policy_the_default_one_is_in_force() -> None:
    assert PackagedPolicy().current() == packaged_policy() == policy_in(None) == DEFAULT


@every_policy
def test_every_model_has_prices_and_the_day_on_which_they_were_looked_up(policy: Policy) -> None:
    for model in policy.models:
        for rates in rates_of(model):
            assert 0 < rates.cached_input_usd_per_mtok <= rates.input_usd_per_mtok, model.id
            assert 0 < rates.input_usd_per_mtok < rates.output_usd_per_mtok, model.id
            assert rates.input_usd_per_mtok <= rates.cache_write <= rates.long_cache_write
        assert model.priced_on


def test_models_whose_vendor_charges_for_writing_to_caches_say_how_much() -> None:
    """Their worst cases would be too low without."""
    for model in DEFAULT.models:
        if DEFAULT.channel_of(model).format == "anthropic":
            for rates in rates_of(model):
                assert rates.cache_write_usd_per_mtok, model.id
                assert rates.long_cache_write_usd_per_mtok, model.id


@every_policy
def test_limits_of_tokens_fit_each_other(policy: Policy) -> None:
    for model in policy.models:
        assert model.max_output_tokens <= model.context_window, model.id
        assert policy.limits.min_output_tokens <= model.max_output_tokens, model.id
        if model.long_prompt:
            assert model.long_prompt.above_input_tokens < model.context_window, model.id
    assert policy.limits.min_output_tokens <= policy.limits.default_max_output_tokens


@every_policy
def test_every_tier_has_models_of_two_providers_and_ranks_ascend_with_tiers(
    policy: Policy,
) -> None:
    assert set(policy.tiers) == set(TIERS)
    for tier in TIERS:
        assert len({model.provider for model in models_of(policy, tier)}) >= 2, tier
    for lower, higher in pairwise(TIERS):
        highest = max(model.rank for model in models_of(policy, lower))
        assert highest < min(model.rank for model in models_of(policy, higher))


@every_policy
def test_whatever_is_named_exists(policy: Policy) -> None:
    assert policy.baseline_model in policy.models_by_id
    assert all(policy.is_target(target) for target in policy.aliases.values())
    assert all(name in policy.models_by_id for m in policy.models for name in m.fallback)
    pinned = {rule.then.model for rule in policy.rules} - {None}
    assert pinned <= set(policy.models_by_id)
    assert {model.provider for model in policy.models} == set(policy.providers)


@every_policy
def test_the_classifiers_weights_are_packaged(policy: Policy) -> None:
    weights = resources.files("llm_router.policy") / f"{policy.classifier.weights}.bin"
    assert weights.is_file()


@every_policy
@pytest.mark.parametrize("tier", TIERS)
def test_where_a_second_opinion_is_asked_there_is_somebody_to_give_it(
    policy: Policy, tier: Tier
) -> None:
    decision = Decision(tier=tier, strategy="rule")
    plan = plan_of(
        COMPARABLE, decision, policy, tuple(policy.providers), budget_nano_usd=10**12
    ).tiers[tier]
    assert plan.requirements.second_opinion == policy.tiers[tier].second_opinion
    assert plan.requirements.second_opinion == "off" or plan.peer is not None


@every_policy
@pytest.mark.parametrize("tier", TIERS)
def test_the_cost_cap_allows_for_an_answer_in_every_tier(policy: Policy, tier: Tier) -> None:
    cap = from_usd(policy.limits.max_cost_usd)
    plan = plan_of(
        COMPARABLE,
        Decision(tier=tier, strategy="local_classifier"),
        policy,
        tuple(policy.providers),
        budget_nano_usd=cap,
    )
    assert plan.tier == tier


@pytest.mark.parametrize("tier", TIERS)
@pytest.mark.parametrize(
    "providers", [("anthropic",), ("openai",), ("anthropic", "openai")], ids="+".join
)
def test_however_long_an_answer_may_be_a_model_that_can_give_it_is_called(
    tier: Tier, providers: tuple[str, ...]
) -> None:
    limits = {model.max_output_tokens for model in DEFAULT.models}
    before = (0, 0)
    beyond = {limit + 1 for limit in limits}
    for asked in sorted({1, 255, 256, 4_096, 20_000, 32_000, 200_000} | limits | beyond):
        decision = Decision(tier=tier, strategy="rule")
        plan = plan_of(
            asking("How many are 6 times 7?", max_output_tokens=asked),
            decision, DEFAULT, providers, budget_nano_usd=10**12,
        ).tiers[tier]  # fmt: skip
        models = [DEFAULT.models_by_id[c.id] for c in plan.candidates]
        assert not any(model.only_if_named for model in models), asked
        choosable = [m for m in models_of(DEFAULT, tier) if m.provider in providers]
        longest = max(m.max_output_tokens for m in choosable if not m.only_if_named)
        first = plan.candidates[0]
        assert models[0].tier == tier
        least = FORMATS[first.format].limits.least_output_tokens
        assert first.max_output_tokens == max(least, min(asked, longest))
        if plan.peer is not None:
            assert plan.peer.max_output_tokens >= min(asked, longest)
        now = (first.max_output_tokens, first.worst_case_nano_usd)
        assert now >= before, "more is asked and less is given"
        before = now


def test_a_plain_key_reaches_every_provider_of_the_default_policy() -> None:
    """A key that is bound to no URL goes only to the vendor that its provider is named after."""
    for name, provider in DEFAULT.providers.items():
        assert provider.base_url is None
        assert endpoint_of(provider.format).vendor.name == name


def test_the_local_policy_calls_nobody_outside_this_machine() -> None:
    for provider in LOCAL.providers.values():
        assert provider.base_url is not None
        assert provider.base_url.startswith("http://127.0.0.1:")


@pytest.mark.parametrize("event", EVENTS, ids=lambda path: path.stem)
def test_an_event_names_only_what_the_local_policy_has(event: Path) -> None:
    content: dict[str, Any] = json.loads(event.read_text())
    if event.stem.startswith("invoke-"):
        INVOCATION.validate_python(content)
    for opinion in content.get("opinions", []):
        assert opinion["model"] in LOCAL.models_by_id
    if "candidate" in content:
        candidate = content["candidate"]
        model = LOCAL.models_by_id[candidate["id"]]
        provider = LOCAL.providers[model.provider]
        assert candidate["provider"] == model.provider
        assert candidate["name"] == model.name_at_provider
        assert (candidate["format"], candidate["base_url"]) == (provider.format, provider.base_url)
    body = json.loads(content.get("body") or "{}")
    assert LOCAL.is_target(body.get("model", "auto"))
    hints = body.get("router", {})
    if "feature" in hints:
        rules = [rule for rule in LOCAL.rules if hints["feature"] in str(rule.when)]
        assert rules, "no rule decides by this feature"
