"""Confidence: the probability that an answer is good enough, by its weighted signals."""

from typing import Literal

from pydantic import Field, model_validator

from llm_router.domain.base import Frozen
from llm_router.domain.logistic import sigmoid

from .signals import Signals

MAX_LOG_ODDS_PER_SIGNAL = 5.0
"""The most that one signal takes off the log odds, so that none decides alone.

A larger weight only makes the signal steeper near 1.
"""


class SignalWeights(Frozen):
    """A linear model of the log odds.

    `bias` is for an answer without a fault. A weight is the amount that a signal takes off when it
    falls from 1 to 0, but at most 5. No weight is negative, so a fault never raises the confidence.
    """

    bias: float
    hedging: float = Field(ge=0)
    refusal: float = Field(ge=0)
    emptiness: float = Field(ge=0)
    truncation: float = Field(ge=0)
    shortness: float = Field(ge=0)
    open_fence: float = Field(ge=0)
    repetition: float = Field(ge=0)
    structure: float = Field(ge=0)
    self_rating: float = Field(ge=0)
    token_probability: float = Field(default=0, ge=0)
    agreement: float = Field(default=0, ge=0)


class ConfidenceWeights(Frozen):
    """The weights for an answer `alone`, and for one that was `compared` with a second opinion.

    An unconfirmed answer is never trusted more than a confirmed one.
    """

    alone: SignalWeights
    compared: SignalWeights

    @model_validator(mode="after")
    def _confirmation_counts(self) -> "ConfidenceWeights":
        if self.alone.bias > self.compared.bias:
            raise ValueError("alone.bias is above compared.bias: missing evidence would be trusted")
        return self


def probability(signals: Signals, weights: SignalWeights) -> float:
    """The probability that the answer is good enough, rounded to three places."""
    return round(sigmoid(weights.bias - sum(_taken_off(signals, weights).values())), 3)


Doubt = Literal["form", "structure", "none"]
"""The kind of fault that lowers a confidence most."""

_FORM = frozenset({"hedging", "refusal", "shortness", "repetition"})
_STRUCTURE = frozenset({"emptiness", "truncation", "open_fence", "structure"})


def doubt_of(signals: Signals, weights: ConfidenceWeights) -> Doubt:
    """The kind of fault that takes most off an answer's own confidence; `none` without any.

    An answer's form may be doubted in vain, since it is judged by its words. Structure is certain.
    """
    taken = _taken_off(signals, _fitting(signals, weights))
    form = sum(amount for name, amount in taken.items() if name in _FORM)
    structure = sum(amount for name, amount in taken.items() if name in _STRUCTURE)
    if form == structure == 0:
        return "none"
    return "form" if form > structure else "structure"


def confidence(signals: Signals, weights: ConfidenceWeights) -> float:
    """The probability by the `compared` weights if there is an agreement, else by `alone`."""
    return probability(signals, _fitting(signals, weights))


def _fitting(signals: Signals, weights: ConfidenceWeights) -> SignalWeights:
    return weights.alone if signals.agreement is None else weights.compared


def _taken_off(signals: Signals, weights: SignalWeights) -> dict[str, float]:
    """The log odds that each signal takes off."""
    return {
        name: min(MAX_LOG_ODDS_PER_SIGNAL, getattr(weights, name) * (1 - value))
        for name, value in signals.model_dump(exclude_none=True).items()
    }
