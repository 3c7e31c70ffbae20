"""The settings that a calibration considers: mode, threshold and grey zone, proposed on part A.

A threshold lies between two levels of confidence that were seen, so that it separates something.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, product
from typing import NamedTuple, TypeVar

from evaluation.dataset.cascade_model import CascadeSettings, Observation, routed
from llm_router.domain.logistic import sigmoid
from llm_router.domain.policy.policy import SecondOpinion, TierSettings
from llm_router.domain.trust.confidence import ConfidenceWeights, SignalWeights, confidence

APART = 0.25
"""Levels of confidence closer than this, in log odds, are not told apart."""

_ROOM = 1.0
"""How far, in log odds, a threshold may lie below what it accepts."""

Item = TypeVar("Item")


class SplitPoint(NamedTuple):
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


def split_points_between(levels: Sequence[float]) -> list[SplitPoint]:
    """The cuts between groups of neighbouring levels, in order; none below or above all."""
    cuts, started = [], levels[0] if levels else 0.0
    for n, (lower, higher) in enumerate(pairwise(levels), start=1):
        if log_odds(higher) - log_odds(started) >= APART:
            cuts.append(SplitPoint(lower, higher, n / len(levels)))
            started = higher
    return cuts


def evenly(cuts: Sequence[SplitPoint], most: int) -> list[SplitPoint]:
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
    return round(sigmoid(odds), 3)


_MOST_THRESHOLDS = 16
_MOST_ZONED = 6
_MOST_ZONE_ENDS = 3
_STEP = 0.001
_ROUNDING = 0.002
_FROM_THE_BOTTOM = 0.0
_UNTIL_THE_TOP = 1.0


def considered(
    observations: Sequence[Observation], weights: ConfidenceWeights
) -> list[CascadeSettings]:
    """All ways to decide that make a difference on this evidence: simpler and stricter ones first.

    Under most of them a faultless answer of the strong model reaches the threshold: otherwise every
    escalated answer would count as degraded, or be escalated once more. Where some questions get no
    second opinion, settings that send all of those to the strong model come last.
    """
    levels = _alone(observations, weights)
    thresholds = [just_below(levels), *(cut.threshold for cut in split_points_between(levels))]
    cuts = evenly(split_points_between(_compared(observations, weights)), _MOST_THRESHOLDS)[::-1]
    compared = [_passable(cut, weights) for cut in cuts]
    settings = [
        *(CascadeSettings(_tier(t, "off"), weights) for t in reversed(thresholds)),
        *(CascadeSettings(_tier(t, "always"), trusting) for t, trusting in compared),
        *(
            CascadeSettings(_tier(t, "when_unsure", *zone), trusting)
            for t, trusting in thinned(compared, _MOST_ZONED)
            for zone in _zones(split_points_between(_alone(observations, trusting)), t)
        ),
    ]
    if any(e.peer is None or e.agreement is None for e in observations):
        settings += [CascadeSettings(_tier(t, "always"), w) for t, w in _impassable(cuts, weights)]
    return settings


def _alone(observations: Sequence[Observation], weights: ConfidenceWeights) -> list[float]:
    return sorted(confidence(e.cheap.signals, weights) for e in observations)


def _compared(observations: Sequence[Observation], weights: ConfidenceWeights) -> list[float]:
    """The confidence in the better of both answers."""
    return sorted(
        max(
            confidence(told.signals.model_copy(update={"agreement": e.agreement}), weights)
            for told in (e.cheap, e.peer)
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


def _passable(cut: SplitPoint, weights: ConfidenceWeights) -> tuple[float, ConfidenceWeights]:
    """A threshold in the cut that answers alone reach, and the weights, changed if they have to be.

    What counts is on which side of the cut an answer lies, so the threshold may go down to any
    place above `lower`; only if that is not enough, an answer alone is trusted more.
    """
    reached = probability(weights.alone.bias)
    if log_odds(reached) >= log_odds(cut.lower) + APART:
        return between(cut.lower, min(cut.higher, reached)), weights
    return cut.threshold, _trusting(weights, log_odds(cut.higher) + _ROUNDING)


def _impassable(
    cuts: Iterable[SplitPoint], weights: ConfidenceWeights
) -> Iterator[tuple[float, ConfidenceWeights]]:
    """Thresholds that no answer alone reaches, though it is trusted more than those rejected.

    It has to be: of a rejected answer and the strong model's the more trusted one is returned.
    """
    for cut in cuts:
        if cut.lower < cut.threshold - _STEP:
            yield cut.threshold, _trusting(weights, log_odds(cut.threshold - _STEP))


def _trusting(weights: ConfidenceWeights, bias: float) -> ConfidenceWeights:
    changed = {"bias": min(round(bias, 3), weights.compared.bias)}
    alone: SignalWeights = weights.alone.model_copy(update=changed)
    return weights.model_copy(update={"alone": alone})


def _zones(cuts: Sequence[SplitPoint], threshold: float) -> Iterator[tuple[float, float]]:
    """Grey zones: what lies below escalates unasked, what lies above is accepted unasked."""
    hopeless = [cut.threshold for cut in cuts if cut.threshold <= threshold]
    sure = [cut.lower for cut in cuts if cut.lower >= threshold]
    begins = [_FROM_THE_BOTTOM, *thinned(hopeless, _MOST_ZONE_ENDS)]
    ends = [*thinned(sure, _MOST_ZONE_ENDS), _UNTIL_THE_TOP]
    for begin, end in product(begins, ends):
        if (begin, end) != (_FROM_THE_BOTTOM, _UNTIL_THE_TOP):
            yield begin, end


_SAME = 0.005
"""A saving this much higher does not make up for a setting that is less simple or strict."""

_MOST = 8
_MOST_QUESTIONS = 1_000
"""Enough to choose among settings; the claims are ordered with all of part A."""


@dataclass(frozen=True)
class _Tried:
    setting: CascadeSettings
    kept: float
    saving: float

    def makes_needless(self, later: "_Tried") -> bool:
        """Whether nothing is lost without a setting that is less simple or strict."""
        return self.kept >= later.kept and self.saving + _SAME >= later.saving

    def beats(self, earlier: "_Tried") -> bool:
        """Whether nothing is lost without a setting that is simpler or stricter."""
        return self.kept >= earlier.kept and self.saving > earlier.saving + _SAME


def family(
    part_a: Sequence[Observation], weights: ConfidenceWeights, present: CascadeSettings
) -> list[CascadeSettings]:
    """At most eight settings, the ones that keep most first; `present` stays if none is better.

    Left out are settings that save nothing, and those that save less than sending questions to the
    strong model at random would, at the same quality.
    """
    questions = part_a[:_MOST_QUESTIONS]
    kept = list[_Tried]()
    for tried in (_tried(questions, s) for s in [*considered(questions, weights), present]):
        if any(earlier.makes_needless(tried) for earlier in kept):
            continue
        kept = [earlier for earlier in kept if not tried.beats(earlier)]
        kept.append(tried)
    mix = _RandomMix.of(questions)
    worthwhile = [t for t in kept if t.saving > max(_SAME, mix.saving_at(t.kept) - _SAME)]
    worthwhile.sort(key=lambda t: -t.kept)
    return [tried.setting for tried in thinned(worthwhile, _MOST)]


@dataclass(frozen=True)
class _RandomMix:
    """What the cheap model alone keeps and saves; a mix lies between it and the strong one."""

    kept: float
    saving: float

    @classmethod
    def of(cls, questions: Sequence[Observation]) -> "_RandomMix":
        shipped = sum(e.cheap.quality for e in questions)
        spent = sum(e.cheap.cost_usd for e in questions)
        return cls(*_relative(questions, shipped, spent))

    def saving_at(self, kept: float) -> float:
        """What a mix saves that keeps so much."""
        if self.kept >= 1:
            return self.saving
        return self.saving * min(1.0, max(0.0, (1 - kept) / (1 - self.kept)))


def _tried(questions: Sequence[Observation], setting: CascadeSettings) -> _Tried:
    simulated_outcomes = [routed(e, setting) for e in questions]
    shipped, spent = (
        sum(e.quality for e in simulated_outcomes),
        sum(e.cost_usd for e in simulated_outcomes),
    )
    return _Tried(setting, *_relative(questions, shipped, spent))


def _relative(
    questions: Sequence[Observation], shipped: float, spent: float
) -> tuple[float, float]:
    """The quality kept and the saving against always asking the strong model."""
    best = sum(e.strong.quality for e in questions)
    dearest = sum(e.strong.cost_usd for e in questions)
    return shipped / best if best else 1.0, 1 - spent / dearest if dearest else 0.0
