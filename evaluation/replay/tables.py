"""A measurement as tables for the terminal, and as remarks for every report."""

from collections.abc import Iterator, Mapping

from rich import box
from rich.markup import escape
from rich.table import Table

from llm_router.domain.policy.calibration_record import COVERED_TRAFFIC

from .measure import Measurement
from .metrics import Interval, StrategyMetrics

PARTS = {
    "cheap": "answers first",
    "peer": "gives second opinions",
    "strong": "is escalated to",
}
PER_DATASET = ("always_cheap", "agreement", "shipped")


def display_name(name: str) -> str:
    """A strategy's name with spaces instead of underscores."""
    return name.replace("_", " ")


def percent(share: float) -> str:
    """A share as a percentage with one decimal."""
    return f"{100 * share:.1f}"


def with_interval(share: float, interval: Interval) -> str:
    """A percentage with its 95 % interval."""
    return f"{percent(share)} ({percent(interval[0])}, {percent(interval[1])})"


def remarks(measurement: Measurement) -> Iterator[str]:
    """Lines with the rows replayed, the rows left out and the policy's guarantee."""
    counts = ", ".join(f"{found.n} of {name}" for name, found in measurement.datasets.items())
    yield f"{measurement.n} questions: {counts}. Policy {measurement.policy_version}."
    for model, count in measurement.left_out.items():
        yield f"Left out: {count} rows without a graded text of {model}."
    if measurement.roles.peer is None:
        yield "Without --peer nobody gives a second opinion, so agreement always escalates."
    promise = measurement.guarantee
    if promise is None:
        yield "No guarantee: the policy is not calibrated for these models."
    else:
        yield (
            f"The policy's guarantee: {percent(promise.quality_kept)} % of the strong model's "
            f"quality with {percent(1 - promise.delta)} % confidence; it covers {COVERED_TRAFFIC}."
        )


def role_table(measurement: Measurement) -> Table:
    """The recorded model of each role and its prices."""
    table = _table("part", "recorded model")
    for column in ("$ in", "$ out"):
        table.add_column(column, justify="right", no_wrap=True)
    table.add_column("per million tokens")
    for role, price in measurement.prices.items():
        table.add_row(
            role,
            escape(price.model),
            f"{price.input_usd_per_mtok:.2f}",
            f"{price.output_usd_per_mtok:.2f}",
            f"{price.source}, {price.as_of}",
        )
    return table


def strategy_table(strategies: Mapping[str, StrategyMetrics]) -> Table:
    """One line for each strategy, with 95 % bootstrap intervals."""
    table = _table("strategy")
    for column in ("quality kept %", "saving %", "strong %", "calls", "$/1k"):
        table.add_column(column, justify="right", no_wrap=True)
    for name, found in strategies.items():
        table.add_row(
            display_name(name),
            with_interval(found.quality_kept, found.intervals["quality_kept"]),
            with_interval(found.saving, found.intervals["saving"]),
            percent(found.escalation_rate),
            f"{found.calls:.2f}",
            f"{found.cost_usd_per_1k:.3f}",
            style="bold" if name == "shipped" else None,
        )
    return table


def dataset_table(measurement: Measurement) -> Table:
    """For each dataset the metrics of the cheap model alone, agreement and the shipped setting."""
    table = _table("dataset", "strategy")
    for column in ("n", "quality kept %", "saving %", "strong %"):
        table.add_column(column, justify="right", no_wrap=True)
    for dataset, of_it in measurement.datasets.items():
        for name in PER_DATASET:
            found, first = of_it.strategies[name], name == PER_DATASET[0]
            table.add_row(
                escape(dataset) if first else "",
                display_name(name),
                str(of_it.n) if first else "",
                with_interval(found.quality_kept, found.intervals["quality_kept"]),
                with_interval(found.saving, found.intervals["saving"]),
                percent(found.escalation_rate),
            )
    return table


def _table(*columns: str) -> Table:
    table = Table(*columns, box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    for column in table.columns:
        column.overflow, column.no_wrap = "fold", column.header == "strategy"
    return table
