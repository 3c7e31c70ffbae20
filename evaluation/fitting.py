"""Weights of the signals, fitted to recorded answers where those say anything about them.

A regularised logistic regression in pure Python. The ridge pulls towards the weights that the
policy has now: a signal that is never seen in the data (a refusal, say) keeps its weight.

Contradicted answers only must not be trusted more than they deserve. That they are still right now
and then would otherwise flatten the weight of agreement, where it has to tell nearly equal answers
from equal ones.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from llm_router.domain.confidence import ConfidenceWeights, SignalWeights
from llm_router.domain.signals import Signals

from .evidence import Evidence
from .logistic import Case, Column, solved

_TYPICAL = 4.0
"""A weight up to this is pulled as if its standard deviation were 1; a larger one more loosely."""

_BIAS_RIDGE = 0.1
_CONTRADICTED_BELOW = 0.5
_PLACES = 3
_NAMES = tuple(name for name in SignalWeights.model_fields if name != "bias")


def fitted(evidence: Iterable[Evidence], present: ConfidenceWeights) -> ConfidenceWeights:
    """The weights that fit best, none negative, alone.bias never above compared.bias.

    `alone` is fitted to the cheap model's answers. `compared` is fitted to them and the peer's, as
    either may be returned; without a peer it stays as it is, unless its bias has to follow.
    """
    evidence = list(evidence)
    alone = cases((e.cheap.signals, 1.0, e.cheap.quality) for e in evidence)
    compared = _contradicted_apart(
        cases(
            (told.signals.model_copy(update={"agreement": e.agreement}), 0.5, told.quality)
            for e in evidence
            if e.peer is not None and e.agreement is not None
            for told in (e.cheap, e.peer)
        )
    )
    first = solved(alone, _columns(alone, present.alone))
    second = solved(compared, _columns(compared, present.compared))
    if first[0] > second[0]:
        first, second = _tied(alone, compared, present)
    return ConfidenceWeights(alone=_named(first), compared=_named(second))


def cases(answers: Iterable[tuple[Signals, float, float]]) -> list[Case]:
    """Answers (signals, how much each counts, quality) with equal ones put together."""
    together: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
    examples: dict[str, Signals] = {}
    for signals, count, quality in answers:
        key = signals.model_dump_json()
        examples[key] = signals
        together[key][0] += count
        together[key][1] += count * quality
    return [Case(examples[key], count, good) for key, (count, good) in together.items()]


def _contradicted_apart(cases: Iterable[Case]) -> list[Case]:
    """The same cases; the contradicted ones all with their common share of good answers."""
    others, contradicted = list[Case](), list[Case]()
    for case in cases:
        below = (case.signals.agreement or 0.0) < _CONTRADICTED_BELOW
        (contradicted if below else others).append(case)
    share = sum(c.good for c in contradicted) / (sum(c.count for c in contradicted) or 1)
    return others + [replace(c, good=c.count * share, at_most=True) for c in contradicted]


def _columns(cases: Sequence[Case], present: SignalWeights) -> list[Column]:
    """The bias first, then the weights in their order; a fault takes off, hence the sign."""
    columns = [Column(present.bias, _BIAS_RIDGE, -math.inf, _everywhere(cases))]
    for name in _NAMES:
        faults = ((n, _fault(case.signals, name)) for n, case in enumerate(cases))
        entries = tuple((n, -fault) for n, fault in faults if fault > 0)
        prior: float = getattr(present, name)
        columns.append(Column(prior, (_TYPICAL / max(_TYPICAL, prior)) ** 2, 0.0, entries))
    return columns


def _everywhere(cases: Sequence[Case], offset: int = 0) -> tuple[tuple[int, float], ...]:
    return tuple((n + offset, 1.0) for n in range(len(cases)))


def _fault(signals: Signals, name: str) -> float:
    value: float | None = getattr(signals, name)
    return 0.0 if value is None else 1 - value


def _tied(
    alone: Sequence[Case], compared: Sequence[Case], present: ConfidenceWeights
) -> tuple[list[float], list[float]]:
    """Both fitted with one bias, which is where the best admissible weights then lie."""
    first, second = _columns(alone, present.alone), _columns(compared, present.compared)
    prior = (first[0].prior + second[0].prior) / 2
    bias = Column(
        prior, 2 * _BIAS_RIDGE, -math.inf, first[0].entries + _everywhere(compared, len(alone))
    )
    moved = [
        Column(c.prior, c.ridge, c.least, tuple((n + len(alone), x) for n, x in c.entries))
        for c in second[1:]
    ]
    shared, *rest = solved([*alone, *compared], [bias, *first[1:], *moved])
    return [shared, *rest[: len(_NAMES)]], [shared, *rest[len(_NAMES) :]]


def _named(values: Sequence[float]) -> SignalWeights:
    rounded = [round(value, _PLACES) for value in values]
    return SignalWeights(bias=rounded[0], **dict(zip(_NAMES, rounded[1:], strict=True)))
