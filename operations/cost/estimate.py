"""A month's bill for the router itself, from traffic, architecture and prices; pure functions."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from pydantic import Field

from llm_router.domain.base import Frozen

from .architecture import Architecture, Counts, Function
from .prices import PER_THOUSAND, Meter, PriceList

CacheMode = Literal["create", "existing", "none"]
CpuArchitecture = Literal["arm64", "x86_64"]

MB_PER_GB = 1024
BYTES_PER_GB = Decimal(10**9)
SECONDS_PER_HOUR = 3600
DAYS_PER_MONTH = 30
NOTHING = Decimal(0)

METRICS = "metric series in use"
FUNCTIONS: dict[Function, str] = {
    "route": "Lambda: route, which waits",
    "invoke_model": "Lambda: invoke_model",
    "authorize": "Lambda: authorize",
    "shadow": "Lambda: shadow, idle runs",
}


class Traffic(Frozen):
    """A month's requests and the stack's parameters, whose defaults are the template's.

    `latency` is that of one model call in seconds; `second_opinions` and `escalations` are the
    shares of requests that have one.
    """

    requests: int = Field(default=1_000_000, ge=0)
    latency: Decimal = Field(default=Decimal(3), ge=0)
    second_opinions: Decimal = Field(default=NOTHING, ge=0, le=1)
    escalations: Decimal = Field(default=NOTHING, ge=0, le=1)
    cache: CacheMode = "create"
    multi_az: bool = False
    endpoints: bool = False
    ledgers: bool = True
    shadow: bool = False
    architecture: CpuArchitecture = "arm64"
    free_tier: bool = False


@dataclass(frozen=True)
class Charge:
    """Units of one price that a part uses in a month.

    `idle` units are used without any request, `in_use` ones as soon as there are some, and the
    others grow with them.
    """

    part: str
    price: str
    idle: Decimal = NOTHING
    in_use: Decimal = NOTHING
    requests: Decimal = NOTHING

    @property
    def units(self) -> tuple[Decimal, Decimal, Decimal]:
        """The units in the order in which they are used up."""
        return self.idle, self.in_use, self.requests


@dataclass(frozen=True)
class Part:
    """A part's share of the month's bill, in USD."""

    name: str
    idle_usd: Decimal = NOTHING
    in_use_usd: Decimal = NOTHING
    requests_usd: Decimal = NOTHING

    @property
    def usd(self) -> Decimal:
        """The month's sum."""
        return self.idle_usd + self.in_use_usd + self.requests_usd


@dataclass(frozen=True)
class Bill:
    """A month's bill by part, and its sum."""

    requests: int
    parts: tuple[Part, ...]

    @property
    def total(self) -> Part:
        """The sum over the parts."""
        return Part(
            "sum",
            sum((part.idle_usd for part in self.parts), NOTHING),
            sum((part.in_use_usd for part in self.parts), NOTHING),
            sum((part.requests_usd for part in self.parts), NOTHING),
        )

    def per_thousand(self, part: Part) -> Decimal:
        """What 1,000 requests add to a part."""
        return part.requests_usd * PER_THOUSAND / self.requests if self.requests else NOTHING

    @property
    def lambda_share(self) -> Decimal:
        """Lambda's share of what requests cost."""
        functions = sum(
            (part.requests_usd for part in self.parts if part.name in FUNCTIONS.values()), NOTHING
        )
        whole = self.total.requests_usd
        return functions / whole if whole else NOTHING


def bill(traffic: Traffic, uses: Architecture, prices: PriceList) -> Bill:
    """The month's bill; of a price with steps, idle units come first and requests' last."""
    meter = Meter(prices, free_tier=traffic.free_tier)
    charges = list(_charges(traffic, uses, prices.month_hours))
    amounts = {charge.part: [NOTHING] * 3 for charge in charges}
    for phase in range(3):
        for charge in charges:
            amounts[charge.part][phase] += meter.add(charge.price, charge.units[phase])
    parts = tuple(Part(name, *usd) for name, usd in amounts.items())
    return Bill(traffic.requests, parts)


@dataclass(frozen=True)
class _Load:
    """What the month's requests do on average, derived once."""

    traffic: Traffic
    uses: Architecture

    @property
    def answers(self) -> Decimal:
        """Model calls of a request."""
        return 1 + self.traffic.second_opinions + self.traffic.escalations

    @property
    def waited(self) -> Decimal:
        """Seconds that a request waits: opinions are asked for at the same time."""
        calls = self.traffic.latency * (1 + self.traffic.escalations)
        return calls + self.traffic.second_opinions * self.uses.seconds.comparison

    def invocations(self, function: Function) -> Decimal:
        """Invocations of a function by one request."""
        if function == "invoke_model":
            return self.answers + self.traffic.second_opinions
        return Decimal(function != "shadow")

    def busy(self, function: Function) -> Decimal:
        """Seconds of a function that one request is billed for."""
        seconds = self.uses.seconds
        if function == "route":
            return self.waited + seconds.route + seconds.machine
        if function == "invoke_model":
            compared = self.traffic.second_opinions * seconds.comparison
            return self.answers * (self.traffic.latency + seconds.invoke_model) + compared
        return seconds.authorize if function == "authorize" else NOTHING

    @property
    def logged(self) -> Decimal:
        """Bytes of log that one request writes, metrics among them."""
        sizes, events, opinions = self.uses.bytes, self.uses.events, self.traffic.second_opinions
        invocations = sum((self.invocations(function) for function in FUNCTIONS), NOTHING)
        machine = (
            events.one_call
            + events.second_opinion * opinions
            + events.escalation * self.traffic.escalations
        )
        return (
            sizes.invocation * invocations
            + sizes.line_of_route
            + sizes.metrics_of_request
            + (sizes.metrics_of_attempt + sizes.line_of_attempt) * self.answers
            + sizes.line_of_comparison * opinions
            + sizes.event * machine
        )


def _charges(traffic: Traffic, uses: Architecture, month_hours: Decimal) -> Iterator[Charge]:
    load, requests = _Load(traffic, uses), Decimal(traffic.requests)
    runs = _shadow_runs(traffic, uses, month_hours)
    yield Charge("API Gateway", "api_request", requests=requests)
    yield from _functions(load, requests, runs)
    yield from _machine(load, requests)
    yield from _logs(load, requests, runs)
    yield from _watching(uses, requests, month_hours)
    yield from _secrets(load, requests, month_hours)
    if traffic.ledgers:
        yield from _ledgers(load, requests, runs)
    yield from _network(load, requests, month_hours)


def _shadow_runs(traffic: Traffic, uses: Architecture, month_hours: Decimal) -> Decimal:
    """Scheduled runs in a month; without ledgers there is no such function."""
    scheduled = month_hours * 60 / uses.template.shadow_every_minutes
    return scheduled if traffic.shadow and traffic.ledgers else NOTHING


def _functions(load: _Load, requests: Decimal, runs: Decimal) -> Iterator[Charge]:
    for function, part in FUNCTIONS.items():
        memory_gb = Decimal(load.uses.memory_mb[function]) / MB_PER_GB
        if function == "shadow":
            if runs:
                seconds = runs * load.uses.seconds.shadow
                yield Charge(part, "lambda_request", idle=runs)
                yield Charge(part, f"lambda_{load.traffic.architecture}", idle=seconds * memory_gb)
            continue
        calls, seconds = load.invocations(function), load.busy(function)
        yield Charge(part, "lambda_request", requests=requests * calls)
        yield Charge(
            part,
            f"lambda_{load.traffic.architecture}",
            requests=requests * seconds * memory_gb,
        )


def _machine(load: _Load, requests: Decimal) -> Iterator[Charge]:
    machine, part = load.uses.machine, "Step Functions Express"
    # Rounding up adds half of its unit on average.
    seconds = load.waited + load.uses.seconds.machine + machine.round_up_seconds / 2
    memory_gb = Decimal(machine.chunks * machine.chunk_mb) / MB_PER_GB
    yield Charge(part, "express_request", requests=requests)
    yield Charge(part, "express_memory", requests=requests * seconds * memory_gb / SECONDS_PER_HOUR)


def _logs(load: _Load, requests: Decimal, runs: Decimal) -> Iterator[Charge]:
    part, sizes = "CloudWatch Logs", load.uses.bytes
    idle = runs * (sizes.invocation + sizes.line_of_route) / BYTES_PER_GB
    written = requests * load.logged / BYTES_PER_GB
    months = Decimal(load.uses.template.log_days) / DAYS_PER_MONTH
    kept = sizes.kept_of_log * months
    yield Charge(part, "logs_in", idle=idle, requests=written)
    yield Charge(part, "logs_kept", idle=idle * kept, requests=written * kept)


def _watching(uses: Architecture, requests: Decimal, month_hours: Decimal) -> Iterator[Charge]:
    # A series is billed by the hour, and only for hours in which a request wrote to it.
    share = min(requests, month_hours) / month_hours
    yield Charge(METRICS, "metric", in_use=uses.series.most * share)
    yield Charge("alarms", "alarm", idle=Decimal(uses.template.alarms))
    yield Charge("dashboard", "dashboard", idle=Decimal(uses.template.dashboards))


def _secrets(load: _Load, requests: Decimal, month_hours: Decimal) -> Iterator[Charge]:
    reads, month_seconds = load.uses.reads, month_hours * SECONDS_PER_HOUR
    at_once = max(requests * load.busy("invoke_model") / month_seconds, Decimal(1))
    calls = min(requests * load.answers, at_once * month_seconds / reads.secret_fresh_seconds)
    yield Charge("secret", "secret", idle=Decimal(load.uses.template.secrets))
    yield Charge("secret", "secret_call", requests=calls)
    part, kept = "API key table", load.uses.bytes.key_table / BYTES_PER_GB
    yield Charge(part, "dynamodb_read", requests=requests * reads.key_units)
    yield Charge(part, "dynamodb_kept", idle=kept)
    yield Charge(part, "dynamodb_backup", idle=kept)


def _ledgers(load: _Load, requests: Decimal, runs: Decimal) -> Iterator[Charge]:
    part, sizes = "ledgers in S3", load.uses.bytes
    months = Decimal(load.uses.template.ledger_days) / DAYS_PER_MONTH
    size = sizes.ledger + sizes.ledger_of_attempt * load.answers
    yield Charge(part, "s3_put", idle=runs, requests=requests)
    yield Charge(part, "s3_kept", requests=requests * size * months / BYTES_PER_GB)


def _network(load: _Load, requests: Decimal, month_hours: Decimal) -> Iterator[Charge]:
    traffic, template, sizes = load.traffic, load.uses.template, load.uses.bytes
    if traffic.cache == "create":
        nodes = _count(template.cache_nodes, traffic)
        yield Charge("cache nodes", "valkey_t4g_micro", idle=nodes * month_hours)
    if traffic.cache == "create" or (traffic.cache == "existing" and traffic.endpoints):
        zones = _count(template.endpoint_zones, traffic)
        part = "interface endpoint"
        yield Charge(part, "endpoint", idle=zones * month_hours)
        carried = requests * sizes.execution / BYTES_PER_GB
        yield Charge(part, "endpoint_data", requests=carried)
    yield Charge("data out", "data_out", requests=requests * sizes.sent / BYTES_PER_GB)


def _count(counts: Counts, traffic: Traffic) -> int:
    if traffic.cache == "existing":
        return counts.existing
    return counts.multi_az if traffic.multi_az else counts.single
