"""Closes connections before use that the network may have dropped without notice."""

import threading
import time
from collections.abc import Callable

IDLE_SECONDS = 60
OLDEST_SECONDS = 300


class FreshConnections:
    """Closes a client's connections after 60 s without use, and at the latest after 300 s.

    NAT gateways and VPC endpoints drop a connection that was idle for 350 s: its next packet is
    reset or swallowed. A client has connections to several hosts, of which one may be idle while
    another is busy: hence the limit on age. Only the wall clock counts the time that a function
    was frozen. `close` must spare connections that a call is using.
    """

    def __init__(self, close: Callable[[], object], clock: Callable[[], float] = time.time) -> None:
        self._close = close
        self._clock = clock
        self._lock = threading.Lock()
        self._opened = self._used = clock()

    def before_use(self) -> None:
        """Note a use, and close what may be stale."""
        with self._lock:
            now = self._clock()
            # A clock that was set back says nothing about the time since.
            idle_within_limit = 0 <= now - self._used <= IDLE_SECONDS
            self._used = now
            if not idle_within_limit or now - self._opened > OLDEST_SECONDS:
                self._opened = now
                self._close()
