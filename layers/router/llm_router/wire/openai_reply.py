"""An answered request as a chat completion."""

from ..application.calls import Answered
from ..domain.content import ToolCall
from .explanation import Json, router_object
from .token_counts import counted


def chat_reply(answered: Answered) -> Json:
    """An answered request as a chat completion."""
    answer = answered.answer
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
        **completion_head(answered, "chat.completion"),
        "choices": [choice],
        "usage": usage_object(answered),
        "router": router_object(answered.routed),
    }


def completion_head(answered: Answered, kind: str) -> Json:
    """What a completion and each chunk of one begin with."""
    call = answered.routed.call
    return {
        "id": f"chatcmpl-{call.request_id}",
        "object": kind,
        "created": call.received_epoch_ms // 1000,
        "model": answered.outcome.answered_by,
    }


def call_object(call: ToolCall) -> Json:
    """A tool call as OpenAI writes it."""
    function = {"name": call.name, "arguments": call.arguments}
    return {"id": call.id, "type": "function", "function": function}


def usage_object(answered: Answered) -> Json:
    """The tokens of the answering call as OpenAI counts them; `estimated` if none were reported."""
    usage, mark = counted(answered)
    return {
        **mark,
        "prompt_tokens": usage.input_tokens,
        "completion_tokens": usage.output_tokens,
        "total_tokens": usage.input_tokens + usage.output_tokens,
        "prompt_tokens_details": {
            "cached_tokens": usage.cached_input_tokens,
            "cache_write_tokens": usage.written_tokens,
        },
    }
