"""Decisions and rolling counts in Redis (ElastiCache); a failure is only a cache miss."""

import time
from collections.abc import Mapping
from itertools import chain

from redis.client import Pipeline

from llm_router.adapters.outage import Outage
from llm_router.application.ports import CacheLookup
from llm_router.domain.policy.steering import EscalationRate
from llm_router.domain.routing.decision import CachedDecision
from llm_router.domain.routing.pass_rates import PassUpdate
from llm_router.domain.tiers import Tier

from . import values
from .connection import BackgroundConnection
from .keys import COUNTS, DECISION, PASSING

READ_SECONDS = 0.025
WRITE_SECONDS = 0.020
"""Both together stay below the 50 ms that the cache may take of a request."""

NEW_KINDS_PER_HOUR = 200
"""The new fingerprints that one instance starts to count: callers may make up any number."""
FIRST_SEEN_SECONDS = 24 * 3600
"""A fingerprint that is not seen again for so long is not worth counting."""

_SECONDS_PER_HOUR = 3600

# Adds to the counts of a hash, or replaces them (HSET), and returns 1 if the hash is new.
# A value that is no count of ours is replaced.
_ADD = f"""
local key, kept, first_kept, may_create, command = KEYS[1], unpack(ARGV, 1, 4)
local is_new = redis.call('EXPIRE', key, kept) == 0
if is_new and may_create == '0' then return 0 end
local function write(command)
  for i = 5, #ARGV, 2 do
    local reply = redis.pcall(command, key, ARGV[i], ARGV[i + 1])
    if type(reply) == 'table' then return reply end
    if reply < 0 or reply > {values.MOST} then return {{err = 'ERR'}} end
  end
end
local failed = write(command)
if failed then
  if not (string.find(failed.err, '^WRONGTYPE') or string.find(failed.err, '^ERR')) then
    return failed
  end
  redis.call('DEL', key)
  is_new = true
  write('HSET')
end
if is_new then redis.call('EXPIRE', key, first_kept) end
return is_new and 1 or 0
"""


class RedisDecisionCache:
    """Reads and writes a stack's keys with short timeouts; a failure is a cache miss.

    So is a request that would have to wait for a connection.
    """

    def __init__(
        self,
        connection: BackgroundConnection,
        stack: str,
        *,
        read_seconds: float = READ_SECONDS,
        write_seconds: float = WRITE_SECONDS,
    ) -> None:
        self._connection = connection
        self._stack = stack
        self._read_seconds, self._write_seconds = read_seconds, write_seconds
        self._rates: dict[Tier, EscalationRate] = {}
        self._refusals = Outage("writes refused", "writes accepted again", 0, service="redis")
        self._new_kinds = (0, 0)

    def lookup(self, key: str, fingerprint_key: str | None) -> CacheLookup:
        """Look up the decision and the pass counts; empty if Redis does not answer in time."""

        def read(pipeline: Pipeline) -> None:
            pipeline.get(DECISION.key(self._stack, key))
            if fingerprint_key is not None:
                pipeline.hgetall(PASSING.key(self._stack, fingerprint_key))

        decision, *passing = self._connection.send(read, self._read_seconds) or [None]
        return CacheLookup(
            values.read(values.decision, decision),
            values.read(values.pass_counts, passing[0] if passing else None) or {},
        )

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
        now = int(time.time()) // _SECONDS_PER_HOUR
        hours = [COUNTS.key(self._stack, tier, hour) for hour in (now, now - 1)]

        def write(pipeline: Pipeline) -> None:
            if entry is not None:
                key, decision, seconds = entry
                value = decision.model_dump_json()
                pipeline.set(DECISION.key(self._stack, key), value, ex=seconds)
            kept = COUNTS.kept_seconds
            added = {name: count for name, count in counts.items() if count}
            pipeline.eval(_ADD, 1, hours[0], kept, kept, 1, "HINCRBY", *chain(*added.items()))
            if update is not None:
                self._add_pass_count(pipeline, update, now)
            for hour in hours:
                pipeline.hgetall(hour)

        replies = self._connection.send(write, self._write_seconds)
        if replies is None:
            return
        written, by_hour = replies[: -len(hours)], replies[-len(hours) :]
        self._rates[tier] = values.escalation_rate(by_hour)
        refused = [reply for reply in written if isinstance(reply, Exception)]
        if refused:
            self._refusals.failed(type(refused[0]).__name__)
            return
        self._refusals.succeeded()
        if update is not None and written[-1] == 1:
            hour, so_far = self._new_kinds
            self._new_kinds = (now, so_far + 1 if hour == now else 1)

    def _add_pass_count(self, pipeline: Pipeline, update: PassUpdate, now: int) -> None:
        """Add a first attempt to its fingerprint's counts, or replace counts that were full."""
        fingerprint_key, rank, counts, replaces = update
        may_create = int(self._new_kinds < (now, NEW_KINDS_PER_HOUR))
        pipeline.eval(
            _ADD,
            1,
            PASSING.key(self._stack, fingerprint_key),
            PASSING.kept_seconds,
            FIRST_SEEN_SECONDS,
            may_create,
            "HSET" if replaces else "HINCRBY",
            *chain(*((f"{rank}:{name}", count) for name, count in counts)),
        )

    def escalation_rates(self) -> Mapping[Tier, EscalationRate]:
        """Counts by tier from the last write; they may be stale."""
        return self._rates

    def status(self) -> str:
        """`up` if Redis answers a ping in time, else `down`."""
        replies = self._connection.send(lambda pipeline: pipeline.ping(), self._read_seconds)
        return "up" if replies == [True] else "down"

    def connect(self, seconds: float) -> None:
        """Open the connection before the first request; waits at most `seconds`."""
        self._connection.is_open(seconds)
