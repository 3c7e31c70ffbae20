"""OpenAI's chat completions format: a conversation as a request, a completion as an answer."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from math import isfinite
from typing import TYPE_CHECKING, Any

from llm_router.application.ports import Json
from llm_router.domain.conversation.answer import Answer, Usage
from llm_router.domain.conversation.content import (
    Image,
    Part,
    Text,
    ToolCall,
    ToolResult,
)
from llm_router.domain.conversation.conversation import Conversation, Message, Tool, ToolChoice
from llm_router.domain.plan.candidates import Candidate
from llm_router.domain.policy.formats import FORMATS
from llm_router.domain.policy.vendor_schemas import is_openai_strict

from .repairs import fitting_id, messages_for, sendable
from .replies import (
    answer_with,
    expect,
    is_standard_service,
    parse_usage,
    text_of,
    tokens,
    tool_call,
    with_own_ids,
)

if TYPE_CHECKING:
    from openai import OpenAI

_LEAST_LOGPROB = -9999.0
"""OpenAI's own value for tokens that are very unlikely."""
_MAX_TOKENS, _MAX_TOKENS_COMPATIBLE = "max_completion_tokens", "max_tokens"
"""Compatible servers know the earlier name; some silently ignore the newer one."""
_ROLES = {"developer": "system"}
"""Roles that only OpenAI's own API knows, with their replacement."""
_LIMITS = FORMATS["openai"].limits
_NOT_IN_A_SPEAKER, _LONGEST_SPEAKER = re.compile(r"[\s<|\\/>]"), 64
_NO_PARAMETERS: Json = {"type": "object", "properties": {}}
"""OpenAI refuses parameters that lack one of these keys."""


def request_of(candidate: Candidate, conversation: Conversation, schema: Json | None) -> Json:
    """Build the keyword arguments of `chat.completions.create`."""
    on_openai = candidate.base_url is None
    messages = messages_for(conversation, _LIMITS)
    cache_key = fitting_id(conversation.prompt_cache_key, _LIMITS)
    request: dict[str, Any] = {
        "model": candidate.name,
        "messages": list(_messages(messages, on_openai=on_openai)),
        _MAX_TOKENS if on_openai else _MAX_TOKENS_COMPATIBLE: conversation.max_output_tokens,
        "temperature": conversation.temperature,
        "top_p": conversation.top_p,
        "frequency_penalty": conversation.frequency_penalty,
        "presence_penalty": conversation.presence_penalty,
        "seed": conversation.seed,
        "stop": list(conversation.stop) or None,
        "user": fitting_id(conversation.user, _LIMITS),
        "reasoning_effort": conversation.effort,
        "verbosity": conversation.verbosity,
        "prompt_cache_key": cache_key if on_openai else None,
        "logprobs": conversation.logprobs or None,
        "top_logprobs": conversation.top_logprobs,
        "response_format": _response_format(candidate, conversation, schema),
    }
    if conversation.tools:
        request |= {
            "tools": [
                {"type": "function", "function": function_of(tool)} for tool in conversation.tools
            ],
            "tool_choice": _tool_choice(conversation.tool_choice),
            "parallel_tool_calls": conversation.parallel_tool_calls,
        }
    return {name: sendable(value) for name, value in request.items() if value is not None}


def method_of(client: OpenAI) -> Callable[..., Any]:
    """The client's method that sends such a request.

    The SDK walks through the arguments by their types, for seconds if there are thousands of
    messages; what is in `extra_body` goes out as it is.
    """
    create = client.chat.completions.with_raw_response.create

    def send(*, model: str, messages: list[Json], timeout: Any, **others: Any) -> Any:
        long = {"messages": messages}
        return create(model=model, messages=[], timeout=timeout, extra_body=long, **others)

    return send


def answer_of(completion: Json) -> Answer:
    """The answer in a completion; a refusal's text is the answer's text."""
    choice = expect(dict, expect(list, completion.get("choices"))[0])
    message = expect(dict, choice.get("message"))
    content = message.get("content")
    text, refused = text_of(content), _refusal(message.get("refusal"), content)
    texts = [Text(text=said)] if (said := text or refused) else []
    logprobs = choice.get("logprobs")
    return answer_with(
        (*texts, *with_own_ids(_calls(message))),
        choice.get("finish_reason"),
        refused=bool(refused) and not text,
        logprobs=finite_logprobs(logprobs) if isinstance(logprobs, dict) else None,
    )


def usage_of(completion: Json) -> Usage | None:
    """The billed tokens; None if they are not known, or by prices other than the usual ones."""
    if not is_standard_service(completion.get("service_tier")):
        return None
    return parse_usage(_usage, completion.get("usage"))


def _usage(usage: Json) -> Usage:
    """The counted tokens.

    Some compatible servers bill hidden reasoning that only the total includes, not
    `completion_tokens`.
    """
    details = usage.get("prompt_tokens_details") or {}
    written = usage.get("completion_tokens_details") or {}
    prompt = tokens(usage, "prompt_tokens")
    beyond_the_prompt = tokens(usage, "total_tokens") - prompt
    return Usage(
        input_tokens=prompt,
        cached_input_tokens=tokens(details, "cached_tokens"),
        cache_write_tokens=tokens(details, "cache_write_tokens"),
        output_tokens=max(tokens(usage, "completion_tokens"), beyond_the_prompt),
        reasoning_tokens=tokens(written, "reasoning_tokens"),
    )


def _messages(messages: Iterable[Message], *, on_openai: bool) -> Iterator[Json]:
    for are_results, turns in groupby(messages, key=lambda message: message.role == "tool"):
        if are_results:
            parts = (part for turn in turns for part in turn.parts)
            results = [part for part in parts if isinstance(part, ToolResult)]
            yield from _results(results, on_openai=on_openai)
            continue
        for turn in turns:
            role = role_of(turn, on_openai=on_openai)
            content = _content(turn.parts, on_openai=on_openai)
            shown: Json = {"role": role, "content": content}
            calls = [_call(part) for part in turn.parts if isinstance(part, ToolCall)]
            if calls:
                shown |= {"content": content or None, "tool_calls": calls}
            if turn.name:
                shown["name"] = _NOT_IN_A_SPEAKER.sub("_", turn.name)[:_LONGEST_SPEAKER]
            yield shown


def role_of(message: Message, *, on_openai: bool) -> str:
    """The message's role; servers that are not OpenAI's may know no developers."""
    return message.role if on_openai else _ROLES.get(message.role, message.role)


def _results(results: list[ToolResult], *, on_openai: bool) -> Iterator[Json]:
    """A text message for each result, then one message with the images of all results."""
    all_images: list[Json] = []
    for result in results:
        texts = [item.text for item in result.content if isinstance(item, Text)]
        images = [_image(item) for item in result.content if isinstance(item, Image)]
        if images:
            all_images += [
                {"type": "text", "text": f"Pictures of result {result.call_id}:"},
                *images,
            ]
        if result.is_error:
            texts = [f"Error: {''.join(texts[:1])}", *texts[1:]]
        content = _texts(texts, on_openai=on_openai)
        yield {"role": "tool", "tool_call_id": result.call_id, "content": content}
    if all_images:
        yield {"role": "user", "content": all_images}


def _content(parts: Sequence[Part], *, on_openai: bool) -> str | list[Json]:
    if not any(isinstance(part, Image) for part in parts):
        return _texts([p.text for p in parts if isinstance(p, Text)], on_openai=on_openai)
    shown: list[Json] = []
    for part in parts:
        if isinstance(part, Text):
            shown.append({"type": "text", "text": part.text})
        elif isinstance(part, Image):
            shown.append(_image(part))
    return shown


def _texts(texts: Iterable[str], *, on_openai: bool) -> str | list[Json]:
    """Several texts stay apart: as parts at OpenAI, as lines for servers that may know no parts."""
    kept = [text for text in texts if text]
    if on_openai and len(kept) > 1:
        return [{"type": "text", "text": text} for text in kept]
    return "\n".join(kept)


def _image(image: Image) -> Json:
    detail = {"detail": image.detail} if image.detail else {}
    return {"type": "image_url", "image_url": {"url": image.url, **detail}}


def _call(call: ToolCall) -> Json:
    function = {"name": call.name, "arguments": call.arguments}
    return {"id": call.id, "type": "function", "function": function}


def _refusal(refusal: Any, content: Any) -> str:
    """A refusal's text; compatible servers may send it as a part of the content."""
    parts = content if isinstance(content, list) else []
    refused = [p["refusal"] for p in parts if isinstance(p, dict) and p.get("type") == "refusal"]
    return "".join(expect(str, text) for text in (refusal or "", *refused))


def _calls(message: Json) -> Iterator[ToolCall]:
    """The tool calls, also in the form before `tool_calls`; their `type` says nothing more."""
    calls = message.get("tool_calls")
    for call in expect(list, calls) if calls is not None else ():
        function = expect(dict, expect(dict, call).get("function"))
        yield tool_call(call.get("id"), function.get("name"), function.get("arguments"))
    if not calls and message.get("function_call"):
        function = expect(dict, message["function_call"])
        yield tool_call(None, function.get("name"), function.get("arguments"))


def finite_logprobs(logprobs: Json) -> Json | None:
    """The log-probabilities, with the least one for those that JSON cannot hold."""
    try:
        for token in logprobs.get("content") or ():
            for entry in (token, *(token.get("top_logprobs") or ())):
                given = float(entry["logprob"])
                entry["logprob"] = given if isfinite(given) else _LEAST_LOGPROB
        json.dumps(logprobs, allow_nan=False)
    except (ValueError, TypeError, LookupError, AttributeError):
        return None
    return logprobs


def function_of(tool: Tool) -> Json:
    """A tool as OpenAI's formats describe a function."""
    parameters = {**_NO_PARAMETERS, **tool.parameters}
    function: Json = {"name": tool.name, "parameters": parameters}
    if tool.description:
        function["description"] = tool.description
    if tool.strict is not None:
        # Calls are checked against the schema afterwards, strict or not.
        function["strict"] = tool.strict and is_openai_strict(parameters)
    return function


def _tool_choice(choice: ToolChoice | None) -> str | Json | None:
    if choice is None:
        return None
    if choice.mode == "named":
        return {"type": "function", "function": {"name": choice.name}}
    return choice.mode


def _response_format(
    candidate: Candidate, conversation: Conversation, schema: Json | None
) -> Json | None:
    if conversation.json_object:
        return {"type": "json_object"}
    if schema is None or not candidate.json_schema:
        return None
    return {"type": "json_schema", "json_schema": described_schema(conversation, schema)}


def described_schema(conversation: Conversation, schema: Json) -> Json:
    """A schema with the name and the strictness that OpenAI's formats give it."""
    strict = conversation.schema_strict
    described: Json = {
        "name": conversation.schema_name,
        "schema": schema,
        "strict": is_openai_strict(schema) if strict is None else strict,
    }
    if conversation.schema_description:
        described["description"] = conversation.schema_description
    return described
