"""OpenAI's responses format: a conversation as items, a response's items as an answer.

Nothing is stored at OpenAI: each request holds the whole conversation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from typing import TYPE_CHECKING, Any, get_args

from llm_router.application.ports import Json
from llm_router.domain.conversation.answer import Answer, Usage
from llm_router.domain.conversation.content import (
    AnswerPart,
    Image,
    Part,
    Phase,
    Reasoning,
    Text,
    ToolCall,
    ToolResult,
)
from llm_router.domain.conversation.conversation import Conversation, Message, ToolChoice
from llm_router.domain.plan.candidates import Candidate
from llm_router.domain.policy.formats import FORMATS

from .openai import described_schema, finite_logprobs, function_of, role_of
from .repairs import fitting_id, messages_for, sendable
from .replies import (
    answer_with,
    expect,
    finish_reason,
    is_standard_service,
    is_type,
    parse_usage,
    text_of,
    tokens,
    tool_call,
    with_own_ids,
)

if TYPE_CHECKING:
    from openai import OpenAI

_LIMITS = FORMATS["openai-responses"].limits
_ENCRYPTED, _LOGPROBS = "reasoning.encrypted_content", "message.output_text.logprobs"


def request_of(candidate: Candidate, conversation: Conversation, schema: Json | None) -> Json:
    """Build the keyword arguments of `responses.create`."""
    on_openai = candidate.base_url is None
    messages = messages_for(conversation, _LIMITS, candidate.id)
    cache_key = fitting_id(conversation.prompt_cache_key, _LIMITS)
    request: dict[str, Any] = {
        "model": candidate.name,
        "input": [item for message in messages for item in _items(message, on_openai=on_openai)],
        "store": False,
        "include": list(_included(candidate, conversation)) or None,
        "max_output_tokens": conversation.max_output_tokens,
        "temperature": conversation.temperature,
        "top_p": conversation.top_p,
        "top_logprobs": conversation.top_logprobs,
        "user": fitting_id(conversation.user, _LIMITS),
        "prompt_cache_key": cache_key if on_openai else None,
        "reasoning": _reasoning(conversation),
        "text": _text(candidate, conversation, schema),
    }
    if conversation.tools:
        request |= {
            "tools": [
                {"type": "function", "strict": False, **function_of(tool)}
                for tool in conversation.tools
            ],
            "tool_choice": _tool_choice(conversation.tool_choice),
            "parallel_tool_calls": conversation.parallel_tool_calls,
        }
    return {name: sendable(value) for name, value in request.items() if value is not None}


def method_of(client: OpenAI) -> Callable[..., Any]:
    """The client's method that sends such a request.

    The SDK walks through the arguments by their types, for seconds if there are thousands of items;
    what is in `extra_body` goes out as it is.
    """
    create = client.responses.with_raw_response.create

    def send(*, model: str, input: list[Json], timeout: Any, **others: Any) -> Any:
        return create(model=model, timeout=timeout, extra_body={"input": input}, **others)

    return send


def answer_of(response: Json) -> Answer:
    """The answer in a response; a refusal's text is the answer's text.

    Calls of tools that the provider itself runs, and anything else that was not asked for, is left
    out.
    """
    output = [expect(dict, item) for item in expect(list, response.get("output"))]
    contents = [part for item in output if _is_message(item) for part in _content(item)]
    refusals = [part.get("refusal") for part in contents if part.get("type") == "refusal"]
    refusal = "".join(expect(str, text) for text in refusals if text is not None)
    parts = tuple(_parts(output))
    refused = bool(refusal) and not any(isinstance(part, Text) for part in parts)
    if refused:
        parts = (*parts, Text(text=refusal))
    return answer_with(
        with_own_ids(parts), _end_of(response), refused=refused, logprobs=_logprobs(contents)
    )


def usage_of(response: Json) -> Usage | None:
    """The billed tokens; None if they are not known, or by prices other than the usual ones."""
    if not is_standard_service(response.get("service_tier")):
        return None
    return parse_usage(_usage, response.get("usage"))


def _usage(usage: Json) -> Usage:
    details = usage.get("input_tokens_details") or {}
    written = usage.get("output_tokens_details") or {}
    read = tokens(usage, "input_tokens")
    return Usage(
        input_tokens=read,
        cached_input_tokens=tokens(details, "cached_tokens"),
        cache_write_tokens=tokens(details, "cache_write_tokens"),
        output_tokens=max(tokens(usage, "output_tokens"), tokens(usage, "total_tokens") - read),
        reasoning_tokens=tokens(written, "reasoning_tokens"),
    )


def _included(candidate: Candidate, conversation: Conversation) -> Iterator[str]:
    """What the response holds only if it is asked for."""
    if candidate.effort and (
        conversation.tools or conversation.reasoning_summary or conversation.encrypted_reasoning
    ):
        yield _ENCRYPTED
    if conversation.logprobs:
        yield _LOGPROBS


def _reasoning(conversation: Conversation) -> Json | None:
    wanted = {"effort": conversation.effort, "summary": conversation.reasoning_summary}
    return {name: value for name, value in wanted.items() if value} or None


def _text(candidate: Candidate, conversation: Conversation, schema: Json | None) -> Json | None:
    text: Json = {"verbosity": conversation.verbosity} if conversation.verbosity else {}
    if conversation.json_object:
        text["format"] = {"type": "json_object"}
    elif schema is not None and candidate.json_schema:
        text["format"] = {"type": "json_schema", **described_schema(conversation, schema)}
    return text or None


def _tool_choice(choice: ToolChoice | None) -> str | Json | None:
    if choice is None:
        return None
    return {"type": "function", "name": choice.name} if choice.mode == "named" else choice.mode


def _items(message: Message, *, on_openai: bool) -> Iterator[Json]:
    """The message as items; what is said between calls stays where it is."""
    for phase, together in groupby(message.parts, key=_phase):
        parts = list(together)
        if isinstance(parts[0], Text | Image):
            role = role_of(message, on_openai=on_openai)
            text_type = "output_text" if role == "assistant" else "input_text"
            content = _content_of(parts, text_type, on_openai=on_openai)
            if content or role != "assistant":
                marked = {"phase": phase} if phase and on_openai else {}
                yield {"role": role, "content": content, **marked}
            continue
        for part in parts:
            if isinstance(part, ToolCall):
                called = {"call_id": part.id, "name": part.name, "arguments": part.arguments}
                yield {"type": "function_call", **called}
            elif isinstance(part, ToolResult):
                output = _output(part, on_openai=on_openai)
                yield {"type": "function_call_output", "call_id": part.call_id, "output": output}
            elif isinstance(part, Reasoning):
                yield part.item


def _phase(part: Part) -> str | None:
    """What a part must have in common with its neighbours to be of one message."""
    if isinstance(part, Text):
        return part.phase or ""
    return "" if isinstance(part, Image) else None


def _output(result: ToolResult, *, on_openai: bool) -> str | list[Json]:
    texts = [part.text for part in result.content if isinstance(part, Text)]
    if result.is_error:
        texts = [f"Error: {''.join(texts[:1])}", *texts[1:]]
    images = [part for part in result.content if isinstance(part, Image)]
    parts: list[Part] = [*(Text(text=text) for text in texts), *images]
    return _content_of(parts, "input_text", on_openai=on_openai)


def _content_of(parts: Iterable[Part], text_type: str, *, on_openai: bool) -> str | list[Json]:
    """Texts alone as a string, with images as parts; several texts stay apart at OpenAI."""
    shown: list[Json] = []
    for part in parts:
        if isinstance(part, Image):
            detail = part.detail or "auto"
            shown.append({"type": "input_image", "image_url": part.url, "detail": detail})
        elif isinstance(part, Text) and part.text:
            shown.append({"type": text_type, "text": part.text})
    texts = [part["text"] for part in shown if "text" in part]
    if len(texts) < len(shown) or (on_openai and len(texts) > 1):
        return shown
    return "\n".join(texts)


def _end_of(response: Json) -> Any:
    """The word for the answer's end: the status, or why it is incomplete.

    Some servers send no status.
    """
    details, status = response.get("incomplete_details"), response.get("status")
    if status is None and not details:
        return "completed" if response.get("output") else None
    if status not in ("incomplete", None):
        return status
    reason = details.get("reason") if isinstance(details, dict) else None
    return reason if finish_reason(reason) == "content_filter" else "length"


def _is_message(item: Json) -> bool:
    return is_type(item.get("type"), "message") and "arguments" not in item


def _content(message: Json) -> list[Json]:
    """The parts of a message; some servers send a text as it is, or null for none."""
    content = message.get("content")
    if content is None:
        return []
    if isinstance(content, str):
        return [{"type": "output_text", "text": content}]
    return [expect(dict, part) for part in expect(list, content)]


def _parts(output: Iterable[Json]) -> Iterator[AnswerPart]:
    for item in output:
        if _is_message(item):
            phase = next((known for known in get_args(Phase) if known == item.get("phase")), None)
            if text := text_of(_content(item)):
                yield Text(text=text, phase=phase)
        elif is_type(item.get("type"), "function_call"):
            yield tool_call(item.get("call_id"), item.get("name"), item.get("arguments"))
        elif item["type"] == "reasoning":
            yield from _reasoning_of(item)


def _reasoning_of(item: Json) -> Iterator[Reasoning]:
    """Its encrypted content, which a later turn can be given again, and its summary, or either.

    Its id would only name what was stored.
    """
    encrypted, summary = item.get("encrypted_content"), item.get("summary")
    parts = summary if isinstance(summary, list) else []
    texts = [part.get("text") for part in parts if isinstance(part, dict)]
    told = [{"type": "summary_text", "text": text} for text in texts if isinstance(text, str)]
    sealed = {"encrypted_content": encrypted} if isinstance(encrypted, str) and encrypted else {}
    if sealed or told:
        yield Reasoning(item={"type": "reasoning", "summary": told, **sealed})


def _logprobs(contents: Iterable[Json]) -> Json | None:
    """The log-probabilities as chat completions have them."""
    lists = [part.get("logprobs") for part in contents]
    found = [each for logprobs in lists if isinstance(logprobs, list) for each in logprobs]
    return finite_logprobs({"content": found, "refusal": None}) if found else None
