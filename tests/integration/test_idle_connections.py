"""Connections that the network has forgotten while a function was idle or frozen.

The real clients talk to servers on loopback; only the wall clock is the test's.
"""

import gc
import logging
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import boto3
import pytest
import redis
from botocore.config import Config

from llm_router import bootstrap
from llm_router.adapters.aws.clients import PATIENT, QUICK, with_fresh_connections
from llm_router.adapters.aws.dynamodb_keys import DynamoDbKeys
from llm_router.adapters.aws.s3_ledger import S3Ledger
from llm_router.adapters.aws.step_functions import StepFunctionsCascade
from llm_router.adapters.policy_files import S3Policy
from llm_router.adapters.providers.endpoints import Vendor
from llm_router.adapters.providers.keys import ProviderKeys
from llm_router.adapters.providers.provider import SdkProvider
from llm_router.adapters.redis.connection import BackgroundConnection
from llm_router.adapters.redis.decision_cache import RedisDecisionCache
from llm_router.adapters.redis.reply_store import RedisReplies
from llm_router.application.errors import CascadeNotStartedError
from llm_router.domain.outcome.ledger import Label
from llm_router.domain.plan.plan import Plan
from llm_router.domain.policy.models import WIRE_FORMATS
from llm_router.domain.routing.decision import CachedDecision, Decision
from llm_router.domain.tiers import Tier
from llm_router.settings import (
    AuthorizeSettings,
    InvokeModelSettings,
    RouteSettings,
    ShadowCheckSettings,
)
from tests.support.fake_aws_server import AwsServer, aws_server
from tests.support.fake_provider_server import Call, ProviderServer, Reply, answer, serving
from tests.support.fakes import PROVIDERS, asking
from tests.support.network import Fate, Network, network, unused_port
from tests.support.plans import plan_of
from tests.support.policies import POLICY_TEXT
from tests.support.provider_adapters import candidate, keys
from tests.support.stack_requests import eventually

pytestmark = pytest.mark.usefixtures("aws_account")
DEADLINE_SECONDS = 20
FAR_LESS = 5
ONCE = Config(
    connect_timeout=1,
    read_timeout=DEADLINE_SECONDS,
    retries={"total_max_attempts": 1},
    inject_host_prefix=False,
)


class Clock:
    """The wall clock, which goes on only when told to."""

    now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Service:
    """A client's call that returns something if it was answered; Redis does not count calls."""

    call: Callable[[], object]
    network: Network
    answered: Callable[[], int] | None = None


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="module")
def aws() -> Iterator[AwsServer]:
    with aws_server() as server:
        yield server


@pytest.fixture(scope="module")
def vendor() -> Iterator[ProviderServer]:
    with serving(lambda call: answer(call, "Because.")) as server:
        yield server


def aws_client(service: Any, url: str, clock: Clock, config: Config = ONCE) -> Any:
    return with_fresh_connections(boto3.client(service, endpoint_url=url, config=config), clock)


def plan() -> Plan:
    decision = Decision(tier=Tier.SIMPLE, strategy="rule")
    return plan_of(
        asking("hi"),
        decision,
        request_id="r-1",
        deadline_epoch_ms=time.time_ns() // 1_000_000 + DEADLINE_SECONDS * 1_000,
        budget_nano_usd=10**9,
    )


def cascade(url: str, clock: Clock) -> Callable[[], object]:
    client = aws_client("stepfunctions", url, clock)
    cascade = StepFunctionsCascade(client, "arn", lambda: time.time_ns() // 1_000_000)
    return lambda: cascade.run(plan(), {"inline": {}})


def label(url: str, clock: Clock) -> Callable[[], object]:
    archive = S3Ledger(aws_client("s3", url, clock, PATIENT), "b")
    given = Label(request_id="20270115-1", tenant="t", score=1, labelled_epoch_ms=1)

    def call() -> bool:
        archive.label(given)
        return True

    return call


def policy(url: str, clock: Clock) -> Callable[[], object]:
    """A refused policy would raise here, where in production it is a false alarm."""

    def refused() -> None:
        raise AssertionError

    source = S3Policy(
        aws_client("s3", url, clock, QUICK), "s3://b/policy.toml", ("b", "copy"), refused, clock
    )

    def call() -> object:
        clock.now += 31
        return source.current()

    return call


def key(url: str, clock: Clock) -> Callable[[], object]:
    numbers = iter(range(100))
    found = DynamoDbKeys(aws_client("dynamodb", url, clock), "t")
    return lambda: found.find(f"hash-{next(numbers)}")


def secret(url: str, clock: Clock) -> Callable[[], object]:
    numbers = iter(range(100))
    client = aws_client("secretsmanager", url, clock)

    def call() -> object:
        # Another reader each time: it keeps keys for longer than connections live.
        known = ProviderKeys(client, f"arn-{next(numbers)}")
        return known.key_for("p", "https://v.example", Vendor("p", "https://v.example"))

    return call


def provider(wire: str, url: str, clock: Clock) -> Callable[[], object]:
    adapter = SdkProvider(keys(), clock)
    model = candidate(wire, url if wire == "anthropic" else f"{url}/v1")
    question = asking("Why?", max_output_tokens=50)
    return lambda: adapter.answer(model, question, DEADLINE_SECONDS).answer.text


def claim(port: int, clock: Clock) -> Callable[[], object]:
    store = RedisReplies(
        redis.Redis(port=port, socket_connect_timeout=1, socket_timeout=5), "s", clock
    )

    def call() -> object:
        return store.claim("slot", b"mine", 60_000) is None

    return call


def decision(port: int, clock: Clock) -> Callable[[], object]:
    client = redis.Redis(port=port, socket_timeout=DEADLINE_SECONDS)
    connection = BackgroundConnection(client, clock)
    cache = RedisDecisionCache(connection, "s", read_seconds=5, write_seconds=5)
    entry = ("key", CachedDecision(tier=Tier.MODERATE, rank=20), 60)

    def call() -> object:
        cache.record(Tier.MODERATE, {"answered": 1}, entry, None)
        return cache.lookup("key", None).decision

    return call


AWS = {
    "stepfunctions": cascade, "s3": label, "s3 policy": policy, "dynamodb": key,
    "secretsmanager": secret,
}  # fmt: skip
REDIS = {"redis replies": claim, "redis decisions": decision}
SERVICES = [*AWS, *WIRE_FORMATS, *REDIS]


@pytest.fixture
def service(
    request: pytest.FixtureRequest, clock: Clock, aws: AwsServer, vendor: ProviderServer
) -> Iterator[Service]:
    name = request.param
    if name in AWS:
        aws.objects["/b/policy.toml"] = POLICY_TEXT.encode()
        aws.operations.clear()
        with network(aws.port) as between:
            call = AWS[name](between.url, clock)
            yield Service(call, between, lambda: len(aws.operations))
    elif name in REDIS:
        with network(request.getfixturevalue("redis_port")) as between:
            yield Service(REDIS[name](between.port, clock), between)
    else:
        calls: list[Call] = []

        def respond(call: Call) -> Reply:
            calls.append(call)
            return answer(call, "Because.")

        vendor.respond = respond
        with network(int(vendor.url.rpartition(":")[2])) as between:
            yield Service(provider(name, between.url, clock), between, lambda: len(calls))


@pytest.mark.parametrize("fate", ["reset", "swallow"])
@pytest.mark.parametrize("service", SERVICES, indirect=True)
def test_a_connection_that_was_forgotten_while_idle_is_not_used(
    service: Service, clock: Clock, fate: Fate
) -> None:
    assert service.call()
    before = service.network.connections
    answered = service.answered() if service.answered else 0
    service.network.forget(fate)
    clock.now += 61
    started = time.perf_counter()
    assert service.call()
    assert time.perf_counter() - started < FAR_LESS
    assert service.network.connections == before + 1
    if service.answered:
        assert service.answered() == answered + 1


@pytest.mark.parametrize("service", SERVICES, indirect=True)
def test_within_a_minute_the_connection_is_used_again(service: Service, clock: Clock) -> None:
    assert service.call()
    before = service.network.connections
    for _ in range(3):
        clock.now += 29
        assert service.call()
    assert service.network.connections == before


def test_a_call_in_progress_survives_that_idle_connections_are_closed(
    aws: AwsServer, clock: Clock
) -> None:
    """A ledger may still be on its way when the next request finds the client idle."""
    aws.release.clear()
    aws.hold = "slow"
    client = aws_client("s3", f"http://127.0.0.1:{aws.port}", clock)
    with ThreadPoolExecutor() as pool:
        slow = pool.submit(client.put_object, Bucket="b", Key="slow", Body=b"1")
        assert eventually(lambda: aws.operations[-1:] == ["PutObject"], 10)
        clock.now += 61
        client.put_object(Bucket="b", Key="fast", Body=b"2")
        assert not slow.done()
        aws.release.set()
        slow.result(timeout=5)
    aws.hold = None
    assert (aws.objects["/b/slow"], aws.objects["/b/fast"]) == (b"1", b"2")


@pytest.mark.parametrize("wire", WIRE_FORMATS)
def test_a_model_call_in_progress_survives_that_its_client_is_replaced(
    wire: str, vendor: ProviderServer, clock: Clock
) -> None:
    release, calls = threading.Event(), list[Call]()

    def respond(call: Call) -> Reply:
        calls.append(call)
        if len(calls) == 1:
            release.wait(10)
        return answer(call, f"Answer {len(calls)}")

    vendor.respond = respond
    ask = provider(wire, vendor.url, clock)
    with ThreadPoolExecutor() as pool:
        slow = pool.submit(ask)
        assert eventually(lambda: len(calls) == 1, 10)
        clock.now += 61
        assert ask() == "Answer 2"
        gc.collect()
        assert not slow.done()
        release.set()
        assert slow.result(timeout=5) == "Answer 2"


@pytest.mark.parametrize("name", ["stepfunctions", "s3"])
def test_a_service_that_cannot_be_reached_is_named_in_the_log(
    name: str, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    client = aws_client(name, f"http://127.0.0.1:{unused_port()}", clock)
    if name == "stepfunctions":
        with pytest.raises(CascadeNotStartedError):
            StepFunctionsCascade(client, "arn", lambda: 0).run(plan(), {"inline": {}})
    else:
        S3Ledger(client, "b").prepare()
    assert eventually(lambda: bool(unreachable(caplog)), 10)
    assert unreachable(caplog) == [{"service": name, "reason": "EndpointConnectionError"}]


def test_a_redis_that_cannot_be_reached_is_named_in_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    cache = RedisDecisionCache(BackgroundConnection(redis.Redis(port=unused_port())), "s")
    assert cache.lookup("key", None).decision is None
    assert eventually(lambda: bool(unreachable(caplog)), 10)
    assert unreachable(caplog) == [{"service": "redis", "reason": "ConnectionError"}]


def test_every_aws_client_of_the_functions_closes_idle_connections_and_connects_within_a_second(
    monkeypatch: pytest.MonkeyPatch, aws: AwsServer
) -> None:
    made, fresh = list[Any](), list[Any]()
    original = boto3.client

    def recorded(*given: Any, **named: Any) -> Any:
        made.append(original(*given, **named))
        return made[-1]

    def kept_fresh(client: Any) -> Any:
        fresh.append(client)
        return with_fresh_connections(client)

    monkeypatch.setattr(boto3, "client", recorded)
    monkeypatch.setattr(bootstrap, "with_fresh_connections", kept_fresh)
    bootstrap._s3.cache_clear()
    aws.objects["/b/policy.toml"] = POLICY_TEXT.encode()
    url = f"http://127.0.0.1:{aws.port}"
    route = RouteSettings(
        stack_name="llm-router",
        aws_endpoint_url=url, state_machine_arn="arn", enabled_providers=PROVIDERS,
        request_deadline_ms=1, client_read_timeout_seconds=1, payload_bucket="b",
        ledger_bucket="b", policy_override="s3://b/policy.toml",
    )  # fmt: skip
    bootstrap.router(route)
    bootstrap.feedback_service(route)
    bootstrap.authorizer(AuthorizeSettings(aws_endpoint_url=url, key_table="t"))
    bootstrap.model_invoker(
        InvokeModelSettings(aws_endpoint_url=url, provider_secret_arn="arn", payload_bucket="b")
    )
    bootstrap.shadow_checker(
        ShadowCheckSettings(aws_endpoint_url=url, provider_secret_arn="arn", ledger_bucket="b")
    )
    services = {client.meta.service_model.service_name for client in made}
    assert services == {"stepfunctions", "s3", "dynamodb", "secretsmanager"}
    assert fresh == made
    assert {client.meta.config.connect_timeout for client in made} == {1}


def unreachable(caplog: pytest.LogCaptureFixture) -> list[dict[str, str]]:
    return [
        {"service": vars(record)["service"], "reason": vars(record)["reason"]}
        for record in caplog.records
        if record.levelno == logging.WARNING and record.getMessage() == "unreachable"
    ]
