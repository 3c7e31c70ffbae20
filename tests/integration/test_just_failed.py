"""A request that just failed is not paid for again, in a real Redis and behind the handler."""

import hashlib
import json
import socket
from typing import Any

import pytest
import redis

from llm_router.application.ports import ProviderAnswer
from llm_router.domain.conversation.answer import Answer, Usage
from llm_router.domain.outcome.failures import Failure, FailureKind, ProviderFailure
from llm_router.domain.policy.models import WIRE_FORMATS
from tests.support.fakes import ScriptedProvider
from tests.support.patient_redis import STACK, patient_function
from tests.support.route_function import HttpReply, RouteFunction

CHAT, MESSAGES, RESPONSES = "/v1/chat/completions", "/v1/messages", "/v1/responses"
BODY = {
    "model": "auto", "max_tokens": 50, "messages": [{"role": "user", "content": "Say marmalade"}],
}  # fmt: skip
BODIES: dict[str, dict[str, Any]] = {
    CHAT: BODY,
    MESSAGES: BODY,
    RESPONSES: {"model": "auto", "input": "Say marmalade"},
}
ANSWER = ProviderAnswer(
    Answer(text="Marmalade it is, as you like.", finish_reason="stop"),
    Usage(input_tokens=10, output_tokens=5),
)


def failure(kind: FailureKind, retry_after_ms: int | None = None) -> ProviderFailure:
    return ProviderFailure(Failure(kind=kind, retry_after_ms=retry_after_ms))


PAID = failure(FailureKind.TIMEOUT)


@pytest.fixture
def provider() -> ScriptedProvider:
    return ScriptedProvider(PAID)


@pytest.fixture
def function(provider: ScriptedProvider, redis_port: int, store: redis.Redis) -> RouteFunction:
    providers: Any = dict.fromkeys(WIRE_FORMATS, provider)
    return patient_function(providers, redis.Redis(port=redis_port))


def ask(
    function: RouteFunction,
    path: str = CHAT,
    api_key: str = "lr-a-key",
    idempotency_key: str | None = None,
    **body: object,
) -> HttpReply:
    headers = {"Authorization": f"Bearer {api_key}", "Content-Type": "application/json"}
    if idempotency_key is not None:
        headers["Idempotency-Key"] = idempotency_key
    return function.post(path, {**BODIES[path], **body}, headers)


def ask_once(function: RouteFunction, provider: ScriptedProvider, path: str = CHAT) -> None:
    """Ask a first time: it fails, and is paid for."""
    failed = ask(function, path)
    assert (failed.status in (503, 504), failed.code) == (True, failed.code)
    assert failed.code != "just_failed"
    assert json.loads(failed.body)["router"]["total_cost_usd"] > 0
    assert failed.headers["x-should-retry"] == "false"
    provider.asked.clear()
    provider.gives = ANSWER


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("path", BODIES)
def test_the_same_body_is_refused_at_no_cost_and_not_to_be_retried(
    path: str, stream: bool, function: RouteFunction, provider: ScriptedProvider
) -> None:
    failed = ask(function, path, stream=stream)
    assert failed.code != "just_failed"
    provider.asked.clear()
    for _ in range(3):
        refused = ask(function, path, stream=stream)
        assert (refused.status, refused.code) == (503, "just_failed")
        body = json.loads(refused.body)
        assert (body["error"]["type"], body["router"]["total_cost_usd"]) == ("api_error", 0)
        assert refused.headers["x-should-retry"] == "false"
        assert 1 <= int(refused.headers["retry-after"]) <= 10
    assert provider.asked == []


def test_after_its_time_it_is_answered(
    function: RouteFunction, provider: ScriptedProvider, store: Any
) -> None:
    ask_once(function, provider)
    (key,) = store.keys(f"{STACK}:failed:*")
    assert 0 < store.pttl(key) <= 10_000
    store.pexpire(key, 0)
    assert ask(function).status == 200


def test_a_value_that_has_outlived_its_time_refuses_nothing(
    function: RouteFunction, provider: ScriptedProvider, store: Any
) -> None:
    ask_once(function, provider)
    (key,) = store.keys(f"{STACK}:failed:*")
    store.set(key, int(store.get(key)) - 10_001)
    assert ask(function).status == 200


@pytest.mark.parametrize(
    "other",
    [
        {"api_key": "lr-another-key"},
        {"path": MESSAGES},
        {"max_tokens": 51},
        {"router": {"retry": True}},
    ],
    ids=["another-key", "another-endpoint", "another-body", "retry"],
)
def test_another_request_is_answered(
    other: Any, function: RouteFunction, provider: ScriptedProvider
) -> None:
    ask_once(function, provider)
    assert ask(function, **other).status == 200


def test_retry_is_answered_even_if_that_very_body_just_failed(
    function: RouteFunction, provider: ScriptedProvider
) -> None:
    for _ in range(2):
        assert ask(function, router={"retry": True}).code != "just_failed"
    provider.gives = ANSWER
    assert ask(function, router={"retry": True}).status == 200
    assert ask(function, router={"retry": False}).status == 200


@pytest.mark.parametrize("wrong", ["true", 1, [True]])
def test_a_retry_that_is_neither_true_nor_false_is_a_400(
    wrong: object, function: RouteFunction
) -> None:
    refused = ask(function, router={"retry": wrong})
    assert (refused.status, json.loads(refused.body)["error"]["param"]) == (400, "router.retry")


@pytest.mark.parametrize(
    "free",
    [
        failure(FailureKind.RATE_LIMITED, 3_000),
        failure(FailureKind.THROTTLED),
        failure(FailureKind.OVERLOADED),
        failure(FailureKind.INVALID_REQUEST),
        failure(FailureKind.CREDENTIALS),
    ],
    ids=lambda given: given.failure.kind.value,
)
def test_a_failure_that_cost_nothing_and_came_at_once_may_be_repeated(
    free: ProviderFailure, function: RouteFunction, provider: ScriptedProvider, store: Any
) -> None:
    provider.gives = free
    failed = ask(function)
    assert failed.status >= 400
    assert json.loads(failed.body)["router"]["total_cost_usd"] == 0
    assert store.keys(f"{STACK}:failed:*") == []
    provider.gives = ANSWER
    assert ask(function).status == 200


def test_a_kept_reply_is_given_again_all_the_same(
    function: RouteFunction, provider: ScriptedProvider
) -> None:
    provider.gives = ANSWER
    assert ask(function, idempotency_key="k").status == 200
    provider.gives = PAID
    ask_once(function, provider)
    again = ask(function, idempotency_key="k")
    assert (again.status, again.headers["x-router-replayed"]) == (200, "true")
    assert ask(function, idempotency_key="other").code == "just_failed"
    assert provider.asked == []


def test_redis_learns_neither_the_body_nor_its_hash(
    function: RouteFunction, provider: ScriptedProvider, store: Any
) -> None:
    ask_once(function, provider)
    (key,) = store.keys(f"{STACK}:failed:*")
    kept = key + b" " + store.get(key)
    body = json.dumps(BODY).encode()
    for plain in (body, CHAT.encode() + b"\0" + body):
        for digest in (hashlib.sha256(plain), hashlib.md5(plain), hashlib.sha1(plain)):
            assert digest.hexdigest().encode() not in kept
    for told in (b"marmalade", b"lr-a-key", b"tenant", hashlib.sha256(b"lr-a-key").digest().hex()):
        assert (told if isinstance(told, bytes) else told.encode()) not in kept


@pytest.mark.parametrize("cache", ["stopped", "none"])
def test_without_redis_nothing_is_refused(cache: str, provider: ScriptedProvider) -> None:
    providers: Any = dict.fromkeys(WIRE_FORMATS, provider)
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        port = server.getsockname()[1]
        function = patient_function(providers, redis.Redis(port=port))
        if cache == "none":
            function.app.just_failed_use_case = type(function.app.just_failed_use_case)(None)
        for _ in range(2):
            assert ask(function).code != "just_failed"
        ask_once(function, provider)
        assert ask(function).status == 200


@pytest.mark.parametrize(
    "refuse",
    [
        ("ACL", "SETUSER", "default", "resetkeys", "~*:decision:*"),
        ("CONFIG", "SET", "maxmemory", "1"),
    ],
    ids=["no-permission", "out-of-memory"],
)
def test_a_redis_that_keeps_no_failures_is_still_a_cache(
    refuse: tuple[str, ...], function: RouteFunction, provider: ScriptedProvider, store: Any
) -> None:
    try:
        store.execute_command(*refuse)
        ask_once(function, provider)
        assert function.app.use_case.cache.status() == "up"
        assert ask(function).status == 200
    finally:
        store.execute_command("ACL", "SETUSER", "default", "allkeys")
        store.execute_command("CONFIG", "SET", "maxmemory", "0")
