"""`llm-router cost`: what a month of the router itself costs on AWS."""

import math
from decimal import Decimal
from typing import Annotated, Any

import typer

from operations.command_line import JsonOut, unusable
from operations.output import Output, table_of

from .architecture import architecture
from .estimate import Bill, CacheMode, CpuArchitecture, Part, Traffic, bill
from .prices import PriceList, list_prices


def cost(  # noqa: PLR0913
    *,
    requests: Annotated[int, typer.Option(min=0, help="Requests a month.")] = 1_000_000,
    latency: Annotated[float, typer.Option(min=0, help="Seconds of one model call.")] = 3.0,
    second_opinions: Annotated[
        float, typer.Option(min=0, max=1, help="Share of requests with a second opinion.")
    ] = 0.4,
    escalations: Annotated[
        float, typer.Option(min=0, max=1, help="Share of requests that escalate.")
    ] = 0.15,
    cache: Annotated[CacheMode, typer.Option(help="The parameter CacheMode.")] = "create",
    multi_az: Annotated[
        bool, typer.Option("--multi-az/--single-az", help="The parameter MultiAz.")
    ] = False,
    endpoints: Annotated[
        bool, typer.Option(help="With --cache existing, the parameter CreateEndpoints.")
    ] = False,
    ledgers: Annotated[bool, typer.Option(help="Whether ledgers are kept.")] = True,
    shadow: Annotated[bool, typer.Option(help="The parameter ShadowChecks.")] = False,
    architecture_: Annotated[
        CpuArchitecture, typer.Option("--architecture", help="The parameter Architecture.")
    ] = "arm64",
    route_memory: Annotated[
        int | None,
        typer.Option(min=128, max=10_240, help="MB of the route function; else the template's."),
    ] = None,
    free_tier: Annotated[
        bool, typer.Option(help="Subtract what is free in each month, for ever.")
    ] = False,
    json_out: JsonOut = None,
) -> None:
    """Estimate a month's AWS bill for the router itself; the models' bill is not in it.

    Prices are AWS's list prices of us-east-1, without taxes; where one could not be confirmed, the
    command says so.
    """
    if shadow and not ledgers:
        raise unusable("--shadow", "needs --ledgers")
    traffic = Traffic(
        requests=requests,
        latency=_decimal("--latency", latency),
        second_opinions=_decimal("--second-opinions", second_opinions),
        escalations=_decimal("--escalations", escalations),
        cache=cache,
        multi_az=multi_az,
        endpoints=endpoints,
        ledgers=ledgers,
        shadow=shadow,
        architecture=architecture_,
        free_tier=free_tier,
    )
    uses, prices = architecture(), list_prices()
    if route_memory is not None:
        memory = {**uses.memory_mb, "route": route_memory}
        uses = uses.model_copy(update={"memory_mb": memory})
    made = bill(traffic, uses, prices)
    out = Output(json_out)
    out.show(
        table_of(
            ["part", "idle, USD a month", "per 1,000 requests", "USD a month"],
            [*(_row(made, part) for part in made.parts), _row(made, made.total)],
            numbers=("idle, USD a month", "per 1,000 requests", "USD a month"),
        )
    )
    out.say(*_sentences(prices))
    out.json(_as_json(made, traffic, prices))


def _decimal(option: str, number: float) -> Decimal:
    """The option's number as it was written."""
    if not math.isfinite(number):
        raise unusable(option, "is not a finite number")
    return Decimal(str(number))


def _row(made: Bill, part: Part) -> list[str]:
    return [
        part.name,
        f"{part.idle_usd:,.2f}",
        f"{made.per_thousand(part):.4f}",
        f"{part.usd:,.2f}",
    ]


def _sentences(prices: PriceList) -> list[str]:
    said = [f"List prices of {prices.region}, looked up on {prices.looked_up}."]
    if doubtful := [price.what for price in prices.prices.values() if not price.confirmed]:
        said.append(f"Not confirmed: {'; '.join(doubtful)}.")
    return said


def _as_json(made: Bill, traffic: Traffic, prices: PriceList) -> dict[str, Any]:
    def amounts(part: Part) -> dict[str, Any]:
        return {
            "idle_usd": part.idle_usd,
            "in_use_usd": part.in_use_usd,
            "requests_usd": part.requests_usd,
            "per_thousand_usd": made.per_thousand(part),
            "usd": part.usd,
        }

    return {
        "region": prices.region,
        "looked_up": prices.looked_up,
        "traffic": traffic.model_dump(),
        "parts": {part.name: amounts(part) for part in made.parts},
        "sum": amounts(made.total),
    }
