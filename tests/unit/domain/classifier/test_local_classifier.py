import statistics
from collections.abc import Callable
from pathlib import Path

import pytest

from evaluation.classifier.examples import examples_of
from evaluation.classifier.labelled_prompts import LabelledPrompt, labelled_prompts
from evaluation.classifier.report import WEIGHTS
from evaluation.classifier.train import train
from evaluation.dataset.recordings import Row
from llm_router.domain.classifier.features import STRUCTURE, features_of
from llm_router.domain.classifier.local_classifier import LocalClassifier
from llm_router.domain.classifier.weights_file import MAGIC, ClassifierError
from llm_router.domain.conversation.conversation import Conversation, Message
from llm_router.domain.tiers import TIERS, Tier
from tests.support.effort import takes_less_than
from tests.support.fakes import asking

DATA = WEIGHTS.read_bytes()
SHIPPED = LocalClassifier.from_bytes(DATA)
TEXT = "The tenant says that the landlord, who lives abroad, kept 40 % of the deposit. " * 40


def accuracy(prompts: list[LabelledPrompt]) -> tuple[float, float]:
    """The shares of prompts whose tier is met exactly, and missed by two."""
    off = [abs(SHIPPED.estimate(p.conversation).tier.level - p.tier.level) for p in prompts]
    return off.count(0) / len(off), off.count(2) / len(off)


def test_the_guard_is_large_and_covers_tiers_scripts_and_both_halves() -> None:
    prompts = labelled_prompts()
    assert len({prompt.prompt for prompt in prompts}) == len(prompts) >= 320
    for half in (True, False):
        tiers = [prompt.tier for prompt in prompts if prompt.for_testing is half]
        assert min(map(tiers.count, TIERS)) > len(tiers) / 4
    not_ascii = [prompt for prompt in prompts if not prompt.prompt.isascii()]
    assert len(not_ascii) > len(prompts) / 4


def test_prompts_of_the_half_that_taught_nothing_get_their_tier() -> None:
    exact, two_off = accuracy([prompt for prompt in labelled_prompts() if prompt.for_testing])
    assert exact >= 0.82  # 0.838 measured
    assert two_off <= 0.02  # 0.016 measured


def test_an_estimate_is_as_often_right_as_it_says() -> None:
    held_out = [prompt for prompt in labelled_prompts() if prompt.for_testing]
    found = [(SHIPPED.estimate(prompt.conversation), prompt.tier) for prompt in held_out]
    sure = [estimate.tier is tier for estimate, tier in found if estimate.confidence >= 0.7]
    assert len(sure) > 0.75 * len(found)
    assert statistics.mean(sure) >= 0.89  # 0.914 measured
    said = statistics.mean(estimate.confidence for estimate, _ in found)
    assert said == pytest.approx(statistics.mean(e.tier is tier for e, tier in found), abs=0.05)


@pytest.mark.parametrize(
    ("prompt", "tier"),
    [
        ("hi", Tier.SIMPLE),
        ("prove it lol", Tier.SIMPLE),
        ("What a lovely design!", Tier.SIMPLE),
        ("What does the word 'lemma' mean?", Tier.SIMPLE),
        ("Was bedeutet „Strategie“?", Tier.SIMPLE),
        ("Explain what a proof is to my ten-year-old son.", Tier.MODERATE),
        ("Écris un petit mot pour remercier ma voisine.", Tier.MODERATE),
        ("Plan a picnic", Tier.MODERATE),
        ("Prove Fermat's little theorem.", Tier.COMPLEX),
        ("Design a distributed cache", Tier.COMPLEX),
        ("Докажи малую теорему Ферма.", Tier.COMPLEX),
        ("证明费马小定理。", Tier.COMPLEX),
        ("Entwirf die Architektur eines Zahlungssystems ohne Doppelbuchungen.", Tier.COMPLEX),
    ],
)
def test_it_is_the_task_that_decides_not_a_keyword(prompt: str, tier: Tier) -> None:
    assert SHIPPED.estimate(asking(prompt)).tier is tier


def test_only_the_last_user_turn_is_judged() -> None:
    demanding = "Prove each theorem, design the architecture, derive the bounds. " * 200
    around = (
        Message(role="system", content=demanding),
        Message(role="user", content=demanding),
        Message(role="assistant", content=demanding),
        Message(role="user", content="hi"),
    )
    estimate = SHIPPED.estimate(Conversation(messages=around))
    assert estimate == SHIPPED.estimate(asking("hi"))
    assert estimate.tier is Tier.SIMPLE


def test_the_measures_have_their_names() -> None:
    tools = ({"name": "f"},)
    features = features_of(asking("1. Is x = 3?\n2. Prove it.", tools=tools, response_schema={}))
    found = {name for name, x in zip(STRUCTURE, features.structure, strict=True) if x}
    assert {"tools", "schema", "parts>0", "numbers>0", "prove>=1", "formulas>0"} <= found
    assert not {"images", "han", "cyrillic", "quoted>0"} & found


@pytest.mark.parametrize(
    "text", ["", " ", "\n" * 100_000, "- x\n" * 30_000, '"' * 100_000, "«a " * 40_000, TEXT * 40]
)
@pytest.mark.parametrize("method", [SHIPPED.score, SHIPPED.estimate])
def test_whatever_the_text_it_takes_no_longer(
    text: str, method: Callable[[Conversation], object]
) -> None:
    assert takes_less_than(3, lambda: method(asking(text)))


@pytest.mark.parametrize("text", [TEXT[:2_000], "証明してください。" * 222, "Как дела? " * 200])
@pytest.mark.parametrize("method", [SHIPPED.score, SHIPPED.estimate])
def test_two_thousand_characters_take_at_most_a_millisecond(
    text: str, method: Callable[[Conversation], object]
) -> None:
    conversation = asking(text[:2_000])
    assert takes_less_than(1, lambda: method(conversation))


def test_the_file_is_small_and_says_what_it_is() -> None:
    assert len(DATA) < 128 * 1024
    assert SHIPPED.version == WEIGHTS.stem
    assert "mmlu" in SHIPPED.trained
    assert 0 <= SHIPPED.score(asking("hi")) <= 1


def test_it_knows_what_it_was_trained_on() -> None:
    prompts = labelled_prompts()
    assert all(SHIPPED.was_trained_on(p.conversation) for p in prompts if not p.for_testing)
    strangers = [p for p in prompts if p.for_testing]
    assert sum(SHIPPED.was_trained_on(p.conversation) for p in strangers) < 0.03 * len(strangers)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "not a file"),
        (Path(__file__).read_bytes(), "not a file"),
        (MAGIC, "damaged"),
        (DATA[:-1], "damaged"),
        (DATA[:5_000] + bytes([DATA[5_000] ^ 1]) + DATA[5_001:], "damaged"),
    ],
)
def test_other_bytes_are_refused_with_the_reason(data: bytes, reason: str) -> None:
    with pytest.raises(ClassifierError, match=reason):
        LocalClassifier.from_bytes(data)


def test_training_twice_gives_the_same_bytes_and_learns_what_is_in_the_rows() -> None:
    rows = [
        Row.model_validate(
            {
                "id": str(number),
                "prompt": f"The {'comet' if hard else 'apple'} of case {number}, please.",
                "answers": {"weak": {"correct": not hard}, "strong": {"correct": True}},
            }
        )
        for number in range(40)
        for hard in [number % 2 == 0]
    ]
    guard = labelled_prompts()[:60]
    first, second = (
        train(examples_of(rows, "weak", "strong"), guard, version="v", trained="in a test")
        for _ in range(2)
    )
    assert first == second
    trained = LocalClassifier.from_bytes(first)
    assert trained.version == "v"
    comet, apple = (trained.score(asking(f"The {what}, please.")) for what in ("comet", "apple"))
    assert apple < 0.4
    assert comet > 0.6
