"""Stores idempotent replies in Redis (ElastiCache); values arrive encrypted."""

import threading
import time
from collections.abc import Callable
from typing import Any

import redis
from aws_lambda_powertools import Logger

from llm_router.adapters.fresh_connections import FreshConnections
from llm_router.adapters.time_budget import run_with_timeout
from llm_router.application.errors import ReplyStoreDownError

from .connection import FAILURES, UNREACHABLE, close_idle, log_unreachable
from .keys import REPLY

_SECONDS = 0.5

# A claim that is sent again after a lost response finds itself and succeeds.
_CLAIM = """
local held = redis.call('GET', KEYS[1])
if held and held ~= ARGV[1] then return held end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return false
"""
# A slot that was lost meanwhile (eviction, failover) is claimed again.
_KEEP = """
local held = redis.call('GET', KEYS[1])
if held and held ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1
"""
_RELEASE = """
if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
return 1
"""

logger = Logger(child=True)


class RedisReplies:
    """Stores slots as keys; scripts make each step atomic. The client must not decode values."""

    def __init__(
        self, client: redis.Redis, stack: str, clock: Callable[[], float] = time.time
    ) -> None:
        self._client = client
        self._stack = stack
        self._fresh = FreshConnections(lambda: close_idle(client), clock)

    def claim(self, slot: str, claim: bytes, milliseconds: int) -> bytes | None:
        """Claim a free slot, or return its value; raises `ReplyStoreDownError` on failure."""
        given_up = threading.Event()

        def take() -> bytes | None:
            held: bytes | None = self._run(_CLAIM, slot, claim, milliseconds)
            if held is None and given_up.is_set():
                self._run(_RELEASE, slot, claim)
            return held

        try:
            return run_with_timeout(_SECONDS, take)
        except FAILURES as error:
            given_up.set()
            logger.warning("idempotency key not claimed", reason=type(error).__name__)
            raise ReplyStoreDownError(
                "Idempotency-Key: replies cannot be looked up now, so nothing was asked and"
                " nothing billed; try again",
                param="Idempotency-Key",
            ) from error

    def keep(self, slot: str, claim: bytes, value: bytes, milliseconds: int) -> bool:
        """Replace the claim by the value; False if another holds the slot or Redis fails."""
        try:
            return bool(
                run_with_timeout(
                    _SECONDS, lambda: self._run(_KEEP, slot, claim, value, milliseconds)
                )
            )
        except FAILURES as error:
            # Redis may still carry it out; the caller has been promised nothing.
            logger.warning("reply not kept in time", bytes=len(value), reason=type(error).__name__)
            return False

    def release(self, slot: str, claim: bytes) -> None:
        """Release the slot if the claim still holds it; otherwise it expires."""
        try:
            run_with_timeout(_SECONDS, lambda: self._run(_RELEASE, slot, claim))
        except FAILURES as error:
            logger.warning("idempotency key not released in time", reason=type(error).__name__)

    def _run(self, script: str, slot: str, *arguments: bytes | int) -> Any:
        self._fresh.before_use()
        try:
            return self._client.eval(script, 1, REPLY.key(self._stack, slot), *arguments)
        except UNREACHABLE as error:
            log_unreachable(error)
            raise
