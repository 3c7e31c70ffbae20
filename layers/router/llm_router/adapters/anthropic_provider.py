"""Models behind Anthropic's messages format."""

from typing import Any

import anthropic
from anthropic.types import Message

from ..application.ports import Json, ProviderAnswer
from ..domain.candidates import Candidate
from ..domain.chat import INSTRUCTION_ROLES, Answer, Conversation, FinishReason, Usage
from .provider_keys import ProviderKeys
from .sdk_clients import SdkClients, timeout_of
from .sdk_failures import body_of, finished, readable, translated
from .time_bound import Allowance

VENDOR_BASE_URL = "https://api.anthropic.com"

_FINISH_REASONS: dict[str, FinishReason] = {
    **dict.fromkeys(["end_turn", "stop_sequence", "tool_use", "pause_turn"], "stop"),
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "refusal": "content_filter",
}
_UNSUPPORTED_KEYWORDS = frozenset({"maxLength", "minimum"})


class AnthropicProvider:
    """Calls a model through the anthropic SDK, its hidden retries turned off."""

    def __init__(self, keys: ProviderKeys) -> None:
        self._clients = SdkClients(
            keys,
            VENDOR_BASE_URL,
            lambda base_url, key: anthropic.Anthropic(
                api_key=key, base_url=base_url, max_retries=0
            ),
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
        create = client.messages.with_raw_response.create
        request = request_of(candidate, conversation, schema or conversation.response_schema)
        timeout = timeout_of(allowed.left)
        with translated(anthropic, "anthropic"):
            raw = allowed.spend(lambda: create(**request, timeout=timeout))
            body_of("anthropic", raw.status_code, raw.headers, raw.text())
            return answer_of(raw.parse())


def request_of(candidate: Candidate, conversation: Conversation, schema: Json | None) -> Json:
    """The keyword arguments of `messages.create`.

    Sampling parameters go in the body as they are: the SDK no longer names them, since current
    models refuse them, but earlier models take them.
    """
    instructions = [m.content for m in conversation.messages if m.role in INSTRUCTION_ROLES]
    # OpenAI's scale ends at 2, this one at 1.
    warmth = None if conversation.temperature is None else min(1.0, conversation.temperature)
    sampling = {"temperature": warmth, "top_p": conversation.top_p}
    request: dict[str, Any] = {
        "model": candidate.name,
        "messages": [
            {"role": m.role, "content": m.content}
            for m in conversation.messages
            if m.role not in INSTRUCTION_ROLES
        ],
        "system": "\n\n".join(instructions) or None,
        "max_tokens": conversation.max_output_tokens,
        "stop_sequences": list(conversation.stop) or None,
        "metadata": {"user_id": conversation.user} if conversation.user else None,
        "extra_body": {name: value for name, value in sampling.items() if value is not None}
        or None,
    }
    if schema is not None and candidate.json_schema:
        request["output_config"] = {"format": {"type": "json_schema", "schema": _plain(schema)}}
    return {name: value for name, value in request.items() if value is not None}


def answer_of(message: Message) -> ProviderAnswer:
    """The text of a message, its thinking left out."""
    text = "".join(block.text for block in message.content if block.type == "text")
    finish_reason = finished(_FINISH_REASONS, message.stop_reason, text)
    usage = readable(usage_of, message.usage)
    return ProviderAnswer(Answer(text=text, finish_reason=finish_reason), usage)


def usage_of(usage: anthropic.types.Usage) -> Usage:
    """The tokens that are billed; Anthropic counts cached ones apart from `input_tokens`."""
    cached = usage.cache_read_input_tokens or 0
    written = usage.cache_creation_input_tokens or 0
    return Usage(
        input_tokens=usage.input_tokens + cached + written,
        cached_input_tokens=cached,
        output_tokens=usage.output_tokens,
    )


def _plain(schema: Any) -> Any:
    """The schema without the keywords that structured outputs do not know."""
    if isinstance(schema, dict):
        return {k: _plain(v) for k, v in schema.items() if k not in _UNSUPPORTED_KEYWORDS}
    return schema
