"""A command's results: tables and sentences for people, or JSON for programs."""

import json
import math
import sys
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from rich import box
from rich.console import Console, JustifyMethod, RenderableType
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from .files import replacing

STDOUT = "-"
_WIDEST = 10_000


class Output:
    """Writes to stdout for people, unless `--json` sends the result there for a program.

    Notes about the result go to stderr in the second case, tables and sentences nowhere.
    """

    def __init__(self, json_out: str | None = None) -> None:
        self._json_out = json_out
        self._silent = json_out == STDOUT
        self._people = people()

    @property
    def path(self) -> Path | None:
        """The file that the JSON goes to, if it goes to one."""
        return None if self._silent or self._json_out is None else Path(self._json_out)

    def say(self, *sentences: str) -> None:
        """Show a part of the result as sentences, never wrapped."""
        if not self._silent:
            for sentence in sentences:
                self._people.print(sentence, markup=False, soft_wrap=True)

    def show(self, table: RenderableType) -> None:
        """Show a part of the result as a table; in a pipe each of its rows is one line."""
        if self._silent:
            return
        console = self._people
        if not console.is_terminal:
            natural = Measurement.get(console, console.options.update_width(_WIDEST), table)
            console = people(width=max(natural.maximum, console.width))
        console.print(table)

    def note(self, sentence: str) -> None:
        """Say something that is not part of the result."""
        stream = people(stderr=True) if self._silent else self._people
        stream.print(sentence, markup=False, soft_wrap=True)

    def json(self, value: Any, *, private: bool = False) -> None:
        """Write the result as JSON where `--json` says; a private file is its owner's alone."""
        if self._json_out is None:
            return
        text = json.dumps(_finite(value), indent=2, default=_plain) + "\n"
        if self.path is None:
            sys.stdout.write(text)
            return
        with replacing(self.path, private=private) as file:
            file.write(text.encode())


def people(*, stderr: bool = False, width: int | None = None) -> Console:
    """A console whose words are shown as they are."""
    return Console(stderr=stderr, highlight=False, width=width)


def complain(message: str) -> None:
    """Say on stderr, in one line, that the command cannot go on."""
    line = " ".join(message.split())
    people(stderr=True).print(f"error: {line}", markup=False, soft_wrap=True)


def table_of(
    columns: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    whole: int = 1,
    numbers: Collection[str] = (),
) -> Table:
    """A table of texts; its first `whole` columns, such as ids, are never cut or wrapped."""
    made, texts = Table(box=box.SIMPLE_HEAD, pad_edge=False), list(rows)
    for place, name in enumerate(columns):
        justify: JustifyMethod = "right" if name in numbers else "left"
        if place < whole:
            longest = max((len(row[place]) for row in texts), default=0)
            made.add_column(
                name, justify=justify, no_wrap=True, overflow="ignore", min_width=longest
            )
        else:
            made.add_column(name, justify=justify, overflow="fold")
    for row in texts:
        made.add_row(*map(Text, row))
    return made


def _plain(value: Any) -> Any:
    """A value that JSON does not know, as one that it knows."""
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, set | frozenset):
        return sorted(value)
    if isinstance(value, BaseModel):
        return value.model_dump()
    return str(value)


def _finite(value: Any) -> Any:
    """The value with null for numbers that JSON has no word for."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: _finite(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(inner) for inner in value]
    return value
