"""Metrics of routing strategies over many questions, with 95 % intervals."""

import math
import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from operator import mul

from evaluation.dataset.cascade_model import (
    CascadeSettings,
    Observation,
    SimulatedOutcome,
    simulate,
)

from .strategies import StrategyOutcome

MOST_POINTS = 60
BINS = 10
_Z = 1.959964
"""Standard deviations on either side of the mean that hold 95 % of a normal distribution."""


@dataclass(frozen=True)
class Point:
    """The setting at one threshold; `quality_kept` and `saving` are relative to always strong."""

    threshold: float
    escalation_rate: float
    quality_kept: float
    saving: float


@dataclass(frozen=True)
class Bin:
    """Answers of similar confidence: their mean quality with its 95 % interval."""

    confidence: float
    quality: float
    low: float
    high: float
    n: int


def threshold_curve(observations: Sequence[Observation], setting: CascadeSettings) -> list[Point]:
    """The setting at every threshold that changes anything, thinned to about `MOST_POINTS`."""
    confidences = sorted(
        {outcome.confidence for outcome in _before_escalation(observations, setting)}
    )
    # At a threshold above the highest confidence, everything escalates.
    levels = [*confidences, min(1.0, round(confidences[-1] + 0.001, 3))]
    step = max(1, math.ceil(len(levels) / MOST_POINTS))
    chosen = sorted({*levels[::step], levels[-1], setting.tier.threshold})
    return [_point(observations, _with_threshold(setting, threshold)) for threshold in chosen]


def reliability(observations: Sequence[Observation], setting: CascadeSettings) -> list[Bin]:
    """Quality by confidence before any escalation, in bins of equal width without empty ones."""
    binned: dict[int, list[SimulatedOutcome]] = {}
    for outcome in _before_escalation(observations, setting):
        place = min(BINS - 1, int(BINS * outcome.confidence))
        binned.setdefault(place, []).append(outcome)
    return [_bin(simulated_outcomes) for _, simulated_outcomes in sorted(binned.items())]


def wilson(mean: float, n: int) -> tuple[float, float]:
    """The 95 % Wilson interval of a share; a little wide for scores between 0 and 1."""
    middle = mean + _Z**2 / (2 * n)
    spread = _Z * math.sqrt(mean * (1 - mean) / n + _Z**2 / (4 * n**2))
    whole = 1 + _Z**2 / n
    return max(0.0, (middle - spread) / whole), min(1.0, (middle + spread) / whole)


def _with_threshold(setting: CascadeSettings, threshold: float) -> CascadeSettings:
    return replace(setting, tier=setting.tier.model_copy(update={"threshold": threshold}))


def _before_escalation(
    observations: Sequence[Observation], setting: CascadeSettings
) -> list[SimulatedOutcome]:
    accepting = _with_threshold(setting, 0.0)
    return [simulate(e, accepting) for e in observations]


def _point(observations: Sequence[Observation], setting: CascadeSettings) -> Point:
    simulated_outcomes = [simulate(e, setting) for e in observations]
    best = sum(e.strong.quality for e in observations)
    dearest = sum(e.strong.cost_usd for e in observations)
    return Point(
        threshold=setting.tier.threshold,
        escalation_rate=sum(e.strong for e in simulated_outcomes) / len(simulated_outcomes),
        quality_kept=sum(e.quality for e in simulated_outcomes) / best if best else 1.0,
        saving=1 - sum(e.cost_usd for e in simulated_outcomes) / dearest if dearest else 0.0,
    )


def _bin(simulated_outcomes: Sequence[SimulatedOutcome]) -> Bin:
    n = len(simulated_outcomes)
    quality = sum(e.quality for e in simulated_outcomes) / n
    low, high = wilson(quality, n)
    return Bin(sum(e.confidence for e in simulated_outcomes) / n, quality, low, high, n)


REFERENCE = "always_strong"
RESAMPLES = 1_000
_LEVEL = 0.95
_PLACES = 6

Interval = tuple[float, float]


@dataclass(frozen=True)
class StrategyMetrics:
    """Averages over the questions; `quality_kept` and `saving` are relative to always strong.

    `escalation_rate` is the share of questions for which the strong model is called. `intervals`
    holds the 95 % bootstrap interval of each of the first five.
    """

    quality: float
    quality_kept: float
    saving: float
    escalation_rate: float
    cost_usd_per_1k: float
    calls: float
    intervals: dict[str, Interval]


@dataclass(frozen=True)
class _Columns:
    quality: list[float]
    cost_usd: list[float]
    strong: list[float]

    @classmethod
    def of(cls, outcomes: Sequence[StrategyOutcome]) -> "_Columns":
        return cls(
            [o.quality for o in outcomes],
            [o.cost_usd for o in outcomes],
            [o.strong for o in outcomes],
        )

    def means(self, weights: Sequence[int]) -> tuple[float, float, float]:
        """The mean of each column, with a weight for each question."""
        n = sum(weights)
        quality, cost, strong = (
            sum(map(mul, weights, column)) / n
            for column in (self.quality, self.cost_usd, self.strong)
        )
        return quality, cost, strong


def strategy_metrics(
    outcomes: Mapping[str, Sequence[StrategyOutcome]], seed: int, resamples: int = RESAMPLES
) -> dict[str, StrategyMetrics]:
    """Each strategy's metrics; `outcomes` must hold `REFERENCE`, and all the same questions.

    The intervals are of a paired bootstrap: each resample compares all strategies on the same
    questions. A strategy's parameters (a threshold, a share) stay fixed.
    """
    columns = {name: _Columns.of(of_one) for name, of_one in outcomes.items()}
    n = len(outcomes[REFERENCE])
    chance = random.Random(seed)  # noqa: S311 - a resample, not a secret
    drawn: dict[str, dict[str, list[float]]] = {name: {} for name in columns}
    for _ in range(resamples):
        counts = Counter(chance.choices(range(n), k=n))
        for name, found in _compared(columns, [counts[i] for i in range(n)]).items():
            for key, value in found.items():
                drawn[name].setdefault(key, []).append(value)
    whole = _compared(columns, [1] * n)
    return {
        name: StrategyMetrics(
            **{key: round(value, _PLACES) for key, value in whole[name].items()},
            calls=round(sum(o.calls for o in outcomes[name]) / n, _PLACES),
            intervals={key: _middle(values) for key, values in drawn[name].items()},
        )
        for name in columns
    }


def _compared(
    columns: Mapping[str, _Columns], weights: Sequence[int]
) -> dict[str, dict[str, float]]:
    means = {name: column.means(weights) for name, column in columns.items()}
    best, dearest, _ = means[REFERENCE]
    return {
        name: {
            "quality": quality,
            # If the strong model has no quality or no cost, there is nothing to lose or to save.
            "quality_kept": quality / best if best else 1.0,
            "saving": 1 - cost / dearest if dearest else 0.0,
            "escalation_rate": strong,
            "cost_usd_per_1k": 1_000 * cost,
        }
        for name, (quality, cost, strong) in means.items()
    }


def _middle(values: list[float]) -> Interval:
    """The range of the middle 95 % of the values."""
    values.sort()
    left_out = int((1 - _LEVEL) / 2 * len(values))
    low, high = values[left_out], values[-1 - left_out]
    return round(low, _PLACES), round(high, _PLACES)
