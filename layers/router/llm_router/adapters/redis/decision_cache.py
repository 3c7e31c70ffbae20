"""Decisions and rolling counts in Redis (ElastiCache); a failure is only a cache miss."""

import time
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import redis
from pydantic import ValidationError
from redis.client import Pipeline

from llm_router.adapters.time_budget import TimeBudget
from llm_router.application.ports import CacheLookup
from llm_router.domain.policy.steering import EscalationRate
from llm_router.domain.routing.decision import CachedDecision
from llm_router.domain.routing.pass_rates import PassCount, PassUpdate
from llm_router.domain.tiers import Tier

from .connection import FAILURES, BackgroundConnection
from .keys import COUNTS, DECISION, PASSING


def add_pass_count(pipeline: Pipeline, stack: str, update: PassUpdate) -> None:
    """Add a first attempt to its fingerprint's counts, or replace counts that were full."""
    fingerprint_key, rank, counts, replaces = update
    key = PASSING.key(stack, fingerprint_key)
    for name, count in counts:
        if replaces:
            pipeline.hset(key, f"{rank}:{name}", count)
        else:
            pipeline.hincrby(key, f"{rank}:{name}", count)
    pipeline.expire(key, PASSING.kept_seconds)


def parse_pass_counts(fields: Mapping[str, str] | None = None) -> dict[int, PassCount]:
    """The counts by rank; empty if this version cannot read them."""
    counts: dict[int, dict[str, int]] = {}
    try:
        for name, value in (fields or {}).items():
            rank, _, field = name.partition(":")
            counts.setdefault(int(rank), {})[field] = int(value)
        return {rank: PassCount.model_validate(of_rank) for rank, of_rank in counts.items()}
    except ValueError:
        return {}


_T = TypeVar("_T")

READ_SECONDS = 0.025
WRITE_SECONDS = 0.020
"""Both together stay below the 50 ms that the cache may take of a request."""

_SECONDS_PER_HOUR = 3600


class RedisDecisionCache:
    """Reads and writes a stack's keys with short timeouts; a failure is a cache miss.

    So is a request that would have to wait for a connection. The client must decode values.
    """

    def __init__(
        self,
        client: redis.Redis,
        stack: str,
        clock: Callable[[], float] = time.time,
        *,
        read_seconds: float = READ_SECONDS,
        write_seconds: float = WRITE_SECONDS,
    ) -> None:
        self._client = client
        self._stack = stack
        self._connection = BackgroundConnection(client, clock)
        self._read_seconds, self._write_seconds = read_seconds, write_seconds
        self._rates: dict[Tier, EscalationRate] = {}

    def lookup(self, key: str, fingerprint_key: str | None) -> CacheLookup:
        """Look up the decision and the pass counts; empty if Redis does not answer in time."""

        def read() -> list[Any]:
            pipeline = self._client.pipeline(transaction=False)
            pipeline.get(DECISION.key(self._stack, key))
            if fingerprint_key is not None:
                pipeline.hgetall(PASSING.key(self._stack, fingerprint_key))
            return list(pipeline.execute())

        replies = self._bounded(read, self._read_seconds)
        if not replies:
            return CacheLookup()
        return CacheLookup(_parsed_decision(replies[0]), parse_pass_counts(*replies[1:]))

    def record(
        self,
        tier: Tier,
        counts: Mapping[str, int],
        entry: tuple[str, CachedDecision, int] | None,
        update: PassUpdate | None,
    ) -> None:
        """Add to the tier's counts of this hour; store the decision and pass counts if given.

        The same round trip returns the tier's counts for this hour and the last.
        """

        def write() -> list[dict[str, str]]:
            pipeline = self._client.pipeline(transaction=False)
            now = int(time.time()) // _SECONDS_PER_HOUR
            hours = [COUNTS.key(self._stack, tier, hour) for hour in (now, now - 1)]
            for name, count in counts.items():
                if count:
                    pipeline.hincrby(hours[0], name, count)
            pipeline.expire(hours[0], COUNTS.kept_seconds)
            if entry is not None:
                key, decision, seconds = entry
                value = decision.model_dump_json()
                pipeline.set(DECISION.key(self._stack, key), value, ex=seconds)
            if update is not None:
                add_pass_count(pipeline, self._stack, update)
            for hour in hours:
                pipeline.hgetall(hour)
            return list(pipeline.execute()[-len(hours) :])

        by_hour = self._bounded(write, self._write_seconds)
        if by_hour:
            self._rates[tier] = EscalationRate(
                answered=sum(int(hour.get("answered", 0)) for hour in by_hour),
                escalated=sum(int(hour.get("escalated", 0)) for hour in by_hour),
            )

    def escalation_rates(self) -> Mapping[Tier, EscalationRate]:
        """Counts by tier from the last write; they may be stale."""
        return self._rates

    def status(self) -> str:
        """`up` if Redis answers a ping in time, else `down`."""
        return "up" if self._bounded(self._client.ping, self._read_seconds) else "down"

    def connect(self, seconds: float) -> None:
        """Open the connection before the first request; waits at most `seconds`."""
        self._connection.is_open(seconds)

    def _bounded(self, operation: Callable[[], _T], seconds: float) -> _T | None:
        budget = TimeBudget(seconds)
        if not self._connection.is_open(budget.remaining_seconds):
            return None
        try:
            return budget.run(operation)
        except FAILURES:
            self._connection.failed()
            return None


def _parsed_decision(value: object) -> CachedDecision | None:
    try:
        return None if value is None else CachedDecision.model_validate_json(str(value))
    except ValidationError:
        return None
