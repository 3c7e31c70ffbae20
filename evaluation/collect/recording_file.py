"""Writes a recording row by row, so that a kill costs at most the line that is being written.

A new row is appended. A changed row (another model's answer, a repeated call) is appended to a
second file beside the recording. Changed rows replace the old ones when the recording is closed or,
after a kill, opened again.
"""

import fcntl
import os
import threading
from collections.abc import Callable
from pathlib import Path

from evaluation.dataset.recordings import Row, encoded, lines_of, parsed, read_rows
from evaluation.errors import CollectError, RecordingError
from operations.files import replacing

_BEGINNING = b'{"id":'


class RecordingFile:
    """A recording that grows; `rows` holds its present rows by key."""

    def __init__(self, path: Path, notice: Callable[[str], None]) -> None:
        if path.suffix == ".gz":
            raise CollectError(
                f"{path}: is written row by row and cannot be gzipped; do that after"
            )
        self._path = path
        self._beside = path.with_name(f"{path.name}.changes")
        self._notice = notice
        self._writing = threading.Lock()
        self._open = True
        self._changes = _locked(self._beside)
        try:
            for file in (self._path, self._beside):
                self._mend(file)
            self._merge()
            existing = read_rows([path]) if path.exists() else []
            self.rows = {row.key: row for row in existing}
            self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666)
        except BaseException:
            self._unlock()
            raise

    def close(self) -> None:
        """Merge the changed rows and close; a `put` under way finishes first."""
        with self._writing:
            self._open = False
            os.close(self._file)
            try:
                self._merge()
            finally:
                self._unlock()

    def put(self, row: Row) -> None:
        """Write the row at once; does nothing after closing."""
        with self._writing:
            if not self._open:
                return
            file = self._changes if row.key in self.rows else self._file
            _append(file, encoded(row))
            self.rows[row.key] = row

    def _unlock(self) -> None:
        if os.fstat(self._changes).st_size == 0:
            self._beside.unlink()
        os.close(self._changes)

    def _merge(self) -> None:
        """Replace rows of the recording with their changed versions."""
        changed = {}
        for place, line in lines_of(self._beside):
            changed[parsed(line, Row, place).key] = line
        if not changed:
            return
        with replacing(self._path) as file:
            for place, line in lines_of(self._path) if self._path.exists() else ():
                file.write(changed.pop(parsed(line, Row, place).key, line))
            file.writelines(changed.values())
        os.truncate(self._changes, 0)

    def _mend(self, path: Path) -> None:
        """Drop an incomplete last row, which a kill may have left."""
        content = path.read_bytes() if path.exists() else b""
        whole = content.rfind(b"\n") + 1
        rest = content[whole:]
        if not rest:
            return
        # Make sure that the file is a recording before dropping anything from it.
        for number, line in enumerate(content[:whole].split(b"\n"), start=1):
            if line.strip():
                parsed(line, Row, f"{path}:{number}")
        try:
            parsed(rest, Row, str(path))
        except RecordingError:
            if not rest.startswith(_BEGINNING) and not _BEGINNING.startswith(rest):
                raise
            os.truncate(path, whole)
            self._notice(f"{path}: dropped a last line that was not written to its end")
        else:
            with path.open("ab") as file:
                file.write(b"\n")


def _append(file: int, line: bytes) -> None:
    """Write the whole line or, on an error such as a full disk, nothing of it."""
    before = os.lseek(file, 0, os.SEEK_END)
    rest = memoryview(line)
    try:
        while rest:
            rest = rest[os.write(file, rest) :]
    except OSError:
        os.ftruncate(file, before)
        raise


def _locked(path: Path) -> int:
    """Open the file for appending and lock it; `CollectError` if another process holds it."""
    while True:
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o666)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(file)
            raise CollectError(f"{path.with_suffix('')}: is being recorded already") from error
        if path.exists() and path.stat().st_ino == os.fstat(file).st_ino:
            return file
        os.close(file)
