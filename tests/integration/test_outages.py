"""Redis and S3 that refuse, hang or take no writes: one log line per change, no thread too many."""

import subprocess
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import boto3
import pytest
import redis
from botocore.config import Config

from llm_router.adapters.aws.clients import outage_of, with_fresh_connections
from llm_router.adapters.aws.s3_ledger import S3Ledger
from llm_router.adapters.aws.s3_payloads import S3Payloads
from llm_router.adapters.aws.s3_writer import WAIT_SECONDS, S3Writer
from llm_router.adapters.outage import Service
from llm_router.adapters.redis.connection import BackgroundConnection
from llm_router.adapters.redis.decision_cache import RedisDecisionCache
from llm_router.adapters.redis.reply_store import RedisReplies
from llm_router.application.errors import PayloadNotStoredError, ReplyStoreDownError
from llm_router.application.ports import CacheLookup, ProviderAnswer
from llm_router.domain.conversation.answer import Answer, Usage
from llm_router.domain.policy.models import WIRE_FORMATS
from llm_router.domain.tiers import Tier
from local import services
from tests.support.fake_aws_server import AwsServer
from tests.support.fakes import ScriptedProvider
from tests.support.network import unused_port
from tests.support.patient_redis import STACK, patient_function
from tests.support.route_function import HttpReply, RouteFunction
from tests.support.stack_requests import eventually

pytestmark = pytest.mark.usefixtures("aws_account")
ANSWER = ProviderAnswer(
    Answer(text="The capital of France is Paris.", finish_reason="stop"),
    Usage(input_tokens=10, output_tokens=5),
)
HEADERS = {"Authorization": "Bearer lr-a-key", "Content-Type": "application/json"}


class Clock:
    """The wall clock, which goes on only when told to."""

    now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


Logged = Callable[[], list[tuple[str, str]]]


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture) -> Logged:
    """The warnings of the adapters, each with its reason, and how many calls were left out."""
    return lambda: [
        (record.getMessage(), str(vars(record).get("reason", vars(record).get("left_out"))))
        for record in caplog.records
        if record.levelname == "WARNING" and "llm_router" in record.name
    ]


def seconds(operation: Callable[[], object]) -> float:
    started = time.perf_counter()
    operation()
    return time.perf_counter() - started


# ---- Redis


def unclaimed(replies: RedisReplies) -> None:
    with pytest.raises(ReplyStoreDownError):
        replies.claim("s", b"mine", 1_000)


def test_a_refused_connection_costs_an_idempotent_request_milliseconds_and_one_line(
    redis_port: int, clock: Clock, logged: Logged
) -> None:
    client = redis.Redis(port=unused_port(), socket_connect_timeout=1, socket_timeout=2)
    replies = RedisReplies(client, STACK, clock)
    before = threading.active_count()
    times = []
    for _ in range(20):
        times.append(seconds(lambda: unclaimed(replies)))
        clock.now += 1.1
    assert sorted(times)[10] < 0.1
    assert threading.active_count() <= before + 1
    assert logged() == [("unreachable", "ConnectionError")]
    client.connection_pool.connection_kwargs["port"] = redis_port
    client.connection_pool.reset()
    for _ in range(3):
        assert replies.claim("outages", b"mine", 1_000) is None
    assert logged()[1:] == [("reachable again", "0")]


def test_a_redis_that_hangs_is_asked_once_a_second_and_threads_do_not_grow(
    redis_port: int, clock: Clock, logged: Logged
) -> None:
    with redis.Redis(port=redis_port) as server:
        replies = RedisReplies(redis.Redis(port=redis_port, socket_timeout=2), STACK, clock)
        assert replies.claim("hangs", b"mine", 1_000) is None
        before = threading.active_count()
        server.execute_command("CLIENT", "PAUSE", 1_500)
        first = seconds(lambda: unclaimed(replies))
        others = sum(seconds(lambda: unclaimed(replies)) for _ in range(50))
        assert (first >= 0.5, others < 0.5) == (True, True)
        assert threading.active_count() <= before + 1
        server.ping()
        clock.now += 1.1
        assert replies.claim("hangs", b"mine", 1_000) is None
    assert logged() == [("unreachable", "TimeoutError"), ("reachable again", "50")]


def test_a_cache_that_is_away_is_one_line_however_often_it_is_tried(
    redis_port: int, clock: Clock, logged: Logged
) -> None:
    client = redis.Redis(port=unused_port())
    connection = BackgroundConnection(client, clock)
    cache = RedisDecisionCache(connection, STACK, read_seconds=5, write_seconds=5)

    def use() -> None:
        assert cache.lookup("key", "kind") == CacheLookup()
        cache.record(Tier.SIMPLE, {"answered": 1}, None, None)
        clock.now += 1

    for _ in range(10):
        use()
    assert logged() == [("unreachable", "ConnectionError")]
    client.connection_pool.connection_kwargs["port"] = redis_port
    client.connection_pool.reset()
    clock.now += 2
    for _ in range(3):
        use()
    assert logged()[1:] == [("reachable again", "0")]


def test_an_outage_of_both_uses_of_redis_is_one_line_each_way_every_time(
    redis_port: int, clock: Clock, logged: Logged
) -> None:
    service = Service()
    clients = [redis.Redis(port=redis_port) for _ in range(2)]
    replies = RedisReplies(clients[0], STACK, clock, service)
    connection = BackgroundConnection(clients[1], clock, service)
    cache = RedisDecisionCache(connection, STACK, read_seconds=5, write_seconds=5)
    for times in (1, 2):
        for port in (unused_port(), redis_port):
            for client in clients:
                client.connection_pool.disconnect()
                client.connection_pool.connection_kwargs["port"] = port
                client.connection_pool.reset()
            clock.now += 3
            for _ in range(3):
                assert cache.lookup("key", "kind") == CacheLookup()
                if port == redis_port:
                    assert replies.claim("both", b"mine", 1_000) is None
                else:
                    unclaimed(replies)
                clock.now += 3
        lines = [line for line, _ in logged()]
        assert lines == ["unreachable", "reachable again"] * times


@dataclass
class State:
    """A way in which Redis is up and of no use, the error that names it, and the way back."""

    enter: tuple[tuple[str, ...], ...]
    leave: tuple[tuple[str, ...], ...]
    error: str


STATES = {
    "read-only": State(
        (("REPLICAOF", "127.0.0.1", "1"),), (("REPLICAOF", "NO", "ONE"),), "ReadOnlyError"
    ),
    "replica-without-its-master": State(
        (("CONFIG", "SET", "replica-serve-stale-data", "no"), ("REPLICAOF", "127.0.0.1", "1")),
        (("REPLICAOF", "NO", "ONE"), ("CONFIG", "SET", "replica-serve-stale-data", "yes")),
        "ReadOnlyError",
    ),
    "out-of-memory": State(
        (("CONFIG", "SET", "maxmemory", "1"),), (("CONFIG", "SET", "maxmemory", "0"),),
        "OutOfMemoryError",
    ),
    "no-permission": State(
        (("ACL", "SETUSER", "default", "resetkeys", "~other"),),
        (("ACL", "SETUSER", "default", "allkeys"),),
        "NoPermissionError",
    ),
    "password": State(
        (("CONFIG", "SET", "requirepass", "secret"),), (("CONFIG", "SET", "requirepass", ""),),
        "AuthenticationError",
    ),
}  # fmt: skip


def ask(function: RouteFunction, idempotency_key: str | None = None) -> HttpReply:
    body = {"model": "auto", "messages": [{"role": "user", "content": "What is it?"}]}
    key = {} if idempotency_key is None else {"Idempotency-Key": idempotency_key}
    return function.post("/v1/chat/completions", body, {**HEADERS, **key})


def function_at(port: int) -> tuple[RouteFunction, ScriptedProvider]:
    provider = ScriptedProvider(ANSWER)
    providers: Any = dict.fromkeys(WIRE_FORMATS, provider)
    return patient_function(providers, redis.Redis(port=port)), provider


@pytest.mark.parametrize("name", STATES)
def test_a_redis_of_no_use_costs_no_answer_and_one_line(
    name: str, redis_port: int, logged: Logged
) -> None:
    state = STATES[name]
    with redis.Redis(port=redis_port) as connected:
        server: Any = connected
        server.flushdb()
        try:
            for command in state.enter:
                server.execute_command(*command)
            function, provider = function_at(redis_port)
            assert ask(function).status == 200
            before = logged()
            assert before[0] in {("writes refused", state.error), ("unreachable", state.error)}
            for _ in range(3):
                assert ask(function).status == 200
            assert logged() == before
            provider.asked.clear()
            for key in ("a", "b", "c"):
                assert ask(function, key).code == "idempotency_unavailable"
            # Signing in fails for the decisions as well, so that line is there.
            lines = 0 if name == "password" else 1
            assert (provider.asked, len(logged())) == ([], len(before) + lines)
        finally:
            for command in state.leave:
                server.execute_command(*command)


def test_writes_that_are_taken_again_are_one_line_too(redis_port: int, logged: Logged) -> None:
    function, _ = function_at(redis_port)
    with redis.Redis(port=redis_port) as server:
        for _ in range(2):
            server.config_set("maxmemory", 1)
            try:
                for _ in range(2):
                    assert ask(function).status == 200
            finally:
                server.config_set("maxmemory", 0)
            for _ in range(2):
                assert ask(function).status == 200
    refused, accepted = ("writes refused", "OutOfMemoryError"), ("writes accepted again", "0")
    assert logged() == [refused, accepted, refused, accepted]


def test_a_cluster_that_serves_no_slot_costs_no_answer(
    tmp_path_factory: pytest.TempPathFactory, logged: Logged
) -> None:
    folder = tmp_path_factory.mktemp("cluster")
    # The cluster talks on the port 10,000 above.
    port = next(port for port in iter(unused_port, 0) if port < 50_000)
    server = subprocess.Popen(
        [
            str(services._redis_server(folder)), "--port", str(port), "--bind", "127.0.0.1",
            "--cluster-enabled", "yes", "--save", "",
            "--dir", str(folder),
        ],
        stdout=subprocess.DEVNULL,
    )  # fmt: skip
    try:

        def answers() -> bool:
            with redis.Redis(port=port) as client:
                try:
                    return bool(client.ping())
                except redis.ConnectionError:
                    return False

        assert eventually(answers, 20)
        function, _ = function_at(port)
        for _ in range(3):
            assert ask(function).status == 200
        assert logged() == [("writes refused", "ClusterDownError")]
        assert ask(function, "k").code == "idempotency_unavailable"
    finally:
        server.terminate()
        server.wait()


# ---- S3


def s3_at(port: int, clock: Clock) -> Any:
    config = Config(connect_timeout=1, read_timeout=0.7, retries={"total_max_attempts": 1})
    client = boto3.client("s3", endpoint_url=f"http://127.0.0.1:{port}", config=config)
    return with_fresh_connections(client, clock)


def test_an_s3_that_hangs_holds_up_one_request_and_is_one_line(
    aws: AwsServer, clock: Clock, logged: Logged
) -> None:
    writer = S3Writer(s3_at(aws.port, clock), "b", "ledger", clock)
    before = threading.active_count()
    aws.hold = ""

    def write(times: int) -> None:
        for number in range(times):
            writer.connect("ledger/none")
            writer.write(f"ledger/{number}", b"{}", "20270115-1")

    assert seconds(lambda: write(1)) >= WAIT_SECONDS
    assert seconds(lambda: write(60)) < WAIT_SECONDS
    assert threading.active_count() - before <= 4 + 4 + 1, (
        "ours, the server's and one that connects"
    )
    assert eventually(lambda: not writer._running, 10)
    for _ in range(2):
        clock.now += 11
        assert seconds(lambda: write(1)) < WAIT_SECONDS
        assert eventually(lambda: not writer._running, 10)
    assert [line for line, _ in logged()] == ["unreachable"]
    aws.release.set()
    clock.now += 11
    write(1)
    assert eventually(lambda: len(logged()) == 2, 10)
    assert logged()[1] == ("reachable again", "63")
    write(3)
    assert len(logged()) == 2


def test_an_s3_that_cannot_be_reached_is_one_line(clock: Clock, logged: Logged) -> None:
    ledger = S3Ledger(s3_at(unused_port(), clock), "b")
    for _ in range(20):
        ledger.prepare()
        ledger._writer.write("ledger/1", b"{}", "20270115-1")
        clock.now += 3
    assert eventually(lambda: not ledger._writer._running, 10)
    assert logged() == [("unreachable", "EndpointConnectionError")]


def test_writes_that_s3_refuses_are_one_line_each_way(
    aws: AwsServer, clock: Clock, logged: Logged
) -> None:
    writer = S3Writer(s3_at(aws.port, clock), "b", "ledger", clock)
    for denied in (True, False):
        aws.denied = denied
        for _ in range(5):
            writer.write("ledger/1", b"{}", "20270115-1")
    assert [line for line, _ in logged()] == ["ledger not kept", "ledger kept again"]
    assert logged()[1][1] == "4"


def test_a_payload_that_a_request_needs_is_tried_while_s3_is_left_alone(
    aws: AwsServer, clock: Clock
) -> None:
    client = s3_at(aws.port, clock)
    payloads = S3Payloads(client, "b", inline_bytes=0)
    outage_of(client).failed("ReadTimeoutError")
    payloads.discard({"s3_key": "payloads/1"})
    aws.denied = True
    with pytest.raises(PayloadNotStoredError):
        payloads.offload({"a": 1})
    assert aws.operations == ["PutObject"]
    outage_of(client).failed("ReadTimeoutError")
    aws.denied = False
    assert payloads.resolve(payloads.offload({"a": 1})) == {"a": 1}
    assert not outage_of(client).is_ongoing
