"""Connects to Redis in the background, so that no request waits for a connection."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

import redis
from redis.backoff import NoBackoff
from redis.client import Pipeline
from redis.retry import Retry

from llm_router.adapters.fresh_connections import FreshConnections
from llm_router.adapters.outage import Service, unreachable
from llm_router.adapters.time_budget import TimeBudget

FAILURES = (TimeoutError, redis.RedisError, OSError)
"""Everything by which a call of Redis can fail."""

_REST_SECONDS = 2.0


def without_backoff(client: redis.Redis, retries: int) -> redis.Redis:
    """The client, which now repeats a failed command at once and only so many times."""
    client.set_retry(Retry(NoBackoff(), retries))
    return client


def close_idle(client: redis.Redis) -> None:
    """Close the connections that no call is using."""
    client.connection_pool.disconnect(inuse_connections=False)


class BackgroundConnection:
    """Connects at the first use, after a failure and when connections may be stale.

    Connecting takes its time (TCP, TLS, sign-in) in a thread of its own. After a failure it leaves
    Redis alone for two seconds. The client must not decode values.
    """

    def __init__(
        self,
        client: redis.Redis,
        clock: Callable[[], float] = time.time,
        service: Service | None = None,
    ) -> None:
        # A repetition would only hold up the next attempt.
        self._client = without_backoff(client, 0)
        self._lock = threading.Lock()
        self._fresh = FreshConnections(self._drop, clock)
        self._connected: Future[bool] | None = None
        self._outage = unreachable("redis", _REST_SECONDS, clock, service, use="decisions")

    def is_open(self, seconds: float) -> bool:
        """True if connected; the call that starts to connect waits for it for up to `seconds`."""
        self._fresh.before_use()
        with self._lock:
            connected, wait_seconds = self._connected, 0.0
            if connected is None:
                if self._outage.is_resting:
                    return False
                connected, wait_seconds = Future(), seconds
                self._connected = connected
                threading.Thread(target=self._connect, args=(connected,), daemon=True).start()
        try:
            return connected.result(timeout=wait_seconds)
        except TimeoutError:
            return False

    def send(self, commands: Callable[[Pipeline], object], seconds: float) -> list[Any] | None:
        """The replies to the commands, in one round trip; None if they do not come in time.

        A command that Redis refuses has its error as reply.
        """
        budget = TimeBudget(seconds)
        if not self.is_open(budget.remaining_seconds):
            return None

        def execute() -> list[Any]:
            pipeline = self._client.pipeline(transaction=False)
            commands(pipeline)
            return list(pipeline.execute(raise_on_error=False))

        try:
            replies = budget.run(execute)
        except FAILURES as error:
            self._failed(error)
            return None
        self._outage.succeeded()
        return replies

    def _failed(self, error: Exception) -> None:
        self._outage.failed(type(error).__name__)
        with self._lock:
            self._connected = None
        close_idle(self._client)

    def _connect(self, connected: "Future[bool]") -> None:
        try:
            self._client.ping()
        # Signing in has errors of its own, and none may leave this attempt open for ever.
        except Exception as error:  # noqa: BLE001
            self._failed(error)
            connected.set_result(False)
        else:
            connected.set_result(True)

    def _drop(self) -> None:
        with self._lock:
            if self._connected is not None and self._connected.done():
                self._connected = None
        close_idle(self._client)
