"""`llm-router-eval classifier`: how well the prompt alone tells what needs the strong model."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Annotated, Any

import typer
from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from evaluation.command_line import one_sentence, writable
from evaluation.dataset.recordings import Row, read_rows, replacing
from evaluation.errors import UnusableRowsError
from evaluation.replay.command import Data, JsonOut

ClassifierReport = Callable[[Sequence[Row], str, str, int], Mapping[str, Any]]
"""What is said of the classifier on these rows, for a weak and a strong model and a seed."""


def classifier_command(report: ClassifierReport) -> Callable[..., None]:
    """The command that shows and writes this report."""

    def classifier(
        data: Data,
        *,
        weak: Annotated[str, typer.Option(help="The recorded model to ask where it is enough.")],
        strong: Annotated[str, typer.Option(help="The one to ask where it is not.")],
        json_out: JsonOut = None,
        seed: Annotated[int, typer.Option(help="Decides all that is drawn.")] = 0,
    ) -> None:
        """Measure how well the prompt alone tells which questions need the strong model.

        Only grades are needed, no texts. Exits with 2 if data or options cannot be used.
        """
        with one_sentence():
            writable(json_out, beside=data)
            rows, left_out = graded_rows(read_rows(data), (weak, strong))
            found = report(rows, weak, strong, seed)
            _show(found, len(rows), left_out)
            if json_out is not None:
                with replacing(json_out) as file:
                    file.write((json.dumps(found, indent=2) + "\n").encode())

    return classifier


def graded_rows(rows: Sequence[Row], models: tuple[str, str]) -> tuple[list[Row], int]:
    """The rows in which both models are graded, and how many others there are."""
    if models[0] == models[1]:
        raise UnusableRowsError("the weak and the strong model must differ")
    recorded = sorted({name for row in rows for name in row.answers})
    for model in models:
        if model not in recorded:
            there_are = ", ".join(recorded) or "none"
            raise UnusableRowsError(f"no row has an answer of {model!r}; recorded are: {there_are}")
    graded = [row for row in rows if row.graded_by(*models)]
    if not graded:
        raise UnusableRowsError(f"none of {len(rows)} rows has a grade of both models")
    return graded, len(rows) - len(graded)


def _show(found: Mapping[str, Any], n: int, left_out: int) -> None:
    console, table = Console(highlight=False), Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("figure")
    table.add_column("value", justify="right")
    for name, value in _flat(found):
        table.add_row(escape(name), escape(value))
    console.print(table)
    console.print(f"{n} questions; {left_out} left out for want of a grade.")


def _flat(found: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, str]]:
    """Every figure by its path."""
    for key, value in found.items():
        name = f"{above}{key}".replace("_", " ")
        if isinstance(value, Mapping):
            yield from _flat(value, f"{name}, ")
        elif isinstance(value, list | tuple):
            yield name, " to ".join(map(_written, value))
        else:
            yield name, _written(value)


def _written(value: object) -> str:
    return f"{value:.3f}" if isinstance(value, float) else str(value)
