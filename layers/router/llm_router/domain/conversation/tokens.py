"""Token counts of a conversation before any provider has counted, from its summary."""

from .conversation import Conversation
from .summary import estimated_tokens

__all__ = [
    "estimated_input_tokens",
    "estimated_tokens",
    "most_input_tokens",
    "most_text_tokens",
]

_MOST_AROUND_A_REQUEST = 512
"""Tokens of a provider's own system text and of the request for a self-rating."""
_MOST_AROUND_TOOLS = 1_536
"""Tokens that providers add on their own if a model has tools or a schema."""


def estimated_input_tokens(conversation: Conversation) -> int:
    """Estimate the tokens of a whole conversation, each message's overhead included."""
    return conversation.summary.estimated_tokens


def most_text_tokens(conversation: Conversation) -> int:
    """An upper bound of the bytes that a request may have besides its images."""
    return conversation.summary.most_text_tokens + _MOST_AROUND_A_REQUEST


def most_input_tokens(conversation: Conversation, most_tokens_per_image: int) -> int:
    """An upper bound of the tokens for a model that makes at most so many of an image."""
    around = _MOST_AROUND_TOOLS if conversation.is_structured else 0
    images = most_tokens_per_image * conversation.summary.images
    return most_text_tokens(conversation) + images + around
