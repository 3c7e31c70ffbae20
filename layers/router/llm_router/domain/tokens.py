"""Estimates of size where no provider has counted yet."""

import json

from .chat import Conversation

_BYTES_PER_TOKEN = 4
_TOKENS_PER_MESSAGE = 4
_TOKENS_PER_IMAGE = 1_000
_MOST_TOKENS_PER_IMAGE = 8_000
_MOST_AROUND_A_MESSAGE = 32
_MOST_AROUND_A_REQUEST = 512
"""A provider's own system text, and what is said around tools, schemas and a self-rating."""


def estimated_tokens(text: str) -> int:
    """Tokens of a text, by its UTF-8 bytes: about right for English, high for other scripts."""
    return -(-len(text.encode()) // _BYTES_PER_TOKEN)


def estimated_input_tokens(conversation: Conversation) -> int:
    """Tokens of a whole conversation, with what each message adds around its content."""
    turns = sum(estimated_tokens(m.content) + _TOKENS_PER_MESSAGE for m in conversation.messages)
    return (
        turns + estimated_tokens(_attached(conversation)) + _TOKENS_PER_IMAGE * conversation.images
    )


def most_input_tokens(conversation: Conversation) -> int:
    """An upper bound: no tokenizer in use makes more than one token of a byte."""
    turns = sum(_json_bytes(m.content) + _MOST_AROUND_A_MESSAGE for m in conversation.messages)
    images = _MOST_TOKENS_PER_IMAGE * conversation.images
    return turns + len(_attached(conversation).encode()) + images + _MOST_AROUND_A_REQUEST


def _json_bytes(text: str) -> int:
    """The bytes that travel, escapes included: even a bill by the wire's bytes stays below."""
    return len(json.dumps(text, ensure_ascii=False).encode())


def _attached(conversation: Conversation) -> str:
    """Tools and schema as they are sent."""
    attached: list[object] = [tool.model_dump() for tool in conversation.tools]
    if conversation.response_schema is not None:
        attached.append(conversation.response_schema)
    return json.dumps(attached, ensure_ascii=False) if attached else ""
