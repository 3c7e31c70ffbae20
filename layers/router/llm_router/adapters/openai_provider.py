"""Models behind OpenAI's chat completions format, OpenAI's own or any compatible server."""

from typing import Any

import openai
from openai.types.chat import ChatCompletion

from ..application.ports import Json, ProviderAnswer
from ..domain.chat import Answer, Conversation, FinishReason, Usage
from ..domain.failures import FailureKind, ProviderFailure
from ..domain.planning import Candidate
from .provider_keys import ProviderKeys
from .sdk_clients import SdkClients
from .sdk_failures import translated

VENDOR_BASE_URL = "https://api.openai.com/v1"

_FINISH_REASONS: dict[str, FinishReason] = {"length": "length", "content_filter": "content_filter"}


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
        client = self._clients.client_for(candidate)
        with translated(openai):
            completion: ChatCompletion = client.chat.completions.create(
                **request_of(candidate, conversation, schema), timeout=timeout_seconds
            )
            return answer_of(completion)


def request_of(candidate: Candidate, conversation: Conversation, schema: Json | None) -> Json:
    """The keyword arguments of `chat.completions.create`."""
    request: dict[str, Any] = {
        "model": candidate.name,
        "messages": [{"role": m.role, "content": m.content} for m in conversation.messages],
        "max_completion_tokens": conversation.max_output_tokens,
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
    if not completion.choices:
        raise ProviderFailure(FailureKind.MALFORMED_OUTPUT)
    choice = completion.choices[0]
    text = choice.message.content or choice.message.refusal or ""
    usage = None
    if completion.usage:
        details = completion.usage.prompt_tokens_details
        usage = Usage(
            input_tokens=completion.usage.prompt_tokens,
            cached_input_tokens=(details.cached_tokens if details else None) or 0,
            output_tokens=completion.usage.completion_tokens,
        )
    finish_reason = _FINISH_REASONS.get(choice.finish_reason, "stop")
    return ProviderAnswer(Answer(text=text, finish_reason=finish_reason), usage)
