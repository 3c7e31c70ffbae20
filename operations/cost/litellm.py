"""LiteLLM on ECS as AWS's guidance deploys it (`litellm.toml`), and from where on it is cheaper."""

from collections.abc import Mapping
from decimal import Decimal

from llm_router.domain.base import Frozen

from .architecture import Architecture
from .estimate import NOTHING, Traffic, bill
from .prices import Meter, PriceList, read

_MOST_REQUESTS = 10**10
"""A month's requests beyond which nobody asks."""


class Use(Frozen):
    """Units of a price in a month, or for each of its hours."""

    price: str
    units: Decimal = NOTHING
    hourly: Decimal = NOTHING

    def usd(self, prices: PriceList) -> Decimal:
        """Their price."""
        units = self.units + self.hourly * prices.month_hours
        return prices.prices[self.price].of(units)


class Service(Frozen):
    """A line of the published table and its parts."""

    service: str
    published_usd: Decimal
    idle: tuple[Use, ...] = ()
    traffic: tuple[Use, ...] = ()

    def idle_usd(self, prices: PriceList) -> Decimal:
        """Due without a request."""
        return sum((use.usd(prices) for use in self.idle), NOTHING)

    def traffic_usd(self, prices: PriceList) -> Decimal:
        """Due for the traffic that the table assumes."""
        return sum((use.usd(prices) for use in self.traffic), NOTHING)

    def unexplained_usd(self, prices: PriceList) -> Decimal:
        """What the published line has beyond its parts."""
        return self.published_usd - self.idle_usd(prices) - self.traffic_usd(prices)


class Throughput(Frozen):
    """Published requests a second of one processor, and the processors that run anyway."""

    most_per_vcpu: int
    least_per_vcpu: int
    vcpus: int


class Deployment(Frozen):
    """The deployment's published costs."""

    name: str
    source: str
    published_on: str
    published_usd: Decimal
    services: tuple[Service, ...]
    per_request: Mapping[str, Decimal]
    throughput: Throughput

    def idle_usd(self, prices: PriceList) -> Decimal:
        """A month without a request."""
        return sum((service.idle_usd(prices) for service in self.services), NOTHING)

    def requests_usd(self, requests: int, prices: PriceList) -> Decimal:
        """What a month's requests add, while the tasks that run anyway suffice."""
        meter = Meter(prices)
        return sum(
            (meter.add(price, units * requests) for price, units in self.per_request.items()),
            NOTHING,
        )


def litellm_on_ecs() -> Deployment:
    """The packaged figures."""
    return Deployment.model_validate(read("litellm.toml"))


def break_even(
    traffic: Traffic,
    standing_usd: Decimal,
    other: Deployment,
    uses: Architecture,
    prices: PriceList,
) -> int | None:
    """The requests a month from which on the router costs more than the other deployment.

    `standing_usd` is the other's month without a request. None: it never costs more.
    """

    def dearer(requests: int) -> bool:
        ours = bill(traffic.model_copy(update={"requests": requests}), uses, prices).total.usd
        return ours > standing_usd + other.requests_usd(requests, prices)

    low, high = 0, _MOST_REQUESTS
    if not dearer(high):
        return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if dearer(middle) else (middle, high)
    return high
