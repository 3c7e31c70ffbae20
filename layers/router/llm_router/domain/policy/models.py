"""Providers and models as the policy describes them."""

from datetime import date
from typing import Literal

from pydantic import Field

from llm_router.domain.base import Frozen
from llm_router.domain.conversation.capabilities import Capability
from llm_router.domain.tiers import Tier

from .prices import Prices

WireFormat = Literal["openai", "anthropic"]


class Provider(Frozen):
    """An endpoint for models: its wire format, and a base URL if it is not the vendor's own."""

    format: WireFormat
    base_url: str | None = Field(default=None, pattern=r"^https?://[^\s]+$")


class Model(Prices):
    """One model of one provider; a higher rank is a better model.

    `fallback` names the models to try first when a call to this one fails. Models with the same
    `weights` are one model under two names: neither gives a second opinion on the other.
    """

    id: str = Field(min_length=1)
    provider: str
    name: str | None = None
    tier: Tier
    rank: int = Field(ge=0)
    context_window: int = Field(gt=0)
    max_output_tokens: int = Field(gt=0)
    capabilities: frozenset[Capability] = frozenset()
    priced_on: date
    typical_latency_ms: int = Field(gt=0)
    most_tokens_per_image: int = Field(default=10_000, gt=0)
    fallback: tuple[str, ...] = ()
    weights: str | None = None

    @property
    def family(self) -> str:
        """The model family: the name of the weights, or `id` if none is stated."""
        return self.weights or self.id

    @property
    def name_at_provider(self) -> str:
        """The provider's name for the model; the id unless the policy states another."""
        return self.name or self.id

    @property
    def prices(self) -> Prices:
        """The prices as one value."""
        return Prices(
            input_usd_per_mtok=self.input_usd_per_mtok,
            cached_input_usd_per_mtok=self.cached_input_usd_per_mtok,
            cache_write_usd_per_mtok=self.cache_write_usd_per_mtok,
            long_cache_write_usd_per_mtok=self.long_cache_write_usd_per_mtok,
            output_usd_per_mtok=self.output_usd_per_mtok,
            long_prompt=self.long_prompt,
        )
