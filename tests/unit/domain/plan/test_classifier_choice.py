from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llm_router.adapters.policy_files import packaged_policy
from llm_router.domain.conversation.conversation import Conversation
from llm_router.domain.conversation.tokens import estimated_input_tokens
from llm_router.domain.plan.classifier_choice import (
    cheapest_classifier,
    choose_classifier,
    classifier_prompt,
)
from llm_router.domain.plan.tier_plans import expected_nano_usd
from llm_router.domain.policy.prices import from_usd
from llm_router.domain.routing.decision import Decision
from tests.support.fakes import PROVIDERS, asking
from tests.support.plans import plan_of
from tests.support.policies import POLICY


def classifies(conversation: Conversation, max_cost_usd: Decimal | None = None) -> bool:
    """True if the plan buys a classification, under the tests' policy or with another cap."""
    policy = POLICY
    if max_cost_usd is not None:
        capped = POLICY.classifier.model_copy(update={"max_cost_usd": max_cost_usd})
        policy = POLICY.model_copy(update={"classifier": capped})
    decision = Decision(tier=None, strategy=None)
    return plan_of(conversation, decision, policy, PROVIDERS).classifier is not None


@pytest.mark.parametrize("question", ["How do magnets work?", "x" * 3_000, "\u6f22" * 9_000])
def test_a_classification_is_bought_up_to_its_cap(question: str) -> None:
    prompt = classifier_prompt(asking(question), POLICY)
    cheapest = POLICY.models_by_id["small-a"]
    # A verdict is expected to take 60 tokens.
    per_mtok = estimated_input_tokens(prompt) * cheapest.input_usd_per_mtok
    expected = (per_mtok + 60 * cheapest.output_usd_per_mtok) / 1_000_000
    nano_usd = Decimal("1e-9")
    assert classifies(asking(question), expected)
    assert classifies(asking(question), expected + nano_usd)
    assert not classifies(asking(question), expected - nano_usd)


@given(st.text(max_size=300))
def test_where_nothing_may_be_spent_nobody_is_asked(text: str) -> None:
    assert not classifies(asking(text), Decimal(0))


def test_the_packaged_cap_covers_the_longest_question_and_no_dearer_tier() -> None:
    policy = packaged_policy()
    cap = from_usd(policy.classifier.max_cost_usd)
    longest = classifier_prompt(asking("\u6f22" * 100_000), policy)
    chosen = choose_classifier(asking("\u6f22" * 100_000), policy, PROVIDERS, 10**12)
    assert chosen is not None
    assert expected_nano_usd(longest, 60, chosen.prices) <= cap
    shortest = classifier_prompt(asking("hi"), policy)
    dearer = [m for m in policy.models if m.tier != "simple" and not m.only_if_named]
    assert all(expected_nano_usd(shortest, 60, model.prices) > cap for model in dearer)


@pytest.mark.parametrize("providers", [PROVIDERS, ("openai",)])
def test_the_model_whose_judgement_costs_least_is_asked(providers: tuple[str, ...]) -> None:
    prompt = classifier_prompt(asking("How do magnets work?"), POLICY)
    judge = cheapest_classifier(prompt, POLICY, providers)
    assert judge is not None
    assert judge.provider in providers
    assert judge.max_output_tokens == POLICY.classifier.max_output_tokens
    prices = [m.input_usd_per_mtok for m in POLICY.models if m.provider in providers]
    assert POLICY.models_by_id[judge.id].input_usd_per_mtok == min(prices)


def test_without_a_provider_nobody_can_be_asked() -> None:
    assert cheapest_classifier(classifier_prompt(asking("hi"), POLICY), POLICY, ()) is None
