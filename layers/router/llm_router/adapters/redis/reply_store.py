"""Stores idempotent replies in Redis (ElastiCache); values arrive encrypted."""

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

import redis

from llm_router.adapters.fresh_connections import FreshConnections
from llm_router.adapters.outage import Service, unreachable
from llm_router.adapters.time_budget import run_with_timeout
from llm_router.application.errors import ReplyStoreDownError

from .connection import FAILURES, close_idle, without_backoff
from .keys import REPLY

T = TypeVar("T")

_SECONDS = 0.5
_REST_SECONDS = 1.0
"""Of `claim`, after a failure: callers are told to ask again in a second."""

# A value of another type is not ours: it is replaced like a free slot.
_HELD = """
local held = redis.pcall('GET', KEYS[1])
if type(held) == 'table' then held = false end
"""
# A claim that is sent again after a lost response finds itself and succeeds.
_CLAIM = f"""
{_HELD}
if held and held ~= ARGV[1] and held ~= ARGV[3] then return held end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return false
"""
# A slot that was lost meanwhile (eviction, failover) is claimed again.
_KEEP = f"""
{_HELD}
if held and held ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1
"""
_RELEASE = f"""
{_HELD}
if held == ARGV[1] then redis.call('DEL', KEYS[1]) end
return 1
"""


class RedisReplies:
    """Stores slots as keys; scripts make each step atomic. The client must not decode values."""

    def __init__(
        self,
        client: redis.Redis,
        stack: str,
        clock: Callable[[], float] = time.time,
        service: Service | None = None,
    ) -> None:
        # Sent again once: the connection may have been lost while it was idle.
        self._client = without_backoff(client, 1)
        self._stack = stack
        self._fresh = FreshConnections(lambda: close_idle(client), clock)
        self._outage = unreachable("redis", _REST_SECONDS, clock, service, use="replies")

    def claim(
        self, slot: str, claim: bytes, milliseconds: int, unreadable: bytes = b""
    ) -> bytes | None:
        """Claim a free slot, or return its value; raises `ReplyStoreDownError` on failure."""
        given_up = threading.Event()

        def take() -> bytes | None:
            held: bytes | None = self._run(_CLAIM, slot, claim, milliseconds, unreadable)
            if held is None and given_up.is_set():
                self._run(_RELEASE, slot, claim)
            return held

        try:
            if self._outage.is_resting:
                self._outage.leave_out()
                raise TimeoutError
            held = self._timed(take)
        except FAILURES as error:
            given_up.set()
            raise ReplyStoreDownError(
                "Idempotency-Key: replies cannot be looked up now, so nothing was asked and"
                " nothing billed; try again",
                param="Idempotency-Key",
            ) from error
        self._outage.succeeded()
        return held

    def keep(self, slot: str, claim: bytes, value: bytes, milliseconds: int) -> bool:
        """Replace the claim by the value; False if another holds the slot or Redis fails."""
        try:
            return bool(self._timed(lambda: self._run(_KEEP, slot, claim, value, milliseconds)))
        except FAILURES:
            # Redis may still carry it out; the caller has been promised nothing.
            return False

    def release(self, slot: str, claim: bytes) -> None:
        """Release the slot if the claim still holds it; otherwise it expires."""
        with suppress(*FAILURES):
            self._timed(lambda: self._run(_RELEASE, slot, claim))

    def _timed(self, operation: Callable[[], T]) -> T:
        try:
            return run_with_timeout(_SECONDS, operation)
        except FAILURES as error:
            self._outage.failed(type(error).__name__)
            raise

    def _run(self, script: str, slot: str, *arguments: bytes | int) -> Any:
        self._fresh.before_use()
        return self._client.eval(script, 1, REPLY.key(self._stack, slot), *arguments)
