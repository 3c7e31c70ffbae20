"""Runs a command on an answer's code: no shell, none of the caller's keys, a time limit.

The model's code runs as the caller: nothing keeps it from the network or from files that the caller
can reach. For more isolation, put a sandbox in front of the command.
"""

import os
import signal
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path

from .answer_parts import code_in
from .specs import UnitTest

_KEPT = ("PATH", "LANG", "LC_ALL", "SYSTEMROOT")


class CommandError(Exception):
    """The command cannot be started, whatever the answer is."""


def passes(test: UnitTest, text: str, reference: str | None) -> bool:
    """True if the command ends with status 0 in time; `CommandError` if it cannot be started."""
    with tempfile.TemporaryDirectory(prefix="llm-router-eval-") as directory:
        files = {
            "{answer}": Path(directory, f"answer{test.suffix}"),
            "{reference}": Path(directory, f"reference{test.suffix}"),
        }
        files["{answer}"].write_text(code_in(text))
        files["{reference}"].write_text(reference or "")
        command = [str(files.get(word, word)) for word in test.command]
        environment = {name: os.environ[name] for name in _KEPT if name in os.environ}
        environment |= {"HOME": directory, "TMPDIR": directory, "PYTHONDONTWRITEBYTECODE": "1"}
        with files["{answer}"].open("rb") as code:
            try:
                process = subprocess.Popen(
                    command,
                    stdin=code,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    cwd=directory,
                    env=environment,
                    start_new_session=True,
                )
            except OSError as error:
                raise CommandError(f"{test.command[0]}: {error.strerror}") from error
        try:
            return process.wait(test.timeout_seconds) == 0
        except subprocess.TimeoutExpired:
            return False
        finally:
            _end_all_of(process)


def _end_all_of(process: "subprocess.Popen[bytes]") -> None:
    """Kill the process and all that it started; they share a process group."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
