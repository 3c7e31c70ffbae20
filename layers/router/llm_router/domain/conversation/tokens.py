"""Estimates of token counts before any provider has counted."""

import json

from .content import Image, Part, Text, Thinking, ToolCall
from .conversation import Conversation, Message

_BYTES_PER_TOKEN = 4
_TOKENS_PER_MESSAGE = 4
_TOKENS_PER_IMAGE = 1_000
_MOST_AROUND_A_PART = 96
"""Tokens of field names, roles and ids that surround a message, a part or a tool."""
_MOST_AROUND_A_REQUEST = 512
"""Tokens of a provider's own system text and of the request for a self-rating."""
_MOST_AROUND_TOOLS = 1_536
"""Tokens that providers add on their own if a model has tools or a schema."""


def estimated_tokens(text: str) -> int:
    """A text's tokens by its UTF-8 bytes: about right for English, high for other scripts."""
    return -(-len(text.encode()) // _BYTES_PER_TOKEN)


def estimated_input_tokens(conversation: Conversation) -> int:
    """Estimate the tokens of a whole conversation, each message's overhead included."""
    turns = sum(
        sum(estimated_tokens(_text_of(part)) for part in message.parts) + _TOKENS_PER_MESSAGE
        for message in conversation.messages
    )
    return (
        turns + estimated_tokens(_attached(conversation)) + _TOKENS_PER_IMAGE * conversation.images
    )


def most_input_tokens(conversation: Conversation, most_tokens_per_image: int) -> int:
    """An upper bound: no tokenizer in use makes more than one token of a byte."""
    turns = sum(_most_of(message) for message in conversation.messages)
    images = most_tokens_per_image * conversation.images
    around = _MOST_AROUND_A_REQUEST + _MOST_AROUND_A_PART * len(conversation.tools)
    if conversation.is_structured:
        around += _MOST_AROUND_TOOLS
    return turns + len(_attached(conversation).encode()) + images + around


def _most_of(message: Message) -> int:
    around = _MOST_AROUND_A_PART * max(1, len(message.parts))
    return around + sum(_json_bytes(_text_of(part)) for part in message.parts)


def _text_of(part: Part) -> str:
    """The text of a part as a model reads it; images are counted separately."""
    if isinstance(part, Text):
        return part.text
    if isinstance(part, Image):
        return ""
    if isinstance(part, ToolCall):
        return f"{part.id} {part.name} {part.arguments}"
    if isinstance(part, Thinking):
        return json.dumps(part.block, ensure_ascii=False)
    words = (item.text for item in part.content if isinstance(item, Text))
    return f"{part.call_id} {''.join(words)}"


def _json_bytes(text: str) -> int:
    """The bytes on the wire, escapes included, so that even a bill by these bytes stays below."""
    return len(json.dumps(text, ensure_ascii=False).encode())


def _attached(conversation: Conversation) -> str:
    """The tools and the response schema as they are sent."""
    attached: list[object] = [
        tool.model_dump(exclude={"cache_control"}) for tool in conversation.tools
    ]
    if conversation.response_schema is not None:
        attached.append(conversation.response_schema)
    return json.dumps(attached, ensure_ascii=False) if attached else ""
