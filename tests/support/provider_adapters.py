"""The real providers' adapters, with keys from a fake secrets manager."""

from typing import Any

from llm_router.adapters.providers.keys import ProviderKeys
from llm_router.adapters.providers.provider import SdkProvider
from llm_router.application.ports import ModelProvider, ProviderAnswer
from llm_router.domain.plan.candidates import Candidate
from tests.support.fakes import asking

SECRET = '{"p": "a-key", "another": "c", "bound": {"api_key": "b", "base_url": "https://models.example/v1"}}'


class FakeSecretsManager:
    """A secrets manager with one secret, which may become another once it was read.

    A secret without text is a binary one.
    """

    def __init__(self, text: str | None = SECRET) -> None:
        self.text = text
        self.after_read: str | None = None
        self.reads = 0

    def get_secret_value(self, **_: Any) -> dict[str, str]:
        self.reads += 1
        text, self.text = self.text, self.text if self.after_read is None else self.after_read
        return {"SecretBinary": ""} if text is None else {"SecretString": text}


def keys(text: str = SECRET) -> ProviderKeys:
    return ProviderKeys(FakeSecretsManager(text), "arn")  # type: ignore[arg-type]


def provider(known: ProviderKeys | None = None) -> ModelProvider:
    """An adapter with clients of its own."""
    return SdkProvider(known or keys())


def candidate(wire: str, base_url: str | None, **changes: Any) -> Candidate:
    """A candidate of provider `p` in this wire format."""
    return Candidate.model_validate(
        {
            "id": "m", "provider": "p", "format": wire, "base_url": base_url, "name": "model-1",
            "rank": 1, "context_window": 1_000, "max_output_tokens": 50, "min_output_tokens": 10,
            "most_input_tokens": 100_000, "sampling": True, "json_schema": True,
            "prices": {
                "input_usd_per_mtok": 1, "cached_input_usd_per_mtok": 1, "output_usd_per_mtok": 1,
            },
            "worst_case_nano_usd": 1, "minimum_nano_usd": 1, "minimum_ms": 1, **changes,
        }
    )  # fmt: skip


_PROVIDER = provider()


def call(wire: str, base_url: str, timeout: float = 5, **changes: Any) -> ProviderAnswer:
    """Ask a model at this URL one question."""
    conversation = asking("Why?", max_output_tokens=50, temperature=0.5, stop=("END",))
    return _PROVIDER.answer(candidate(wire, base_url, **changes), conversation, timeout)
