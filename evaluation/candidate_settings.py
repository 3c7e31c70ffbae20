"""The settings that a calibration considers: mode, threshold and grey zone, proposed on part A.

A threshold lies between two levels of confidence that were seen, so that it separates something.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import product

from llm_router.domain.confidence import ConfidenceWeights, SignalWeights, confidence
from llm_router.domain.policy import SecondOpinion, TierSettings

from .cuts import (
    APART,
    Cut,
    between,
    cuts_between,
    evenly,
    just_below,
    log_odds,
    probability,
    thinned,
)
from .evidence import Evidence, Setting

_MOST_THRESHOLDS = 16
_MOST_ZONED = 6
_MOST_ZONE_ENDS = 3
_STEP = 0.001
_ROUNDING = 0.002
_FROM_THE_BOTTOM = 0.0
_UNTIL_THE_TOP = 1.0


def considered(evidence: Sequence[Evidence], weights: ConfidenceWeights) -> list[Setting]:
    """All ways to decide that make a difference on this evidence: simpler and stricter ones first.

    Under most of them a faultless answer of the strong model reaches the threshold: otherwise every
    escalated answer would count as degraded, or be escalated once more. Where some questions get no
    second opinion, settings that send all of those to the strong model come last.
    """
    levels = _alone(evidence, weights)
    thresholds = [just_below(levels), *(cut.threshold for cut in cuts_between(levels))]
    cuts = evenly(cuts_between(_compared(evidence, weights)), _MOST_THRESHOLDS)[::-1]
    compared = [_passable(cut, weights) for cut in cuts]
    settings = [
        *(Setting(_tier(t, "off"), weights) for t in reversed(thresholds)),
        *(Setting(_tier(t, "always"), trusting) for t, trusting in compared),
        *(
            Setting(_tier(t, "when_unsure", *zone), trusting)
            for t, trusting in thinned(compared, _MOST_ZONED)
            for zone in _zones(cuts_between(_alone(evidence, trusting)), t)
        ),
    ]
    if any(e.peer is None or e.agreement is None for e in evidence):
        settings += [Setting(_tier(t, "always"), w) for t, w in _impassable(cuts, weights)]
    return settings


def _alone(evidence: Sequence[Evidence], weights: ConfidenceWeights) -> list[float]:
    return sorted(confidence(e.cheap.signals, weights) for e in evidence)


def _compared(evidence: Sequence[Evidence], weights: ConfidenceWeights) -> list[float]:
    """The confidence in the better of both answers."""
    return sorted(
        max(
            confidence(told.signals.model_copy(update={"agreement": e.agreement}), weights)
            for told in (e.cheap, e.peer)
        )
        for e in evidence
        if e.peer is not None and e.agreement is not None
    )


def _tier(
    threshold: float, mode: SecondOpinion, unsure_from: float = 0, unsure_to: float = 1
) -> TierSettings:
    return TierSettings(
        threshold=threshold, second_opinion=mode, unsure_from=unsure_from, unsure_to=unsure_to
    )


def _passable(cut: Cut, weights: ConfidenceWeights) -> tuple[float, ConfidenceWeights]:
    """A threshold in the cut that answers alone reach, and the weights, changed if they have to be.

    What counts is on which side of the cut an answer lies, so the threshold may go down to any
    place above `lower`; only if that is not enough, an answer alone is trusted more.
    """
    reached = probability(weights.alone.bias)
    if log_odds(reached) >= log_odds(cut.lower) + APART:
        return between(cut.lower, min(cut.higher, reached)), weights
    return cut.threshold, _trusting(weights, log_odds(cut.higher) + _ROUNDING)


def _impassable(
    cuts: Iterable[Cut], weights: ConfidenceWeights
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


def _zones(cuts: Sequence[Cut], threshold: float) -> Iterator[tuple[float, float]]:
    """Grey zones: what lies below escalates unasked, what lies above is accepted unasked."""
    hopeless = [cut.threshold for cut in cuts if cut.threshold <= threshold]
    sure = [cut.lower for cut in cuts if cut.lower >= threshold]
    begins = [_FROM_THE_BOTTOM, *thinned(hopeless, _MOST_ZONE_ENDS)]
    ends = [*thinned(sure, _MOST_ZONE_ENDS), _UNTIL_THE_TOP]
    for begin, end in product(begins, ends):
        if (begin, end) != (_FROM_THE_BOTTOM, _UNTIL_THE_TOP):
            yield begin, end
