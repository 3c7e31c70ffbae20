"""Penalised logistic regression in pure Python, by one safeguarded Newton step after another."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from llm_router.domain.signals import Signals

_SWEEPS = 500
_CLOSE_ENOUGH = 1e-7


@dataclass(frozen=True)
class Case:
    """Equal answers: what they showed, how many there were, how many of them were good.

    With `at_most`, a probability below the share of good ones fits as well as that share.
    """

    signals: Signals
    count: float
    good: float
    at_most: bool = False

    def error(self, odds: float) -> float:
        """By how much too many are expected to be good."""
        error = self.count * _probability(odds) - self.good
        return max(0.0, error) if self.at_most else error

    def loss(self, odds: float) -> float:
        """How badly these log odds fit: the negative log likelihood."""
        if self.at_most:
            odds = max(odds, _odds(self.good / self.count))
        certain = max(odds, 0.0) + math.log1p(math.exp(-abs(odds)))
        return self.count * certain - self.good * odds


@dataclass(frozen=True)
class Column:
    """One parameter: where it stands, what it is pulled to, and which cases it bears on."""

    prior: float
    ridge: float
    least: float
    entries: tuple[tuple[int, float], ...]


def solved(cases: Sequence[Case], columns: Sequence[Column]) -> list[float]:
    """The parameters of the least penalised loss, one after the other until none moves.

    Each takes a Newton step, halved until the loss falls: it is convex, so this ends at its least.
    """
    values = [max(column.prior, column.least) for column in columns]
    odds = [0.0] * len(cases)
    for column, value in zip(columns, values, strict=True):
        for n, x in column.entries:
            odds[n] += x * value
    for _ in range(_SWEEPS):
        moved = 0.0
        for k, column in enumerate(columns):
            step = _step(cases, column, values[k], odds)
            values[k] += step
            for n, x in column.entries:
                odds[n] += x * step
            moved = max(moved, abs(step))
        if moved < _CLOSE_ENOUGH:
            break
    return values


def _step(cases: Sequence[Case], column: Column, value: float, odds: Sequence[float]) -> float:
    slope, curvature = column.ridge * (value - column.prior), column.ridge
    for n, x in column.entries:
        error, p = cases[n].error(odds[n]), _probability(odds[n])
        slope += x * error
        curvature += x * x * cases[n].count * p * (1 - p) * (error != 0 or not cases[n].at_most)
    step = max(value - slope / curvature, column.least) - value
    before = _loss(cases, column, value, odds, 0.0)
    while abs(step) >= _CLOSE_ENOUGH and _loss(cases, column, value, odds, step) > before:
        step /= 2
    return step if abs(step) >= _CLOSE_ENOUGH else 0.0


def _loss(
    cases: Sequence[Case], column: Column, value: float, odds: Sequence[float], step: float
) -> float:
    """What depends on this parameter, with it moved by a step."""
    loss = column.ridge * (value + step - column.prior) ** 2 / 2
    return loss + sum(cases[n].loss(odds[n] + x * step) for n, x in column.entries)


def _probability(odds: float) -> float:
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, odds))))


def _odds(probability: float) -> float:
    bounded = min(max(probability, 1e-9), 1 - 1e-9)
    return math.log(bounded / (1 - bounded))
