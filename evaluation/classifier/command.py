"""`llm-router eval classifier`: how well the prompt alone tells what needs the strong model."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from evaluation.command_line import Data, Strong, Weak, are_recorded, output
from evaluation.dataset.recordings import Row, read_rows
from evaluation.errors import UnusableRowsError
from operations.command_line import JsonOut, Seed
from operations.output import Output, table_of

from .report import classifier_report


def classifier_command(
    data: Data, *, weak: Weak, strong: Strong, json_out: JsonOut = None, seed: Seed = 0
) -> None:
    """Measure how well the prompt alone tells which questions need the strong model.

    Only grades are needed, no texts.
    """
    out, rows = output(json_out, beside=data), read_rows(data)
    are_recorded(rows, weak=weak, strong=strong)
    graded, left_out = graded_rows(rows, (weak, strong))
    found = classifier_report(graded, weak, strong, seed)
    _show(found, out)
    out.say(f"{len(graded)} questions; {left_out} left out for want of a grade.")
    out.json(found)


def graded_rows(rows: Sequence[Row], models: tuple[str, str]) -> tuple[list[Row], int]:
    """The rows in which both models are graded, and how many others there are."""
    if models[0] == models[1]:
        raise UnusableRowsError("--weak and --strong must differ")
    graded = [row for row in rows if row.graded_by(*models)]
    if not graded:
        raise UnusableRowsError(f"none of {len(rows)} rows has a grade of both models")
    return graded, len(rows) - len(graded)


def _show(found: Mapping[str, Any], out: Output) -> None:
    out.show(table_of(("figure", "value"), _flat(found), numbers=("value",)))


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
