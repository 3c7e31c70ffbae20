"""What independent, bounded margins prove of their mean, with a stated confidence and no more.

Both bounds are bets (Waudby-Smith & Ramdas, "Estimating means of bounded random variables by
betting", JRSS B 2024). If the mean were not above zero, no way of staking a share of one's capital
on margin after margin could be expected to win, and by Ville's inequality the capital would ever
multiply by 1 / delta with a probability of at most delta. So if it does, the mean is above zero.
This holds for any distribution within the bounds and any number of margins; how much is staked
decides only how soon a true margin is seen. The order must not depend on the values.

`certified` reckons anew before each margin what stake it takes to reach the goal with those left
(as Voráček & Orabona, "STaR-Bets", arXiv:2505.22422).
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import NormalDist, fmean, pvariance

_MOST_STAKED = 0.9
"""Of what the worst margin could take: the capital never gets to zero."""

_CAUTION = 0.85
"""Of the stake that is best if the last margin decides; less is better as an earlier one may."""

_LAST = 0.02
"""The share of the margins that is always taken to be still ahead: the last stakes stay sane."""

_POWER = 0.8
"""Asked of `labels_needed`; since capital may reach its goal on the way, it comes out near 0.9."""


@dataclass(frozen=True)
class Spread:
    """The variance that other, independent margins had, and how many they were."""

    variance: float
    weight: float


def certified(
    margins: Sequence[float], low: float, high: float, delta: float, expected: Spread | None = None
) -> bool:
    """Whether the mean is shown to be above zero; wrongly so with probability <= `delta`.

    Every margin must lie from `low` < 0 to `high` > 0. The stake is what would bring the capital to
    its goal with the margins that are left, given their variance so far; `expected` is what is
    known of the variance beforehand.
    """
    _check(margins, low, high, delta)
    known = expected or _nothing_known(low, high)
    squares, count = known.variance * known.weight, known.weight
    most, n = _MOST_STAKED / -low, len(margins)
    missing = -math.log(delta)
    for done, margin in enumerate(margins):
        left = max(n - done, _LAST * n)
        # sqrt(2 * missing / (left * variance)) maximises stake * mean - stake**2 * variance / 2
        # where the mean is just so large that `missing` is won with what is left.
        staked = _CAUTION * math.sqrt(2 * missing * count / (left * squares))
        missing -= math.log1p(min(staked, most) * margin)
        if missing <= 0:
            return True
        squares, count = squares + margin * margin, count + 1
    return False


def lower_bound(
    margins: Sequence[float], low: float, high: float, delta: float, expected: Spread | None = None
) -> float:
    """A number that is above the mean with probability <= `delta`; `low` if nothing is shown.

    The stakes are the same for every number that is tried, so that what is ruled out is ruled out
    with everything below it; `certified`, which may adapt them to the one question, sees more.
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
    """About how many margins like these `certified` needs; None if no number would do.

    An estimate from their mean and variance, with one margin of `low` added for caution: where
    none was lost, one may be.
    """
    cautious = [*margins, low]
    mean, deviation = fmean(cautious), math.sqrt(pvariance(cautious))
    if mean <= 0:
        return None
    goal = math.sqrt(-2 * math.log(delta)) + NormalDist().inv_cdf(_POWER)
    # Even if none is lost, the stakes take a while to become as bold as that allows.
    fastest = -1.5 * math.log(delta) / math.log1p(_MOST_STAKED * mean / -low)
    return math.ceil(max((goal * deviation / mean) ** 2, fastest))


def _stakes(margins: Iterable[float], known: Spread, delta: float) -> list[float]:
    """What is staked on each margin, from the ones before it alone."""
    squares, total = known.variance * known.weight, 0.0
    count, stakes = known.weight, list[float]()
    margins = list(margins)
    for seen, margin in enumerate(margins):
        stakes.append(_CAUTION * math.sqrt(-2 * math.log(delta) * count / (len(margins) * squares)))
        total += margin
        squares, count = squares + (margin - total / (seen + 1)) ** 2, count + 1
    return stakes


def _wins(
    margins: Sequence[float], stakes: Sequence[float], mean: float, most: float, delta: float
) -> bool:
    """Whether the capital multiplies by 1 / delta if one bets on a mean above this one."""
    missing = -math.log(delta)
    for margin, stake in zip(margins, stakes, strict=True):
        missing -= math.log1p(min(stake, most) * (margin - mean))
        if missing <= 0:
            return True
    return False


def _nothing_known(low: float, high: float) -> Spread:
    """The variance of a uniform distribution, worth ten margins."""
    return Spread((high - low) ** 2 / 12, 10)


def _check(margins: Sequence[float], low: float, high: float, delta: float) -> None:
    if not low < 0 < high:
        raise ValueError("the bounds must have zero between them")
    if not 0 < delta < 1:
        raise ValueError("delta must lie between 0 and 1")
    if margins and not (low <= min(margins) and max(margins) <= high):
        raise ValueError("a margin lies outside its bounds")
