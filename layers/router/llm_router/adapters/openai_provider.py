"""Models behind OpenAI's chat completions format, OpenAI's own or any compatible server."""

import openai

from ..application.ports import Json, ProviderAnswer
from ..domain.candidates import Candidate
from ..domain.chat import Conversation
from .openai_format import answer_of, request_of
from .provider_keys import VENDORS, ProviderKeys
from .sdk_clients import SdkClients, timeout_of
from .sdk_failures import body_of, translated
from .time_bound import Allowance


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
        allowed = Allowance(timeout_seconds)
        client = self._clients.client_for(candidate, allowed)
        create = client.chat.completions.with_raw_response.create
        request = request_of(candidate, conversation, schema or conversation.response_schema)
        timeout = timeout_of(allowed.left)
        with translated(openai, "openai"):
            raw = allowed.spend(lambda: create(**request, timeout=timeout))
            body_of("openai", raw.status_code, raw.headers, raw.text)
            return answer_of(raw.parse())
