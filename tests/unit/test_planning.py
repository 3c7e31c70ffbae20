from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llm_router.adapters.policy_files import packaged_policy
from llm_router.domain.chat import Usage
from llm_router.domain.cost import cost_nano_usd, from_usd
from llm_router.domain.decision import Decision
from llm_router.domain.planning import Frame, NoCandidateError, Plan, plan_for
from llm_router.domain.tiers import TIERS, Tier
from tests.support.fakes import PROVIDERS, asking

POLICY = packaged_policy()
FRAME = Frame(request_id="r", purpose="answer", deadline_epoch_ms=1, budget_nano_usd=2_000_000_000)


def planned(decision: Decision, providers: tuple[str, ...] = PROVIDERS, text: str = "hi") -> Plan:
    return plan_for(asking(text), decision, POLICY, providers, FRAME)


@given(
    tier=st.sampled_from(TIERS),
    least_rank=st.sampled_from([0, 8, 10, 20, 30]),
    providers=st.sampled_from([("anthropic",), ("openai",), PROVIDERS]),
    size=st.integers(1, 5_000),
)
def test_every_later_candidate_is_at_least_as_strong(
    tier: Tier, least_rank: int, providers: tuple[str, ...], size: int
) -> None:
    decision = Decision(tier=tier, strategy="cache", least_rank=least_rank)
    candidates = planned(decision, providers, "x" * size).tiers[tier].candidates
    ranks = [c.rank for c in candidates]
    assert ranks == sorted(ranks)
    assert ranks[0] >= least_rank
    assert {c.provider for c in candidates} <= set(providers)
    weakest_of_tier = min(m.rank for m in POLICY.models if m.tier == tier)
    assert ranks[0] >= weakest_of_tier


def test_the_cheapest_of_the_tier_comes_first_and_the_dominated_not_at_all() -> None:
    decision = Decision(tier=Tier.SIMPLE, strategy="rule")
    candidates = planned(decision).tiers[Tier.SIMPLE].candidates
    assert [c.id for c in candidates] == [
        "claude-haiku-5-5", "gpt-6-luna", "claude-sonnet-5-5", "gpt-6-sol", "claude-opus-5-5",
        "gpt-6-astra",
    ]  # fmt: skip


def test_a_pinned_model_comes_first_and_never_escalates() -> None:
    decision = Decision(tier=Tier.SIMPLE, strategy="override", model="gpt-4o")
    tier = planned(decision).tiers[Tier.SIMPLE]
    assert tier.candidates[0].id == "gpt-4o"
    assert tier.threshold == 0
    assert all(c.rank >= 8 for c in tier.candidates)


def test_an_open_decision_gets_the_cheapest_model_as_classifier_and_all_tiers() -> None:
    plan = planned(Decision(tier=None, strategy=None))
    assert plan.classifier is not None
    assert plan.classifier.id == "claude-haiku-5-5"
    assert set(plan.tiers) == set(TIERS)


def test_the_classifier_is_left_out_rather_than_the_answer() -> None:
    open_decision = Decision(tier=None, strategy=None)
    first = planned(open_decision).tiers[Tier.MODERATE].candidates[0]
    tight = FRAME.model_copy(update={"budget_nano_usd": first.worst_case_nano_usd})
    plan = plan_for(asking("hi"), open_decision, POLICY, PROVIDERS, tight)
    assert plan.classifier is None


def test_a_prompt_that_fits_nowhere_says_how_large_it_is() -> None:
    with pytest.raises(NoCandidateError, match=r"1250017 tokens.*1000000") as refused:
        planned(Decision(tier=Tier.SIMPLE, strategy="rule"), text="x" * 5_000_064)
    assert refused.value.param == "messages"


@pytest.mark.parametrize("providers", [(), ("elsewhere",)])
def test_without_an_enabled_provider_there_is_no_plan(providers: tuple[str, ...]) -> None:
    with pytest.raises(NoCandidateError):
        planned(Decision(tier=Tier.SIMPLE, strategy="rule"), providers)


def test_money_is_exact_and_rounded_against_the_caller_only_below_a_nano() -> None:
    prices = POLICY.models_by_id["gpt-4o-mini"].prices
    usage = Usage(input_tokens=1_001, cached_input_tokens=1, output_tokens=7)
    assert cost_nano_usd(usage, prices) == 154_275
    assert from_usd(Decimal("0.0000000019")) == 1
