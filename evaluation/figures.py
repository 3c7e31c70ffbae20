"""What a strategy is worth over many questions, with how far that may be chance."""

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import mul

from .strategies import Outcome

REFERENCE = "always_strong"
RESAMPLES = 1_000
_LEVEL = 0.95
_PLACES = 6

Interval = tuple[float, float]


@dataclass(frozen=True)
class Figures:
    """Averages over the questions; `quality_kept` and `saving` are relative to always strong.

    `escalation_rate` is the share of questions for which the strong model is asked. `intervals`
    holds the bootstrap's 95 % of each of the first five.
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
    def of(cls, outcomes: Sequence[Outcome]) -> "_Columns":
        return cls(
            [o.quality for o in outcomes],
            [o.cost_usd for o in outcomes],
            [o.strong for o in outcomes],
        )

    def means(self, weights: Sequence[int]) -> tuple[float, float, float]:
        """The average of each, a question counted as often as its weight says."""
        n = sum(weights)
        quality, cost, strong = (
            sum(map(mul, weights, column)) / n
            for column in (self.quality, self.cost_usd, self.strong)
        )
        return quality, cost, strong


def figures(
    outcomes: Mapping[str, Sequence[Outcome]], seed: int, resamples: int = RESAMPLES
) -> dict[str, Figures]:
    """Each strategy's figures; `outcomes` must hold `REFERENCE`, and all the same questions.

    The intervals are of a paired bootstrap: in each resample of the questions all strategies are
    compared on the same ones. What a strategy was told before (a threshold, a share) stays fixed.
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
        name: Figures(
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
            # Where the strong model is worth or costs nothing, there is nothing to lose or save.
            "quality_kept": quality / best if best else 1.0,
            "saving": 1 - cost / dearest if dearest else 0.0,
            "escalation_rate": strong,
            "cost_usd_per_1k": 1_000 * cost,
        }
        for name, (quality, cost, strong) in means.items()
    }


def _middle(values: list[float]) -> Interval:
    """Between which values the middle 95 % lie."""
    values.sort()
    left_out = int((1 - _LEVEL) / 2 * len(values))
    low, high = values[left_out], values[-1 - left_out]
    return round(low, _PLACES), round(high, _PLACES)
