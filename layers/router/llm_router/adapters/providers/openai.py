"""OpenAI's chat completions format: a conversation as a request, a completion as an answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from typing import TYPE_CHECKING, Any

from llm_router.application.ports import Json, ProviderAnswer
from llm_router.domain.conversation.answer import Answer, FinishReason, Usage
from llm_router.domain.conversation.content import AnswerPart, Image, Text, ToolCall, ToolResult
from llm_router.domain.conversation.conversation import Conversation, Message, Tool, ToolChoice
from llm_router.domain.plan.candidates import Candidate

from .json_schemas import is_openai_strict
from .sdk_errors import finish_reason_of, parse_usage

if TYPE_CHECKING:
    from openai import OpenAI
    from openai.types.chat import ChatCompletion, ChatCompletionMessage
    from openai.types.completion_usage import CompletionUsage

_FINISH_REASONS: dict[str, FinishReason] = {
    **dict.fromkeys(["stop", "function_call", "eos", "eos_token"], "stop"),
    "tool_calls": "tool_calls",
    "length": "length",
    "content_filter": "content_filter",
}
"""Any other reason, or none, means that the server did not finish the answer."""
_MAX_TOKENS, _MAX_TOKENS_COMPATIBLE = "max_completion_tokens", "max_tokens"
"""Compatible servers know the earlier name; some silently ignore the newer one."""
_ROLES = {"developer": "system"}
"""Roles that only OpenAI's own API knows, with their replacement."""


def request_of(candidate: Candidate, conversation: Conversation, schema: Json | None) -> Json:
    """Build the keyword arguments of `chat.completions.create`."""
    on_openai = candidate.base_url is None
    request: dict[str, Any] = {
        "model": candidate.name,
        "messages": list(_messages(conversation.messages, on_openai=on_openai)),
        _MAX_TOKENS if on_openai else _MAX_TOKENS_COMPATIBLE: conversation.max_output_tokens,
        "temperature": conversation.temperature,
        "top_p": conversation.top_p,
        "frequency_penalty": conversation.frequency_penalty,
        "presence_penalty": conversation.presence_penalty,
        "seed": conversation.seed,
        "stop": list(conversation.stop) or None,
        "user": conversation.user,
        "reasoning_effort": conversation.effort,
        "verbosity": conversation.verbosity,
        "logprobs": conversation.logprobs or None,
        "top_logprobs": conversation.top_logprobs,
        "response_format": _response_format(candidate, conversation, schema),
    }
    if conversation.tools:
        request |= {
            "tools": [_tool(tool) for tool in conversation.tools],
            "tool_choice": _tool_choice(conversation.tool_choice),
            "parallel_tool_calls": conversation.parallel_tool_calls,
        }
    return {name: value for name, value in request.items() if value is not None}


def method_of(client: OpenAI) -> Callable[..., Any]:
    """The client's method that sends such a request."""
    return client.chat.completions.with_raw_response.create


def answer_of(completion: ChatCompletion) -> ProviderAnswer:
    """The answer in a completion; a refusal's text is the answer's text."""
    choice = completion.choices[0]
    text = choice.message.content or choice.message.refusal or ""
    calls = list(_calls(choice.message))
    reason = finish_reason_of(_FINISH_REASONS, choice.finish_reason, text or str(calls or ""))
    texts: list[AnswerPart] = [Text(text=text)] if text else []
    answer = Answer(
        text=text,
        # A call of a tool chosen by name ends with "stop".
        finish_reason="tool_calls" if calls and reason == "stop" else reason,
        refused=bool(choice.message.refusal) and not choice.message.content,
        parts=(*texts, *calls) if calls else (),
        logprobs=choice.logprobs.model_dump(mode="json") if choice.logprobs else None,
    )
    return ProviderAnswer(answer, parse_usage(usage_of, completion.usage))


def usage_of(usage: CompletionUsage) -> Usage:
    """The billed tokens.

    Some compatible servers bill hidden reasoning that only the total includes, not
    `completion_tokens`.
    """
    details = usage.prompt_tokens_details
    beyond_the_prompt = (usage.total_tokens or 0) - usage.prompt_tokens
    return Usage(
        input_tokens=usage.prompt_tokens,
        cached_input_tokens=(details.cached_tokens if details else None) or 0,
        cache_write_tokens=(details.cache_write_tokens if details else None) or 0,
        output_tokens=max(usage.completion_tokens, beyond_the_prompt),
    )


def _messages(messages: Iterable[Message], *, on_openai: bool) -> Iterator[Json]:
    for are_results, turns in groupby(messages, key=lambda message: message.role == "tool"):
        if are_results:
            parts = (part for turn in turns for part in turn.parts)
            yield from _results([part for part in parts if isinstance(part, ToolResult)])
            continue
        for turn in turns:
            role = turn.role if on_openai else _ROLES.get(turn.role, turn.role)
            shown: Json = {"role": role, "content": _content(turn)}
            calls = [_call(part) for part in turn.parts if isinstance(part, ToolCall)]
            if calls:
                shown |= {"content": turn.text or None, "tool_calls": calls}
            yield {**shown, "name": turn.name} if turn.name else shown


def _results(results: list[ToolResult]) -> Iterator[Json]:
    """A text message for each result, then one message with the images of all results."""
    all_images: list[Json] = []
    for result in results:
        text = "".join(item.text for item in result.content if isinstance(item, Text))
        images = [_image(item) for item in result.content if isinstance(item, Image)]
        if images:
            all_images += [
                {"type": "text", "text": f"Pictures of result {result.call_id}:"},
                *images,
            ]
        content = f"Error: {text}" if result.is_error else text
        yield {"role": "tool", "tool_call_id": result.call_id, "content": content}
    if all_images:
        yield {"role": "user", "content": all_images}


def _content(turn: Message) -> str | list[Json]:
    if not any(isinstance(part, Image) for part in turn.parts):
        return turn.text
    shown: list[Json] = []
    for part in turn.parts:
        if isinstance(part, Text):
            shown.append({"type": "text", "text": part.text})
        elif isinstance(part, Image):
            shown.append(_image(part))
    return shown


def _image(image: Image) -> Json:
    detail = {"detail": image.detail} if image.detail else {}
    return {"type": "image_url", "image_url": {"url": image.url, **detail}}


def _call(call: ToolCall) -> Json:
    function = {"name": call.name, "arguments": call.arguments}
    return {"id": call.id, "type": "function", "function": function}


def _calls(message: ChatCompletionMessage) -> Iterator[ToolCall]:
    for number, call in enumerate(message.tool_calls or ()):
        if call.type == "function":
            function = call.function
            call_id = call.id or f"call_{number}"
            yield ToolCall(id=call_id, name=function.name, arguments=function.arguments)


def _tool(tool: Tool) -> Json:
    function: Json = {"name": tool.name, "parameters": tool.parameters}
    if tool.description:
        function["description"] = tool.description
    if tool.strict is not None:
        function["strict"] = tool.strict
    return {"type": "function", "function": function}


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
    strict = conversation.schema_strict
    described: Json = {
        "name": conversation.schema_name,
        "schema": schema,
        "strict": is_openai_strict(schema) if strict is None else strict,
    }
    if conversation.schema_description:
        described["description"] = conversation.schema_description
    return {"type": "json_schema", "json_schema": described}
