"""The local classifier: estimates the complexity of a request in under a millisecond.

A linear model with three outputs, over hashed n-grams and structural measures of the last user
turn. It recognises only what it was trained on. It cannot solve a task, so it misses that a short
and innocent question is hard; it knows neither facts nor replies.

`score` was learned from recorded answers of two particular models to particular kinds of questions,
where it mostly recognises the subject. On other traffic it is hardly better than chance until it is
trained on rows of that traffic.

The tiers come from prompts written by hand in some twenty languages and, with little weight, from
the recorded rows. Form, vocabulary, length and style of the task decide. That serves ordinary
requests, but not those that hide what they ask for.
"""

import math
from collections.abc import Sequence

from pydantic import Field

from llm_router.domain.base import Frozen
from llm_router.domain.conversation.conversation import Conversation
from llm_router.domain.logistic import sigmoid
from llm_router.domain.tiers import Tier

from .features import Features, features_of
from .seen_prompts import digest_of
from .weights_file import Head, Weights, parse_weights


class Estimate(Frozen):
    """A tier, and the estimate's confidence in it from 0 to 1."""

    tier: Tier
    confidence: float = Field(ge=0, le=1)


_COST = {
    Tier.SIMPLE: (0.0, 1.0, 3.0),
    Tier.MODERATE: (1.0, 0.0, 1.0),
    Tier.COMPLEX: (3.0, 1.0, 0.0),
}
"""The cost of an estimate by the true tier: two tiers off costs more than twice one tier off."""


class LocalClassifier:
    """Weights that are read once and classify any number of conversations."""

    def __init__(self, weights: Weights) -> None:
        self._weights = weights

    @classmethod
    def from_bytes(cls, data: bytes) -> "LocalClassifier":
        """Read a weights file; `ClassifierError` if it is invalid or made for other features."""
        return cls(parse_weights(data))

    @property
    def version(self) -> str:
        """The name that the weights got in training."""
        return self._weights.version

    @property
    def trained(self) -> str:
        """The date and the data of the training, in words."""
        return self._weights.trained

    def score(self, conversation: Conversation) -> float:
        """The probability that the weak model fails where the strong one does not, from 0 to 1.

        It holds for the models of the recorded rows and is calibrated on their traffic.
        """
        return _probability(self._weights.need, features_of(conversation))

    def estimate(self, conversation: Conversation) -> Estimate:
        """The tier with the lowest expected cost, and the probability that it is right.

        The probability of `moderate` is 0 if the outputs contradict each other: then nothing is
        known.
        """
        features = features_of(conversation)
        more = _probability(self._weights.more_than_simple, features)
        most = min(more, _probability(self._weights.complex, features))
        chances = (1 - more, more - most, most)
        tier = min(_COST, key=lambda candidate: _expected(_COST[candidate], chances))
        return Estimate(tier=tier, confidence=chances[tier.level])

    def was_trained_on(self, conversation: Conversation) -> bool:
        """True if this question was in the training, and by mistake for 1 in 100 of the others."""
        return self._weights.seen.holds(digest_of(conversation.question))


def _probability(head: Head, features: Features) -> float:
    total = head.offset
    if features.buckets:
        found = sum(map(head.table.__getitem__, features.buckets))
        total += head.scale * found / math.sqrt(len(features.buckets))
    total += sum(map(float.__mul__, head.structure, features.structure))
    return sigmoid(total)


def _expected(costs: Sequence[float], chances: Sequence[float]) -> float:
    return sum(cost * chance for cost, chance in zip(costs, chances, strict=True))
