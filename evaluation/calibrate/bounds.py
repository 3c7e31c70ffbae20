"""Betting bounds on the mean of independent, bounded margins, with a stated confidence.

Both are from Waudby-Smith & Ramdas, "Estimating means of bounded random variables by betting",
JRSS B 2024. A bettor stakes a share of the capital on margin after margin. If the mean is not above
zero, no strategy is expected to win: by Ville's inequality the capital ever multiplies by 1 / delta
with a probability of at most delta. So if it does, the mean is above zero. This holds for any
distribution within the bounds and any number of margins; the stakes decide only how soon a true
margin is detected. The order must not depend on the values.

`certified` computes the stake anew before each margin, to reach the goal with the margins left (as
Voráček & Orabona, "STaR-Bets", arXiv:2505.22422).
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import NormalDist, fmean, pvariance

_MOST_STAKED = 0.9
"""Largest share of the capital that the worst margin may take, so that some is always left."""

_CAUTION = 0.85
"""Share of the stake that is best if the last margin decides; an earlier one may decide too."""

_LAST = 0.02
"""Share of the margins that always counts as still ahead; limits the last stakes."""

_POWER = 0.8
"""Power that `labels_needed` aims at; about 0.9 in effect, as the goal may be reached earlier."""


@dataclass(frozen=True)
class Spread:
    """The variance of other, independent margins, and their number."""

    variance: float
    weight: float


def certified(
    margins: Sequence[float], low: float, high: float, delta: float, expected: Spread | None = None
) -> bool:
    """True if the mean is shown to be above zero; wrong with probability <= `delta`.

    Every margin must lie from `low` < 0 to `high` > 0. Each stake is chosen to reach the goal with
    the margins that are left, given the variance so far; `expected` is the variance known before.
    """
    _check(margins, low, high, delta)
    known = expected or _nothing_known(low, high)
    squares, count = known.variance * known.weight, known.weight
    most, n = _MOST_STAKED / -low, len(margins)
    missing = -math.log(delta)
    for done, margin in enumerate(margins):
        left = max(n - done, _LAST * n)
        # sqrt(2 * missing / (left * variance)) maximises stake * mean - stake**2 * variance / 2
        # for the mean at which the margins left just win `missing`.
        staked = _CAUTION * math.sqrt(2 * missing * count / (left * squares))
        missing -= math.log1p(min(staked, most) * margin)
        if missing <= 0:
            return True
        squares, count = squares + margin * margin, count + 1
    return False


def lower_bound(
    margins: Sequence[float], low: float, high: float, delta: float, expected: Spread | None = None
) -> float:
    """A lower bound of the mean, wrong with probability <= `delta`; `low` if nothing is shown.

    The stakes are the same for every number tried, so ruling one out rules out all below it.
    `certified` detects more, because it adapts its stakes to one question.
    """
    _check(margins, low, high, delta)
    known = expected or _nothing_known(low, high)
    stakes = _stakes(margins, known, delta)
    ruled_out, possible = low, high
    while possible - ruled_out > 1e-6 * (high - low):
        tried = (ruled_out + possible) / 2
        if _wins(margins, stakes, tried, _MOST_STAKED / (tried - low), delta):
            ruled_out = tried
        else:
            possible = tried
    return ruled_out


def labels_needed(margins: Sequence[float], delta: float, low: float = -1.0) -> int | None:
    """Estimate how many margins like these `certified` needs; None if no number is enough.

    The estimate uses their mean and variance. One margin of `low` is added for caution, as a sample
    without a loss may have missed one.
    """
    cautious = [*margins, low]
    mean, deviation = fmean(cautious), math.sqrt(pvariance(cautious))
    if mean <= 0:
        return None
    goal = math.sqrt(-2 * math.log(delta)) + NormalDist().inv_cdf(_POWER)
    # Even without a loss, the stakes take a while to reach their maximum.
    fastest = -1.5 * math.log(delta) / math.log1p(_MOST_STAKED * mean / -low)
    return math.ceil(max((goal * deviation / mean) ** 2, fastest))


def _stakes(margins: Iterable[float], known: Spread, delta: float) -> list[float]:
    """The stake on each margin, computed from the earlier margins alone."""
    squares, total = known.variance * known.weight, 0.0
    count, stakes = known.weight, list[float]()
    margins = list(margins)
    for done, margin in enumerate(margins):
        stakes.append(_CAUTION * math.sqrt(-2 * math.log(delta) * count / (len(margins) * squares)))
        total += margin
        squares, count = squares + (margin - total / (done + 1)) ** 2, count + 1
    return stakes


def _wins(
    margins: Sequence[float], stakes: Sequence[float], mean: float, most: float, delta: float
) -> bool:
    """True if bets on a mean above `mean` multiply the capital by 1 / delta."""
    missing = -math.log(delta)
    for margin, stake in zip(margins, stakes, strict=True):
        missing -= math.log1p(min(stake, most) * (margin - mean))
        if missing <= 0:
            return True
    return False


def _nothing_known(low: float, high: float) -> Spread:
    """The variance of a uniform distribution, weighted as ten margins."""
    return Spread((high - low) ** 2 / 12, 10)


def _check(margins: Sequence[float], low: float, high: float, delta: float) -> None:
    if not low < 0 < high:
        raise ValueError("the bounds must have zero between them")
    if not 0 < delta < 1:
        raise ValueError("delta must lie between 0 and 1")
    if margins and not (low <= min(margins) and max(margins) <= high):
        raise ValueError("a margin lies outside its bounds")
