"""Models behind OpenAI's chat completions format, OpenAI's own or any compatible server."""

from typing import Any

import openai
from openai.types.chat import ChatCompletion
from openai.types.completion_usage import CompletionUsage

from ..application.ports import Json, ProviderAnswer
from ..domain.candidates import Candidate
from ..domain.chat import Answer, Conversation, FinishReason, Usage
from .provider_keys import ProviderKeys
from .sdk_clients import SdkClients, timeout_of
from .sdk_failures import body_of, finished, readable, translated
from .time_bound import Allowance

VENDOR_BASE_URL = "https://api.openai.com/v1"

_FINISH_REASONS: dict[str, FinishReason] = {
    **dict.fromkeys(["stop", "tool_calls", "function_call", "eos", "eos_token"], "stop"),
    "length": "length",
    "content_filter": "content_filter",
}
"""Any other reason, or none, is an answer that its server did not finish."""


_BOUND, _BOUND_OF_OTHERS = "max_completion_tokens", "max_tokens"
"""Compatible servers know the earlier name; some pass over the newer one in silence."""

_ROLES = {"developer": "system"}
"""Roles that only the vendor's own API knows."""


class OpenAIProvider:
    """Calls a model through the openai SDK, its hidden retries turned off."""

    def __init__(self, keys: ProviderKeys) -> None:
        self._clients = SdkClients(
            keys,
            VENDOR_BASE_URL,
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
        allowed = Allowance(timeout_seconds)
        client = self._clients.client_for(candidate, allowed)
        create = client.chat.completions.with_raw_response.create
        request = request_of(candidate, conversation, schema or conversation.response_schema)
        timeout = timeout_of(allowed.left)
        with translated(openai, "openai"):
            raw = allowed.spend(lambda: create(**request, timeout=timeout))
            body_of("openai", raw.status_code, raw.headers, raw.text)
            return answer_of(raw.parse())


def request_of(candidate: Candidate, conversation: Conversation, schema: Json | None) -> Json:
    """The keyword arguments of `chat.completions.create`."""
    vendors_own = candidate.base_url is None
    request: dict[str, Any] = {
        "model": candidate.name,
        "messages": [
            {"role": m.role if vendors_own else _ROLES.get(m.role, m.role), "content": m.content}
            for m in conversation.messages
        ],
        _BOUND if vendors_own else _BOUND_OF_OTHERS: conversation.max_output_tokens,
        "temperature": conversation.temperature,
        "top_p": conversation.top_p,
        "seed": conversation.seed,
        "stop": list(conversation.stop) or None,
        "user": conversation.user,
    }
    if schema is not None and candidate.json_schema:
        request["response_format"] = {
            "type": "json_schema",
            "json_schema": {"name": "reply", "schema": schema, "strict": True},
        }
    return {name: value for name, value in request.items() if value is not None}


def answer_of(completion: ChatCompletion) -> ProviderAnswer:
    """The answer in a completion; a refusal counts as its text."""
    choice = completion.choices[0]
    text = choice.message.content or choice.message.refusal or ""
    finish_reason = finished(_FINISH_REASONS, choice.finish_reason, text)
    usage = readable(usage_of, completion.usage)
    return ProviderAnswer(Answer(text=text, finish_reason=finish_reason), usage)


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
        output_tokens=max(usage.completion_tokens, beyond_the_prompt),
    )
