"""Places between groups of levels of confidence, where a threshold separates something."""

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple, TypeVar

APART = 0.25
"""Levels of confidence closer than this, in log odds, are not told apart."""

_ROOM = 1.0
"""How far, in log odds, a threshold may lie below what it accepts."""

Item = TypeVar("Item")


class Cut(NamedTuple):
    """A place between two groups of levels, of which `lower` and `higher` come next to it.

    The share `below` of all answers lies below it.
    """

    lower: float
    higher: float
    below: float

    @property
    def threshold(self) -> float:
        """What separates the groups."""
        return between(self.lower, self.higher)


def between(lower: float, higher: float) -> float:
    """A threshold above `lower` and not above `higher`, with room for small faults to both sides.

    It lies in the middle, or higher: what is far below all that was accepted was never tested.
    """
    high = log_odds(higher)
    found = probability(max((log_odds(lower) + high) / 2, high - _ROOM))
    return found if lower < found <= higher else higher


def cuts_between(levels: Sequence[float]) -> list[Cut]:
    """The cuts between groups of neighbouring levels, in order; none below or above all."""
    cuts, started = [], levels[0] if levels else 0.0
    for n, (lower, higher) in enumerate(pairwise(levels), start=1):
        if log_odds(higher) - log_odds(started) >= APART:
            cuts.append(Cut(lower, higher, n / len(levels)))
            started = higher
    return cuts


def evenly(cuts: Sequence[Cut], most: int) -> list[Cut]:
    """At most so many cuts, with about as many answers between each two."""
    if len(cuts) <= most:
        return list(cuts)
    wanted = [(n + 1) / (most + 1) for n in range(most)]
    return sorted({min(cuts, key=lambda cut: abs(cut.below - share)) for share in wanted})


def just_below(levels: Sequence[float]) -> float:
    """A threshold that every level seen reaches, but a worse answer does not."""
    return min(probability(log_odds(levels[0]) - APART), levels[0])


def thinned(values: Sequence[Item], most: int) -> list[Item]:
    """At most so many of them, spread evenly."""
    if len(values) <= most:
        return list(values)
    return [values[round(n * (len(values) - 1) / (most - 1))] for n in range(most)]


def log_odds(confidence: float) -> float:
    """The log odds of a confidence, which has three places."""
    bounded = min(max(confidence, 0.0005), 0.9995)
    return math.log(bounded / (1 - bounded))


def probability(odds: float) -> float:
    """The probability, rounded as a confidence is."""
    return round(1 / (1 + math.exp(-max(-30.0, min(30.0, odds)))), 3)
