"""`llm-router-eval replay`: compares strategies on recorded answers."""

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import Progress

from evaluation.command_line import one_sentence, policy_in, writable
from evaluation.dataset.cascade_model import ModelRoles
from evaluation.dataset.recordings import read_rows, replacing

from .html_report import report as page
from .measure import REPLAYS, Measurement, as_json, measure
from .plots import require_matplotlib
from .tables import dataset_table, remarks, role_table, strategy_table

Data = Annotated[list[Path], typer.Argument(help="Recorded answers: JSONL, plain or gzipped.")]
JsonOut = Annotated[
    Path | None, typer.Option("--json", metavar="OUT", help="Write the figures there too.")
]
Seed = Annotated[int, typer.Option(help="Decides the resamples of the intervals.")]


def replay_command(  # noqa: PLR0913
    data: Data,
    *,
    cheap: Annotated[str, typer.Option(help="The recorded model that answers first.")],
    strong: Annotated[str, typer.Option(help="The one that is escalated to.")],
    peer: Annotated[str | None, typer.Option(help="The one that gives second opinions.")] = None,
    policy: Annotated[
        Path | None, typer.Option(help="The policy file; left out, the router's default.")
    ] = None,
    json_out: JsonOut = None,
    report: Annotated[
        Path | None, typer.Option(metavar="OUT.html", help="Write a page with plots.")
    ] = None,
    seed: Seed = 0,
) -> None:
    """Replay recorded answers through the router's own code and compare ways to choose a model.

    Exits with 2 if data or options cannot be used.
    """
    with one_sentence():
        writable(json_out, report, beside=[*data, policy])
        if report is not None:
            require_matplotlib()
        chosen, rows = policy_in(policy), read_rows(data)
        roles = ModelRoles(cheap=cheap, strong=strong, peer=peer)
        bar = Console(stderr=True)
        with Progress(console=bar, transient=True, disable=not bar.is_terminal) as progress:
            task = progress.add_task("replaying", total=REPLAYS * len(rows))
            measurement = measure(
                rows, roles, chosen, seed=seed, done=lambda: progress.advance(task)
            )
        _show(measurement)
        if json_out is not None:
            _write(json_out, json.dumps(as_json(measurement), indent=2) + "\n")
        if report is not None:
            _write(report, page(measurement))


def _show(measurement: Measurement) -> None:
    console = Console(highlight=False)
    console.print(role_table(measurement))
    for remark in remarks(measurement):
        console.print(escape(remark), soft_wrap=True)
    console.print(strategy_table(measurement.strategies))
    console.print(dataset_table(measurement))
    console.print("In brackets: 95 % intervals. `strong %`: how often the strong model is asked.")


def _write(path: Path, text: str) -> None:
    with replacing(path) as file:
        file.write(text.encode())
