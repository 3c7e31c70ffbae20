from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llm_router.domain.conversation.conversation import Conversation
from llm_router.domain.conversation.tokens import estimated_input_tokens
from llm_router.domain.plan.classifier_choice import cheapest_classifier, classifier_prompt
from llm_router.domain.plan.plan import RequestLimits, plan_for
from llm_router.domain.routing.decision import Decision
from tests.support.fakes import PROVIDERS, asking
from tests.support.policies import POLICY

FRAME = RequestLimits(
    request_id="r", purpose="answer", deadline_epoch_ms=1, budget_nano_usd=2_000_000_000
)
Chances = tuple[float, float, float]


def judged(conversation: Conversation, chances: Chances | None = None, **classifier: float) -> bool:
    """Whether a judgement is bought under the tests' policy with these settings changed."""
    settings = POLICY.classifier.model_copy(update=classifier)
    policy = POLICY.model_copy(update={"classifier": settings})
    decision = Decision(tier=None, strategy=None, chances=chances)
    return plan_for(conversation, decision, policy, PROVIDERS, FRAME).classifier is not None


def usd(model: str, input_tokens: int, output_tokens: int) -> Decimal:
    known = POLICY.models_by_id[model]
    prices = (known.input_usd_per_mtok, known.output_usd_per_mtok)
    return (input_tokens * prices[0] + output_tokens * prices[1]) / 1_000_000


def test_a_judgement_is_bought_up_to_its_share_of_the_saving_against_the_baseline() -> None:
    question = asking("How do magnets work?")
    read = estimated_input_tokens(question)
    # The cheapest model of each tier, and the output that is expected there.
    firsts = {"small-a": 60, "middle-a": 300, "large-a": 900}
    assert POLICY.baseline_model == "large-a"
    savings = [
        usd(POLICY.baseline_model, read, written) - usd(first, read, written)
        for first, written in firsts.items()
    ]
    judging = estimated_input_tokens(classifier_prompt(question, POLICY))
    share = float(3 * usd("small-a", judging, 60) / sum(savings, Decimal()))
    assert judged(question, most_of_saving=share * 1.01)
    assert not judged(question, most_of_saving=share * 0.99)


@given(st.text(max_size=300), st.sampled_from([None, (1, 0, 0), (0.5, 0.5, 0)]))
def test_where_no_share_may_be_spent_nobody_is_asked(text: str, chances: Chances | None) -> None:
    assert not judged(asking(text), chances, most_of_saving=0)


def test_nobody_is_asked_where_the_answer_can_save_nothing() -> None:
    assert judged(asking("How do magnets work?"), (1, 0, 0))
    assert not judged(asking("How do magnets work?"), (0, 0, 1), most_of_saving=1)


def test_a_long_prompt_is_not_judged_where_reading_it_costs_more_than_it_may_save() -> None:
    rather_complex = (0.0, 0.3, 0.7)
    seen = POLICY.classifier.max_prompt_characters
    assert judged(asking("x" * 100), rather_complex)
    assert not judged(asking("x" * seen), rather_complex)
    assert judged(asking("x" * 10 * seen), rather_complex), "the judge does not see all of it"


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
