"""A model's values as log odds: the line that fits the outcomes best."""

import math
from collections.abc import Sequence
from typing import NamedTuple

_STEPS = 50
_RIDGE = 0.01


class Line(NamedTuple):
    """Log odds = slope · value + offset."""

    slope: float
    offset: float


def log_odds_line(values: Sequence[float], outcomes: Sequence[float]) -> Line:
    """The most likely line for outcomes from 0 to 1 (Platt scaling, by Newton's method).

    The slope is pulled a little towards 1, so that values that tell nothing apart have one too.
    """
    slope, offset = 1.0, 0.0
    for _ in range(_STEPS):
        by_slope, by_offset = _RIDGE * (slope - 1), _RIDGE * offset
        second, mixed, first = _RIDGE, 0.0, _RIDGE
        for value, outcome in zip(values, outcomes, strict=True):
            chance = 1 / (1 + math.exp(-max(-30.0, min(30.0, slope * value + offset))))
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
