import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from llm_router.domain.conversation.answer import Answer
from llm_router.domain.trust import signals
from llm_router.domain.trust.confidence import (
    ConfidenceWeights,
    SignalWeights,
    confidence,
    probability,
)
from llm_router.domain.trust.structure import structure
from tests.support.effort import takes_less_than
from tests.support.policies import POLICY

WEIGHTS = POLICY.confidence.weights


def trust(text: str, finish_reason: str = "stop", expected: int = 60) -> float:
    answer = Answer.model_validate({"text": text, "finish_reason": finish_reason})
    return confidence(signals.signals(answer, expected), WEIGHTS)


PLAIN = "Paris is the capital of France and lies on the river Seine."


def test_a_plain_answer_is_trusted() -> None:
    assert trust(PLAIN) == 0.9


@pytest.mark.parametrize(
    ("text", "finish_reason"),
    [
        ("", "stop"),
        ("  \n", "stop"),
        (PLAIN, "length"),
        (PLAIN, "content_filter"),
        ("I'm sorry, but I can't help with that request of yours, whatever it is.", "stop"),
        ("I cannot answer this question for you, unfortunately, since I lack the data.", "stop"),
        ("I'm not sure. It might be Paris, since that is the city I hear of most.", "stop"),
        (f"{PLAIN}\n```python\nprint(1)", "stop"),
        ("It goes round and round and round again and comes back to itself. " * 30, "stop"),
        ("My best guess would be Paris, since that is the city one hears of most.", "stop"),
    ],
)
def test_each_bad_sign_alone_is_below_every_threshold(text: str, finish_reason: str) -> None:
    assert trust(text, finish_reason) < 0.5


def test_shortness_counts_only_against_what_was_wanted() -> None:
    assert signals.shortness("Paris.", 0) == 1.0
    assert signals.shortness("Paris.", 8) == 1.0
    assert signals.shortness("Paris.", 10) == pytest.approx(0.92)
    assert signals.shortness("Paris.", 1_000) < 0.5


def test_missing_words_in_the_middle_are_no_refusal() -> None:
    answer = Answer(text="Cells that I can't name here are called neurons.", finish_reason="stop")
    assert signals.signals(answer, 10).refusal == 1.0


@pytest.mark.parametrize("text", [" " * 100_000, "!" * 100_000, "\n" * 100_000])
def test_signals_are_fast_on_odd_texts(text: str) -> None:
    assert takes_less_than(25, lambda: trust(text))
    assert takes_less_than(25, lambda: signals.split_self_rating(text))


@pytest.mark.parametrize(
    ("text", "answer", "rating"),
    [
        ("It is 4.\nConfidence: 90", "It is 4.", 0.9),
        ("It is 4.\n\n**Confidence:** 35%\n", "It is 4.", 0.35),
        ("It is 4.", "It is 4.", None),
        ("It is 4.\nConfidence: 900", "It is 4.\nConfidence: 900", None),
        ("Confidence: 3 is a rating.\nIt is 4.", "Confidence: 3 is a rating.\nIt is 4.", None),
    ],
)
def test_the_self_rating_is_stripped_from_the_answer(
    text: str, answer: str, rating: float | None
) -> None:
    assert signals.split_self_rating(text) == (answer, rating)


OBJECT = {"type": "object", "required": ["name"]}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"name": 1}', 1.0),
        ('{"other": 1}', 0.2),
        ("[1]", 0.0),
        ('{"name": 1', 0.0),
        ("Sure! Here it is.", 0.0),
    ],
)
def test_an_answer_by_a_schema_has_its_structure(text: str, value: float) -> None:
    assert structure(text, OBJECT) == value
    assert structure(text, None) is None


def test_what_is_said_again_and_again_counts_once() -> None:
    assert signals.repetition(" ".join(f"word{n}" for n in range(300))) == 1.0
    assert signals.repetition("the same six words once more " * 50) < 0.2
    assert signals.repetition("yes " * 10) == 1.0
    # Too few sequences of words tell nothing, as many as four of their length do.
    words = signals._SHINGLE_WORDS
    assert signals.repetition("yes " * (5 * words - 2)) == 1.0
    assert signals.repetition("yes " * (5 * words - 1)) < 0.2


def test_a_closed_code_block_is_no_fault() -> None:
    assert signals.open_fence("```python\nprint(1)\n```") == 1.0
    assert signals.open_fence("```python\nprint(1)") < 1


FAULTLESS = signals.signals(Answer(text=PLAIN, finish_reason="stop"), 20)


def test_agreement_is_trusted_more_and_disagreement_less_than_an_answer_alone() -> None:
    alone = confidence(FAULTLESS, WEIGHTS)
    agreed = confidence(FAULTLESS.model_copy(update={"agreement": 1.0}), WEIGHTS)
    contradicted = confidence(FAULTLESS.model_copy(update={"agreement": 0.0}), WEIGHTS)
    assert contradicted < 0.5 < alone < agreed


@given(st.dictionaries(st.sampled_from(sorted(signals.Signals.model_fields)), st.floats(0, 1)))
def test_a_fault_never_makes_an_answer_more_trusted(values: dict[str, float]) -> None:
    worse = FAULTLESS.model_copy(update=values)
    better = worse.model_copy(update=dict.fromkeys(values, 1.0))
    assert confidence(worse, WEIGHTS) <= confidence(better, WEIGHTS)


def test_weights_that_trust_missing_evidence_are_refused() -> None:
    plain = SignalWeights.model_validate(
        dict.fromkeys(SignalWeights.model_fields, 1.0) | {"bias": 1.0}
    )
    with pytest.raises(ValidationError, match="missing evidence"):
        ConfidenceWeights(alone=plain.model_copy(update={"bias": 2.0}), compared=plain)


PLAIN_WEIGHTS = dict.fromkeys(SignalWeights.model_fields, 1.0)


@pytest.mark.parametrize("name", sorted(set(SignalWeights.model_fields) - {"bias"}))
def test_a_weight_may_be_nothing_but_not_negative(name: str) -> None:
    assert getattr(SignalWeights.model_validate(PLAIN_WEIGHTS | {name: 0}), name) == 0
    with pytest.raises(ValidationError):
        SignalWeights.model_validate(PLAIN_WEIGHTS | {name: -0.001})


def test_signals_that_a_policy_does_not_weigh_change_nothing() -> None:
    silent = {
        name: weight
        for name, weight in PLAIN_WEIGHTS.items()
        if name not in ("token_probability", "agreement")
    }
    weights = SignalWeights.model_validate(silent)
    told = FAULTLESS.model_copy(update={"token_probability": 0.0, "agreement": 0.0})
    assert probability(told, weights) == probability(FAULTLESS, weights)


def test_an_answer_of_which_less_was_seen_has_no_fault_in_the_rest() -> None:
    seen = ("hedging", "refusal", "emptiness", "truncation", "shortness")
    told = signals.Signals.model_validate(dict.fromkeys(seen, 1.0))
    assert (told.open_fence, told.repetition) == (1.0, 1.0)


def test_one_signal_takes_off_no_more_than_its_most() -> None:
    weights = SignalWeights.model_validate(
        dict.fromkeys(SignalWeights.model_fields, 0.0) | {"bias": 5.0, "hedging": 100.0}
    )
    assert probability(FAULTLESS.model_copy(update={"hedging": 0.0}), weights) == 0.5


def test_probabilities_that_were_asked_for_and_are_missing_speak_against_an_answer() -> None:
    answer = Answer(text=PLAIN, finish_reason="stop")
    asked = signals.signals(answer, 20, logprobs_asked=True)
    assert (asked.token_probability, FAULTLESS.token_probability) == (0.0, None)
    told = answer.model_copy(update={"logprobs": {"content": [{"logprob": 0.0}]}})
    assert signals.signals(told, 20, logprobs_asked=True).token_probability == 1.0
