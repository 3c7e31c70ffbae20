"""The settings that a calibration considers: mode, threshold and grey zone, proposed on part A.

A threshold lies between two observed levels of confidence, so that it separates something.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, product
from typing import NamedTuple, TypeVar

from evaluation.dataset.cascade_model import CascadeSettings, Observation, simulate
from llm_router.domain.logistic import sigmoid
from llm_router.domain.policy.policy import SecondOpinion, TierSettings
from llm_router.domain.trust.confidence import ConfidenceWeights, SignalWeights, confidence

APART = 0.25
"""Levels of confidence closer than this, in log odds, are not separated."""

_ROOM = 1.0
"""The most, in log odds, that a threshold may lie below the levels it accepts."""

Item = TypeVar("Item")


class SplitPoint(NamedTuple):
    """A place between two groups of levels; `lower` and `higher` are the levels next to it.

    `below` is the share of all answers that lie below it.
    """

    lower: float
    higher: float
    below: float

    @property
    def threshold(self) -> float:
        """The threshold that separates the groups."""
        return between(self.lower, self.higher)


def between(lower: float, higher: float) -> float:
    """A threshold above `lower` and at most `higher`, with room for small faults on both sides.

    It lies in the middle or higher, since levels far below all accepted ones were never tested.
    """
    high = log_odds(higher)
    found = probability(max((log_odds(lower) + high) / 2, high - _ROOM))
    return found if lower < found <= higher else higher


def split_points_between(levels: Sequence[float]) -> list[SplitPoint]:
    """The split points between groups of neighbouring levels, ascending as the levels are."""
    points, started = [], levels[0] if levels else 0.0
    for n, (lower, higher) in enumerate(pairwise(levels), start=1):
        if log_odds(higher) - log_odds(started) >= APART:
            points.append(SplitPoint(lower, higher, n / len(levels)))
            started = higher
    return points


def spread_split_points(points: Sequence[SplitPoint], most: int) -> list[SplitPoint]:
    """At most `most` split points, with about equally many answers between neighbours."""
    if len(points) <= most:
        return list(points)
    wanted = [(n + 1) / (most + 1) for n in range(most)]
    return sorted({min(points, key=lambda point: abs(point.below - share)) for share in wanted})


def just_below(levels: Sequence[float]) -> float:
    """A threshold that every observed level reaches and a worse answer misses."""
    return min(probability(log_odds(levels[0]) - APART), levels[0])


def evenly_spaced(values: Sequence[Item], most: int) -> list[Item]:
    """At most `most` of the values, spread evenly."""
    if len(values) <= most:
        return list(values)
    return [values[round(n * (len(values) - 1) / (most - 1))] for n in range(most)]


def log_odds(confidence: float) -> float:
    """The log odds of a confidence, which has three decimals; finite at 0 and 1 too."""
    bounded = min(max(confidence, 0.0005), 0.9995)
    return math.log(bounded / (1 - bounded))


def probability(odds: float) -> float:
    """The probability of log odds, rounded to three decimals like a confidence."""
    return round(sigmoid(odds), 3)


_MOST_THRESHOLDS = 16
_MOST_ZONED = 6
_MOST_ZONE_ENDS = 3
_STEP = 0.001
_ROUNDING = 0.002
_FROM_THE_BOTTOM = 0.0
_UNTIL_THE_TOP = 1.0


def candidate_settings(
    observations: Sequence[Observation], weights: ConfidenceWeights
) -> list[CascadeSettings]:
    """All settings that make a difference on these questions, simpler and stricter ones first.

    Under most of them a faultless answer of the strong model reaches the threshold: otherwise every
    escalated answer would count as degraded, or escalate again. If some questions get no second
    opinion, settings that send all of those to the strong model come last.
    """
    levels = _alone(observations, weights)
    thresholds = [just_below(levels), *(point.threshold for point in split_points_between(levels))]
    points = spread_split_points(
        split_points_between(_compared(observations, weights)), _MOST_THRESHOLDS
    )[::-1]
    compared = [_passable(point, weights) for point in points]
    settings = [
        *(CascadeSettings(_tier(t, "off"), weights) for t in reversed(thresholds)),
        *(CascadeSettings(_tier(t, "always"), trusting) for t, trusting in compared),
        *(
            CascadeSettings(_tier(t, "when_unsure", *zone), trusting)
            for t, trusting in evenly_spaced(compared, _MOST_ZONED)
            for zone in _zones(split_points_between(_alone(observations, trusting)), t)
        ),
    ]
    if any(e.peer is None or e.agreement is None for e in observations):
        settings += [
            CascadeSettings(_tier(t, "always"), w) for t, w in _impassable(points, weights)
        ]
    return settings


def _alone(observations: Sequence[Observation], weights: ConfidenceWeights) -> list[float]:
    return sorted(confidence(e.cheap.signals, weights) for e in observations)


def _compared(observations: Sequence[Observation], weights: ConfidenceWeights) -> list[float]:
    """The confidence in the more trusted of both answers, ascending."""
    return sorted(
        max(
            confidence(result.signals.model_copy(update={"agreement": e.agreement}), weights)
            for result in (e.cheap, e.peer)
        )
        for e in observations
        if e.peer is not None and e.agreement is not None
    )


def _tier(
    threshold: float, mode: SecondOpinion, unsure_from: float = 0, unsure_to: float = 1
) -> TierSettings:
    return TierSettings(
        threshold=threshold, second_opinion=mode, unsure_from=unsure_from, unsure_to=unsure_to
    )


def _passable(point: SplitPoint, weights: ConfidenceWeights) -> tuple[float, ConfidenceWeights]:
    """A threshold that an answer without a second opinion can reach, and the weights for it.

    Only the side of the split point on which an answer lies counts, so the threshold may be any
    value above `lower`. If even that is out of reach, the weights trust such answers more.
    """
    reached = probability(weights.alone.bias)
    if log_odds(reached) >= log_odds(point.lower) + APART:
        return between(point.lower, min(point.higher, reached)), weights
    return point.threshold, _trusting(weights, log_odds(point.higher) + _ROUNDING)


def _impassable(
    points: Iterable[SplitPoint], weights: ConfidenceWeights
) -> Iterator[tuple[float, ConfidenceWeights]]:
    """Thresholds out of reach without a second opinion, and weights that still trust such answers.

    The strong model's answer is one of them. It must be trusted more than the rejected answers, as
    the more trusted one is returned.
    """
    for point in points:
        if point.lower < point.threshold - _STEP:
            yield point.threshold, _trusting(weights, log_odds(point.threshold - _STEP))


def _trusting(weights: ConfidenceWeights, bias: float) -> ConfidenceWeights:
    changed = {"bias": min(round(bias, 3), weights.compared.bias)}
    alone: SignalWeights = weights.alone.model_copy(update=changed)
    return weights.model_copy(update={"alone": alone})


def _zones(points: Sequence[SplitPoint], threshold: float) -> Iterator[tuple[float, float]]:
    """Grey zones: answers below escalate, answers above are accepted, both without the peer."""
    hopeless = [point.threshold for point in points if point.threshold <= threshold]
    sure = [point.lower for point in points if point.lower >= threshold]
    begins = [_FROM_THE_BOTTOM, *evenly_spaced(hopeless, _MOST_ZONE_ENDS)]
    ends = [*evenly_spaced(sure, _MOST_ZONE_ENDS), _UNTIL_THE_TOP]
    for begin, end in product(begins, ends):
        if (begin, end) != (_FROM_THE_BOTTOM, _UNTIL_THE_TOP):
            yield begin, end


_SAME = 0.005
"""A less simple or strict setting must save more than this in addition."""

_MOST = 8
_MOST_QUESTIONS = 1_000
"""Enough to choose among settings; the hypotheses are ordered with all of part A."""


@dataclass(frozen=True)
class _Tried:
    setting: CascadeSettings
    kept: float
    saving: float

    def makes_needless(self, later: "_Tried") -> bool:
        """True if a less simple or strict setting is no better than this one."""
        return self.kept >= later.kept and self.saving + _SAME >= later.saving

    def beats(self, earlier: "_Tried") -> bool:
        """True if this setting saves more than a simpler or stricter one and keeps as much."""
        return self.kept >= earlier.kept and self.saving > earlier.saving + _SAME


def pareto_settings(
    part_a: Sequence[Observation], weights: ConfidenceWeights, present: CascadeSettings
) -> list[CascadeSettings]:
    """The Pareto-optimal settings on part A, at most eight, highest quality first.

    `present` is included if no other is better. A setting is left out if it saves nothing, or saves
    less than sending random questions to the strong model would at the same quality.
    """
    questions = part_a[:_MOST_QUESTIONS]
    kept = list[_Tried]()
    for tried in (_tried(questions, s) for s in [*candidate_settings(questions, weights), present]):
        if any(earlier.makes_needless(tried) for earlier in kept):
            continue
        kept = [earlier for earlier in kept if not tried.beats(earlier)]
        kept.append(tried)
    mix = _RandomMix.of(questions)
    worthwhile = [t for t in kept if t.saving > max(_SAME, mix.saving_at(t.kept) - _SAME)]
    worthwhile.sort(key=lambda t: -t.kept)
    return [tried.setting for tried in evenly_spaced(worthwhile, _MOST)]


@dataclass(frozen=True)
class _RandomMix:
    """Quality kept and saving of the cheap model alone; mixes lie between it and the strong one."""

    kept: float
    saving: float

    @classmethod
    def of(cls, questions: Sequence[Observation]) -> "_RandomMix":
        shipped = sum(e.cheap.quality for e in questions)
        spent = sum(e.cheap.cost_usd for e in questions)
        return cls(*_relative(questions, shipped, spent))

    def saving_at(self, kept: float) -> float:
        """The saving of the mix that keeps this share of the quality."""
        if self.kept >= 1:
            return self.saving
        return self.saving * min(1.0, max(0.0, (1 - kept) / (1 - self.kept)))


def _tried(questions: Sequence[Observation], setting: CascadeSettings) -> _Tried:
    simulated_outcomes = [simulate(e, setting) for e in questions]
    shipped, spent = (
        sum(e.quality for e in simulated_outcomes),
        sum(e.cost_usd for e in simulated_outcomes),
    )
    return _Tried(setting, *_relative(questions, shipped, spent))


def _relative(
    questions: Sequence[Observation], shipped: float, spent: float
) -> tuple[float, float]:
    """The quality kept and the saving, both against always calling the strong model."""
    best = sum(e.strong.quality for e in questions)
    dearest = sum(e.strong.cost_usd for e in questions)
    return shipped / best if best else 1.0, 1 - spent / dearest if dearest else 0.0
