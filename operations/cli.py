"""`llm-router`: one command for whoever runs a router.

A new group is a module of this package with an `app`, a new command one with a function; either
is a line in `GROUPS`.
"""

from collections.abc import Mapping
from typing import Annotated, ClassVar

import typer

from llm_router import __version__

from .command_line import EXIT_CODES, Group, Lazy, group

NAME = "llm-router"
GROUPS: Mapping[str, Lazy] = {
    "keys": Lazy("operations.keys", "Create, list, rotate and revoke API keys."),
    "policy": Lazy("operations.policy", "Check and show policies."),
    "cost": Lazy(
        "operations.cost.command",
        "Estimate a month's AWS bill for the router itself; the models' bill is not in it.",
        "cost",
        (
            "llm-router cost --requests 100000 --latency 2.5",
            "llm-router cost --cache none --no-ledgers --escalations 0.15 --json",
        ),
    ),
    "doctor": Lazy(
        "operations.doctor.command",
        "Check a deployed router and say what to do; exits with 1 if there is a fault.",
        "doctor",
        (
            "llm-router doctor --stack llm-router",
            "llm-router doctor --stack llm-router --spend 0 --report report.md",
            "llm-router doctor --stack llm-router --only secret --only providers",
        ),
    ),
    "teardown": Lazy(
        "operations.teardown",
        "Delete a stack; its API keys and ledgers stay unless --delete-data is given.",
        "teardown",
        (
            "llm-router teardown --stack llm-router",
            "llm-router teardown --stack llm-router --delete-data --yes",
        ),
    ),
    "eval": Lazy("evaluation.cli", "Measure and calibrate the router on recorded answers."),
}


class _Groups(Group):
    table: ClassVar[Mapping[str, Lazy]] = GROUPS


app = group("Run, inspect and measure an LLM router.", epilog=EXIT_CODES, cls=_Groups)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"{NAME} {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    """Take the options that belong to no group."""


def main() -> None:
    """The console script."""
    app(prog_name=NAME)
