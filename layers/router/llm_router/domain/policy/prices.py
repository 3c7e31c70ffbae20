"""Money: `Decimal` in prices, integer nano-USD wherever sums are compared or added.

One nano-USD is exact enough: a price of 0.01 USD per million tokens is 10 nano-USD a token.
"""

from collections.abc import Callable, Mapping
from decimal import ROUND_CEILING, Decimal
from typing import Self

from pydantic import Field, model_validator

from llm_router.domain.base import Frozen
from llm_router.domain.conversation.answer import Usage

NANO_USD = Decimal(1_000_000_000)
_UNBOUNDED_TOKENS = 2**31
_NANO_USD_PER_MTOK = NANO_USD / Decimal(1_000_000)


class Rates(Frozen):
    """USD per million tokens, as published by the provider.

    Cache writes for minutes cost the input price by default; those for an hour cost as much as
    those for minutes.
    """

    input_usd_per_mtok: Decimal = Field(ge=0)
    cached_input_usd_per_mtok: Decimal = Field(ge=0)
    cache_write_usd_per_mtok: Decimal | None = Field(default=None, ge=0)
    long_cache_write_usd_per_mtok: Decimal | None = Field(default=None, ge=0)
    output_usd_per_mtok: Decimal = Field(ge=0)

    @property
    def cache_write(self) -> Decimal:
        """The price of input that is cached for minutes."""
        price = self.cache_write_usd_per_mtok
        return self.input_usd_per_mtok if price is None else price

    @property
    def long_cache_write(self) -> Decimal:
        """The price of input that is cached for an hour."""
        price = self.long_cache_write_usd_per_mtok
        return self.cache_write if price is None else price

    @model_validator(mode="after")
    def _cached_is_not_dearer(self) -> Self:
        if self.cached_input_usd_per_mtok > self.input_usd_per_mtok:
            raise ValueError("cached_input_usd_per_mtok is above input_usd_per_mtok")
        if not self.input_usd_per_mtok and max(self.cache_write, self.long_cache_write):
            raise ValueError("writing to a cache cannot cost where input_usd_per_mtok is 0")
        return self


class LongPrompt(Rates):
    """The prices of a whole call, output included, if its input exceeds `above_input_tokens`."""

    above_input_tokens: int = Field(gt=0)


class Prices(Rates):
    """The prices of a call by the size of its input."""

    long_prompt: LongPrompt | None = None

    def times(self, factor: Decimal) -> "Prices":
        """The prices multiplied by a factor."""
        if factor == 1:
            return self
        long = self.long_prompt
        scaled = long and long.model_copy(update=_multiplied(long, factor))
        return self.model_copy(update={**_multiplied(self, factor), "long_prompt": scaled})

    def at(self, input_tokens: int) -> Rates:
        """The prices of a call with this much input, cached or not."""
        long = self.long_prompt
        return long if long is not None and input_tokens > long.above_input_tokens else self

    @model_validator(mode="after")
    def _long_is_not_cheaper(self) -> Self:
        for name, price in _COMPARED.items():
            if self.long_prompt is not None and price(self.long_prompt) < price(self):
                raise ValueError(f"long_prompt.{name} is below the price of shorter prompts")
        return self


def _multiplied(rates: Rates, factor: Decimal) -> dict[str, Decimal]:
    stated = {name: getattr(rates, name) for name in Rates.model_fields}
    return {name: price * factor for name, price in stated.items() if price is not None}


_COMPARED: Mapping[str, Callable[[Rates], Decimal]] = {
    "input_usd_per_mtok": lambda rates: rates.input_usd_per_mtok,
    "cached_input_usd_per_mtok": lambda rates: rates.cached_input_usd_per_mtok,
    "cache_write_usd_per_mtok": lambda rates: rates.cache_write,
    "long_cache_write_usd_per_mtok": lambda rates: rates.long_cache_write,
    "output_usd_per_mtok": lambda rates: rates.output_usd_per_mtok,
}


def cost_nano_usd(usage: Usage, prices: Prices) -> int:
    """The cost of a call, rounded up to a whole nano-USD."""
    rates = prices.at(usage.input_tokens)
    plain = usage.input_tokens - usage.cached_input_tokens - usage.written_tokens
    total = (
        plain * rates.input_usd_per_mtok
        + usage.cache_write_tokens * rates.cache_write
        + usage.long_cache_write_tokens * rates.long_cache_write
        + usage.cached_input_tokens * rates.cached_input_usd_per_mtok
        + usage.output_tokens * rates.output_usd_per_mtok
    ) * _NANO_USD_PER_MTOK
    return int(total.to_integral_value(ROUND_CEILING))


def worst_case_nano_usd(most_input_tokens: int, max_output_tokens: int, prices: Prices) -> int:
    """The most a call can cost: nothing cached, every allowed output token used."""
    usage = Usage(input_tokens=most_input_tokens, output_tokens=max_output_tokens)
    return cost_nano_usd(usage, prices)


def affordable_output_tokens(nano_usd: int, most_input_tokens: int, prices: Prices) -> int:
    """The largest output limit with which a call costs at most `nano_usd`; 0 if there is none."""
    spare = nano_usd - worst_case_nano_usd(most_input_tokens, 0, prices)
    token_cost = prices.at(most_input_tokens).output_usd_per_mtok * _NANO_USD_PER_MTOK
    if spare < 0:
        return 0
    return int(spare / token_cost) if token_cost else _UNBOUNDED_TOKENS


def to_usd(nano_usd: int) -> Decimal:
    """Convert nano-USD to USD."""
    return Decimal(nano_usd) / NANO_USD


def from_usd(usd: Decimal) -> int:
    """Convert USD to whole nano-USD, rounded down: a cap is never exceeded."""
    return int(usd * NANO_USD)
