"""Connects to Redis in the background, so that no request waits for a connection."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future

import redis
from aws_lambda_powertools import Logger
from redis.backoff import NoBackoff
from redis.retry import Retry

from llm_router.adapters.fresh_connections import FreshConnections

FAILURES = (TimeoutError, redis.RedisError, OSError)
"""Everything by which a call of Redis can fail."""
UNREACHABLE = (redis.ConnectionError, redis.TimeoutError, OSError)

_PAUSE_SECONDS = 2.0

logger = Logger(child=True)


def log_unreachable(error: BaseException) -> None:
    """Log that Redis cannot be reached, without any data."""
    logger.warning("unreachable", service="redis", reason=type(error).__name__)


def close_idle(client: redis.Redis) -> None:
    """Close the connections that no call is using."""
    client.connection_pool.disconnect(inuse_connections=False)


class BackgroundConnection:
    """Connects at the first use, after a failure and when connections may be stale.

    Connecting takes its time (TCP, TLS, sign-in) in a thread of its own. After a failure it leaves
    Redis alone for two seconds.
    """

    def __init__(self, client: redis.Redis, clock: Callable[[], float] = time.time) -> None:
        self._client = client
        # A repetition would only hold up the next attempt.
        client.set_retry(Retry(NoBackoff(), 0))
        self._clock = clock
        self._lock = threading.Lock()
        self._fresh = FreshConnections(self._drop, clock)
        self._connected: Future[bool] | None = None
        self._paused_until = -float("inf")

    def is_open(self, seconds: float) -> bool:
        """True if connected; the call that starts to connect waits for it for up to `seconds`."""
        self._fresh.before_use()
        with self._lock:
            connected, wait_seconds = self._connected, 0.0
            if connected is None:
                # A clock that was set back must not make the pause longer.
                if 0 < self._paused_until - self._clock() <= _PAUSE_SECONDS:
                    return False
                connected, wait_seconds = Future(), seconds
                self._connected = connected
                threading.Thread(target=self._connect, args=(connected,), daemon=True).start()
        try:
            return connected.result(timeout=wait_seconds)
        except TimeoutError:
            return False

    def failed(self) -> None:
        """Note a failed call: connect anew, but not at once."""
        with self._lock:
            self._connected = None
            self._paused_until = self._clock() + _PAUSE_SECONDS
        close_idle(self._client)

    def _connect(self, connected: "Future[bool]") -> None:
        try:
            self._client.ping()
        # Signing in has errors of its own, and none may leave this attempt open for ever.
        except Exception as error:  # noqa: BLE001
            log_unreachable(error)
            self.failed()
            connected.set_result(False)
        else:
            connected.set_result(True)

    def _drop(self) -> None:
        with self._lock:
            if self._connected is not None and self._connected.done():
                self._connected = None
        close_idle(self._client)
