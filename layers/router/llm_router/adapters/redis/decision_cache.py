"""Decisions and rolling counts in Redis (ElastiCache); it may fail or stall without harm."""

import time
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import redis
from pydantic import ValidationError
from redis.client import Pipeline

from llm_router.adapters.time_budget import run_with_timeout
from llm_router.application.ports import CacheLookup, PassCountUpdate
from llm_router.domain.policy.threshold_control import EscalationRate
from llm_router.domain.routing.decision import CachedDecision
from llm_router.domain.routing.pass_rates import KEPT_SECONDS, PassCount
from llm_router.domain.tiers import Tier


def counts_key(kind_key: str) -> str:
    """Where the counts of a kind are."""
    return f"passing:{kind_key}"


def add(pipeline: Pipeline, seen: PassCountUpdate) -> None:
    """Add a first answer to its kind's counts; full ones are replaced by their half.

    Requests that find them full at the same time all write the same, so only one of them counts.
    """
    key, known = counts_key(seen.kind_key), seen.known
    after = known.after(seen.first)
    for name in PassCount.model_fields:
        field, now = f"{seen.first.rank}:{name}", getattr(after, name)
        if known.is_full:
            pipeline.hset(key, field, now)
        else:
            pipeline.hincrby(key, field, now - getattr(known, name))
    pipeline.expire(key, KEPT_SECONDS)


def passing_in(fields: Mapping[str, str] | None = None) -> dict[int, PassCount]:
    """The counts by rank; none where they are not as this version writes them."""
    counts: dict[int, dict[str, int]] = {}
    try:
        for name, counted in (fields or {}).items():
            rank, _, what = name.partition(":")
            counts.setdefault(int(rank), {})[what] = int(counted)
        return {rank: PassCount.model_validate(of_rank) for rank, of_rank in counts.items()}
    except ValueError:
        return {}


_T = TypeVar("_T")

READ_SECONDS = 0.025
WRITE_SECONDS = 0.020
"""Together below the 50 ms that a cache may cost a request."""

_REST_SECONDS = 2.0
_COUNTS_KEPT_SECONDS = 2 * 24 * 3600
_SECONDS_PER_HOUR = 3600


class RedisDecisionCache:
    """Asks Redis, waits no longer than its share, and then goes on without.

    After a failure Redis is left alone for two seconds.
    """

    def __init__(
        self,
        client: redis.Redis,
        clock: Callable[[], float] = time.monotonic,
        *,
        read_seconds: float = READ_SECONDS,
        write_seconds: float = WRITE_SECONDS,
    ) -> None:
        self._client = client
        self._clock = clock
        self._read_seconds, self._write_seconds = read_seconds, write_seconds
        self._resting_until = 0.0
        self._rates: dict[Tier, EscalationRate] = {}

    def recall(self, key: str, kind_key: str | None) -> CacheLookup:
        """What is known of this request and its kind; nothing if Redis does not answer."""

        def read() -> list[Any]:
            pipeline = self._client.pipeline(transaction=False)
            pipeline.get(_decision(key))
            if kind_key is not None:
                pipeline.hgetall(counts_key(kind_key))
            return list(pipeline.execute())

        heard = self._bounded(read, self._read_seconds)
        if not heard:
            return CacheLookup()
        return CacheLookup(_remembered(heard[0]), passing_in(*heard[1:]))

    def record(
        self,
        tier: Tier,
        counts: Mapping[str, int],
        remember: tuple[str, CachedDecision, int] | None,
        seen: PassCountUpdate | None,
    ) -> None:
        """Add to the hour's counts of the tier and to the kind's, and remember if given.

        What the counts of this hour and the last are then is heard on the same way.
        """

        def write() -> list[dict[str, str]]:
            pipeline = self._client.pipeline(transaction=False)
            now = int(time.time()) // _SECONDS_PER_HOUR
            hours = [f"counts:{tier}:{now}", f"counts:{tier}:{now - 1}"]
            for name, count in counts.items():
                if count:
                    pipeline.hincrby(hours[0], name, count)
            pipeline.expire(hours[0], _COUNTS_KEPT_SECONDS)
            if remember is not None:
                key, remembered, seconds = remember
                pipeline.set(_decision(key), remembered.model_dump_json(), ex=seconds)
            if seen is not None:
                add(pipeline, seen)
            for hour in hours:
                pipeline.hgetall(hour)
            return list(pipeline.execute()[-len(hours) :])

        heard = self._bounded(write, self._write_seconds)
        if heard:
            self._rates[tier] = EscalationRate(
                answered=sum(int(hour.get("answered", 0)) for hour in heard),
                escalated=sum(int(hour.get("escalated", 0)) for hour in heard),
            )

    def rates(self) -> Mapping[Tier, EscalationRate]:
        """Recent requests by tier, as heard when counts were last written."""
        return self._rates

    def status(self) -> str:
        """`up` if Redis answers a ping in its time, else `down`."""
        return "up" if self._bounded(self._client.ping, self._read_seconds) else "down"

    def connect(self, seconds: float) -> None:
        """Open the connection ahead of the first request, waiting at most so long."""
        self._bounded(self._client.ping, seconds)

    def _bounded(self, operation: Callable[[], _T], seconds: float) -> _T | None:
        if self._clock() < self._resting_until:
            return None
        try:
            return run_with_timeout(seconds, operation)
        except (TimeoutError, redis.RedisError, OSError):
            self._resting_until = self._clock() + _REST_SECONDS
            return None


class NoCache:
    """Stands in where the stack has no cache."""

    def recall(self, key: str, kind_key: str | None) -> CacheLookup:
        """Nothing is ever remembered."""
        return CacheLookup()

    def record(
        self,
        tier: Tier,
        counts: Mapping[str, int],
        remember: tuple[str, CachedDecision, int] | None,
        seen: PassCountUpdate | None,
    ) -> None:
        """Nothing is kept."""

    def rates(self) -> Mapping[Tier, EscalationRate]:
        """Nothing is known."""
        return {}

    def status(self) -> str:
        """`off`."""
        return "off"


def _decision(key: str) -> str:
    return f"decision:{key}"


def _remembered(value: object) -> CachedDecision | None:
    try:
        return None if value is None else CachedDecision.model_validate_json(str(value))
    except ValidationError:
        return None
