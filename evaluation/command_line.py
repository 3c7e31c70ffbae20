"""What the commands say when data or options cannot be used: one sentence, exit code 2."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import typer
from rich.console import Console
from rich.markup import escape

from llm_router.adapters.policy_files import checked_policy, packaged_policy
from llm_router.domain.policy.policy import Policy, PolicyError

from .errors import (
    CalibrationError,
    NoPlotsError,
    RecordingError,
    UnknownPriceError,
    UnusableRowsError,
)

UNUSABLE = 2
_ERRORS = (
    CalibrationError,
    UnusableRowsError,
    NoPlotsError,
    PolicyError,
    RecordingError,
    UnknownPriceError,
)


@contextmanager
def one_sentence() -> Iterator[None]:
    """End the command with the error's message and exit code 2 if one of the known ones is met."""
    try:
        yield
    except (*_ERRORS, OSError) as error:
        console = Console(stderr=True, highlight=False, soft_wrap=True)
        console.print(f"error: {escape(_told(error))}")
        raise typer.Exit(UNUSABLE) from error


def policy_in(path: Path | None) -> Policy:
    """The policy in a file, or the one that ships with the router."""
    if path is None:
        return packaged_policy()
    try:
        return checked_policy(path.read_text(encoding="utf-8"), str(path))
    except UnicodeDecodeError as error:
        raise PolicyError(f"{path}: not UTF-8") from error


def writable(*paths: Path | None, beside: Iterable[Path | None] = ()) -> None:
    """Raise the error of writing to `paths` before anything long is begun.

    None of them may be one of the files `beside` it, which are read, nor two be the same.
    """
    taken = {path.resolve() for path in beside if path is not None}
    for path in paths:
        if path is None:
            continue
        if path.is_dir():
            raise IsADirectoryError(21, "is a directory", str(path))
        if not path.absolute().parent.is_dir():
            raise FileNotFoundError(2, "its directory does not exist", str(path))
        if path.resolve() in taken:
            raise FileExistsError(17, "is read or written as something else already", str(path))
        taken.add(path.resolve())


def _told(error: Exception) -> str:
    if isinstance(error, OSError) and error.filename and error.strerror:
        return f"{error.filename}: {error.strerror}"
    return str(error)
