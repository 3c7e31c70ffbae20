from collections.abc import Sequence

import pytest

from evaluation.dataset.cascade_model import (
    CascadeSettings,
    ModelResult,
    Observation,
    SimulatedOutcome,
    simulate,
)
from evaluation.replay.metrics import strategy_metrics
from evaluation.replay.strategies import NAMES, StrategyOutcome, most_difficult, outcomes
from llm_router.domain.conversation.answer import Answer
from llm_router.domain.policy.policy import TierSettings
from llm_router.domain.trust.signals import signals
from tests.support.policies import POLICY

SHIPPED = CascadeSettings(
    TierSettings(threshold=0.5, second_opinion="always"), POLICY.confidence.weights
)
GOOD = signals(Answer(text="It is easy to see that it is 4.", finish_reason="stop"), 10)
REFUSED = signals(Answer(text="I'm sorry, but I can't help.", finish_reason="stop"), 10)


def question(
    cheap: float, strong: float, agreement: float, *, refused: bool = False
) -> Observation:
    """One whose cheap call costs 1, the peer's 2 and the strong one 10 USD."""
    return Observation(
        id="q",
        dataset="d",
        cheap=ModelResult(cheap, 1.0, REFUSED if refused else GOOD),
        strong=ModelResult(strong, 10.0, GOOD),
        peer=ModelResult(cheap, 2.0, GOOD),
        agreement=agreement,
    )


EVIDENCE = [
    question(1, 1, 1),
    question(1, 0, 1),
    question(0, 1, 0),
    question(0, 1, 0, refused=True),
]
HARDNESS = [0.1, 0.4, 0.3, 0.2]


def found(observations: Sequence[Observation] = EVIDENCE) -> dict[str, list[StrategyOutcome]]:
    def cascade(setting: CascadeSettings) -> list[SimulatedOutcome]:
        return [simulate(e, setting) for e in observations]

    return outcomes(observations, SHIPPED, HARDNESS, cascade)


def test_all_strategies_are_there_in_order() -> None:
    assert tuple(found()) == NAMES


@pytest.mark.parametrize(
    ("name", "quality", "cost_usd", "strong"),
    [
        ("always_cheap", [1, 1, 0, 0], [1, 1, 1, 1], [0, 0, 0, 0]),
        ("always_strong", [1, 0, 1, 1], [10, 10, 10, 10], [1, 1, 1, 1]),
        # As often as shipped, which escalates the two that are disputed.
        ("random_mix", [1, 0.5, 0.5, 0.5], [5.5, 5.5, 5.5, 5.5], [0.5] * 4),
        ("classifier", [1, 0, 1, 0], [1, 10, 10, 1], [0, 1, 1, 0]),
        ("text_signals", [1, 1, 0, 1], [1, 1, 1, 11], [0, 0, 0, 1]),
        ("agreement", [1, 1, 1, 1], [3, 3, 13, 13], [0, 0, 1, 1]),
        ("shipped", [1, 1, 1, 1], [3, 3, 13, 13], [0, 0, 1, 1]),
        ("oracle", [1, 1, 1, 1], [1, 1, 10, 10], [0, 0, 1, 1]),
    ],
)
def test_what_a_strategy_makes_of_each_question(
    name: str, quality: list[float], cost_usd: list[float], strong: list[float]
) -> None:
    outcome = found()[name]
    assert [o.quality for o in outcome] == quality
    assert [o.cost_usd for o in outcome] == cost_usd
    assert [o.strong for o in outcome] == strong


def test_calls_are_counted() -> None:
    calls = {name: [o.calls for o in of_one] for name, of_one in found().items()}
    assert calls["shipped"] == [2, 2, 3, 3]
    assert calls["text_signals"] == [1, 1, 1, 2]
    assert calls["random_mix"] == calls["oracle"] == [1, 1, 1, 1]


@pytest.mark.parametrize(
    ("difficulty", "wanted", "chances"),
    [
        ([3, 1, 2], 1, [1, 0, 0]),
        ([3, 1, 2], 2, [1, 0, 1]),
        ([3, 1, 2], 0, [0, 0, 0]),
        ([1, 1, 1, 1], 1, [0.25] * 4),
        ([2, 1, 1, 0], 2, [1, 0.5, 0.5, 0]),
        ([2, 1], 2, [1, 1]),
        ([2, 1], 1.5, [1, 0.5]),
    ],
)
def test_the_hardest_questions_go_to_the_strong_model_and_ties_share(
    difficulty: list[float], wanted: float, chances: list[float]
) -> None:
    assert most_difficult(difficulty, wanted) == chances


def test_where_nobody_could_be_asked_agreement_alone_always_escalates() -> None:
    alone = [
        Observation("q", "d", cheap=ModelResult(1, 1.0, GOOD), strong=ModelResult(0, 10.0, GOOD))
        for _ in range(4)
    ]
    of_agreement = found(alone)["agreement"]
    assert [(o.quality, o.cost_usd) for o in of_agreement] == [(0, 11.0)] * 4


def test_figures_are_relative_to_always_strong() -> None:
    of_shipped = strategy_metrics(found(), seed=0)["shipped"]
    assert of_shipped.quality == 1
    assert of_shipped.quality_kept == pytest.approx(4 / 3, abs=1e-6)
    assert of_shipped.saving == pytest.approx(1 - 32 / 40)
    assert of_shipped.escalation_rate == 0.5
    assert of_shipped.cost_usd_per_1k == pytest.approx(8_000)
    assert of_shipped.calls == 2.5


def test_intervals_are_paired_and_deterministic() -> None:
    once, again = strategy_metrics(found(), seed=1), strategy_metrics(found(), seed=1)
    assert once == again
    assert once["always_strong"].intervals["quality_kept"] == (1, 1)
    assert once["always_strong"].intervals["saving"] == (0, 0)
    assert strategy_metrics(found(), seed=2) != once


def test_an_interval_is_as_wide_as_theory_says() -> None:
    n, share = 400, 0.8
    chance = [StrategyOutcome(float(i < share * n), 1.0, 0.0, 1) for i in range(n)]
    low, high = strategy_metrics({"always_strong": chance}, seed=0)["always_strong"].intervals[
        "quality"
    ]
    half = 1.96 * (share * (1 - share) / n) ** 0.5
    assert low == pytest.approx(share - half, abs=0.008)
    assert high == pytest.approx(share + half, abs=0.008)


def test_nothing_is_divided_by_a_strong_model_that_is_worth_or_costs_nothing() -> None:
    nothing = {"always_strong": [StrategyOutcome(0.0, 0.0, 1.0, 1)]}
    of_it = strategy_metrics(nothing, seed=0)["always_strong"]
    assert (of_it.quality_kept, of_it.saving) == (1, 0)
