"""What the router's local classifier says of a prompt alone, as one number."""

from llm_router.domain.chat import Conversation
from llm_router.domain.classification import local_estimate
from llm_router.domain.tiers import Tier


def hardness(conversation: Conversation) -> float:
    """From 0 to 2: the estimated tier, nearer to its neighbour where the estimate is less sure."""
    estimate = local_estimate(conversation)
    doubt = 1 - estimate.confidence
    return estimate.tier.level + {Tier.SIMPLE: doubt, Tier.COMPLEX: -doubt}.get(estimate.tier, 0.0)
