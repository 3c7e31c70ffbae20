"""Ridge regression over hashed features in pure Python, by dual coordinate ascent.

Each sweep takes one exact step per example, so no learning rate has to be tuned. The same examples,
order and seed give the same weights.
"""

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from llm_router.domain.classifier.features import BUCKETS, STRUCTURE, Features
from llm_router.domain.logistic import sigmoid

_STEPS = 50
_RIDGE = 0.01


class Line(NamedTuple):
    """Log odds = slope · value + offset."""

    slope: float
    offset: float


def log_odds_line(values: Sequence[float], outcomes: Sequence[float]) -> Line:
    """The most likely line for outcomes from 0 to 1 (Platt scaling, by Newton's method).

    The slope is pulled a little towards 1, so that it is defined for uninformative values too.
    """
    slope, offset = 1.0, 0.0
    for _ in range(_STEPS):
        by_slope, by_offset = _RIDGE * (slope - 1), _RIDGE * offset
        second, mixed, first = _RIDGE, 0.0, _RIDGE
        for value, outcome in zip(values, outcomes, strict=True):
            chance = sigmoid(slope * value + offset)
            error, weight = chance - outcome, chance * (1 - chance)
            by_slope += error * value
            by_offset += error
            second += weight * value * value
            mixed += weight * value
            first += weight
        scale = second * first - mixed * mixed
        slope -= (first * by_slope - mixed * by_offset) / scale
        offset -= (second * by_offset - mixed * by_slope) / scale
    return Line(slope, offset)


@dataclass(frozen=True)
class Recipe:
    """Scales of the two groups of features, the ridge on all weights and the number of sweeps."""

    ngrams: float
    structure: float
    ridge: float
    sweeps: int


class Sparse(NamedTuple):
    """An example's hash buckets, and the index and value of each non-zero measure."""

    buckets: list[int]
    measures: list[tuple[int, float]]


@dataclass(frozen=True)
class Linear:
    """A fitted model; its weights apply to unscaled features, whatever the recipe was."""

    table: list[float]
    structure: list[float]
    bias: float

    def of(self, example: Sparse) -> float:
        """The model's value of an example."""
        value = self.bias + sum(self.structure[n] * x for n, x in example.measures)
        if example.buckets:
            found = sum(map(self.table.__getitem__, example.buckets))
            value += found / math.sqrt(len(example.buckets))
        return value


def sparse(features: Features) -> Sparse:
    """The features as the fit reads them; buckets are sorted so that sums are reproducible."""
    measures = [(n, x) for n, x in enumerate(features.structure) if x]
    return Sparse(sorted(features.buckets), measures)


def fit(
    examples: Sequence[Sparse],
    targets: Sequence[float],
    recipe: Recipe,
    seed: int,
    counts: Sequence[float] | None = None,
) -> Linear:
    """The weights that minimise the squared error plus `ridge` times their squares.

    `counts` holds the weight of each example, 1 if left out.
    """
    counts = counts or [1.0] * len(examples)
    bias = sum(c * t for c, t in zip(counts, targets, strict=True)) / sum(counts)
    table, structure = [0.0] * BUCKETS, [0.0] * len(STRUCTURE)
    duals = [0.0] * len(examples)
    scales = [recipe.ngrams / math.sqrt(len(e.buckets)) if e.buckets else 0.0 for e in examples]
    sizes = [
        recipe.ngrams**2 * bool(e.buckets) + recipe.structure**2 * (1 + sum(x * x for _, x in e[1]))
        for e in examples
    ]
    order = list(range(len(examples)))
    chance = random.Random(seed)  # noqa: S311
    constant = 0.0
    for _ in range(recipe.sweeps):
        chance.shuffle(order)
        for n in order:
            buckets, measures = examples[n]
            value = scales[n] * sum(map(table.__getitem__, buckets))
            value += recipe.structure * (
                constant + sum([structure[place] * x for place, x in measures])
            )
            ridge = recipe.ridge / counts[n]
            step = (targets[n] - bias - value - ridge * duals[n]) / (sizes[n] + ridge)
            duals[n] += step
            moved = step * scales[n]
            for bucket in buckets:
                table[bucket] += moved
            moved = step * recipe.structure
            for place, x in measures:
                structure[place] += moved * x
            constant += moved
    return Linear(
        [recipe.ngrams * weight for weight in table],
        [recipe.structure * weight for weight in structure],
        bias + recipe.structure * constant,
    )
