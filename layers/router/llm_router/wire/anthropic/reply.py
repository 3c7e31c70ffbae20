"""Replies in Anthropic's format: a message, its event stream, and a token count."""

import json
from collections.abc import Iterator

from llm_router.application.errors import MalformedToolCallError
from llm_router.application.route.request import Routed
from llm_router.domain.conversation.answer import Answer
from llm_router.domain.conversation.content import (
    Reasoning,
    Text,
    Thinking,
    ToolCall,
    calls_last,
)
from llm_router.domain.conversation.conversation import Conversation
from llm_router.domain.conversation.tokens import estimated_input_tokens
from llm_router.domain.trust.structure import arguments_of
from llm_router.wire.shared.event_stream import event, pieces
from llm_router.wire.shared.router_object import Json, router_object, token_counts

_STOP_REASONS = {
    "stop": "end_turn",
    "length": "max_tokens",
    "tool_calls": "tool_use",
    "content_filter": "refusal",
}


def message_reply(routed: Routed) -> Json:
    """Build the message; `MalformedToolCallError` if a call's arguments are no JSON object."""
    _, answer = routed.answered
    return {
        **message_head(routed),
        "content": [_block(part, routed) for part in _shown(answer)],
        **stop_fields(answer),
        "usage": usage_object(routed),
        "router": router_object(routed),
    }


def message_head(routed: Routed) -> Json:
    """The first fields of a message."""
    outcome, _ = routed.answered
    return {
        "id": f"msg_{routed.request.request_id}",
        "type": "message",
        "role": "assistant",
        "model": outcome.answered_by,
    }


def stop_fields(answer: Answer) -> Json:
    """The stop reason and sequence; OpenAI's format reports a stop sequence as a normal end."""
    sequence = answer.stop_sequence
    reason = _STOP_REASONS[answer.finish_reason]
    return {
        "stop_reason": "stop_sequence" if sequence and reason == "end_turn" else reason,
        "stop_sequence": sequence,
    }


def usage_object(routed: Routed) -> Json:
    """The usage of the answering call in Anthropic's format: cached tokens are separate.

    It is marked `estimated` if the provider reported none.
    """
    usage, mark = token_counts(routed)
    cached, written = usage.cached_input_tokens, usage.written_tokens
    return {
        **mark,
        "input_tokens": usage.input_tokens - cached - written,
        "cache_read_input_tokens": cached,
        "cache_creation_input_tokens": written,
        "cache_creation": {
            "ephemeral_5m_input_tokens": usage.cache_write_tokens,
            "ephemeral_1h_input_tokens": usage.long_cache_write_tokens,
        },
        "output_tokens": usage.output_tokens,
    }


def count_reply(conversation: Conversation) -> Json:
    """An estimate of a prompt's tokens: the model that will read it is not known yet."""
    return {"input_tokens": estimated_input_tokens(conversation), "estimated": True}


def _shown(answer: Answer) -> Iterator[Text | ToolCall | Thinking]:
    """The parts that a message can hold; reasoning of OpenAI's models is none of them."""
    for part in calls_last(answer.all_parts):
        if not isinstance(part, Reasoning) and not (isinstance(part, Text) and not part.text):
            yield part


def _block(part: Text | ToolCall | Thinking, routed: Routed) -> Json:
    if isinstance(part, Text):
        return {"type": "text", "text": part.text}
    if isinstance(part, Thinking):
        return part.block
    arguments = arguments_of(part)
    if arguments is None:
        raise MalformedToolCallError(
            f"the model called {part.name!r} with arguments that are no JSON object",
            outcome=routed.outcome,
        )
    return {"type": "tool_use", "id": part.id, "name": part.name, "input": arguments}


def message_stream(routed: Routed) -> str:
    """All events: message start, each block in deltas, stop reason with usage, message stop.

    The message start also holds the `router` object. Raises the errors of `message_reply`.
    """
    return "".join(event(data, data["type"]) for data in _events(message_reply(routed)))


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
        yield {
            "type": "content_block_start",
            "index": index,
            "content_block": _without_deltas(block),
        }
        for delta in _deltas(block):
            yield {"type": "content_block_delta", "index": index, "delta": delta}
        yield {"type": "content_block_stop", "index": index}
    ended = {name: message[name] for name in ("stop_reason", "stop_sequence")}
    yield {"type": "message_delta", "delta": ended, "usage": usage}
    yield {"type": "message_stop"}


def _without_deltas(block: Json) -> Json:
    """The block before its deltas; a block without deltas is unchanged."""
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
