"""Time limits for operations, in addition to the operations' own timeouts."""

import math
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

T = TypeVar("T")

_this_thread = threading.local()


def run_with_timeout(seconds: float, operation: Callable[[], T]) -> T:
    """Return the operation's result; raises `TimeoutError` after `seconds` and leaves it running.

    Socket timeouts bound single reads and leave out name resolution: a peer that sends a byte now
    and then never exceeds them. The operation's daemon thread does not keep the process alive; an
    operation that asks `seconds_left` can end with its time.
    """
    result: Future[T] = Future()
    ends = time.monotonic() + seconds

    def run() -> None:
        _this_thread.ends = ends
        try:
            result.set_result(operation())
        except BaseException as error:  # noqa: BLE001
            result.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    return result.result(timeout=seconds)


def seconds_left() -> float:
    """Seconds until the operation of this thread is abandoned; infinite outside of one."""
    ends: float = getattr(_this_thread, "ends", math.inf)
    return ends - time.monotonic()


class TimeBudget:
    """A number of seconds that several operations share."""

    def __init__(self, seconds: float) -> None:
        self._ends = time.monotonic() + seconds

    @property
    def remaining_seconds(self) -> float:
        """The remaining seconds, at least 0."""
        return max(0.0, self._ends - time.monotonic())

    def run(self, operation: Callable[[], T]) -> T:
        """Return the operation's result; raises `TimeoutError` after the remaining seconds."""
        return run_with_timeout(self.remaining_seconds, operation)
