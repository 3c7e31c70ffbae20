"""Replies in OpenAI's responses format: a response with its items."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

from llm_router.application.route.request import Routed
from llm_router.domain.conversation.answer import Answer, FinishReason
from llm_router.domain.conversation.content import (
    AnswerPart,
    Reasoning,
    Text,
    Thinking,
    ToolCall,
)
from llm_router.domain.conversation.conversation import Conversation, ToolChoice
from llm_router.domain.trust.structure import arguments_of
from llm_router.wire.shared.router_object import Json, router_object, token_counts

from .caller_tools import CallerTool, CallerTools
from .reasoning_marks import ReasoningMarks
from .request import ResponsesBody

_INCOMPLETE: dict[FinishReason, str] = {
    "length": "max_output_tokens",
    "content_filter": "content_filter",
}
"""Why an answer is incomplete, by how it ended; with any other end it is complete."""


def response_reply(routed: Routed, body: ResponsesBody, marks: ReasoningMarks) -> Json:
    """Build the response to an answered request.

    Tools and instructions are not repeated: they may be larger than all the rest.
    """
    request, (outcome, answer) = routed.request, routed.answered
    reason = _INCOMPLETE.get(answer.finish_reason)
    output = list(_items(routed, body.caller_tools, marks))
    if reason and output and "status" in output[-1]:
        output[-1]["status"] = "incomplete"
    return {
        "id": f"resp_{request.request_id}",
        "object": "response",
        "created_at": request.received_epoch_ms // 1000,
        "completed_at": None,
        "status": "incomplete" if reason else "completed",
        "error": None,
        "incomplete_details": {"reason": reason} if reason else None,
        "model": outcome.answered_by,
        "output": output,
        "usage": usage_object(routed),
        **_repeated(request.conversation, body),
        "instructions": None,
        "tools": [],
        "background": False,
        "previous_response_id": None,
        "service_tier": "default",
        "store": False,
        "router": router_object(routed),
    }


def usage_object(routed: Routed) -> Json:
    """The usage of the answering call in this format; `estimated` if none was reported."""
    usage, mark = token_counts(routed)
    return {
        **mark,
        "input_tokens": usage.input_tokens,
        "input_tokens_details": {
            "cached_tokens": usage.cached_input_tokens,
            "cache_write_tokens": usage.written_tokens,
        },
        "output_tokens": usage.output_tokens,
        "output_tokens_details": {"reasoning_tokens": usage.reasoning_tokens},
        "total_tokens": usage.input_tokens + usage.output_tokens,
    }


def _repeated(conversation: Conversation, body: ResponsesBody) -> Json:
    """The request's small fields; unset ones have OpenAI's defaults."""
    return {
        "frequency_penalty": 0,
        "max_output_tokens": conversation.max_output_tokens,
        "max_tool_calls": None,
        "metadata": body.metadata or {},
        "parallel_tool_calls": conversation.parallel_tool_calls is not False,
        "presence_penalty": 0,
        "prompt_cache_key": conversation.prompt_cache_key,
        "reasoning": {"effort": conversation.effort, "summary": conversation.reasoning_summary},
        "safety_identifier": body.safety_identifier,
        "temperature": _or_default(conversation.temperature, 1),
        "text": {
            "format": _text_format(conversation),
            "verbosity": conversation.verbosity or "medium",
        },
        "tool_choice": _choice_object(conversation.tool_choice, body.caller_tools),
        "top_logprobs": _or_default(conversation.top_logprobs, 0),
        "top_p": _or_default(conversation.top_p, 1),
        "truncation": "disabled",
        "user": body.user,
    }


def _or_default(value: float | None, default: float) -> float:
    return default if value is None else value


def _text_format(conversation: Conversation) -> Json:
    if conversation.response_schema is not None:
        return {
            "type": "json_schema",
            "name": conversation.schema_name,
            "description": conversation.schema_description,
            "schema": conversation.response_schema,
            "strict": conversation.schema_strict,
        }
    return {"type": "json_object" if conversation.json_object else "text"}


def _choice_object(choice: ToolChoice | None, tools: CallerTools) -> str | Json:
    if choice is None:
        return "auto"
    if choice.mode != "named" or choice.name is None:
        return choice.mode
    tool = _tool_named(choice.name, tools)
    return {"type": tool.type, "name": tool.name, **_namespace(tool)}


def _tool_named(name: str, tools: CallerTools) -> CallerTool:
    """The caller's tool; a name that a model made up is a function's."""
    return tools.get(name) or CallerTool("function", name)


def _namespace(tool: CallerTool) -> Json:
    return {} if tool.namespace is None else {"namespace": tool.namespace}


def _items(routed: Routed, tools: CallerTools, marks: ReasoningMarks) -> Iterator[Json]:
    """The answer's items in the model's order; texts of one phase are one message."""
    request, (outcome, answer) = routed.request, routed.answered
    shows_thinking = request.conversation.reasoning_summary is not None
    logprobs = _logprobs(answer)
    parts = (part for part in answer.all_parts if _is_shown(part, shows_thinking=shows_thinking))
    for index, group in enumerate(_together(parts)):
        own_id = f"{request.request_id}_{index}"
        match group[0]:
            case Text():
                texts = [part.text for part in group if isinstance(part, Text)]
                yield _message(f"msg_{own_id}", texts, answer, group[0].phase, logprobs)
                logprobs = []
            case ToolCall() as call:
                yield _call(call, own_id, _tool_named(call.name, tools))
            case Reasoning(item=item, model=model):
                shown = {**item, "id": f"rs_{own_id}"}
                if sealed := item.get("encrypted_content"):
                    author = model or outcome.answered_by or ""
                    shown["encrypted_content"] = marks.marked(sealed, author)
                yield shown
            case Thinking(block=block):
                summary = [{"type": "summary_text", "text": block["thinking"]}]
                yield {"id": f"rs_{own_id}", "type": "reasoning", "summary": summary}


def _is_shown(part: AnswerPart, *, shows_thinking: bool) -> bool:
    if isinstance(part, Thinking):
        return shows_thinking and bool(part.block.get("thinking"))
    if isinstance(part, Reasoning):
        return shows_thinking or "encrypted_content" in part.item
    return not isinstance(part, Text) or bool(part.text)


def _together(parts: Iterable[AnswerPart]) -> Iterator[list[AnswerPart]]:
    for is_text_of_phase, group in groupby(parts, key=_phase):
        if is_text_of_phase is None:
            yield from ([part] for part in group)
        else:
            yield list(group)


def _phase(part: AnswerPart) -> str | None:
    """What a text must have in common with its neighbours to be of one message."""
    return part.phase or "" if isinstance(part, Text) else None


def _message(
    item_id: str, texts: list[str], answer: Answer, phase: str | None, logprobs: list[Json]
) -> Json:
    content: list[Json]
    if answer.refused:
        content = [{"type": "refusal", "refusal": text} for text in texts]
    else:
        content = [
            {"type": "output_text", "text": text, "annotations": [], "logprobs": []}
            for text in texts
        ]
        content[0]["logprobs"] = logprobs
    return {
        "id": item_id,
        "type": "message",
        "role": "assistant",
        "status": "completed",
        "content": content,
        **({"phase": phase} if phase else {}),
    }


def _call(call: ToolCall, own_id: str, tool: CallerTool) -> Json:
    named = {"call_id": call.id, "name": tool.name, **_namespace(tool)}
    if tool.type == "custom":
        given = _custom_input(call)
        return {"id": f"ctc_{own_id}", "type": "custom_tool_call", **named, "input": given}
    return {
        "id": f"fc_{own_id}",
        "type": "function_call",
        "status": "completed",
        **named,
        "arguments": call.arguments,
    }


def _custom_input(call: ToolCall) -> str:
    """The text in the arguments; the arguments as they are if there is none."""
    given = (arguments_of(call) or {}).get("input")
    return given if isinstance(given, str) else call.arguments


def _logprobs(answer: Answer) -> list[Json]:
    """The log-probabilities as this format has them: with bytes and alternatives in any case."""
    told: list[dict[str, Any]] = (answer.logprobs or {}).get("content") or []
    return [
        {
            **_with_bytes(token),
            "top_logprobs": [_with_bytes(other) for other in token.get("top_logprobs") or ()],
        }
        for token in told
    ]


def _with_bytes(token: Json) -> Json:
    return {**token, "bytes": token.get("bytes") or []}
