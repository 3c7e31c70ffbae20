"""Leaves a service that fails alone for a while, and logs each change of its state once."""

import threading
import time
from collections.abc import Callable
from typing import Any

from aws_lambda_powertools import Logger

logger = Logger(child=True)


class Service:
    """A service with several uses, each with an `Outage`: what befalls them together is one line.

    A use that worked after the others began to fail has an outage of its own.
    """

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.incident: Incident | None = None


class Incident:
    """A time in which a service fails; it ends when one of the uses that failed works again."""

    def __init__(self) -> None:
        self.is_over = False
        self.spared: set[Outage] = set()


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
        of: Service | None = None,
        **fields: Any,
    ) -> None:
        self._service = of or Service()
        self._incident: Incident | None = None
        self._gone, self._back, self._fields = gone, back, fields
        self._rest_seconds = rest_seconds
        self._clock = clock
        self._lock = self._service.lock
        self._rests_until = -float("inf")
        self._left_out = 0
        self.is_ongoing = False

    @property
    def is_resting(self) -> bool:
        """True while the service is left alone."""
        # A clock that was set back must not make the rest longer.
        return 0 < self._rests_until - self._clock() <= self._rest_seconds

    def failed(self, reason: str, **fields: Any) -> None:
        """Note a failed call; `reason` and the fields must hold no data of a request."""
        with self._lock:
            self._rests_until = self._clock() + self._rest_seconds
            self.is_ongoing = True
            is_new = self._join()
        if is_new:
            logger.warning(self._gone, reason=reason, **self._fields, **fields)

    def _join(self) -> bool:
        """Take part in the service's incident, if any; True if this failure begins a new one."""
        if self._incident is not None and not self._incident.is_over:
            return False
        current = self._service.incident
        is_new = current is None or current.is_over or self in current.spared
        if current is None or is_new:
            current = self._service.incident = Incident()
        self._incident = current
        return is_new

    def succeeded(self) -> None:
        """Note a call that succeeded: it ends the rest."""
        current = self._service.incident
        if not self.is_ongoing:
            if current is not None:
                current.spared.add(self)
            return
        with self._lock:
            self._rests_until = -float("inf")
            self.is_ongoing = False
            ended, self._incident = self._incident, None
            is_end = ended is not None and not ended.is_over
            if ended is not None:
                ended.is_over = True
            left_out, self._left_out = self._left_out, 0
        if is_end:
            logger.warning(self._back, left_out=left_out, **self._fields)

    def leave_out(self) -> None:
        """Count a call that was not made, or whose failure needs no line of its own."""
        with self._lock:
            self._left_out += 1


def unreachable(
    service: str,
    rest_seconds: float,
    clock: Callable[[], float] = time.time,
    of: Service | None = None,
    **fields: Any,
) -> Outage:
    """The outages of a service as the log names them everywhere."""
    return Outage(
        "unreachable", "reachable again", rest_seconds, clock, of, service=service, **fields
    )
