import pytest

from evaluation.dataset.observations import starts_above
from llm_router.adapters.policy_files import packaged_classifier
from llm_router.domain.policy.policy import Policy
from llm_router.domain.policy.rules import Rule, RuleAction
from llm_router.domain.tiers import Tier
from tests.support.fakes import asking
from tests.support.policies import POLICY

SIMPLE, UNSURE, COMPLEX = "What is the capital of France?", "How do magnets work?", "Prove Fermat."


def ruling(tier: Tier) -> Policy:
    """The tests' policy with a rule for whatever speaks of Fermat or France."""
    rule = Rule(
        name="subjects",
        when={"question": {"regex": "Fermat|France"}},
        then=RuleAction(tier=tier),
    )
    return POLICY.model_copy(update={"rules": (rule,)})


def test_a_question_starts_where_the_local_classifier_is_sure_it_belongs() -> None:
    assert not starts_above(asking(SIMPLE), POLICY, Tier.SIMPLE)
    assert starts_above(asking(COMPLEX), POLICY, Tier.SIMPLE)
    assert starts_above(asking(COMPLEX), POLICY, Tier.MODERATE)
    assert not starts_above(asking(COMPLEX), POLICY, Tier.COMPLEX)


def test_a_rule_of_the_policy_leads_whatever_the_classifier_says() -> None:
    assert starts_above(asking(SIMPLE), ruling(Tier.COMPLEX), Tier.SIMPLE)
    assert not starts_above(asking(COMPLEX), ruling(Tier.SIMPLE), Tier.SIMPLE)


@pytest.mark.parametrize("llm", [True, False])
def test_a_question_of_which_the_classifier_is_unsure_stays(llm: bool) -> None:
    settings = POLICY.classifier.model_copy(update={"llm": llm})
    policy = POLICY.model_copy(update={"classifier": settings})
    estimate = packaged_classifier(settings.weights).estimate(asking(UNSURE))
    assert estimate.tier is not Tier.SIMPLE
    assert estimate.confidence < settings.decide_above
    assert not starts_above(asking(UNSURE), policy, Tier.SIMPLE)
    bold = settings.model_copy(update={"decide_above": estimate.confidence})
    assert starts_above(asking(UNSURE), policy.model_copy(update={"classifier": bold}), Tier.SIMPLE)
