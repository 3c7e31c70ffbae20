"""AWS's list prices, dated and with their sources (`prices.toml`)."""

import tomllib
from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from importlib.resources import files
from typing import Any

from pydantic import Field

from llm_router.domain.base import Frozen

PER_THOUSAND = 1_000


class Step(Frozen):
    """The price of the units above a number of units a month."""

    above: Decimal = Field(gt=0)
    usd: Decimal = Field(ge=0)


class Price(Frozen):
    """A list price: USD for `per` units, less above its steps, nothing for the `free` ones."""

    what: str
    unit: str
    per: Decimal = Field(default=Decimal(1), gt=0)
    usd: Decimal = Field(gt=0)
    steps: tuple[Step, ...] = ()
    free: Decimal = Decimal(0)
    source: str
    confirmed: bool
    note: str = ""

    def of(self, units: Decimal, *, free_tier: bool = False) -> Decimal:
        """The price of a month's units."""
        listed, rate, lower = Decimal(0), self.usd, Decimal(0)
        for step in self.steps:
            if units <= step.above:
                break
            listed += (step.above - lower) * rate
            rate, lower = step.usd, step.above
        listed += (units - lower) * rate
        spared = min(units, self.free) * self.usd if free_tier else Decimal(0)
        return (listed - spared) / self.per


class PriceList(Frozen):
    """All prices of a region, by name."""

    region: str
    looked_up: date
    month_hours: Decimal
    prices: Mapping[str, Price]


class Meter:
    """A month's bill in the making: later units of a price may be cheaper than its first ones."""

    def __init__(self, prices: PriceList, *, free_tier: bool = False) -> None:
        self._prices = prices
        self._free_tier = free_tier
        self._units: dict[str, Decimal] = defaultdict(Decimal)

    def add(self, price: str, units: Decimal) -> Decimal:
        """The price of these units, on top of those that were added before."""
        listed, before = self._prices.prices[price], self._units[price]
        if not units:
            return Decimal(0)
        self._units[price] = before + units
        return listed.of(before + units, free_tier=self._free_tier) - listed.of(
            before, free_tier=self._free_tier
        )


def read(name: str) -> dict[str, Any]:
    """One of this package's TOML files; its fractions are decimals."""
    text = (files(__package__) / name).read_text(encoding="utf-8")
    return tomllib.loads(text, parse_float=Decimal)


def list_prices() -> PriceList:
    """The packaged prices."""
    return PriceList.model_validate(read("prices.toml"))
