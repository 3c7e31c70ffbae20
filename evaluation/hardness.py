"""What the router's local classifier says of a prompt alone, as one number."""

from collections.abc import Callable

from llm_router.adapters.classifier_files import packaged_classifier
from llm_router.domain.chat import Conversation
from llm_router.domain.policy import Policy

Hardness = Callable[[Conversation], float]
"""What the prompt alone says: higher where the strong model is more needed."""


def hardness_by(policy: Policy) -> Hardness:
    """The probability that the strong model is needed, by the policy's local classifier."""
    return packaged_classifier(policy.classifier.weights).score
