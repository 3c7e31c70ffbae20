"""Files that commands read and write."""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING

from .errors import UnusableError

if TYPE_CHECKING:
    from llm_router.domain.policy.policy import Policy

_PRIVATE = 0o600


@contextmanager
def replacing(path: Path, *, private: bool = False) -> Iterator[IO[bytes]]:
    """A new file that takes the place of `path` when the block ends without an error."""
    target = path.resolve()
    if target.exists() and not target.is_file():
        # A device or a pipe, such as /dev/stdout, is written to and never replaced.
        with target.open("wb") as file:
            yield file
        return
    temporary = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        with temporary.open("wb") as file:
            if private:
                temporary.chmod(_PRIVATE)
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, target)
    finally:
        temporary.unlink(missing_ok=True)


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
        if not os.access(path if path.exists() else path.absolute().parent, os.W_OK):
            raise PermissionError(13, "must not be written", str(path))
        if path.resolve() in taken:
            raise FileExistsError(17, "is read or written as something else already", str(path))
        taken.add(path.resolve())


def text_in(path: Path) -> str:
    """A file's text."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise UnusableError(f"{path}: not UTF-8") from error


def policy_in(path: Path | None) -> "Policy":
    """The policy in a file, or the one that ships with the router."""
    from llm_router.adapters.policy_files import checked_policy, packaged_policy

    return packaged_policy() if path is None else checked_policy(text_in(path), str(path))
