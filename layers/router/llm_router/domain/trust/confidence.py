"""Confidence: the probability that an answer is good enough, by its weighted signals."""

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
    log_odds = weights.bias
    for name, value in signals.model_dump(exclude_none=True).items():
        log_odds -= min(MAX_LOG_ODDS_PER_SIGNAL, getattr(weights, name) * (1 - value))
    return round(sigmoid(log_odds), 3)


def confidence(signals: Signals, weights: ConfidenceWeights) -> float:
    """The probability by the `compared` weights if there is an agreement, else by `alone`."""
    fitting = weights.alone if signals.agreement is None else weights.compared
    return probability(signals, fitting)
