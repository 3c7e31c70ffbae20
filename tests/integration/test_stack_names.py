"""Two stacks in one account and one Redis, as the functions build them."""

import json
import threading
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
import redis

from llm_router import bootstrap
from llm_router.application.idempotency.idempotency import KeyedRequest, Reply
from llm_router.domain.routing.decision import CachedDecision
from llm_router.domain.tiers import Tier
from llm_router.settings import RouteSettings
from tests.support.route_function import ROUTE_ENVIRONMENT
from tests.support.scripted_routing import outcome

REQUEST = KeyedRequest("k", "acme", "key-1", "/v1/route", "lr-a-key", "{}")


@pytest.fixture
def store(redis_port: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[redis.Redis]:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with redis.Redis(port=redis_port, decode_responses=True) as client:
        client.flushdb()
        yield client


def settings(stack: str, redis_port: int) -> RouteSettings:
    return RouteSettings.load(
        {
            **ROUTE_ENVIRONMENT, "STACK_NAME": stack, "CACHE_HOST": "127.0.0.1",
            "CACHE_PORT": str(redis_port),
        }
    )  # fmt: skip


def test_each_stack_has_its_own_keys(store: redis.Redis, redis_port: int) -> None:
    calls = list[str]()

    def answer(stack: str) -> Reply:
        calls.append(stack)
        return Reply(status=200, headers={}, body=stack)

    stacks = [settings("one", redis_port), settings("two", redis_port)]
    for stack in stacks:
        name = stack.stack_name
        once = bootstrap.idempotency(stack)
        for _ in range(2):
            assert once.once(REQUEST, partial(answer, name)).body == name
        cache = bootstrap.router(stack).cache
        assert cache.lookup("key", None).decision is None
        decision = CachedDecision(tier=Tier.SIMPLE, rank=10)
        for _ in range(200):  # a busy machine may be late, and is then left alone for 2 s
            cache.record(Tier.SIMPLE, {"answered": 1}, ("key", decision, 60), None)
            if cache.lookup("key", None).decision:
                break
            threading.Event().wait(0.05)
    assert calls == ["one", "two"]
    keys: Any = store.keys("*")
    prefixes = {":".join(key.split(":")[:2]) for key in keys}
    assert prefixes == {
        f"{stack}:{kind}" for stack in ("one", "two") for kind in ("decision", "counts", "reply")
    }


def test_each_stack_has_its_own_metrics(
    store: redis.Redis, redis_port: int, capsys: pytest.CaptureFixture[str]
) -> None:
    routing = bootstrap.router(settings("two", redis_port))
    routing.metrics.decision_finished(outcome())
    bootstrap.idempotency(settings("two", redis_port)).count("Replayed")
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert len(lines) > 1
    assert {line["service"] for line in lines} == {"two"}


def test_redis_is_given_a_second_to_connect(redis_port: int) -> None:
    options = bootstrap._redis(settings("one", redis_port)).connection_pool.connection_kwargs
    assert options["socket_connect_timeout"] == 1
