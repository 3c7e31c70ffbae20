"""A request's size and contents, from one JSON encoding of its whole conversation.

Token counts are estimates: no provider has counted yet.
"""

import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from llm_router.domain.base import Frozen

if TYPE_CHECKING:
    from .conversation import Conversation

UNWEIGHED = frozenset({"max_output_tokens", "logprobs"})
"""Fields that the router itself sets for each model: a few bytes, whatever their value."""
_BYTES_PER_TOKEN = 4
_TOKENS_PER_IMAGE = 1_000
_MOST_AROUND_AN_OBJECT = 96
"""Bytes of the field names and constants that any format puts around a message, part or tool."""
_MORE_AROUND_A_TOOL = 32
"""Bytes of the strictness and of the empty schema that a tool may get besides."""
_MOST_CLOSING_A_SCHEMA = 32
"""Bytes that are added to an object in a schema to forbid other properties."""
_MOST_WRITING_OUT_A_NUMBER = 14
"""Bytes by which `1000000000000000.0` is longer than `1e15`."""
_EXPONENT = re.compile(r"\d[eE]")


class PromptSummary(NamedTuple):
    """The size and the contents of a conversation.

    `most_text_tokens` is an upper bound for everything but images: no tokenizer in use makes more
    than one token of a byte, and no format makes more bytes of a conversation. `image_bytes` are
    those of the images as they travel. `part_types` leaves out the contents of tool results.
    `beginning_tokens` are those of tools and instructions, with which all requests of one
    conversation begin. `cache_controls` has one for each lifetime. `question` is the last user turn
    with text.
    """

    estimated_tokens: int
    most_text_tokens: int
    beginning_tokens: int
    images: int
    image_bytes: int
    part_types: frozenset[str]
    cache_controls: tuple[dict[str, Any], ...]
    question: str


def estimated_tokens(text: str) -> int:
    """A text's tokens by its UTF-8 bytes: about right for English, high for other scripts."""
    return -(-_bytes(text) // _BYTES_PER_TOKEN)


def json_bytes(value: object) -> int:
    """The size of a value as JSON on the wire."""
    return _bytes(_encoded(value))


def summary_of(conversation: "Conversation") -> PromptSummary:
    """Summarise a conversation, whatever fields it has."""
    values = _Values()
    fields = type(conversation).model_fields
    given = [v for name, v in conversation if name not in UNWEIGHED and v != fields[name].default]
    size, messages = _bytes(_encoded(given, values)), conversation.messages
    if conversation.cache_control:
        values.cache_controls.append(conversation.cache_control)
    instructions = [m for m in messages if m.is_instruction]
    beginning = _bytes(_encoded([conversation.tools, instructions], _Values()))
    lists = [m.content for m in messages if not isinstance(m.content, str)]
    part_types = {part.type for parts in lists for part in parts}
    return PromptSummary(
        estimated_tokens=-(-size // _BYTES_PER_TOKEN) + _TOKENS_PER_IMAGE * values.images,
        most_text_tokens=size
        + values.sent_twice
        + _MOST_AROUND_AN_OBJECT * values.objects
        + _MORE_AROUND_A_TOOL * len(conversation.tools)
        + _MOST_CLOSING_A_SCHEMA * _encoded(conversation.response_schema).count('{"'),
        beginning_tokens=beginning // _BYTES_PER_TOKEN,
        images=values.images,
        image_bytes=values.image_bytes,
        part_types=frozenset(part_types | ({"text"} if len(lists) < len(messages) else set())),
        cache_controls=tuple({c.get("ttl"): c for c in values.cache_controls}.values()),
        question=next((m.text for m in reversed(messages) if m.role == "user" and m.text), ""),
    )


class _Values:
    """Turns a message, a part or a tool into the list of its values, and weighs what they hide.

    `sent_twice` are bytes of ids and names that a format may repeat, and of numbers that it writes
    out.
    """

    def __init__(self) -> None:
        self.objects = 0
        self.sent_twice = 0
        self.images = 0
        self.image_bytes = 0
        self.cache_controls: list[dict[str, Any]] = []

    def __call__(self, model: Frozen) -> list[object]:
        self.objects += 1
        values = vars(model)
        if values.get("cache_control"):
            self.cache_controls.append(values["cache_control"])
        match values.get("type"):
            case "image":
                kept, payload = _halves(values["url"])
                self.images += 1
                self.image_bytes += json_bytes(payload)
                values = {**values, "url": kept}
            case "tool_call":
                # A tool that is called but not given is declared to Anthropic's models.
                self.sent_twice += json_bytes(values["id"]) + json_bytes(values["name"])
                numbers = len(_EXPONENT.findall(values["arguments"]))
                self.sent_twice += _MOST_WRITING_OUT_A_NUMBER * numbers
            case "tool_result":
                # OpenAI's models get a result's images in a message that names it.
                self.sent_twice += json_bytes(values["call_id"])
        return [value for value in values.values() if value]


def _halves(url: str) -> tuple[str, str]:
    """What is text in the address of an image, and what is the image."""
    head, comma, data = url.partition(",")
    return (head, data) if comma and url.startswith("data:") else ("", url)


def _encoded(value: object, default: _Values | None = None) -> str:
    """The value as both SDKs encode it."""
    return json.JSONEncoder(
        ensure_ascii=False, check_circular=False, separators=(",", ":"), default=default
    ).encode(value)


def _bytes(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode(errors="surrogatepass"))
