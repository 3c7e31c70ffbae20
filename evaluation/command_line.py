"""Options that several commands share, and what they do around their work."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from evaluation.dataset.recordings import Row
from operations.command_line import unusable
from operations.errors import UnusableError
from operations.files import replacing, writable
from operations.output import Output

from .plot_style import require_matplotlib

Data = Annotated[
    list[Path],
    typer.Argument(metavar="DATA", help="Recorded answers: JSONL, plain or gzipped."),
]
Cheap = Annotated[str, typer.Option(help="The recorded model that answers first.")]
Strong = Annotated[
    str, typer.Option(help="The one that is escalated to, and by which others are measured.")
]
Weak = Annotated[str, typer.Option(help="The recorded model to ask where it is enough.")]
Peer = Annotated[str | None, typer.Option(help="The one that gives second opinions.")]
ReportOut = Annotated[
    Path | None,
    typer.Option("--report", metavar="OUT.html", help="Write a page with plots."),
]


def output(
    json_out: str | None, report: Path | None = None, *, beside: Iterable[Path | None] = ()
) -> Output:
    """The output for a command's results; raises before any work if it cannot be written.

    Files `beside` them are read, and so cannot be written.
    """
    out = Output(json_out)
    writable(out.path, report, beside=beside)
    if report is not None:
        require_matplotlib()
    return out


def are_recorded(rows: Iterable[Row], **models: str | None) -> None:
    """Raise unless each model, by its option's name, has an answer in some row."""
    recorded = sorted({name for row in rows for name in row.answers})
    for option, model in models.items():
        if model is not None and model not in recorded:
            there_are = ", ".join(recorded) or "none"
            raise UnusableError(
                f"--{option}: no row has an answer of {model!r}; recorded are: {there_are}"
            )


@contextmanager
def progress(doing: str, total: int | None = None) -> Iterator[Callable[[], None]]:
    """A bar on a terminal; what it yields is called after each step."""
    bar = Console(stderr=True)
    with Progress(console=bar, transient=True, disable=not bar.is_terminal) as shown:
        task = shown.add_task(doing, total=total)
        yield lambda: shown.advance(task)


def write_page(path: Path, html: str) -> None:
    """Write a report."""
    with replacing(path) as file:
        file.write(html.encode())


def day_in(text: str | None) -> date:
    """A date as in `2026-11-25`, today if left out."""
    if text is None:
        return datetime.now(UTC).date()
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise unusable("--date", f"{text!r} is not a date such as 2026-11-25") from error
