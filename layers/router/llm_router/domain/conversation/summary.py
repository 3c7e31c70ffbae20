"""A prompt's size and contents, from one walk over its messages and tools.

Token counts are estimates: no provider has counted yet.
"""

import json
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from .content import Image, Part, Text, Thinking, ToolCall, ToolResult

if TYPE_CHECKING:
    from .conversation import Message, Tool

_BYTES_PER_TOKEN = 4
_TOKENS_PER_MESSAGE = 4
_TOKENS_PER_IMAGE = 1_000
_MOST_AROUND_A_PART = 96
"""Tokens of field names, roles and ids that surround a message, a part or a tool."""
_ENCODER = json.JSONEncoder(ensure_ascii=False)


class PromptSummary(NamedTuple):
    """The size and the contents of a prompt.

    `most_text_tokens` is an upper bound for everything but images: no tokenizer in use makes more
    than one token of a byte. `part_types` leaves out the contents of tool results.
    `cache_controls` has one for each lifetime. `question` is the last user turn with text.
    """

    estimated_tokens: int
    most_text_tokens: int
    images: int
    part_types: frozenset[str]
    cache_controls: tuple[dict[str, Any], ...]
    question: str


def estimated_tokens(text: str) -> int:
    """A text's tokens by its UTF-8 bytes: about right for English, high for other scripts."""
    return -(-_bytes(text) // _BYTES_PER_TOKEN)


def summary_of(
    messages: "Sequence[Message]", tools: "Sequence[Tool]", response_schema: dict[str, Any] | None
) -> PromptSummary:
    """Summarise the prompt that these messages and tools make."""
    attached = _attached(tools, response_schema)
    estimated = estimated_tokens(attached) + _TOKENS_PER_MESSAGE * len(messages)
    most = _bytes(attached) + _MOST_AROUND_A_PART * len(tools)
    images, part_types = 0, set[str]()
    controls = [tool.cache_control for tool in tools]
    for message in messages:
        if isinstance(message.content, str):
            texts = [message.content]
            part_types.add("text")
        else:
            texts = [_text_of(part) for part in message.content]
            for part in message.content:
                part_types.add(part.type)
                for item in _with_contents(part):
                    images += isinstance(item, Image)
                    if not isinstance(item, Thinking) and item.cache_control:
                        controls.append(item.cache_control)
        most += _MOST_AROUND_A_PART * max(1, len(texts))
        for text in texts:
            estimated += estimated_tokens(text)
            most += _json_bytes(text)
    return PromptSummary(
        estimated_tokens=estimated + _TOKENS_PER_IMAGE * images,
        most_text_tokens=most,
        images=images,
        part_types=frozenset(part_types),
        cache_controls=tuple({c.get("ttl"): c for c in controls if c}.values()),
        question=next((m.text for m in reversed(messages) if m.role == "user" and m.text), ""),
    )


def _with_contents(part: Part) -> Iterator[Part]:
    yield part
    if isinstance(part, ToolResult):
        yield from part.content


def _text_of(part: Part) -> str:
    """The text of a part as a model reads it; images are counted separately."""
    if isinstance(part, Text):
        return part.text
    if isinstance(part, Image):
        return ""
    if isinstance(part, ToolCall):
        return f"{part.id} {part.name} {part.arguments}"
    if isinstance(part, Thinking):
        return _ENCODER.encode(part.block)
    words = (item.text for item in part.content if isinstance(item, Text))
    return f"{part.call_id} {''.join(words)}"


def _bytes(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode())


def _json_bytes(text: str) -> int:
    """The bytes on the wire, escapes included, so that even a bill by these bytes stays below."""
    return _bytes(_ENCODER.encode(text))


def _attached(tools: "Sequence[Tool]", response_schema: dict[str, Any] | None) -> str:
    """The tools and the response schema as they are sent."""
    attached: list[object] = [
        {name: value for name, value in tool if name != "cache_control"} for tool in tools
    ]
    if response_schema is not None:
        attached.append(response_schema)
    return _ENCODER.encode(attached) if attached else ""
