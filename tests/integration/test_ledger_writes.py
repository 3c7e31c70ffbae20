"""Ledgers and shadow jobs on their way to S3 while a request waits, or no longer waits."""

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import boto3
import pytest

from llm_router.adapters.aws.clients import PATIENT, with_fresh_connections
from llm_router.adapters.aws.s3_ledger import S3Ledger
from llm_router.adapters.aws.s3_writer import WAIT_SECONDS, S3Writer
from llm_router.application.ports import Json
from llm_router.domain.outcome.cascade_outcome import CascadeOutcome
from llm_router.domain.plan.plan import Plan
from tests.support.fake_aws_server import AwsServer
from tests.support.fakes import ScriptedCascade
from tests.support.network import network
from tests.support.scripted_routing import CALL, outcome, scripted
from tests.support.stack_requests import eventually

pytestmark = pytest.mark.usefixtures("aws_account")
HANDSHAKE_SECONDS = 0.15
KEY, ID = "ledger/20270115/20270115-1.json", "20270115-1"


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture) -> Callable[[], list[tuple[str, str]]]:
    caplog.set_level("INFO")
    return lambda: [
        (record.getMessage(), vars(record)["request_id"])
        for record in caplog.records
        if "llm_router" in record.name
    ]


class Clock:
    """The wall clock, which goes on only when told to."""

    now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


def client_at(port: int, clock: Callable[[], float] = time.time) -> Any:
    url = f"http://127.0.0.1:{port}"
    return with_fresh_connections(boto3.client("s3", endpoint_url=url, config=PATIENT), clock)


def seconds(operation: Callable[[], None]) -> float:
    started = time.perf_counter()
    operation()
    return time.perf_counter() - started


def test_a_connection_opened_during_the_cascade_saves_the_request_its_handshake(
    aws: AwsServer, logged: Callable[[], list[tuple[str, str]]]
) -> None:
    clock = Clock()
    cold, connecting, warm = list[float](), list[float](), list[float]()
    with network(aws.port, HANDSHAKE_SECONDS) as between:
        client = client_at(between.port, clock)
        connected = threading.Event()
        client.meta.events.register("after-call.s3.HeadObject", lambda **_: connected.set())
        writer = S3Writer(client, "b", "ledger", clock)

        def write() -> None:
            writer.write(KEY, b"{}", ID)

        for _ in range(4):  # a busy machine may hold one of them up
            clock.now += 61
            cold.append(seconds(write))
            clock.now += 61
            connected.clear()
            connecting.append(seconds(lambda: writer.connect("ledger/none")))
            assert connected.wait(5)
            clock.now += 29
            warm.append(seconds(write))
    assert min(cold) >= HANDSHAKE_SECONDS
    assert max(min(connecting), min(warm)) < HANDSHAKE_SECONDS / 2
    assert logged() == []


def test_a_connection_in_use_is_not_asked_for(aws: AwsServer) -> None:
    clock = Clock()
    writer = S3Writer(client_at(aws.port, clock), "b", "ledger", clock)

    def asked(times: int) -> bool:
        return aws.operations.count("HeadObject") >= times

    for seconds_later, expected in [(0, 1), (29, 1), (29, 1), (31, 2)]:
        clock.now += seconds_later
        writer.connect("ledger/none")
        assert eventually(partial(asked, expected), 10)
        writer.write(KEY, b"{}", ID)
        aws.operations.remove("PutObject")
        assert aws.operations == ["HeadObject"] * expected


def test_the_router_has_the_connection_opened_while_the_cascade_runs(aws: AwsServer) -> None:
    archive = S3Ledger(client_at(aws.port), "b")

    class Cascade(ScriptedCascade):
        def run(self, plan: Plan, payload: Json) -> CascadeOutcome:
            assert eventually(lambda: aws.operations == ["HeadObject"], 10)
            return super().run(plan, payload)

    cascade = Cascade(outcome())
    here = scripted(None)
    replace(here.routing, archive=archive, cascade=cascade).answer(replace(CALL, request_id=ID))
    assert f"/b/{KEY}" in aws.objects


@pytest.mark.parametrize(
    ("denied", "line"), [(False, "ledger kept late"), (True, "ledger not kept")]
)
def test_a_late_write_logs_its_own_end_once(
    denied: bool, line: str, aws: AwsServer, logged: Callable[[], list[tuple[str, str]]]
) -> None:
    aws.hold, aws.denied = KEY, denied
    writer = S3Writer(client_at(aws.port), "b", "ledger")
    waited = seconds(lambda: writer.write(KEY, b"{}", ID))
    assert WAIT_SECONDS <= waited < 4 * WAIT_SECONDS
    assert logged() == []
    aws.release.set()
    assert eventually(lambda: bool(logged()), 10)
    assert logged() == [(line, ID)]
    assert (f"/b/{KEY}" in aws.objects) is not denied


@pytest.mark.parametrize(("denied", "lines"), [(False, []), (True, [("ledger not kept", ID)])])
def test_a_write_that_ends_in_time_logs_only_a_failure(
    denied: bool,
    lines: list[tuple[str, str]],
    aws: AwsServer,
    logged: Callable[[], list[tuple[str, str]]],
) -> None:
    aws.denied = denied
    writer = S3Writer(client_at(aws.port), "b", "ledger")
    writer.write(KEY, b"{}", ID)
    assert logged() == lines
