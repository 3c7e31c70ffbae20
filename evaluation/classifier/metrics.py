"""The RouteLLM paper's metrics of a score that ranks questions by need of the strong model.

Questions go to the strong model from the highest score down. PGR, the performance gap recovered,
is the quality gained over the weak model as a share of what always asking the strong one gains.
APGR is its mean over all shares of calls to the strong model, from none to all: 0.5 for chance.
CPT(x) is the share of calls to the strong model from which PGR is at least x.

A gain is the quality of the strong model's answer minus that of the weak one's, from -1 to 1.
"""

import math
import random
from collections.abc import Callable, Mapping, Sequence
from itertools import accumulate, groupby

Gains = Sequence[float]
Interval = tuple[float, float]

_DRAWS = 400
_TAIL = 0.025


class NothingToGainError(ValueError):
    """The strong model is not better than the weak one, so there is no gap to recover."""


def from_the_top(scores: Sequence[float], gains: Gains) -> list[float]:
    """The gains from the highest score down; where scores are equal, each has their mean."""
    ordered = sorted(zip(scores, gains, strict=True), key=lambda pair: -pair[0])
    shared = list[float]()
    for _, group in groupby(ordered, key=lambda pair: pair[0]):
        equal = [gain for _, gain in group]
        shared += [sum(equal) / len(equal)] * len(equal)
    return shared


def oracle(gains: Gains) -> list[float]:
    """The gains in the best possible order, descending."""
    return sorted(gains, reverse=True)


def apgr(ordered: Gains) -> float:
    """The average performance gap recovered, by trapezoids over all shares of calls."""
    return _area(ordered) / _gap(ordered)


def cpt(ordered: Gains, recovered: float) -> float:
    """The smallest share of calls to the strong model that recovers this share of the gap."""
    wanted, before = recovered * _gap(ordered), 0.0
    for calls, after in enumerate(accumulate(ordered)):
        if after >= wanted:
            return (calls + (wanted - before) / (after - before)) / len(ordered)
        before = after
    return 1.0


def within_domains(by_domain: Mapping[str, Gains]) -> float:
    """The APGR if the same share of each domain goes to the strong model, in the domain's order.

    Recognising a domain brings nothing here. It is the mean over the domains, weighted by their
    gaps: a domain without a gap has no APGR, and one with a small gap an arbitrary one.
    """
    return sum(map(_area, by_domain.values())) / _gap([g for o in by_domain.values() for g in o])


def interval(statistic: Callable[[Gains], float], ordered: Gains, seed: int) -> Interval | None:
    """The 95 % bootstrap interval over questions; None if too many draws have no gap."""
    return _interval(lambda chance: statistic(_drawn(ordered, chance)), seed)


def interval_within(by_domain: Mapping[str, Gains], seed: int) -> Interval | None:
    """The 95 % bootstrap interval of `within_domains`; questions are drawn within each domain."""
    return _interval(
        lambda chance: within_domains({d: _drawn(o, chance) for d, o in by_domain.items()}), seed
    )


def _area(ordered: Gains) -> float:
    """The mean of the total gain over all shares of calls."""
    total = sum(accumulate(ordered)) - math.fsum(ordered) / 2
    return total / len(ordered)


def _gap(gains: Gains) -> float:
    gap = math.fsum(gains)
    if gap <= 0:
        raise NothingToGainError("the strong model is not better than the weak one on these rows")
    return gap


def _drawn(ordered: Gains, chance: random.Random) -> list[float]:
    """A resample of the gains with replacement, of the same size and in the same order."""
    places = chance.choices(range(len(ordered)), k=len(ordered))
    return [ordered[place] for place in sorted(places)]


def _interval(draw: Callable[[random.Random], float], seed: int) -> Interval | None:
    chance = random.Random(seed)  # noqa: S311 - a resample, not a secret
    values = list[float]()
    for _ in range(_DRAWS):
        try:
            values.append(draw(chance))
        except NothingToGainError:
            continue
    if len(values) < _DRAWS * (1 - _TAIL):
        return None
    values.sort()
    return values[int(_TAIL * len(values))], values[-1 - int(_TAIL * len(values))]
