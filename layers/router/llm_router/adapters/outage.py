"""Leaves a service that fails alone for a while, and logs each change of its state once."""

import threading
import time
from collections.abc import Callable

from aws_lambda_powertools import Logger

logger = Logger(child=True)


class Outage:
    """The state of one service: in use or gone.

    The first failure logs `gone`, and the first success after it `back`, with the number of calls
    that were `left_out` meanwhile. After each failure the service is left alone for `rest_seconds`.
    """

    def __init__(
        self,
        gone: str,
        back: str,
        rest_seconds: float,
        clock: Callable[[], float] = time.time,
        **fields: str,
    ) -> None:
        self._gone, self._back, self._fields = gone, back, fields
        self._rest_seconds = rest_seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._rests_until = -float("inf")
        self._left_out = 0
        self.is_ongoing = False

    @property
    def is_resting(self) -> bool:
        """True while the service is left alone."""
        # A clock that was set back must not make the rest longer.
        return 0 < self._rests_until - self._clock() <= self._rest_seconds

    def failed(self, reason: str, **fields: str) -> None:
        """Note a failed call; `reason` and the fields must hold no data of a request."""
        with self._lock:
            self._rests_until = self._clock() + self._rest_seconds
            is_new, self.is_ongoing = not self.is_ongoing, True
        if is_new:
            logger.warning(self._gone, reason=reason, **self._fields, **fields)

    def succeeded(self) -> None:
        """Note a call that succeeded: it ends the rest."""
        if not self.is_ongoing:
            return
        with self._lock:
            self._rests_until = -float("inf")
            was_ongoing, self.is_ongoing = self.is_ongoing, False
            left_out, self._left_out = self._left_out, 0
        if was_ongoing:
            logger.warning(self._back, left_out=left_out, **self._fields)

    def leave_out(self) -> None:
        """Count a call that was not made, or whose failure needs no line of its own."""
        with self._lock:
            self._left_out += 1


def unreachable(
    service: str, rest_seconds: float, clock: Callable[[], float] = time.time, **fields: str
) -> Outage:
    """The outages of a service as the log names them everywhere."""
    return Outage("unreachable", "reachable again", rest_seconds, clock, service=service, **fields)
