"""OpenAI's chat completions format: a conversation as a request, a completion as an answer."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

import openai
from openai.types.chat import ChatCompletion, ChatCompletionMessage
from openai.types.completion_usage import CompletionUsage

from llm_router.adapters.time_budget import TimeBudget
from llm_router.application.ports import Json, ProviderAnswer
from llm_router.domain.conversation.answer import Answer, FinishReason, Usage
from llm_router.domain.conversation.content import AnswerPart, Image, Text, ToolCall, ToolResult
from llm_router.domain.conversation.conversation import Conversation, Message, Tool, ToolChoice
from llm_router.domain.plan.candidates import Candidate

from .json_schemas import is_strict
from .keys import VENDORS, ProviderKeys, SdkClients, timeout_of
from .sdk_errors import body_of, finished, readable, translated

_FINISH_REASONS: dict[str, FinishReason] = {
    **dict.fromkeys(["stop", "function_call", "eos", "eos_token"], "stop"),
    "tool_calls": "tool_calls",
    "length": "length",
    "content_filter": "content_filter",
}
"""Any other reason, or none, is an answer that its server did not finish."""
_BOUND, _BOUND_OF_OTHERS = "max_completion_tokens", "max_tokens"
"""Compatible servers know the earlier name; some pass over the newer one in silence."""
_ROLES = {"developer": "system"}
"""Roles that only the vendor's own API knows."""


def request_of(candidate: Candidate, conversation: Conversation, schema: Json | None) -> Json:
    """The keyword arguments of `chat.completions.create`."""
    vendors_own = candidate.base_url is None
    request: dict[str, Any] = {
        "model": candidate.name,
        "messages": list(_messages(conversation.messages, vendors_own=vendors_own)),
        _BOUND if vendors_own else _BOUND_OF_OTHERS: conversation.max_output_tokens,
        "temperature": conversation.temperature,
        "top_p": conversation.top_p,
        "frequency_penalty": conversation.frequency_penalty,
        "presence_penalty": conversation.presence_penalty,
        "seed": conversation.seed,
        "stop": list(conversation.stop) or None,
        "user": conversation.user,
        "reasoning_effort": conversation.effort,
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


def answer_of(completion: ChatCompletion) -> ProviderAnswer:
    """The answer in a completion; the words of a refusal are its text."""
    choice = completion.choices[0]
    text = choice.message.content or choice.message.refusal or ""
    calls = list(_calls(choice.message))
    reason = finished(_FINISH_REASONS, choice.finish_reason, text or str(calls or ""))
    words: list[AnswerPart] = [Text(text=text)] if text else []
    answer = Answer(
        text=text,
        # A call that was demanded by name ends with "stop".
        finish_reason="tool_calls" if calls and reason == "stop" else reason,
        refused=bool(choice.message.refusal) and not choice.message.content,
        parts=(*words, *calls) if calls else (),
        logprobs=choice.logprobs.model_dump(mode="json") if choice.logprobs else None,
    )
    return ProviderAnswer(answer, readable(usage_of, completion.usage))


def usage_of(usage: CompletionUsage) -> Usage:
    """The tokens that are billed.

    Some compatible servers bill hidden reasoning that `completion_tokens` leaves out: it shows only
    in the total.
    """
    details = usage.prompt_tokens_details
    beyond_the_prompt = (usage.total_tokens or 0) - usage.prompt_tokens
    return Usage(
        input_tokens=usage.prompt_tokens,
        cached_input_tokens=(details.cached_tokens if details else None) or 0,
        cache_write_tokens=(details.cache_write_tokens if details else None) or 0,
        output_tokens=max(usage.completion_tokens, beyond_the_prompt),
    )


def _messages(messages: Iterable[Message], *, vendors_own: bool) -> Iterator[Json]:
    for are_results, turns in groupby(messages, key=lambda message: message.role == "tool"):
        if are_results:
            parts = (part for turn in turns for part in turn.parts)
            yield from _results([part for part in parts if isinstance(part, ToolResult)])
            continue
        for turn in turns:
            role = turn.role if vendors_own else _ROLES.get(turn.role, turn.role)
            shown: Json = {"role": role, "content": _content(turn)}
            calls = [_call(part) for part in turn.parts if isinstance(part, ToolCall)]
            if calls:
                shown |= {"content": turn.text or None, "tool_calls": calls}
            yield {**shown, "name": turn.name} if turn.name else shown


def _results(results: list[ToolResult]) -> Iterator[Json]:
    """A message for each result, and their pictures after all of them: a result holds only text."""
    pictures: list[Json] = []
    for result in results:
        text = "".join(item.text for item in result.content if isinstance(item, Text))
        images = [_image(item) for item in result.content if isinstance(item, Image)]
        if images:
            pictures += [{"type": "text", "text": f"Pictures of result {result.call_id}:"}, *images]
        told = f"Error: {text}" if result.is_error else text
        yield {"role": "tool", "tool_call_id": result.call_id, "content": told}
    if pictures:
        yield {"role": "user", "content": pictures}


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
    given = conversation.schema_strict
    described: Json = {
        "name": conversation.schema_name,
        "schema": schema,
        "strict": is_strict(schema) if given is None else given,
    }
    if conversation.schema_description:
        described["description"] = conversation.schema_description
    return {"type": "json_schema", "json_schema": described}


class OpenAIProvider:
    """Calls a model through the openai SDK, its hidden retries turned off."""

    def __init__(self, keys: ProviderKeys) -> None:
        self._clients = SdkClients(
            keys,
            VENDORS["openai"],
            lambda base_url, key: openai.OpenAI(api_key=key, base_url=base_url, max_retries=0),
        )

    def answer(
        self,
        candidate: Candidate,
        conversation: Conversation,
        timeout_seconds: float,
        schema: Json | None = None,
    ) -> ProviderAnswer:
        """One call without retries; raises `ProviderFailure` for everything that goes wrong."""
        allowed = TimeBudget(timeout_seconds)
        client = self._clients.client_for(candidate, allowed)
        create = client.chat.completions.with_raw_response.create
        request = request_of(candidate, conversation, schema or conversation.response_schema)
        timeout = timeout_of(allowed.left)
        with translated(openai, "openai"):
            raw = allowed.spend(lambda: create(**request, timeout=timeout))
            body_of("openai", raw.status_code, raw.headers, raw.text)
            return answer_of(raw.parse())
