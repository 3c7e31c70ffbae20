"""Anthropic's messages format: a conversation as a request, a message as an answer."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from llm_router.application.ports import Json, ProviderAnswer
from llm_router.domain.conversation.answer import Answer, FinishReason, Usage
from llm_router.domain.conversation.content import (
    AnswerPart,
    Image,
    Part,
    Text,
    Thinking,
    ToolCall,
    ToolResult,
)
from llm_router.domain.conversation.conversation import (
    INSTRUCTION_ROLES,
    Conversation,
    Message,
    Tool,
)
from llm_router.domain.plan.candidates import Candidate
from llm_router.domain.trust.structure import arguments_of

from .json_schemas import to_anthropic_schema
from .sdk_errors import finish_reason_of, parse_usage

if TYPE_CHECKING:
    from anthropic import Anthropic
    from anthropic.types import Message as AnthropicMessage
    from anthropic.types import Usage as AnthropicUsage

_FINISH_REASONS: dict[str, FinishReason] = {
    **dict.fromkeys(["end_turn", "stop_sequence", "pause_turn"], "stop"),
    "tool_use": "tool_calls",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "refusal": "content_filter",
}
_CHOICES = {"auto": "auto", "none": "none", "required": "any", "named": "tool"}
_DATA_URL = re.compile(r"\Adata:(?P<type>[^;,]+);base64,(?P<data>.*)", re.DOTALL)
_NOT_IN_AN_ID = re.compile(r"[^A-Za-z0-9_-]")
_ANY_OBJECT = {"type": "object"}


def request_of(candidate: Candidate, conversation: Conversation, schema: Json | None) -> Json:
    """Build the keyword arguments of `messages.create`.

    Sampling parameters go into `extra_body`: the SDK has no arguments for them any more. Current
    models refuse them, earlier models accept them.
    """
    # OpenAI's temperature ends at 2, Anthropic's at 1.
    temperature = None if conversation.temperature is None else min(1.0, conversation.temperature)
    sampling = {
        "temperature": temperature,
        "top_p": conversation.top_p,
        "top_k": conversation.top_k,
    }
    request: dict[str, Any] = {
        "model": candidate.name,
        "messages": _turns(m for m in conversation.messages if m.role not in INSTRUCTION_ROLES),
        "system": _system(conversation),
        "max_tokens": conversation.max_output_tokens,
        "stop_sequences": list(conversation.stop) or None,
        "metadata": {"user_id": conversation.user} if conversation.user else None,
        "thinking": _thinking(candidate, conversation.thinking),
        "output_config": _output_config(candidate, conversation, schema),
        "cache_control": conversation.cache_control,
        "extra_body": {name: value for name, value in sampling.items() if value is not None}
        or None,
        **_tools(conversation),
    }
    return {name: value for name, value in request.items() if value is not None}


def method_of(client: Anthropic) -> Callable[..., Any]:
    """The client's method that sends such a request."""
    return client.messages.with_raw_response.create


def answer_of(message: AnthropicMessage) -> ProviderAnswer:
    """The answer in a message; thinking blocks are kept unchanged."""
    parts = tuple(_answer_parts(message))
    text = "".join(part.text for part in parts if isinstance(part, Text))
    has_calls = any(isinstance(part, ToolCall) for part in parts)
    answer = Answer(
        text=text,
        finish_reason=finish_reason_of(
            _FINISH_REASONS, message.stop_reason, text or "acts" * has_calls
        ),
        parts=() if all(isinstance(part, Text) for part in parts) else parts,
        stop_sequence=message.stop_sequence,
    )
    return ProviderAnswer(answer, parse_usage(usage_of, message.usage))


def usage_of(usage: AnthropicUsage) -> Usage:
    """The billed tokens; Anthropic counts cached ones separately from `input_tokens`."""
    cached = usage.cache_read_input_tokens or 0
    written = usage.cache_creation_input_tokens or 0
    split = usage.cache_creation
    for_an_hour = split.ephemeral_1h_input_tokens if split else 0
    return Usage(
        input_tokens=usage.input_tokens + cached + written,
        cached_input_tokens=cached,
        cache_write_tokens=written - for_an_hour,
        long_cache_write_tokens=for_an_hour,
        output_tokens=usage.output_tokens,
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
        config["format"] = {"type": "json_schema", "schema": to_anthropic_schema(schema)}
    return config or None


def _system(conversation: Conversation) -> str | list[Json] | None:
    """All instructions, whatever their position."""
    instructions = [m for m in conversation.messages if m.role in INSTRUCTION_ROLES]
    parts = [part for message in instructions for part in message.parts]
    if any(isinstance(part, Text) and part.cache_control for part in parts):
        return _blocks(parts)
    return "\n\n".join(message.text for message in instructions) or None


def _turns(messages: Iterable[Message]) -> list[Json]:
    """The turns, with neighbours of one role joined: results of one turn's calls share a turn."""
    turns: list[tuple[str, list[Message]]] = []
    for message in messages:
        role = "assistant" if message.role == "assistant" else "user"
        if turns and turns[-1][0] == role:
            turns[-1][1].append(message)
        else:
            turns.append((role, [message]))
    shown = [{"role": role, "content": _content(joined)} for role, joined in turns]
    # Anthropic refuses an empty turn.
    return [turn for turn in shown if turn["content"]] or shown


def _content(messages: list[Message]) -> str | list[Json]:
    first = messages[0].content
    if len(messages) == 1 and isinstance(first, str):
        return first
    return _blocks(part for message in messages for part in message.parts)


def _blocks(parts: Iterable[Part]) -> list[Json]:
    return [_block(part) for part in parts if not (isinstance(part, Text) and not part.text)]


def _block(part: Part) -> Json:
    if isinstance(part, Thinking):
        return part.block
    block: Json
    if isinstance(part, Text):
        block = {"type": "text", "text": part.text}
    elif isinstance(part, Image):
        block = {"type": "image", "source": _source(part.url)}
    elif isinstance(part, ToolCall):
        parsed = arguments_of(part)
        arguments = {"arguments": part.arguments} if parsed is None else parsed
        block = {"type": "tool_use", "id": _id(part.id), "name": part.name, "input": arguments}
    else:
        block = _result(part)
    return {**block, "cache_control": part.cache_control} if part.cache_control else block


def _result(result: ToolResult) -> Json:
    block: Json = {"type": "tool_result", "tool_use_id": _id(result.call_id)}
    if content := _blocks(result.content):
        block["content"] = content
    return {**block, "is_error": True} if result.is_error else block


def _id(call_id: str) -> str:
    """The id with `_` for every character that Anthropic refuses."""
    return _NOT_IN_AN_ID.sub("_", call_id)


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
        parts = (part for message in conversation.messages for part in message.parts)
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
    return {"tools": [_tool(tool) for tool in tools], "tool_choice": chosen}


def _tool(tool: Tool) -> Json:
    shown = {
        "name": tool.name,
        "description": tool.description or None,
        "input_schema": tool.parameters or _ANY_OBJECT,
        "strict": tool.strict,
        "cache_control": tool.cache_control,
    }
    return {name: value for name, value in shown.items() if value is not None}


def _answer_parts(message: AnthropicMessage) -> Iterator[AnswerPart]:
    for block in message.content:
        if block.type == "text":
            yield Text(text=block.text)
        elif block.type == "tool_use":
            arguments = json.dumps(block.input, ensure_ascii=False)
            yield ToolCall(id=block.id, name=block.name, arguments=arguments)
        elif block.type in ("thinking", "redacted_thinking"):
            yield Thinking(block=block.to_dict(mode="json"))
