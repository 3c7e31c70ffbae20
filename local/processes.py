"""Starts background processes, and stops exactly those and no others."""

import socket
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import psutil

from .settings import LOOPBACK, PORT_VARIABLES, LocalStackError

_STOP_SECONDS = 10
_POLL_SECONDS = 0.1

Identity = tuple[int, float]
"""A process id with its start time: ids are reused, the pair is not."""


def start(
    name: str, command: Sequence[str], environment: dict[str, str], log: Path, cwd: Path
) -> Identity:
    """Start a process in the background; its output goes to the log."""
    log.parent.mkdir(parents=True, exist_ok=True)
    try:
        with log.open("ab") as output:
            process = subprocess.Popen(
                command,
                env=environment,
                cwd=cwd,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
    except OSError as error:
        raise LocalStackError(f"{name} could not be started: {error}.") from error
    # The process outlives this one on purpose: a return code avoids Python's warning.
    process.returncode = 0
    return process.pid, psutil.Process(process.pid).create_time()


def is_running(identity: Identity) -> bool:
    """True if exactly that process still runs."""
    try:
        process = psutil.Process(identity[0])
        alive = process.status() != psutil.STATUS_ZOMBIE
        return alive and abs(process.create_time() - identity[1]) < 1
    except psutil.NoSuchProcess:
        return False


def stop(identity: Identity) -> None:
    """Stop exactly that process and its children; do nothing if it is gone."""
    if not is_running(identity):
        return
    process = psutil.Process(identity[0])
    family = [process, *process.children(recursive=True)]
    for member in family:
        _quietly(member.terminate)
    _, left = psutil.wait_procs(family, timeout=_STOP_SECONDS)
    for member in left:
        _quietly(member.kill)


def wait_until(
    ready: Callable[[], bool], name: str, identity: Identity, log: Path, seconds: float
) -> None:
    """Wait until a service is ready; raises `LocalStackError` if it stops or takes too long."""
    deadline = time.monotonic() + seconds
    while not ready():
        if not is_running(identity):
            raise LocalStackError(f"{name} stopped while starting; see {log}:\n{tail(log)}")
        if time.monotonic() > deadline:
            raise LocalStackError(f"{name} was not ready within {seconds:.0f} s; see {log}.")
        time.sleep(_POLL_SECONDS)


def refuse_taken_port(service: str, port: int) -> None:
    """Raise if the port is taken; the error names the process and the port's variable."""
    owner = _listener(port)
    if owner is not None:
        raise LocalStackError(
            f"Port {port} ({service}) is taken by {owner}; "
            f"stop that or set {PORT_VARIABLES[service]} to a free port."
        )


def tail(log: Path, lines: int = 12) -> str:
    """The last lines of a log."""
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])


def _listener(port: int) -> str | None:
    with socket.socket() as probe:
        if probe.connect_ex((LOOPBACK, port)) != 0:
            return None
    try:
        for connection in psutil.net_connections("tcp"):
            listens = connection.status == psutil.CONN_LISTEN
            if listens and getattr(connection.laddr, "port", 0) == port and connection.pid:
                return f"{psutil.Process(connection.pid).name()} (process {connection.pid})"
    except psutil.Error:
        pass
    return "another process"


def _quietly(action: Callable[[], None]) -> None:
    try:
        action()
    except psutil.NoSuchProcess:
        return
