"""Fits the weights of the signals to recorded answers.

A regularised logistic regression in pure Python. The ridge pulls towards the policy's present
weights, so a signal that never occurs in the data (a refusal, say) keeps its weight.

For contradicted answers only an over-estimate is penalised: the few that are right would otherwise
flatten the weight of agreement, which has to separate nearly equal answers from equal ones.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from evaluation.dataset.cascade_model import Observation
from llm_router.domain.logistic import sigmoid
from llm_router.domain.trust.confidence import ConfidenceWeights, SignalWeights
from llm_router.domain.trust.signals import Signals

_SWEEPS = 500
_CLOSE_ENOUGH = 1e-7


@dataclass(frozen=True)
class Case:
    """Answers with equal signals: their number, and the number of good ones.

    With `at_most`, a probability below the share of good ones fits as well as that share.
    """

    signals: Signals
    count: float
    good: float
    at_most: bool = False

    def error(self, odds: float) -> float:
        """Expected minus actual number of good answers; with `at_most` at least 0."""
        error = self.count * sigmoid(odds) - self.good
        return max(0.0, error) if self.at_most else error

    def loss(self, odds: float) -> float:
        """The negative log likelihood of these log odds."""
        if self.at_most:
            odds = max(odds, _odds(self.good / self.count))
        certain = max(odds, 0.0) + math.log1p(math.exp(-abs(odds)))
        return self.count * certain - self.good * odds


@dataclass(frozen=True)
class Column:
    """One parameter: its prior, the ridge that pulls to it, its least value and its entries.

    An entry is the index of a case and the parameter's factor in that case's log odds.
    """

    prior: float
    ridge: float
    least: float
    entries: tuple[tuple[int, float], ...]


def minimise_loss(cases: Sequence[Case], columns: Sequence[Column]) -> list[float]:
    """The parameters that minimise the penalised loss, by coordinate descent.

    Each parameter takes a Newton step, halved until the loss falls. The loss is convex, so this
    ends at its minimum.
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
        error, p = cases[n].error(odds[n]), sigmoid(odds[n])
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
    """The part of the loss that depends on this parameter, with the parameter moved by `step`."""
    loss = column.ridge * (value + step - column.prior) ** 2 / 2
    return loss + sum(cases[n].loss(odds[n] + x * step) for n, x in column.entries)


def _odds(probability: float) -> float:
    bounded = min(max(probability, 1e-9), 1 - 1e-9)
    return math.log(bounded / (1 - bounded))


_TYPICAL = 4.0
"""Weights up to this have a prior with standard deviation 1; larger ones a wider prior."""

_BIAS_RIDGE = 0.1
_CONTRADICTED_BELOW = 0.5
_PLACES = 3
_NAMES = tuple(name for name in SignalWeights.model_fields if name != "bias")


def fit_weights(
    observations: Iterable[Observation], present: ConfidenceWeights
) -> ConfidenceWeights:
    """The weights that fit best: none negative, alone.bias never above compared.bias.

    `alone` is fitted to the cheap model's answers. `compared` is fitted to them and the peer's, as
    either may be returned. Without a peer it stays as it is, unless its bias has to follow.
    """
    observations = list(observations)
    alone = cases((e.cheap.signals, 1.0, e.cheap.quality) for e in observations)
    compared = _contradicted_apart(
        cases(
            (result.signals.model_copy(update={"agreement": e.agreement}), 0.5, result.quality)
            for e in observations
            if e.peer is not None and e.agreement is not None
            for result in (e.cheap, e.peer)
        )
    )
    first = minimise_loss(alone, _columns(alone, present.alone))
    second = minimise_loss(compared, _columns(compared, present.compared))
    if first[0] > second[0]:
        first, second = _tied(alone, compared, present)
    return ConfidenceWeights(alone=_named(first), compared=_named(second))


def cases(answers: Iterable[tuple[Signals, float, float]]) -> list[Case]:
    """Group answers (signals, count, quality) with equal signals into cases."""
    together: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
    examples: dict[str, Signals] = {}
    for signals, count, quality in answers:
        key = signals.model_dump_json()
        examples[key] = signals
        together[key][0] += count
        together[key][1] += count * quality
    return [Case(examples[key], count, good) for key, (count, good) in together.items()]


def _contradicted_apart(cases: Iterable[Case]) -> list[Case]:
    """The same cases; all contradicted ones get their common share of good answers as a limit."""
    others, contradicted = list[Case](), list[Case]()
    for case in cases:
        below = (case.signals.agreement or 0.0) < _CONTRADICTED_BELOW
        (contradicted if below else others).append(case)
    share = sum(c.good for c in contradicted) / (sum(c.count for c in contradicted) or 1)
    return others + [replace(c, good=c.count * share, at_most=True) for c in contradicted]


def _columns(cases: Sequence[Case], present: SignalWeights) -> list[Column]:
    """The bias, then the weights in their order; their factors are negative, as faults subtract."""
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
    """Fit both with one shared bias, where the best weights lie if alone.bias would be higher."""
    first, second = _columns(alone, present.alone), _columns(compared, present.compared)
    prior = (first[0].prior + second[0].prior) / 2
    bias = Column(
        prior, 2 * _BIAS_RIDGE, -math.inf, first[0].entries + _everywhere(compared, len(alone))
    )
    moved = [
        Column(c.prior, c.ridge, c.least, tuple((n + len(alone), x) for n, x in c.entries))
        for c in second[1:]
    ]
    shared, *rest = minimise_loss([*alone, *compared], [bias, *first[1:], *moved])
    return [shared, *rest[: len(_NAMES)]], [shared, *rest[len(_NAMES) :]]


def _named(values: Sequence[float]) -> SignalWeights:
    rounded = [round(value, _PLACES) for value in values]
    return SignalWeights(bias=rounded[0], **dict(zip(_NAMES, rounded[1:], strict=True)))
