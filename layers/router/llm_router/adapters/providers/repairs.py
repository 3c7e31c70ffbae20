"""Makes a request fit what its vendor takes, so that a vendor's own limit is no caller's error."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from math import isfinite
from typing import Any

from llm_router.application.ports import Json
from llm_router.domain.conversation.content import Part, Reasoning, Text, ToolCall, ToolResult
from llm_router.domain.conversation.conversation import Conversation, Message
from llm_router.domain.json_text import DEEPEST, unicode_of
from llm_router.domain.policy.formats import VendorLimits

_NOT_IN_A_NAME = re.compile(r"[^A-Za-z0-9_-]")
_HASH_CHARACTERS = 12


def messages_for(
    conversation: Conversation, limits: VendorLimits, model: str | None = None
) -> Iterator[Message]:
    """The conversation's messages as the vendor takes them.

    They hold only the reasoning that this model can read, none without a model; results follow
    their calls, and calls have fitting ids.
    """
    readable = _with_readable_reasoning(conversation, model)
    return _with_fitting_calls(_with_results_behind_calls(readable), limits)


def _with_readable_reasoning(conversation: Conversation, model: str | None) -> Sequence[Message]:
    """The messages with the reasoning that this model can read: its own, or of no known model's.

    OpenAI refuses reasoning that nothing follows in its turn. Without a model there is none left.
    """
    if not conversation.reasoning:
        return conversation.messages
    messages = (
        message.model_copy(update={"content": tuple(_readable(message.parts, model))})
        for message in conversation.messages
    )
    return tuple(message for message in messages if message.content)


def _readable(parts: Sequence[Part], model: str | None) -> Iterator[Part]:
    last = max((n for n, part in enumerate(parts) if _is_sent(part)), default=-1)
    for n, part in enumerate(parts):
        if not isinstance(part, Reasoning) or (
            n < last and model is not None and part.model in (None, model)
        ):
            yield part


def _is_sent(part: Part) -> bool:
    """True if the part becomes an item that reasoning may precede."""
    return isinstance(part, ToolCall) or (isinstance(part, Text) and bool(part.text))


def _with_results_behind_calls(messages: Sequence[Message]) -> Iterator[Message]:
    """The messages with each result directly behind the turn that made its call.

    OpenAI's responses format alone takes another turn between them.
    """
    turn_of: dict[str, int] = {}
    results: dict[int, list[Part]] = {}
    for number, message in enumerate(messages):
        for part in () if isinstance(message.content, str) else message.content:
            if isinstance(part, ToolCall):
                turn_of[part.id] = number
            elif isinstance(part, ToolResult):
                results.setdefault(turn_of.get(part.call_id, number), []).append(part)
    for number, message in enumerate(messages):
        if message.role != "tool":
            yield message
        if number in results:
            yield Message(role="tool", content=tuple(results[number]))


def _with_fitting_calls(messages: Iterable[Message], limits: VendorLimits) -> Iterator[Message]:
    """The messages with ids, names and arguments of tool calls that the vendor takes.

    An id that fits and is new in the conversation stays. Any other gets a hash that depends only on
    the id and on its earlier uses, so that a longer conversation begins like a shorter one. A
    result belongs to the latest turn with a call of its id: to its first such call that has no
    result yet.
    """
    ids = _CallIds(limits)
    for message in messages:
        if message.role != "assistant":
            ids.end_turn()
        if isinstance(message.content, str):
            yield message
        else:
            parts = tuple(_fitted(part, ids) for part in message.content)
            yield message.model_copy(update={"content": parts})


def _fitted(part: Part, ids: "_CallIds") -> Part:
    if isinstance(part, ToolCall):
        changes = {
            "id": ids.of_call(part.id),
            "name": _NOT_IN_A_NAME.sub("_", part.name),
            "arguments": _arguments(part.arguments),
        }
        return part.model_copy(update=changes)
    if isinstance(part, ToolResult):
        return part.model_copy(update={"call_id": ids.of_result(part.call_id)})
    return part


class _CallIds:
    """The ids to send for the calls and the results of one conversation."""

    def __init__(self, limits: VendorLimits) -> None:
        self._limits = limits
        self._uses = Counter[str]()
        self._taken = set[str]()
        self._latest: dict[str, list[str]] = {}
        self._called_now = set[str]()

    def end_turn(self) -> None:
        """Begin another turn with the next call."""
        self._called_now.clear()

    def of_call(self, call_id: str) -> str:
        """A new id for the call."""
        sent = call_id
        while sent in self._taken or not self._limits.call_id.fullmatch(sent):
            sent = self._hashed(call_id)
        self._taken.add(sent)
        if call_id not in self._called_now:
            self._called_now.add(call_id)
            self._latest[call_id] = []
        self._latest[call_id].append(sent)
        return sent

    def of_result(self, call_id: str) -> str:
        """The id of the call that the result belongs to."""
        waiting = self._latest.get(call_id) or [self._hashed(call_id)]
        return waiting.pop(0) if len(waiting) > 1 else waiting[0]

    def _hashed(self, call_id: str) -> str:
        self._uses[call_id] += 1
        use = f"{self._uses[call_id]} {call_id}".encode("utf-8", "surrogatepass")
        room = self._limits.longest_call_id - _HASH_CHARACTERS - 1
        beginning = _NOT_IN_A_NAME.sub("_", call_id)[:room]
        return f"{beginning}_{sha256(use).hexdigest()[:_HASH_CHARACTERS]}"


def fitting_id(given: str | None, limits: VendorLimits) -> str | None:
    """A user's id or a cache's key; its SHA-256 if it is longer than the vendor takes."""
    if given is None or len(given) <= limits.longest_user:
        return given
    return sha256(given.encode("utf-8", "surrogatepass")).hexdigest()


def _arguments(text: str) -> str:
    """The arguments as text: `{}` for blank or null, and without values that JSON cannot hold.

    Any other text stays unchanged: OpenAI takes what is no JSON, too.
    """
    arguments = _object_in(text)
    if arguments is None:
        return text
    fitting = sendable(arguments)
    if fitting == arguments and text.strip() not in ("", "null"):
        return text
    return json.dumps(fitting, ensure_ascii=False, separators=(",", ":"))


def arguments_of(call: ToolCall) -> Json:
    """The arguments as an object; those that are none, or nested too deep, as a text in one."""
    arguments = _object_in(call.arguments)
    return {"arguments": call.arguments} if arguments is None else arguments


def _object_in(text: str) -> Json | None:
    try:
        arguments = json.loads(text if text.strip() else "null")
    except (ValueError, RecursionError):
        return None
    if arguments is None:
        return {}
    return arguments if isinstance(arguments, dict) and not _is_deep(arguments) else None


def _is_deep(value: Any) -> bool:
    """True if the value is nested deeper than an SDK should have to follow."""
    level = [value]
    for _ in range(DEEPEST):
        level = [item for part in level for item in _items(part)]
        if not level:
            return False
    return True


def _items(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def sent_bytes(request: Json) -> int:
    """The size of a request as the SDKs send it; `ValueError` if it is no JSON in UTF-8."""
    encoded = json.dumps(request, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return len(encoded.encode())


def sendable(value: Any) -> Any:
    """The value with null for NaN and infinities, and U+FFFD for surrogates that stand alone."""
    if isinstance(value, str):
        return unicode_of(value)
    if isinstance(value, float):
        return value if isfinite(value) else None
    if isinstance(value, dict):
        return {sendable(name): sendable(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [sendable(item) for item in value]
    return value
