"""An answered request as the chunks of a chat completion."""

from collections.abc import Iterator

from ..application.calls import Answered
from .event_stream import event, pieces
from .explanation import Json, router_object
from .openai_reply import call_object, completion_head, usage_object


def chat_stream(answered: Answered, *, wants_usage: bool) -> str:
    """All events: the role, the words, the calls, why it ended, the usage if wanted, `[DONE]`.

    The chunk that says why it ended also holds the `router` object.
    """
    chunks = (event(chunk) for chunk in _chunks(answered, wants_usage=wants_usage))
    return "".join([*chunks, event("[DONE]")])


def _chunks(answered: Answered, *, wants_usage: bool) -> Iterator[Json]:
    head = completion_head(answered, "chat.completion.chunk")
    if wants_usage:
        head["usage"] = None
    answer = answered.answer

    def chunk(delta: Json, finish_reason: str | None = None, logprobs: Json | None = None) -> Json:
        told = {"delta": delta, "logprobs": logprobs, "finish_reason": finish_reason}
        return {**head, "choices": [{"index": 0, **told}]}

    silent = answer.tool_calls or answer.refused
    yield chunk({"role": "assistant", "content": None if silent else ""})
    logprobs, words = answer.logprobs, "refusal" if answer.refused else "content"
    for piece in pieces(answer.text):
        yield chunk({words: piece}, logprobs=logprobs)
        logprobs = None
    for index, call in enumerate(answer.tool_calls):
        whole = {"index": index, **call_object(call)}
        arguments = whole["function"].pop("arguments")
        whole["function"]["arguments"] = ""
        yield chunk({"tool_calls": [whole]})
        for piece in pieces(arguments):
            yield chunk({"tool_calls": [{"index": index, "function": {"arguments": piece}}]})
    yield {**chunk({}, answer.finish_reason), "router": router_object(answered.routed)}
    if wants_usage:
        yield {**head, "choices": [], "usage": usage_object(answered)}
