"""Waits for an operation no longer than it may take, whatever its own timeouts leave open."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

T = TypeVar("T")


def run_with_timeout(seconds: float, operation: Callable[[], T]) -> T:
    """The operation's result; `TimeoutError` if it takes longer, and it is then left to itself.

    Socket timeouts bound single reads and leave out name resolution: a peer that sends a byte now
    and then never trips them. A daemon thread does not keep the process from ending.
    """
    result: Future[T] = Future()

    def run() -> None:
        try:
            result.set_result(operation())
        except BaseException as error:  # noqa: BLE001
            result.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    return result.result(timeout=seconds)


class TimeBudget:
    """Seconds that several operations share; what is left shrinks while they run."""

    def __init__(self, seconds: float) -> None:
        self._ends = time.monotonic() + seconds

    @property
    def left(self) -> float:
        """Seconds that are left, 0 at least."""
        return max(0.0, self._ends - time.monotonic())

    def spend(self, operation: Callable[[], T]) -> T:
        """The operation's result; `TimeoutError` if it takes longer than what is left."""
        return run_with_timeout(self.left, operation)
