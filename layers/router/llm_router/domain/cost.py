"""Money: `Decimal` in prices, integer nano-USD wherever sums are compared or added.

One nano-USD is exact enough: a price of 0.01 USD per million tokens is 10 nano-USD a token.
"""

from decimal import ROUND_CEILING, Decimal

from pydantic import Field, model_validator

from .base import Frozen
from .chat import Usage

NANO_USD = Decimal(1_000_000_000)
_UNBOUNDED_TOKENS = 2**31
_NANO_USD_PER_MTOK = NANO_USD / Decimal(1_000_000)


class Prices(Frozen):
    """USD per million tokens, as published by the provider.

    What a provider writes to a cache, for minutes or for long, costs as much as any input where
    nothing else is said.
    """

    input_usd_per_mtok: Decimal = Field(ge=0)
    cached_input_usd_per_mtok: Decimal = Field(ge=0)
    cache_write_usd_per_mtok: Decimal | None = Field(default=None, ge=0)
    long_cache_write_usd_per_mtok: Decimal | None = Field(default=None, ge=0)
    output_usd_per_mtok: Decimal = Field(ge=0)

    @property
    def cache_write(self) -> Decimal:
        """The price of what is cached for minutes."""
        given = self.cache_write_usd_per_mtok
        return self.input_usd_per_mtok if given is None else given

    @property
    def long_cache_write(self) -> Decimal:
        """The price of what is cached for an hour."""
        given = self.long_cache_write_usd_per_mtok
        return self.cache_write if given is None else given

    @model_validator(mode="after")
    def _cached_is_not_dearer(self) -> "Prices":
        if self.cached_input_usd_per_mtok > self.input_usd_per_mtok:
            raise ValueError("cached_input_usd_per_mtok is above input_usd_per_mtok")
        return self


def cost_nano_usd(usage: Usage, prices: Prices) -> int:
    """What a call cost, rounded up to a whole nano-USD."""
    plain = usage.input_tokens - usage.cached_input_tokens - usage.written_tokens
    total = (
        plain * prices.input_usd_per_mtok
        + usage.cache_write_tokens * prices.cache_write
        + usage.long_cache_write_tokens * prices.long_cache_write
        + usage.cached_input_tokens * prices.cached_input_usd_per_mtok
        + usage.output_tokens * prices.output_usd_per_mtok
    ) * _NANO_USD_PER_MTOK
    return int(total.to_integral_value(ROUND_CEILING))


def worst_case_nano_usd(most_input_tokens: int, max_output_tokens: int, prices: Prices) -> int:
    """What a call can cost at most: nothing cached, every allowed output token used."""
    usage = Usage(input_tokens=most_input_tokens, output_tokens=max_output_tokens)
    return cost_nano_usd(usage, prices)


def affordable_output_tokens(nano_usd: int, most_input_tokens: int, prices: Prices) -> int:
    """The largest output bound with which a call cannot cost more than so much; 0 if none can."""
    spare = nano_usd - worst_case_nano_usd(most_input_tokens, 0, prices)
    a_token = prices.output_usd_per_mtok * _NANO_USD_PER_MTOK
    if spare < 0:
        return 0
    return int(spare / a_token) if a_token else _UNBOUNDED_TOKENS


def to_usd(nano_usd: int) -> Decimal:
    """Nano-USD as USD."""
    return Decimal(nano_usd) / NANO_USD


def from_usd(usd: Decimal) -> int:
    """USD as whole nano-USD, rounded down: a cap is never stretched."""
    return int(usd * NANO_USD)
