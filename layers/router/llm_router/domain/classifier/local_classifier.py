"""The local classifier: what a request needs, told from its last user turn in under a millisecond.

A linear model over hashed n-grams and measures of structure, with three outputs. It recognises
what it was trained on, nothing more: it cannot solve a task, so it does not see that a short and
innocent question is hard; it knows no facts and no reply; and which questions a weak model fails
it has learned from recorded answers of two particular models to particular kinds of questions.
There it mostly recognises the subject. On other traffic `score` is hardly better than chance until
it is trained on rows of that traffic. The tiers come from prompts written by hand in some twenty
languages (and, with little weight, from the recorded rows): form, vocabulary, length and style of
the task decide, which serves ordinary requests and not those that hide what they ask for.
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
    """A tier with the estimate's own trust in it, from 0 to 1; `chances` are of all tiers."""

    tier: Tier
    confidence: float = Field(ge=0, le=1)
    chances: tuple[float, float, float]


_COST = {
    Tier.SIMPLE: (0.0, 1.0, 3.0),
    Tier.MODERATE: (1.0, 0.0, 1.0),
    Tier.COMPLEX: (3.0, 1.0, 0.0),
}
"""What an estimate costs by the true tier: two tiers off is worse than twice one tier off."""


class LocalClassifier:
    """Weights that were read once and judge any number of conversations."""

    def __init__(self, weights: Weights) -> None:
        self._weights = weights

    @classmethod
    def from_bytes(cls, data: bytes) -> "LocalClassifier":
        """Read a weights file; `ClassifierError` if it is none or not for these features."""
        return cls(parse_weights(data))

    @property
    def version(self) -> str:
        """The name that the weights were given when they were trained."""
        return self._weights.version

    @property
    def trained(self) -> str:
        """When and on what, in words."""
        return self._weights.trained

    def score(self, conversation: Conversation) -> float:
        """The probability that the weak model fails where the strong one does not, from 0 to 1.

        It is for the models, and calibrated on the traffic, of the recorded rows.
        """
        return _probability(self._weights.need, features_of(conversation))

    def estimate(self, conversation: Conversation) -> Estimate:
        """The tier that is least costly if it is wrong, and the probability that it is right.

        0 where the outputs contradict each other: then nothing is known.
        """
        features = features_of(conversation)
        more = _probability(self._weights.more_than_simple, features)
        most = min(more, _probability(self._weights.complex, features))
        chances = (1 - more, more - most, most)
        tier = min(_COST, key=lambda candidate: _expected(_COST[candidate], chances))
        return Estimate(tier=tier, confidence=chances[tier.level], chances=chances)

    def was_trained_on(self, conversation: Conversation) -> bool:
        """Whether this question was in the training; of those that were not, 1 in 100 seems so."""
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
