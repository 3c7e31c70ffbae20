"""Anthropic's messages format: a conversation as a request, a message as an answer."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from llm_router.application.ports import Json
from llm_router.domain.conversation.answer import Answer, Usage
from llm_router.domain.conversation.content import (
    AnswerPart,
    Image,
    Part,
    Reasoning,
    Text,
    Thinking,
    ToolCall,
    ToolResult,
    calls_last,
)
from llm_router.domain.conversation.conversation import (
    Conversation,
    Message,
    Tool,
)
from llm_router.domain.plan.candidates import Candidate
from llm_router.domain.policy.formats import FORMATS, LEAST_CACHED_TOKENS
from llm_router.domain.policy.vendor_schemas import InexpressibleError, to_anthropic_schema

from .repairs import (
    arguments_of,
    fitting_id,
    messages_for,
    sendable,
    sent_bytes,
)
from .replies import (
    answer_with,
    expect,
    is_standard_service,
    is_type,
    parse_usage,
    tokens,
    tool_call,
    with_own_ids,
)

if TYPE_CHECKING:
    from anthropic import Anthropic

_CHOICES = {"auto": "auto", "none": "none", "required": "any", "named": "tool"}
_DATA_URL = re.compile(r"\Adata:(?P<type>[^;,]+);base64,(?P<data>.*)", re.DOTALL)
_ANY_OBJECT = {"type": "object"}
_MARK = {"type": "ephemeral"}
_MOST_MARKS = 4
_LEAST_CACHED_BYTES = 4 * LEAST_CACHED_TOKENS
_LIMITS = FORMATS["anthropic"].limits
_MOST_STRICT_TOOLS = 20
_NO_WORDS = "(empty message)"
"""Sent for a question of white space alone, which Anthropic refuses."""


def request_of(candidate: Candidate, conversation: Conversation, schema: Json | None) -> Json:
    """Build the keyword arguments of `messages.create`.

    Sampling parameters go into `extra_body`: the SDK has no arguments for them any more. Current
    models refuse them, earlier models accept them.
    """
    messages = tuple(messages_for(conversation, _LIMITS))
    conversation = conversation.model_copy(update={"messages": messages})
    user = fitting_id(conversation.user, _LIMITS)
    # OpenAI's temperature ends at 2, Anthropic's at 1.
    temperature = None if conversation.temperature is None else min(1.0, conversation.temperature)
    sampling = {
        "temperature": temperature,
        "top_p": conversation.top_p,
        "top_k": conversation.top_k,
    }
    request: dict[str, Any] = {
        "model": candidate.name,
        "messages": _turns(m for m in conversation.messages if not m.is_instruction),
        "system": _system(conversation),
        "max_tokens": conversation.max_output_tokens,
        "stop_sequences": list(conversation.stop) or None,
        "metadata": {"user_id": user} if user else None,
        "thinking": _thinking(candidate, conversation.thinking),
        "output_config": _output_config(candidate, conversation, schema),
        "cache_control": conversation.cache_control,
        "extra_body": {name: value for name, value in sampling.items() if value is not None}
        or None,
        **_tools(conversation),
    }
    sent = {name: sendable(value) for name, value in request.items() if value is not None}
    if candidate.mark_prompt:
        _mark(sent)
    _keep_latest_marks(sent)
    return sent


def _keep_latest_marks(request: Json) -> None:
    """Take off the earliest marks of more than Anthropic takes: OpenAI's callers may set 80."""
    turns = (turn["content"] for turn in request["messages"])
    lists = [request.get("tools"), request.get("system"), *turns]
    marked = [block for blocks in lists for block in _marked_in(blocks)]
    most = _MOST_MARKS - ("cache_control" in request)
    for block in marked[: max(0, len(marked) - most)]:
        del block["cache_control"]


def _marked_in(blocks: Any) -> Iterator[Json]:
    for block in blocks if isinstance(blocks, list) else ():
        yield from _marked_in(block.get("content"))
        if "cache_control" in block:
            yield block


def _mark(request: Json) -> None:
    """Ask for a cache of what the next request will begin with, where that is long enough.

    That is the tools and instructions, and the whole of a conversation that goes on: what comes
    next is read from its last mark, which the next request sets again on its last user turn but
    one. Anthropic looks for an earlier mark through 20 blocks only.
    """
    tools, system = request.get("tools", []), request.get("system")
    size = sent_bytes({"tools": tools, "system": system})
    if size >= _LEAST_CACHED_BYTES:
        if system:
            request["system"] = _marked(system)
        else:
            request["tools"] = [*tools[:-1], {**tools[-1], "cache_control": _MARK}]
    turns = request["messages"]
    users = [place for place, turn in enumerate(turns) if turn["role"] == "user"]
    for place in users[-2:] if len(users) > 1 else ():
        if size + sent_bytes({"messages": turns[: place + 1]}) >= _LEAST_CACHED_BYTES:
            turns[place] = {**turns[place], "content": _marked(turns[place]["content"])}


def _marked(content: str | list[Json]) -> list[Json]:
    blocks = [{"type": "text", "text": content}] if isinstance(content, str) else content
    return [*blocks[:-1], {**blocks[-1], "cache_control": _MARK}]


def method_of(client: Anthropic) -> Callable[..., Any]:
    """The client's method that sends such a request."""
    return client.messages.with_raw_response.create


def answer_of(message: Json) -> Answer:
    """The answer in a message; thinking blocks are kept unchanged."""
    sequence = message.get("stop_sequence")
    return answer_with(
        with_own_ids(_answer_parts(message.get("content"))),
        message.get("stop_reason"),
        stop_sequence=sequence if isinstance(sequence, str) else None,
    )


def usage_of(message: Json) -> Usage | None:
    """The billed tokens; None if they are not known, or by prices other than the usual ones."""
    usage = message.get("usage")
    if isinstance(usage, dict) and not is_standard_service(
        usage.get("service_tier"), usage.get("speed")
    ):
        return None
    return parse_usage(_usage, usage)


def _usage(usage: Json) -> Usage:
    """The counted tokens; Anthropic counts cached ones separately from `input_tokens`."""
    cached = tokens(usage, "cache_read_input_tokens")
    written = tokens(usage, "cache_creation_input_tokens")
    for_an_hour = tokens(usage.get("cache_creation") or {}, "ephemeral_1h_input_tokens")
    return Usage(
        input_tokens=tokens(usage, "input_tokens") + cached + written,
        cached_input_tokens=cached,
        cache_write_tokens=written - for_an_hour,
        long_cache_write_tokens=for_an_hour,
        output_tokens=tokens(usage, "output_tokens"),
    )


def _thinking(candidate: Candidate, requested: Json | None) -> Json | None:
    """The requested thinking; without a token budget if the model chooses its own.

    A budget is kept below the answer's limit, which may be lower than the caller's.
    """
    if requested is None or requested["type"] != "enabled":
        return requested
    if not candidate.adaptive_thinking:
        limit = candidate.max_output_tokens - 1
        return {**requested, "budget_tokens": min(requested["budget_tokens"], limit)}
    display = {"display": requested["display"]} if requested.get("display") else {}
    return {"type": "adaptive", **display}


def _output_config(
    candidate: Candidate, conversation: Conversation, schema: Json | None
) -> Json | None:
    config: Json = {"effort": conversation.effort} if conversation.effort else {}
    if schema is not None and candidate.json_schema:
        # Planning asks no model here for a schema without a form; its answer would be checked.
        with suppress(InexpressibleError):
            config["format"] = {"type": "json_schema", "schema": to_anthropic_schema(schema)}
    return config or None


def _system(conversation: Conversation) -> str | list[Json] | None:
    """All instructions, whatever their position; blocks where the caller sent several."""
    instructions = [m for m in conversation.messages if m.is_instruction]
    parts = [part for message in instructions for part in message.parts]
    with_cache = any(isinstance(part, Text) and part.cache_control for part in parts)
    if with_cache or any(len(message.parts) > 1 for message in instructions):
        return _blocks(parts) or None
    return "\n\n".join(m.text for m in instructions if m.text.strip()) or None


def _turns(messages: Iterable[Message]) -> list[Json]:
    """The turns, with neighbours of one role joined: results of one turn's calls share a turn.

    Anthropic refuses blank text and white space at the end of an answer to be continued.
    """
    turns: list[tuple[str, list[Message]]] = []
    role = "user"
    for message in messages:
        role = "assistant" if message.role == "assistant" else "user"
        if all(_is_blank(part) for part in message.parts):
            continue
        if turns and turns[-1][0] == role:
            turns[-1][1].append(message)
        else:
            turns.append((role, [message]))
    shown = [{"role": role, "content": _content(joined)} for role, joined in turns]
    if not shown or (role == "user" and shown[-1]["role"] == "assistant"):
        # Without a question, the answer before it would be continued.
        shown.append({"role": "user", "content": _NO_WORDS})
    elif shown[-1]["role"] == "assistant":
        shown[-1] = _without_last_space(shown[-1])
    return shown


def _content(messages: list[Message]) -> str | list[Json]:
    first = messages[0].content
    if len(messages) == 1 and isinstance(first, str):
        return first
    parts = [part for message in messages for part in message.parts]
    return _blocks(calls_last(parts) if messages[0].role == "assistant" else parts)


def _without_last_space(turn: Json) -> Json:
    content = turn["content"]
    if isinstance(content, str):
        return {**turn, "content": content.rstrip()}
    *others, last = content
    ended = {**last, "text": last["text"].rstrip()} if last["type"] == "text" else last
    return {**turn, "content": [*others, ended]}


def _blocks(parts: Iterable[Part]) -> list[Json]:
    return [_block(part) for part in parts if not _is_blank(part)]


def _is_blank(part: Part) -> bool:
    return isinstance(part, Text) and not part.text.strip()


def _block(part: Part) -> Json:
    if isinstance(part, Thinking):
        return part.block
    if isinstance(part, Reasoning):
        raise TypeError("reasoning of OpenAI's models has no block")
    block: Json
    if isinstance(part, Text):
        block = {"type": "text", "text": part.text}
    elif isinstance(part, Image):
        block = {"type": "image", "source": _source(part.url)}
    elif isinstance(part, ToolCall):
        arguments = arguments_of(part)
        block = {"type": "tool_use", "id": part.id, "name": part.name, "input": arguments}
    else:
        block = _result(part)
    return {**block, "cache_control": part.cache_control} if part.cache_control else block


def _result(result: ToolResult) -> Json:
    block: Json = {"type": "tool_result", "tool_use_id": result.call_id}
    content = _blocks(result.content)
    if result.is_error:
        # Anthropic refuses an error without words.
        block |= {"is_error": True, "content": content or [{"type": "text", "text": "Error"}]}
    elif content:
        block["content"] = content
    return block


def _source(url: str) -> Json:
    found = _DATA_URL.fullmatch(url)
    if found is None:
        return {"type": "url", "url": url}
    return {"type": "base64", "media_type": found["type"], "data": found["data"]}


def _tools(conversation: Conversation) -> Json:
    """The tools and the tool choice.

    A conversation with tool calls must declare the tools even if it offers none any more.
    """
    tools, choice = conversation.tools, conversation.tool_choice
    if not tools:
        parts = conversation.parts
        called = dict.fromkeys(part.name for part in parts if isinstance(part, ToolCall))
        declared = [{"name": name, "input_schema": _ANY_OBJECT} for name in called]
        return {"tools": declared, "tool_choice": {"type": "none"}} if declared else {}
    one_at_a_time = conversation.parallel_tool_calls is False
    chosen: Json | None = None
    if choice is not None or one_at_a_time:
        mode = choice.mode if choice else "auto"
        chosen = {"type": _CHOICES[mode]}
        if mode == "named" and choice:
            chosen["name"] = choice.name
        if one_at_a_time and mode != "none":
            chosen["disable_parallel_tool_use"] = True
    strict = _strict_schemas(tools)
    return {"tools": [_tool(tool, strict.get(tool.name)) for tool in tools], "tool_choice": chosen}


def _strict_schemas(tools: Iterable[Tool]) -> dict[str, Json]:
    """The schemas of the strict tools, as far as Anthropic can be strict about them.

    Calls are checked against the whole schema afterwards, so nothing else depends on it.
    """
    schemas: dict[str, Json] = {}
    for tool in tools:
        if tool.strict:
            with suppress(InexpressibleError):
                schemas[tool.name] = to_anthropic_schema({**_ANY_OBJECT, **tool.parameters})
    return schemas if len(schemas) <= _MOST_STRICT_TOOLS else {}


def _tool(tool: Tool, strict_schema: Json | None) -> Json:
    shown = {
        "name": tool.name,
        "description": tool.description or None,
        "input_schema": strict_schema or {**_ANY_OBJECT, **tool.parameters},
        "strict": strict_schema is not None if tool.strict else tool.strict,
        "cache_control": tool.cache_control,
    }
    return {name: value for name, value in shown.items() if value is not None}


def _answer_parts(content: Any) -> Iterator[AnswerPart]:
    for block in expect(list, content):
        kind = expect(dict, block).get("type")
        if kind == "tool_use" or (is_type(kind, "tool_use") and "input" in block):
            yield tool_call(block.get("id"), block.get("name"), block.get("input"))
        elif is_type(kind, "text"):
            yield Text(text=expect(str, block.get("text")))
        elif kind in ("thinking", "redacted_thinking"):
            json.dumps(block, allow_nan=False)
            yield Thinking(block=block)
