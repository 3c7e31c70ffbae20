import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
import redis
from botocore.exceptions import NoCredentialsError

from llm_router.adapters.redis.connection import BackgroundConnection
from llm_router.adapters.redis.decision_cache import READ_SECONDS, WRITE_SECONDS, RedisDecisionCache
from llm_router.application.ports import CacheLookup
from llm_router.domain.policy.steering import EscalationRate
from llm_router.domain.routing.decision import CachedDecision
from llm_router.domain.routing.pass_rates import PassCount, PassHistory, PassUpdate
from llm_router.domain.tiers import Tier
from tests.support.network import network

REMEMBERED = CachedDecision(tier=Tier.MODERATE, rank=20)
STACK = "stack-1"
COUNTS = {"answered": 1, "escalated": 1, "fell_back": 0}


def cache_at(port: int) -> RedisDecisionCache:
    client = redis.Redis(host="127.0.0.1", port=port, socket_connect_timeout=2)
    # A busy machine may take longer than a cache is given in production.
    return RedisDecisionCache(BackgroundConnection(client), STACK, read_seconds=5, write_seconds=5)


@pytest.fixture
def silent_port() -> Iterator[int]:
    """A server that takes connections and never says a word."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield server.getsockname()[1]


@pytest.fixture
def closed_port() -> int:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        port: int = server.getsockname()[1]
        return port


def test_what_was_remembered_is_recalled_until_it_expires(redis_port: int) -> None:
    cache = cache_at(redis_port)
    cache.connect(2)
    cache.record(Tier.SIMPLE, COUNTS, ("key", REMEMBERED, 60), None)
    assert cache.lookup("key", None) == CacheLookup(REMEMBERED)
    assert cache.lookup("other", None) == CacheLookup()
    with redis.Redis(port=redis_port) as client:
        assert 0 < client.ttl("stack-1:decision:key") <= 60


def test_counts_roll_by_tier_and_hour(redis_port: int) -> None:
    cache = cache_at(redis_port)
    cache.connect(2)
    for _ in range(3):
        cache.record(Tier.COMPLEX, COUNTS, None, None)
    with redis.Redis(port=redis_port, decode_responses=True) as client:
        (hour,) = client.keys("stack-1:counts:complex:*")
        assert client.hgetall(hour) == {"answered": "3", "escalated": "3"}
        assert client.ttl(hour) > 0
    assert cache.escalation_rates()[Tier.COMPLEX] == EscalationRate(answered=3, escalated=3)


def test_rates_are_those_of_this_hour_and_the_last(
    redis_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = cache_at(redis_port)
    cache.connect(2)
    start, told = 500_000, []
    for hour in (start, start + 1, start + 1, start + 2, start + 5):
        monkeypatch.setattr(time, "time", lambda hour=hour: hour * 3_600 + 3_599.9)
        cache.record(Tier.MODERATE, COUNTS, None, None)
        told.append(cache.escalation_rates()[Tier.MODERATE].answered)
    assert told == [1, 2, 3, 3, 1]
    with redis.Redis(port=redis_port, decode_responses=True) as client:
        for hour, answered in [(start, "1"), (start + 1, "2"), (start + 2, "1")]:
            assert client.hget(f"stack-1:counts:moderate:{hour}", "answered") == answered
        assert (
            2 * 24 * 3_600 - 60 < client.ttl(f"stack-1:counts:moderate:{start}") <= 2 * 24 * 3_600
        )


def test_a_value_of_another_version_is_a_miss(redis_port: int) -> None:
    with redis.Redis(port=redis_port) as client:
        client.set("stack-1:decision:old", '{"tier": "huge"}')
        client.hset("stack-1:passing:old", "simple", "often")
    cache = cache_at(redis_port)
    cache.connect(2)
    assert cache.lookup("old", "old") == CacheLookup()
    assert cache.status() == "up"


@pytest.mark.parametrize("kind", ["silent_port", "closed_port"])
def test_a_redis_that_is_slow_or_down_costs_a_miss_and_at_most_50_ms(
    kind: str, request: pytest.FixtureRequest
) -> None:
    times = []
    for _ in range(5):  # a busy machine may hold one of them up
        cache = RedisDecisionCache(
            BackgroundConnection(redis.Redis(host="127.0.0.1", port=request.getfixturevalue(kind))),
            STACK,
        )
        started = time.perf_counter()
        assert cache.lookup("key", "kind") == CacheLookup()
        cache.record(
            Tier.SIMPLE, COUNTS, ("key", REMEMBERED, 60), seen(PassCount(), "kind", passed=True)
        )
        times.append(time.perf_counter() - started)
        assert cache.status() == "down"
    assert min(times) < 0.05


def test_a_write_alone_is_left_in_time_and_both_limits_leave_room(silent_port: int) -> None:
    times = []
    for _ in range(5):
        cache = RedisDecisionCache(
            BackgroundConnection(redis.Redis(host="127.0.0.1", port=silent_port)), STACK
        )
        started = time.perf_counter()
        cache.record(Tier.SIMPLE, COUNTS, None, None)
        times.append(time.perf_counter() - started)
        assert cache.status() == "down"
    assert 0.01 <= min(READ_SECONDS, WRITE_SECONDS) <= min(times) < 0.05
    assert READ_SECONDS + WRITE_SECONDS < 0.05


def test_a_slow_connection_costs_misses_but_no_time_and_is_there_afterwards(
    redis_port: int,
) -> None:
    """Connecting takes far longer than a request waits, at the start and after idleness."""
    with redis.Redis(port=redis_port) as client:
        client.set(f"{STACK}:decision:slow", REMEMBERED.model_dump_json())
    now, times = [1_000.0], []
    with network(redis_port, delay_seconds=0.3) as between:
        client = redis.Redis(port=between.port)
        cache = RedisDecisionCache(BackgroundConnection(client, lambda: now[0]), STACK)
        for _ in range(3):
            started = time.perf_counter()
            assert cache.lookup("slow", "kind") == CacheLookup()
            cache.record(Tier.SIMPLE, COUNTS, None, None)
            times.append(time.perf_counter() - started)
            for _ in range(500):
                if cache.lookup("slow", None) == CacheLookup(REMEMBERED):
                    break
                threading.Event().wait(0.01)
                now[0] += 0.05  # a busy machine may be late, and is then left alone for 2 s
            else:
                pytest.fail("never connected")
            now[0] += 61
        assert 3 <= between.connections <= 6
    assert min(times) < 0.05


def test_it_comes_back_when_redis_does(redis_port: int, closed_port: int) -> None:
    now = [0.0]
    client = redis.Redis(host="127.0.0.1", port=closed_port)
    cache = RedisDecisionCache(BackgroundConnection(client, lambda: now[0]), STACK)
    assert cache.lookup("key", None) == CacheLookup()
    client.connection_pool.connection_kwargs["port"] = redis_port
    client.connection_pool.reset()
    assert cache.status() == "down"
    for _ in range(50):  # a busy machine may be late for the first of them
        now[0] += 3
        cache.connect(2)
        if cache.status() == "up":
            break
    assert cache.status() == "up"


def seen(known: PassCount, kind: str = "kind", rank: int = 10, *, passed: bool) -> PassUpdate:
    """A first answer, known by what was recalled before it."""
    history = PassHistory(
        key=kind, kind=kind, pass_counts={rank: known}, in_exploration_sample=False, time_ms=1
    )
    failed = int(not passed)
    first = PassCount(
        tried=1, passed=int(passed), nano_usd=10, escalated=failed, next_nano_usd=90 * failed
    )
    return history.observe(rank, first)


def test_what_passes_is_counted_by_kind_and_rank_and_expires(redis_port: int) -> None:
    cache = cache_at(redis_port)
    cache.connect(2)
    for passed in (False, False, True):
        known = cache.lookup("key", "kind").pass_counts.get(10, PassCount())
        cache.record(Tier.SIMPLE, COUNTS, None, seen(known, passed=passed))
    other = seen(PassCount(), rank=20, passed=True)
    cache.record(Tier.MODERATE, COUNTS, ("key", REMEMBERED, 60), other)
    counts = {
        10: PassCount(tried=3, passed=1, nano_usd=30, escalated=2, next_nano_usd=180),
        20: PassCount(tried=1, passed=1, nano_usd=10),
    }
    assert cache.lookup("key", "kind") == CacheLookup(REMEMBERED, counts)
    assert cache.lookup("key", "other kind") == CacheLookup(REMEMBERED)
    with redis.Redis(port=redis_port) as client:
        assert 0 < client.ttl("stack-1:passing:kind") <= 7 * 24 * 3600


def test_first_answers_at_the_same_time_are_all_counted(redis_port: int) -> None:
    cache = cache_at(redis_port)
    cache.connect(2)
    known = cache.lookup("key", "busy").pass_counts.get(10, PassCount())
    for _ in range(5):
        cache.record(Tier.SIMPLE, COUNTS, None, seen(known, "busy", passed=True))
    assert cache.lookup("key", "busy").pass_counts[10].tried == 5


def test_full_counts_are_halved_once_even_by_requests_at_the_same_time(redis_port: int) -> None:
    with redis.Redis(port=redis_port) as client:
        client.hset("stack-1:passing:full", mapping={"10:tried": 400, "10:passed": 30})
    cache = cache_at(redis_port)
    cache.connect(2)
    known = cache.lookup("key", "full").pass_counts[10]
    for _ in range(2):
        cache.record(Tier.SIMPLE, COUNTS, None, seen(known, "full", passed=True))
    (halved,) = cache.lookup("key", "full").pass_counts.values()
    assert (halved.tried, halved.passed) == (201, 16)


def test_after_a_failure_redis_is_left_alone_for_two_seconds() -> None:
    now, asked = [0.0], list[float]()

    class Failing(redis.Redis):
        def ping(self, **_: Any) -> Any:
            asked.append(now[0])
            raise redis.ConnectionError

    connection = BackgroundConnection(Failing(), lambda: now[0])
    cache = RedisDecisionCache(connection, STACK, read_seconds=5)
    for at in (0.0, 1.9, 2.0, 3.9, 4.0):
        now[0] = at
        assert cache.status() == "down"
    assert asked == [0.0, 2.0, 4.0]


def test_a_sign_in_that_fails_is_a_miss_and_is_tried_again() -> None:
    now, asked = [0.0], list[float]()

    class Unsigned(redis.Redis):
        def ping(self, **_: Any) -> Any:
            asked.append(now[0])
            raise NoCredentialsError

    connection = BackgroundConnection(Unsigned(), lambda: now[0])
    cache = RedisDecisionCache(connection, STACK, read_seconds=5)
    for at in (0.0, 1.9, 2.0):
        now[0] = at
        assert cache.lookup("key", None) == CacheLookup()
    assert asked == [0.0, 2.0]
