"""Values in Redis that are not ours: each is a miss, whatever wrote it."""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import redis

from llm_router.adapters.redis import decision_cache
from llm_router.adapters.redis.connection import BackgroundConnection
from llm_router.adapters.redis.decision_cache import RedisDecisionCache
from llm_router.adapters.redis.keys import KEY_KINDS
from llm_router.application.ports import ProviderAnswer
from llm_router.domain.conversation.answer import Answer, Usage
from llm_router.domain.outcome.failures import Failure, FailureKind, ProviderFailure
from llm_router.domain.policy.models import WIRE_FORMATS
from llm_router.domain.routing.pass_rates import PassCount
from llm_router.domain.tiers import Tier
from tests.support.fakes import ScriptedProvider
from tests.support.patient_redis import SECONDS, STACK, patient_function
from tests.support.route_function import HttpReply, RouteFunction

ANSWER = ProviderAnswer(
    Answer(text="The capital of France is Paris.", finish_reason="stop"),
    Usage(input_tokens=10, output_tokens=5),
)
TIMED_OUT = ProviderFailure(Failure(kind=FailureKind.TIMEOUT))
HEADERS = {"Authorization": "Bearer lr-a-key", "Content-Type": "application/json"}
BODY = {
    "model": "auto",
    "messages": [{"role": "user", "content": "What is the capital of France?"}],
}

TEXTS: dict[str, bytes] = {
    "empty": b"",
    "not-utf-8": b"\xff\xfe",
    "words": b"often",
    "negative": b"-5",
    "not-whole": b"1.5",
    "exponent": b"1e999",
    "nan": b"NaN",
    "more-than-64-bits": b"9" * 30,
    "the-most-that-redis-counts": b"9223372036854775807",
    "more-digits-than-python-reads": b"9" * 5_000,
    "json-null": b"null",
    "json-list": b"[]",
    "json-object": b"{}",
    "json-text": b'"x"',
    "json-cut": b'{"tier": "simp',
    "json-deep": b"[" * 100_000,
    "json-of-another-version": b'{"tier": "simple", "rank": 10, "version": 2}',
    "an-unknown-tier": b'{"tier": "huge", "rank": 10}',
    "a-negative-rank": b'{"tier": "complex", "rank": -5}',
    "a-rank-of-no-model": b'{"tier": "simple", "rank": 1000000000}',
    "a-rank-that-is-no-number": b'{"tier": "simple", "rank": NaN}',
    "a-field-gone": b'{"tier": "simple"}',
    "zeros": b"\0" * 100_000,
}
NUMBERS = [
    "empty", "not-utf-8", "words", "negative", "not-whole", "exponent", "more-than-64-bits",
    "the-most-that-redis-counts", "more-digits-than-python-reads", "json-null",
]  # fmt: skip
Write = Callable[[Any, str], object]


def text_of(text: bytes) -> Write:
    return lambda server, key: server.set(key, text)


def hash_of(field: str, text: bytes) -> Write:
    return lambda server, key: server.hset(key, field, text)


HOSTILE: dict[str, Write] = {
    "list": lambda server, key: server.rpush(key, "a", "b"),
    "set": lambda server, key: server.sadd(key, "a"),
    "sorted-set": lambda server, key: server.zadd(key, {"a": 1.5}),
    "stream": lambda server, key: server.xadd(key, {"a": "b"}),
    "hyperloglog": lambda server, key: server.pfadd(key, "a"),
    "bitmap": lambda server, key: server.setbit(key, 9_000, 1),
    "hash-of-other-fields": lambda server, key: server.hset(key, "", ""),
    "hash-of-bytes": lambda server, key: server.hset(key, b"\xff\xfe", b"\xff"),
    "hash-with-too-many-parts": lambda server, key: server.hset(key, "10:tried:x", 1),
    "hash-with-more-passed-than-tried": lambda server, key: server.hset(
        key, mapping={"10:tried": 1, "10:passed": 40, "20:passed": 3}
    ),
    "hash-of-an-unknown-count": lambda server, key: server.hset(key, "10:often", 1),
    "gone": lambda server, key: None,
    **{f"text-{name}": text_of(text) for name, text in TEXTS.items()},
    **{
        f"hash-{field}-{name}": hash_of(field, TEXTS[name])
        for name in NUMBERS
        for field in ("answered", "10:tried")
    },
}


@pytest.fixture(scope="module")
def store(redis_port: int) -> Iterator[redis.Redis]:
    with redis.Redis(port=redis_port) as client:
        yield client


@pytest.fixture(autouse=True)
def _empty(store: redis.Redis) -> None:
    store.flushdb()


@dataclass
class Interrupted(ScriptedProvider):
    """A provider during whose calls something else happens."""

    meanwhile: Callable[[], object] = lambda: None

    def answer(self, *given: Any, **more: Any) -> ProviderAnswer:
        self.meanwhile()
        return super().answer(*given, **more)


class Asking:
    """A function that is asked the same each time."""

    def __init__(self, redis_port: int) -> None:
        self.provider = Interrupted(ANSWER)
        providers: Any = dict.fromkeys(WIRE_FORMATS, self.provider)
        self.function: RouteFunction = patient_function(providers, redis.Redis(port=redis_port))

    def ask(self, key: str | None = None, *, fails: bool = False) -> HttpReply:
        self.provider.gives = TIMED_OUT if fails else ANSWER
        headers = HEADERS if key is None else {**HEADERS, "Idempotency-Key": key}
        return self.function.post("/v1/chat/completions", BODY, headers)


@pytest.fixture(scope="module")
def asking(redis_port: int) -> Asking:
    return Asking(redis_port)


@pytest.fixture(autouse=True)
def _undisturbed(asking: Asking) -> None:
    asking.provider.meanwhile = lambda: None


def bill(reply: HttpReply) -> tuple[int, float]:
    return reply.status, json.loads(reply.body)["router"]["total_cost_usd"]


def kind_of(key: bytes) -> str:
    return key.decode().split(":")[1]


@pytest.fixture(scope="module")
def bill_of_none(asking: Asking, store: redis.Redis) -> tuple[int, float]:
    """What the request costs while Redis holds nothing."""
    store.flushdb()
    return bill(asking.ask())


@pytest.fixture(scope="module")
def keys(asking: Asking, store: Any) -> list[str]:
    """The keys that a run of requests writes, and the same request reads."""
    store.flushdb()
    asking.ask()
    asking.ask(fails=True)
    return [key.decode() for key in store.keys("*")]


@pytest.fixture
def written(asking: Asking, store: Any) -> dict[bytes, bytes]:
    """Every key that a run of requests wrote, with its value as Redis dumps it."""
    assert asking.ask("order-42").status == 200
    assert asking.ask(fails=True).status in (503, 504)
    dumped = {key: store.dump(key) for key in store.keys("*")}
    assert {kind_of(key) for key in dumped} == {kind.prefix for kind in KEY_KINDS}
    return dumped


@pytest.mark.parametrize("name", [name for name in HOSTILE if name != "gone"])
def test_keys_that_hold_anything_are_as_good_as_gone(
    name: str, asking: Asking, store: Any, bill_of_none: tuple[int, float], keys: list[str]
) -> None:
    for key in keys:
        store.delete(key)
        HOSTILE[name](store, key)
    assert bill(asking.ask()) == bill_of_none


def test_one_key_may_hold_anything_while_the_others_are_ours(
    asking: Asking, store: Any, written: dict[bytes, bytes]
) -> None:
    wrong = []
    for key in written:
        gone = None
        for name in ("gone", "list", "text-words", "hash-10:tried-negative", "hash-of-bytes"):
            store.flushdb()
            for each, dumped in written.items():
                if each != key and kind_of(each) != "failed":
                    store.restore(each, 0, dumped)
            HOSTILE[name](store, key.decode())
            billed = bill(asking.ask())
            gone = gone or billed
            if billed != gone or billed[0] != 200:
                wrong.append((kind_of(key), name, billed, gone))
    assert wrong == []


def test_a_kept_reply_that_cannot_be_read_is_replaced_and_given_again(
    asking: Asking, store: Any
) -> None:
    assert asking.ask("order-42").status == 200
    (key,) = store.keys(f"{STACK}:reply:*")
    for name in ("hash-of-bytes", *(name for name in HOSTILE if not name.startswith("hash-"))):
        store.delete(key)
        HOSTILE[name](store, key.decode())
        answered = asking.ask("order-42")
        assert (answered.status, answered.headers.get("x-router-replayed")) == (200, None), name
        assert asking.ask("order-42").headers["x-router-replayed"] == "true", name


@pytest.mark.parametrize(
    ("name", "kept"), [("text-not-utf-8", False), ("text-empty", False), ("list", True)]
)
def test_a_claim_that_is_overwritten_meanwhile_costs_no_answer(
    name: str, kept: bool, asking: Asking, store: Any
) -> None:
    def overwrite() -> None:
        (key,) = store.keys(f"{STACK}:reply:*")
        store.delete(key)
        HOSTILE[name](store, key.decode())

    asking.provider.meanwhile = overwrite
    answered = asking.ask("order-42")
    assert answered.status == 200
    assert answered.headers.get("x-router-replayable") == (None if kept else "false")


@pytest.fixture
def cache(redis_port: int, store: redis.Redis) -> RedisDecisionCache:
    connection = BackgroundConnection(redis.Redis(port=redis_port))
    connection.is_open(SECONDS)
    return RedisDecisionCache(connection, STACK, read_seconds=SECONDS, write_seconds=SECONDS)


@pytest.mark.parametrize("name", [*HOSTILE])
def test_counts_that_cannot_be_counted_on_are_begun_anew(
    name: str, cache: RedisDecisionCache, store: Any
) -> None:
    key = f"{STACK}:passing:kind"
    if name.startswith(("hash-10:tried", "text", "list", "set", "sorted", "stream")):
        HOSTILE[name](store, key)
    cache.record(Tier.SIMPLE, {}, None, ("kind", 10, PassCount(tried=1, passed=1), False))
    cache.record(Tier.SIMPLE, {}, None, ("kind", 10, PassCount(tried=1), False))
    assert cache.lookup("key", "kind").pass_counts == {10: PassCount(tried=2, passed=1)}
    assert store.ttl(key) > 0


def test_a_fingerprint_that_is_seen_once_is_kept_for_a_day_and_then_for_a_week(
    cache: RedisDecisionCache, store: Any
) -> None:
    update = ("kind", 10, PassCount(tried=1), False)
    for most in (24 * 3600, 7 * 24 * 3600):
        cache.record(Tier.SIMPLE, {}, None, update)
        assert most - 60 < store.ttl(f"{STACK}:passing:kind") <= most


def test_an_instance_begins_to_count_so_many_new_fingerprints_an_hour(
    cache: RedisDecisionCache, store: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decision_cache, "NEW_KINDS_PER_HOUR", 3)
    now = 500_000 * 3600.0
    monkeypatch.setattr(time, "time", lambda: now)

    def seen(*kinds: int) -> int:
        for kind in kinds:
            update = (f"kind-{kind}", 10, PassCount(tried=1), False)
            cache.record(Tier.SIMPLE, {}, None, update)
        return len(store.keys(f"{STACK}:passing:*"))

    assert seen(*range(10)) == 3
    assert seen(0, 0) == 3
    assert cache.lookup("key", "kind-0").pass_counts == {10: PassCount(tried=3)}
    now += 3600
    assert seen(10, 11) == 5
