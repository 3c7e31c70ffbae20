"""An answered request as Anthropic's message, and the size of one that was not asked."""

from ..application.calls import Answered
from ..application.errors import MalformedToolCallError
from ..domain.chat import Answer, Conversation
from ..domain.content import AnswerPart, Text, Thinking
from ..domain.structure import arguments_of
from ..domain.tokens import estimated_input_tokens
from .explanation import Json, router_object
from .token_counts import counted

_STOP_REASONS = {
    "stop": "end_turn",
    "length": "max_tokens",
    "tool_calls": "tool_use",
    "content_filter": "refusal",
}


def message_reply(answered: Answered) -> Json:
    """An answered request as a message; `MalformedToolCallError` if it cannot be one."""
    answer = answered.answer
    parts = (part for part in answer.all_parts if part != Text(text=""))
    return {
        **message_head(answered),
        "content": [_block(part, answered) for part in parts],
        **stop_fields(answer),
        "usage": usage_object(answered),
        "router": router_object(answered.routed),
    }


def message_head(answered: Answered) -> Json:
    """What a message begins with."""
    return {
        "id": f"msg_{answered.routed.call.request_id}",
        "type": "message",
        "role": "assistant",
        "model": answered.outcome.answered_by,
    }


def stop_fields(answer: Answer) -> Json:
    """Why the answer ended; OpenAI's format does not tell a stop sequence from an end."""
    sequence = answer.stop_sequence
    reason = _STOP_REASONS[answer.finish_reason]
    return {
        "stop_reason": "stop_sequence" if sequence and reason == "end_turn" else reason,
        "stop_sequence": sequence,
    }


def usage_object(answered: Answered) -> Json:
    """The tokens of the answering call as Anthropic counts them: cached ones apart.

    `estimated` if none were reported.
    """
    usage, mark = counted(answered)
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
    """About how many tokens a prompt has: which model will read it, is not known yet."""
    return {"input_tokens": estimated_input_tokens(conversation), "estimated": True}


def _block(part: AnswerPart, answered: Answered) -> Json:
    if isinstance(part, Text):
        return {"type": "text", "text": part.text}
    if isinstance(part, Thinking):
        return part.block
    arguments = arguments_of(part)
    if arguments is None:
        raise MalformedToolCallError(
            f"the model called {part.name!r} with arguments that are no JSON object",
            outcome=answered.outcome,
        )
    return {"type": "tool_use", "id": part.id, "name": part.name, "input": arguments}
