"""Shows on a terminal how collecting goes."""

from decimal import Decimal

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bars


class ProgressBar:
    """A bar with what was spent; notices stand above it."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._bars = Bars(
            TextColumn("collecting"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("${task.fields[spent]:.4f}"),
            TimeRemainingColumn(),
            console=console,
            disable=not console.is_terminal,
        )
        self._task = self._bars.add_task("", total=None, spent=Decimal())

    def begin(self, answers: int) -> None:
        """So many answers are to be got or graded and questions to be classified."""
        self._bars.update(self._task, total=answers)
        self._bars.start()

    def advance(self, spent_usd: Decimal) -> None:
        """One more of them is done or has failed; so much was spent until now."""
        self._bars.update(self._task, advance=1, spent=spent_usd)

    def notice(self, text: str) -> None:
        """Something that the user should know."""
        self._console.print(escape(text))

    def close(self) -> None:
        """Leave the terminal as it was."""
        self._bars.stop()
