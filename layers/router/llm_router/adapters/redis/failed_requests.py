"""Requests that just failed, in Redis (ElastiCache); a failure of Redis is only a miss."""

import time
from collections.abc import Callable

from . import values
from .connection import BackgroundConnection
from .keys import FAILED

_SECONDS = 0.015


class RedisFailedRequests:
    """Keeps under each digest the time at which its request may be sent again."""

    def __init__(
        self,
        connection: BackgroundConnection,
        stack: str,
        clock: Callable[[], float] = time.time,
        *,
        seconds: float = _SECONDS,
    ) -> None:
        self._connection = connection
        self._stack = stack
        self._clock = clock
        self._seconds = seconds

    def refused_for_ms(self, digest: str) -> int | None:
        """The milliseconds for which the request is still refused; None if it is not."""
        key = FAILED.key(self._stack, digest)
        replies = self._connection.send(lambda pipeline: pipeline.get(key), self._seconds)
        until_ms = values.read(values.number, replies[0] if replies else None)
        return None if until_ms is None else until_ms - self._now_ms()

    def refuse(self, digest: str, milliseconds: int) -> None:
        """Refuse the request for so long; never fails."""
        key, until_ms = FAILED.key(self._stack, digest), self._now_ms() + milliseconds
        self._connection.send(
            lambda pipeline: pipeline.set(key, until_ms, px=milliseconds), self._seconds
        )

    def _now_ms(self) -> int:
        return int(self._clock() * 1000)
