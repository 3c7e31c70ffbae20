import time

import pytest

from llm_router.domain import confidence
from llm_router.domain.chat import Answer


def trust(text: str, finish_reason: str = "stop", expected: int = 60) -> float:
    answer = Answer.model_validate({"text": text, "finish_reason": finish_reason})
    return confidence.signals(answer, expected).confidence


PLAIN = "Paris is the capital of France and lies on the river Seine."


def test_a_plain_answer_is_trusted() -> None:
    assert trust(PLAIN) == 1.0


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
        ("My best guess would be Paris, since that is the city one hears of most.", "stop"),
    ],
)
def test_each_bad_sign_alone_is_below_every_threshold(text: str, finish_reason: str) -> None:
    assert trust(text, finish_reason) < 0.5


def test_shortness_counts_only_against_what_was_expected() -> None:
    assert confidence.shortness("Paris.", 10) == 1.0
    assert confidence.shortness("Paris.", 1_000) < 0.5
    assert confidence.shortness("Paris.", 100) >= 0.5


def test_missing_words_in_the_middle_are_no_refusal() -> None:
    assert confidence.refusal("Cells that I can't name here are called neurons.") == 1.0


@pytest.mark.parametrize("text", [" " * 100_000, "!" * 100_000, "\n" * 100_000])
def test_signals_are_fast_on_odd_texts(text: str) -> None:
    started = time.perf_counter()
    trust(text)
    confidence.split_self_rating(text)
    assert time.perf_counter() - started < 0.05


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
    assert confidence.split_self_rating(text) == (answer, rating)
