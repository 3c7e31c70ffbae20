"""Parts of replies that all wire formats share: finish reasons, tool calls, text, token counts.

A reply is JSON that its server was free to write: a value of the wrong type is a `ValueError`.
"""

import json
import re
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeVar

from llm_router.application.ports import Json
from llm_router.domain.conversation.answer import Answer, FinishReason, Usage
from llm_router.domain.conversation.content import AnswerPart, Text, ToolCall
from llm_router.domain.json_text import read_json
from llm_router.domain.outcome.failures import Failure, FailureKind, ProviderFailure
from llm_router.domain.trust.form.own_words import THOUGHT_TAG

FINISH_REASONS: Mapping[str, FinishReason] = {
    **dict.fromkeys(
        [
            "stop", "end_turn", "stop_sequence", "pause_turn", "complete", "completed", "finish",
            "finished", "normal", "eos", "eos_token", "end_of_text", "endoftext", "done",
            "stop_token", "eos_found", "stop_str", "stopped",
        ],
        "stop",
    ),
    **dict.fromkeys(
        ["tool_calls", "tool_call", "tool_use", "tool", "tools", "function_call"], "tool_calls"
    ),
    **dict.fromkeys(
        [
            "length", "max_tokens", "max_output_tokens", "max_new_tokens", "max_length", "limit",
            "model_length", "token_limit", "context_length", "model_context_window_exceeded",
            "error_limit", "max_tokens_reached", "length_limit",
        ],
        "length",
    ),
    **dict.fromkeys(
        [
            "content_filter", "content_filtered", "refusal", "safety", "sensitive", "blocklist",
            "prohibited_content", "recitation", "spii", "guardrail_intervened", "error_toxic",
        ],
        "content_filter",
    ),
}  # fmt: skip
"""Words of all servers in lower case; any other, or none, means an answer without an end."""

_NO_TYPE = (None, "", "null")
_STANDARD_SERVICE = (None, "auto", "default", "standard", "on_demand")
_MOST_TOKENS = 2**53
"""The largest whole number that every JSON parser reads exactly."""
_SURROGATE_ESCAPE = re.compile(r"\\u[dD][89abABcdefCDEF]")


T = TypeVar("T")


def expect(kind: type[T], value: Any) -> T:
    """The value if it has the type; raises `ValueError` otherwise."""
    if not isinstance(value, kind):
        raise ValueError(f"not a {kind.__name__}")  # noqa: TRY004
    return value


def is_type(value: Any, name: str) -> bool:
    """True if an object's `type` is this name or left out: servers leave it out or write null."""
    return value == name or value in _NO_TYPE


def answer_with(parts: Iterable[AnswerPart], reported: Any, **fields: Any) -> Answer:
    """The answer of these parts; raises `ProviderFailure` if it has no end or lacks its calls.

    Parts are kept only if they are more than text, or text of a phase.
    """
    parts = tuple(parts)
    text = "".join(part.text for part in parts if isinstance(part, Text))
    calls = any(isinstance(part, ToolCall) for part in parts)
    reason = finish_reason(reported)
    if reason is None:
        raise ProviderFailure(Failure(kind=FailureKind.TRUNCATED_OUTPUT))
    if reason == "content_filter" and not text.strip() and not calls:
        failure = Failure(kind=FailureKind.CONTENT_POLICY)
        raise ProviderFailure(failure, "the provider filtered the answer", maybe_billed=True)
    if reason == "tool_calls" and not calls:
        raise ProviderFailure(Failure(kind=FailureKind.MALFORMED_OUTPUT, code="no_tool_call"))
    return Answer(
        text=text,
        # A call of a tool chosen by name may end with "stop".
        finish_reason="tool_calls" if calls and reason == "stop" else reason,
        parts=() if all(isinstance(part, Text) and not part.phase for part in parts) else parts,
        **fields,
    )


def finish_reason(reported: Any) -> FinishReason | None:
    """The finish reason for a server's word, in any spelling; None if it is not known."""
    if not isinstance(reported, str):
        return None
    word = reported.strip().lower().replace("-", "_").removeprefix("finish_reason_")
    return FINISH_REASONS.get(word)


def tool_call(call_id: Any, name: Any, arguments: Any) -> ToolCall:
    """A tool call; without an id it gets one. Raises `ValueError` without a name."""
    if not isinstance(name, str) or not name.strip():
        raise ValueError("a tool call without a name")
    has_id = isinstance(call_id, str) and bool(call_id.strip())
    return ToolCall(id=call_id if has_id else _new_id(), name=name, arguments=_arguments(arguments))


def with_own_ids(parts: Iterable[AnswerPart]) -> Iterator[AnswerPart]:
    """The parts, with a new id for each tool call that repeats an earlier one's."""
    used: set[str] = set()
    for part in parts:
        if isinstance(part, ToolCall):
            kept = part.model_copy(update={"id": _new_id()}) if part.id in used else part
            used.add(kept.id)
            yield kept
        else:
            yield part


def _new_id() -> str:
    """An id that no other turn has; every vendor takes its form and length."""
    return f"call_{secrets.token_hex(12)}"


def _arguments(arguments: Any) -> str:
    """The arguments as JSON; nothing in any spelling is an empty object."""
    if arguments is None or arguments == []:
        return "{}"
    if isinstance(arguments, dict):
        return json.dumps(arguments, ensure_ascii=False, allow_nan=False)
    text = expect(str, arguments)
    if text.strip() in ("", "null"):
        return "{}"
    return _without_surrogates(text) if _SURROGATE_ESCAPE.search(text) else text


def _without_surrogates(arguments: str) -> str:
    """The arguments with U+FFFD for escapes of lone surrogates, unchanged if they are no JSON."""
    try:
        return json.dumps(read_json(arguments), ensure_ascii=False)
    except ValueError:
        return arguments


def text_of(content: Any) -> str:
    """The text of a content: a string, null, or a list of parts, of which others are left out."""
    if content is None:
        return ""
    if isinstance(content, str):
        return content
    return "".join(_text_of_part(part) for part in expect(list, content))


def _text_of_part(part: Any) -> str:
    if isinstance(part, str):
        return part
    kind = expect(dict, part).get("type")
    text = part.get("text") if is_type(kind, "text") or kind == "output_text" else ""
    return expect(str, text)


def tokens(usage: Json, name: str) -> int:
    """A token count of a usage, 0 if it is left out or null; `ValueError` if it is no count."""
    count = usage.get(name)
    if count is None:
        return 0
    if isinstance(count, bool) or not isinstance(count, int) or not 0 <= count <= _MOST_TOKENS:
        raise ValueError(f"{name} is not a token count")
    return count


def parse_usage(read: Callable[[Json], Usage], reported: Any) -> Usage | None:
    """The reported usage; None if it is missing or invalid."""
    try:
        return read(reported) if isinstance(reported, dict) else None
    except (ValueError, TypeError, AttributeError):
        return None


def is_standard_service(*tiers: Any) -> bool:
    """True if none of the reported service tiers has prices of its own."""
    return all(tier in _STANDARD_SERVICE for tier in tiers)


def without_thoughts(answer: Answer) -> Answer:
    """The answer without the `<think>` block that local servers leave before its text.

    A block whose opening tag was part of the prompt has only its closing tag.
    """
    text = _after_thoughts(answer.text)
    if text == answer.text:
        return answer
    said = next((part for part in answer.parts if isinstance(part, Text)), None)
    parts = tuple(
        part.model_copy(update={"text": _after_thoughts(part.text)}) if part is said else part
        for part in answer.parts
    )
    return answer.model_copy(update={"text": text, "parts": parts})


def _after_thoughts(text: str) -> str:
    said = text.lstrip()
    first = THOUGHT_TAG.match(said)
    opened = first[0].lower() if first and "/" not in first[0] else None
    if opened or not said.startswith(("{", "[", '"', "<")):
        for tag in THOUGHT_TAG.finditer(said):
            if "/" in tag[0] and opened in (None, tag[0].replace("/", "").lower()):
                return said[tag.end() :].lstrip()
    return text
