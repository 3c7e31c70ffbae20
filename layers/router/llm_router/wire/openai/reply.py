"""Replies in OpenAI's format: a chat completion and its event stream."""

from collections.abc import Iterator

from llm_router.application.route.request import Routed
from llm_router.domain.conversation.content import ToolCall
from llm_router.wire.shared.event_stream import event, pieces
from llm_router.wire.shared.router_object import Json, router_object, token_counts


def chat_reply(routed: Routed) -> Json:
    """Build the chat completion of an answered request."""
    _, answer = routed.answered
    message: Json = {"role": "assistant", "content": answer.text, "refusal": None}
    if answer.refused:
        message |= {"content": None, "refusal": answer.text}
    if answer.tool_calls:
        calls = [call_object(call) for call in answer.tool_calls]
        message |= {"content": answer.text or None, "tool_calls": calls}
    choice = {
        "index": 0,
        "message": message,
        "logprobs": answer.logprobs,
        "finish_reason": answer.finish_reason,
    }
    return {
        **completion_head(routed, "chat.completion"),
        "choices": [choice],
        "usage": usage_object(routed),
        "router": router_object(routed),
    }


def completion_head(routed: Routed, object_type: str) -> Json:
    """The first fields of a completion and of each chunk."""
    request, (outcome, _) = routed.request, routed.answered
    return {
        "id": f"chatcmpl-{request.request_id}",
        "object": object_type,
        "created": request.received_epoch_ms // 1000,
        "model": outcome.answered_by,
    }


def call_object(call: ToolCall) -> Json:
    """A tool call in OpenAI's format."""
    function = {"name": call.name, "arguments": call.arguments}
    return {"id": call.id, "type": "function", "function": function}


def usage_object(routed: Routed) -> Json:
    """The usage of the answering call in OpenAI's format; `estimated` if none was reported."""
    usage, mark = token_counts(routed)
    return {
        **mark,
        "prompt_tokens": usage.input_tokens,
        "completion_tokens": usage.output_tokens,
        "total_tokens": usage.input_tokens + usage.output_tokens,
        "prompt_tokens_details": {
            "cached_tokens": usage.cached_input_tokens,
            "cache_write_tokens": usage.written_tokens,
        },
        "completion_tokens_details": {"reasoning_tokens": usage.reasoning_tokens},
    }


def chat_stream(routed: Routed, *, wants_usage: bool) -> str:
    """All events: role, text, tool calls, finish reason, usage if wanted, `[DONE]`.

    The chunk with the finish reason also holds the `router` object.
    """
    chunks = (event(chunk) for chunk in _chunks(routed, wants_usage=wants_usage))
    return "".join([*chunks, event("[DONE]")])


def _chunks(routed: Routed, *, wants_usage: bool) -> Iterator[Json]:
    head = completion_head(routed, "chat.completion.chunk")
    if wants_usage:
        head["usage"] = None
    _, answer = routed.answered

    def chunk(delta: Json, finish_reason: str | None = None, logprobs: Json | None = None) -> Json:
        choice = {"delta": delta, "logprobs": logprobs, "finish_reason": finish_reason}
        return {**head, "choices": [{"index": 0, **choice}]}

    without_text = answer.tool_calls or answer.refused
    yield chunk({"role": "assistant", "content": None if without_text else ""})
    logprobs, text_field = answer.logprobs, "refusal" if answer.refused else "content"
    for piece in pieces(answer.text):
        yield chunk({text_field: piece}, logprobs=logprobs)
        logprobs = None
    for index, call in enumerate(answer.tool_calls):
        whole = {"index": index, **call_object(call)}
        arguments = whole["function"].pop("arguments")
        whole["function"]["arguments"] = ""
        yield chunk({"tool_calls": [whole]})
        for piece in pieces(arguments):
            yield chunk({"tool_calls": [{"index": index, "function": {"arguments": piece}}]})
    yield {**chunk({}, answer.finish_reason), "router": router_object(routed)}
    if wants_usage:
        yield {**head, "choices": [], "usage": usage_object(routed)}
