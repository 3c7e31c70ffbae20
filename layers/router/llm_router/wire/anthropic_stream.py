"""An answered request as the events of a message."""

import json
from collections.abc import Iterator

from ..application.calls import Answered
from .anthropic_reply import message_reply
from .event_stream import event, pieces
from .explanation import Json


def message_stream(answered: Answered) -> str:
    """All events: the message's start, each block in deltas, why it ended with the usage, its end.

    The message's start also holds the `router` object. `MalformedToolCallError` as for a message.
    """
    return "".join(event(told, told["type"]) for told in _events(message_reply(answered)))


def _events(message: Json) -> Iterator[Json]:
    usage = message["usage"]
    started = {
        **message,
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
        "usage": {**usage, "output_tokens": 0},
    }
    yield {"type": "message_start", "message": started}
    for index, block in enumerate(message["content"]):
        yield {"type": "content_block_start", "index": index, "content_block": _emptied(block)}
        for delta in _deltas(block):
            yield {"type": "content_block_delta", "index": index, "delta": delta}
        yield {"type": "content_block_stop", "index": index}
    ended = {name: message[name] for name in ("stop_reason", "stop_sequence")}
    yield {"type": "message_delta", "delta": ended, "usage": usage}
    yield {"type": "message_stop"}


def _emptied(block: Json) -> Json:
    """The block as it is before its deltas; one without any stays as it is."""
    empty: dict[str, Json] = {
        "text": {"text": ""},
        "tool_use": {"input": {}},
        "thinking": {"thinking": "", "signature": ""},
    }
    return {**block, **empty.get(block["type"], {})}


def _deltas(block: Json) -> Iterator[Json]:
    match block["type"]:
        case "text":
            for piece in pieces(block["text"]):
                yield {"type": "text_delta", "text": piece}
        case "tool_use":
            for piece in pieces(json.dumps(block["input"], ensure_ascii=False)):
                yield {"type": "input_json_delta", "partial_json": piece}
        case "thinking":
            for piece in pieces(block["thinking"]):
                yield {"type": "thinking_delta", "thinking": piece}
            yield {"type": "signature_delta", "signature": block["signature"]}
