"""Estimates of size where no provider has counted yet."""

from .chat import Conversation

_BYTES_PER_TOKEN = 4
_TOKENS_PER_MESSAGE = 4


def estimated_tokens(text: str) -> int:
    """Tokens of a text, by its UTF-8 bytes: about right for English, high for other scripts."""
    return -(-len(text.encode()) // _BYTES_PER_TOKEN)


def estimated_input_tokens(conversation: Conversation) -> int:
    """Tokens of a whole conversation, with what each message adds around its content."""
    return sum(estimated_tokens(m.content) + _TOKENS_PER_MESSAGE for m in conversation.messages)


def most_input_tokens(conversation: Conversation) -> int:
    """An upper bound: no tokenizer in use makes more than one token of a byte."""
    return sum(len(m.content.encode()) + _TOKENS_PER_MESSAGE for m in conversation.messages)
