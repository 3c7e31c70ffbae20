"""Writes docs/cost.md and its plot from the prices and figures in operations/cost.

.venv/bin/python scripts/cost_page.py
"""

import json
import textwrap
from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from operations.cost.architecture import Architecture, architecture
from operations.cost.estimate import METRICS, SECONDS_PER_HOUR, Bill, Part, Traffic, bill
from operations.cost.litellm import Deployment, break_even, litellm_on_ecs
from operations.cost.prices import PriceList, list_prices

DOCS = Path(__file__).parents[1] / "docs"
PAGE, PLOT = DOCS / "cost.md", DOCS / "cost.svg"

LATENCIES = (1, 3, 8, 30)
ESCALATING: dict[str, Any] = {"escalations": Decimal("0.15")}
BOTH: dict[str, Any] = {**ESCALATING, "second_opinions": Decimal("0.4")}
STACKS: dict[str, dict[str, Any]] = {
    "`create`": {"cache": "create"},
    "`create`, `MultiAz`": {"cache": "create", "multi_az": True},
    "`existing`": {"cache": "existing"},
    "`none`": {"cache": "none"},
}
MONTHS = [int(10 ** (exponent / 8)) for exponent in range(3 * 8, 8 * 8 + 1)]
"""Requests a month in the plot, from a thousand to a hundred millions."""


class Costs:
    """Bills for any traffic, with the packaged prices and figures."""

    def __init__(self) -> None:
        self.uses: Architecture = architecture()
        self.prices: PriceList = list_prices()
        self.other: Deployment = litellm_on_ecs()

    def bill(self, *, route_mb: int | None = None, **traffic: Any) -> Bill:
        """A month's bill; the route function's memory may be another."""
        uses = self.uses
        if route_mb is not None:
            uses = uses.model_copy(update={"memory_mb": {**uses.memory_mb, "route": route_mb}})
        return bill(Traffic(**traffic), uses, self.prices)

    def per_thousand(self, latency: int, **traffic: Any) -> Decimal:
        """What 1,000 requests add at this latency."""
        made = self.bill(latency=latency, **traffic)
        return made.per_thousand(made.total)

    def break_even(self, standing_usd: Decimal, **traffic: Any) -> int:
        """The requests a month from which on LiteLLM is cheaper."""
        found = break_even(Traffic(**traffic), standing_usd, self.other, self.uses, self.prices)
        if found is None:
            raise ValueError("no break-even: write the page's sentences anew")
        return found


def curves(costs: Costs) -> dict[str, Any]:
    """The plot's data: USD a month by requests a month, and where the lines cross."""
    prices, other = costs.prices, costs.other
    idle = other.idle_usd(prices)

    def litellm(requests: int) -> float:
        return round(float(idle + other.requests_usd(requests, prices)), 2)

    def router(latency: int, requests: int) -> float:
        return round(float(costs.bill(requests=requests, latency=latency).total.usd), 2)

    crossings = {str(latency): costs.break_even(idle, latency=latency) for latency in LATENCIES}
    return {
        "requests": MONTHS,
        "router": {str(latency): [router(latency, n) for n in MONTHS] for latency in LATENCIES},
        "litellm": [litellm(n) for n in MONTHS],
        "crossings": {latency: [n, litellm(n)] for latency, n in crossings.items()},
    }


def draw(data: dict[str, Any], path: Path) -> None:
    """Draw the plot as an SVG with its data in the description."""
    import matplotlib

    from evaluation.plot_style import ACCENT, COLOURS, CURVE, INK, NOTE, empty

    # Lines get the same ids in each run.
    matplotlib.rcParams["svg.hashsalt"] = "cost"
    figure, axes = empty(8.4, 4.4)
    engine: Any = figure.get_layout_engine()
    engine.set(w_pad=0.12, h_pad=0.12)
    shades = dict(zip(data["router"], (CURVE, NOTE, ACCENT, INK), strict=True))
    other = COLOURS["classifier"]
    axes.loglog(data["requests"], data["litellm"], color=other, linewidth=2.4)
    axes.text(1_150, data["litellm"][0] * 1.12, "LiteLLM on ECS", color=other)
    for latency, usd in data["router"].items():
        requests, height = data["crossings"][latency]
        axes.loglog(data["requests"], usd, color=shades[latency], linewidth=1.8)
        axes.plot(requests, height, "o", color=shades[latency], markersize=6)
        place: dict[str, Any] = {"xytext": (6, 0), "textcoords": "offset points", "va": "center"}
        label = f"router, {latency} s: equal at {_count(requests)}"
        axes.annotate(label, (data["requests"][-1], usd[-1]), color=INK, **place)
    axes.set_xlim(data["requests"][0], data["requests"][-1])
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(lambda number, _place: _count(int(number)))
    axes.set_xlabel("requests a month")
    axes.set_ylabel("USD a month")
    axes.set_title("A month of the gateway itself, by seconds of one model call", loc="left")
    described = {"Date": None, "Description": json.dumps(data)}
    figure.savefig(path, facecolor="white", metadata=described)


def page(costs: Costs) -> str:
    """The page's text."""
    sections = (_opening, _idle, _requests, _beside, _basis)
    return "\n\n".join(block for section in sections for block in section(costs)) + "\n"


def _opening(costs: Costs) -> list[str]:
    prices, idle = costs.prices, costs.bill(requests=0, cache="none").total.idle_usd
    cached = costs.bill(requests=0).total.idle_usd
    low, high = costs.per_thousand(1), costs.per_thousand(8)
    three = costs.break_even(costs.other.idle_usd(prices), latency=3)
    return [
        "# What the router itself costs",
        _text(
            f"AWS's bill without the models' bill: list prices of `{prices.region}`, looked up on",
            f"{prices.looked_up}, without taxes and without free tiers. `scripts/cost_page.py`",
            "writes this page from the files in `operations/cost/`. For other numbers:",
        ),
        "    llm-router cost --requests 100000 --latency 2.5 --cache none",
        _bullets(
            f"**Idle**: {_usd(idle)} a month without a cache, {_usd(cached)} with one.",
            f"**1,000 requests**: {_usd(low, 3)} if a model call takes 1 s, {_usd(high, 3)} if it"
            " takes 8 s. The function `route` waits for the models and is billed meanwhile.",
            f"**Beside LiteLLM on ECS**: cheaper below {_count(three)} requests a month at 3 s a"
            " call, dearer above.",
        ),
    ]


def _idle(costs: Costs) -> list[str]:
    bills = {name: costs.bill(requests=0, **stack) for name, stack in STACKS.items()}
    rows = [
        [part.name, *(_cell(_named(made, part.name).idle_usd) for made in bills.values())]
        for part in bills["`create`"].parts
        if _cell(part.idle_usd)
    ]
    series, watched = costs.uses.series, costs.uses.template
    metrics = _named(costs.bill(), METRICS)
    existing = costs.bill(requests=0, cache="existing", endpoints=True)
    endpoint = _named(existing, "interface endpoint").idle_usd
    hours = costs.prices.month_hours
    nat, serverless = costs.prices.prices["nat"], costs.prices.prices["valkey_serverless"]
    return [
        "## Idle, USD a month",
        _table(
            ["part", *STACKS],
            [
                *rows,
                ["**sum**", *(f"**{_cell(made.total.usd)}**" for made in bills.values())],
                _sums("sum without ledgers", costs, ledgers=False),
                _sums("sum with `ShadowChecks`", costs, shadow=True),
                _sums("sum while the account's free tier is unused", costs, free_tier=True),
            ],
        ),
        _bullets(
            "The columns are values of `CacheMode`. With `existing`, `CreateEndpoints` adds an"
            f" interface endpoint: {_usd(endpoint)}.",
            "API, functions, state machine, VPC, subnets, gateway endpoint, table, buckets and"
            " ledgers cost nothing while there are no requests.",
            f"**Metrics** are added once there are requests: at most {series.most} series, together"
            f" {_usd(metrics.in_use_usd)} a month. {series.service} are the service's,"
            f" {series.per_model} each of {series.models} models', {series.per_tier} each tier's."
            " A series costs only in hours in which a request writes to it.",
            f"There are {watched.alarms} alarms. The dashboard is free if it is among the account's"
            " first three, alarms and metrics if they are among its first ten.",
            f"There is no NAT gateway, which would be {_usd(nat.of(hours))} each. ElastiCache"
            f" Serverless with Valkey, in several zones, would start at"
            f" {_usd(serverless.of(hours / 10))}.",
        ),
    ]


def _requests(costs: Costs) -> list[str]:
    latencies = [
        [
            f"{latency} s",
            _cell(costs.per_thousand(latency), 3),
            _cell(costs.per_thousand(latency, **ESCALATING), 3),
            _cell(costs.per_thousand(latency, **BOTH), 3),
            f"{100 * costs.bill(latency=latency).lambda_share:.0f} %",
        ]
        for latency in LATENCIES
    ]
    one, both = costs.bill(latency=3), costs.bill(latency=3, **BOTH)
    parts = [
        [part.name, _thousand(one, part), _thousand(both, _named(both, part.name))]
        for part in one.parts
        if _thousand(one, part)
    ]
    sums = (_thousand(made, made.total) for made in (one, both))
    others = " and ".join(
        f"{_usd(costs.per_thousand(3, route_mb=size), 3)} with {size} MB"
        for size in (256, 512, 1024)
        if size != costs.uses.memory_mb["route"]
    )
    return [
        "## 1,000 requests, USD",
        _table(
            [
                "a model call takes",
                "one call each",
                "15 % escalate",
                "15 % escalate, 40 % get a second opinion",
                "Lambda's share, one call each",
            ],
            latencies,
        ),
        "30 s need a `RequestTimeout` of 60 or more. At 3 s by part:",
        _table(
            ["part", "one call each", "15 % escalate, 40 % get a second opinion"],
            [*parts, ["**sum**", *(f"**{usd}**" for usd in sums)]],
        ),
        _bullets(
            f"`route` has {costs.uses.memory_mb['route']} MB; one call of 3 s would be {others}.",
            f"On x86_64 it would be {_usd(costs.per_thousand(3, architecture='x86_64'), 3)},"
            f" without ledgers {_usd(costs.per_thousand(3, ledgers=False), 3)}.",
            "A second opinion is asked for at the same time as the first: it adds invocations, but"
            " hardly any wait.",
            "Rules, the local classifier and the decision cache add nothing; a classification by a"
            " model is one more call.",
            "Amounts are for a million requests a month; far above, some prices fall.",
        ),
    ]


def _beside(costs: Costs) -> list[str]:
    other, prices = costs.other, costs.prices
    services = [
        [
            service.service,
            _cell(service.published_usd),
            _cell(service.idle_usd(prices)),
            _cell(service.traffic_usd(prices)),
            _cell(service.unexplained_usd(prices)),
        ]
        for service in other.services
    ]
    idle = other.idle_usd(prices)
    traffic = sum((one.traffic_usd(prices) for one in other.services), Decimal(0))
    sums = (other.published_usd, idle, traffic, other.published_usd - idle - traffic)
    crossings = [
        [
            f"{latency} s",
            _count(costs.break_even(idle, latency=latency)),
            _count(costs.break_even(idle, latency=latency, **BOTH)),
            _count(costs.break_even(idle, latency=latency, cache="none")),
            _count(costs.break_even(idle, latency=latency, multi_az=True)),
            _count(costs.break_even(other.published_usd, latency=latency)),
        ]
        for latency in LATENCIES
    ]
    month_seconds = prices.month_hours * SECONDS_PER_HOUR
    least, most = (
        _count(int(rate * other.throughput.vcpus * month_seconds))
        for rate in (other.throughput.least_per_vcpu, other.throughput.most_per_vcpu)
    )
    steady = costs.break_even(idle, latency=3) / month_seconds
    return [
        "## Beside LiteLLM on ECS",
        _text(
            f"AWS's [{other.name}]({other.source}) deploys LiteLLM as tasks that always run. Its",
            f"sample table ({other.published_on}), rebuilt from the same prices, USD a month:",
        ),
        _table(
            ["service", "AWS's table", "idle", "the table's traffic", "unexplained"],
            [*services, ["**sum**", *(f"**{_cell(usd)}**" for usd in sums)]],
        ),
        _text(
            f"So {_usd(idle)} of AWS's {_usd(other.published_usd)} are due before the first",
            "request. The rest is traffic that the table assumes, or follows from none of its",
            "dimensions; neither is counted below. 1,000 requests add",
            f"{_usd(other.requests_usd(1_000, prices), 3)} there: firewall, load balancer, NAT, a",
            "log object.",
        ),
        f"![A month's cost by requests a month: the router and LiteLLM on ECS]({PLOT.name})",
        "**Above these requests a month LiteLLM on ECS is cheaper:**",
        _table(
            [
                "a model call takes",
                "one call each",
                "15 % escalate, 40 % get a second opinion",
                "one call, `CacheMode=none`",
                "one call, `MultiAz`",
                "one call, beside the whole of AWS's table",
            ],
            crossings,
        ),
        _bullets(
            f"The crossing at 3 s is a steady {steady:.1f} requests a second. With less traffic,"
            " or with pauses in it, the router costs less. With more, a container that waits for"
            " many models at once costs less, the more so the longer they take.",
            "The two tasks suffice at every crossing: by LiteLLM's published throughput"
            f" (docs.litellm.ai/docs/benchmarks) they carry {least} to {most} requests a month if"
            " these come evenly. No further task is counted.",
            "Its databases stand in two zones, so `MultiAz` is the nearer comparison. LiteLLM"
            " neither escalates on an answer's confidence nor asks for second opinions.",
            "The models' bill is larger than either: 1,000 requests of 1,000 tokens in and 300 out"
            " are 5 USD at 2 and 10 USD per million tokens.",
        ),
    ]


def _basis(costs: Costs) -> list[str]:
    uses, prices = costs.uses, costs.prices
    sizes, seconds, events = uses.bytes, uses.seconds, uses.events
    memory = ", ".join(f"`{name}` {size} MB" for name, size in uses.memory_mb.items())
    listed = [
        [
            price.what,
            f"{price.usd.normalize():f}",
            price.unit if price.per == 1 else f"{price.per:,.0f} {price.unit}",
            f"[AWS]({price.source})",
            ("yes" if price.confirmed else "**no**") + (f"; {price.note}" if price.note else ""),
        ]
        for price in prices.prices.values()
    ]
    return [
        "## What the figures rest on",
        _text(
            "A request is one invocation of `authorize` and `route` and one execution of the state",
            "machine. Each model call is one invocation of `invoke_model`; a second opinion is",
            "two, the call and the comparison.",
        ),
        _bullets(
            "**From the template and the state machine**; tests hold"
            f" `operations/cost/architecture.toml` to them. Memory: {memory}. Log events of an"
            f" execution: {events.one_call}, {events.second_opinion} more with a second opinion,"
            f" {events.escalation} more with an escalation. Logs are kept"
            f" {uses.template.log_days} days, ledgers {uses.template.ledger_days}; parameters have"
            " their defaults.",
            f"**Measured**: {sizes.metrics_of_request} bytes of metrics a request and"
            f" {sizes.metrics_of_attempt} a model call, log lines of {sizes.line_of_route} and"
            f" {sizes.line_of_attempt} bytes, ledgers of {sizes.ledger} and"
            f" {sizes.ledger_of_attempt} more for each call.",
            f"**Estimated**: {sizes.event} bytes an event of the state machine; {sizes.sent:,}"
            " bytes out to provider and caller; beside the wait"
            f" {_ms(seconds.authorize)} for `authorize`, {_ms(seconds.route)} for `route` and"
            f" {_ms(seconds.invoke_model)} for `invoke_model`; logs shrink to"
            f" {100 * sizes.kept_of_log:.0f} % in storage.",
            "**Not counted**: starts of functions, which are billed too; large prompts and answers"
            " in S3; data between zones; queries of logs; what providers bill for shadow checks.",
        ),
        "## Prices",
        _text(
            f"USD in {prices.region}, looked up on {prices.looked_up}, the first step of each.",
            "Confirmed means: read on that day in a text of AWS, or in two others that agree.",
        ),
        _table(["price", "USD", "for", "source", "confirmed"], listed),
    ]


def _sums(name: str, costs: Costs, **changes: Any) -> list[str]:
    made = [costs.bill(requests=0, **{**stack, **changes}) for stack in STACKS.values()]
    return [name, *(_cell(one.total.usd) for one in made)]


def _named(made: Bill, name: str) -> Part:
    """The bill's part of that name; an empty one if it has none."""
    return next((part for part in made.parts if part.name == name), Part(name))


def _thousand(made: Bill, part: Part) -> str:
    return _cell(made.per_thousand(part), 4)


def _ms(seconds: Decimal) -> str:
    return f"{seconds * 1000:.0f} ms"


def _cell(usd: Decimal, places: int = 2) -> str:
    """An amount in a table; nothing if it is rounded away."""
    text = f"{usd:,.{places}f}"
    return text if Decimal(text.replace(",", "")) else ""


def _usd(usd: Decimal, places: int = 2) -> str:
    return f"{usd:,.{places}f} USD"


def _count(number: int) -> str:
    """A number of requests with two significant digits."""
    rounded = float(f"{number:.1e}")
    if rounded >= 1_000_000:
        return f"{rounded / 1_000_000:,g} million"
    return f"{rounded:,.0f}"


def _text(*lines: str) -> str:
    """A paragraph."""
    return _wrapped(" ".join(lines))


def _bullets(*sentences: str) -> str:
    """A list."""
    return "\n".join(_wrapped(f"- {sentence}", indent="  ") for sentence in sentences)


def _wrapped(text: str, indent: str = "") -> str:
    return textwrap.fill(
        text, 100, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def main() -> None:
    """Write both files."""
    costs = Costs()
    PAGE.write_text(page(costs), encoding="utf-8")
    draw(curves(costs), PLOT)


if __name__ == "__main__":
    main()
