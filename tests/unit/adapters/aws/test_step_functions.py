import json
import threading
import time
from typing import Any

import pytest
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ReadTimeoutError,
)

from llm_router.adapters.aws.step_functions import StepFunctionsCascade
from llm_router.application.errors import (
    CascadeFailedError,
    CascadeNotStartedError,
    CascadeTimeoutError,
)
from llm_router.domain.plan.machine_input import machine_input
from llm_router.domain.plan.plan import Plan
from llm_router.domain.routing.decision import Decision
from llm_router.domain.tiers import Tier
from tests.support.cascade_fixtures import MACHINE, invoking
from tests.support.fakes import asking
from tests.support.plans import plan_of

NOW = 1_800_000_000_000


class Machine:
    """A client of Step Functions whose executions end as told, or hang."""

    def __init__(self, **execution: Any) -> None:
        self.execution = execution
        self.started: list[Any] = []
        self.released = threading.Event()

    def start_sync_execution(self, **given: Any) -> dict[str, Any]:
        self.started.append(given)
        if "raises" in self.execution:
            raise self.execution["raises"]
        if not self.execution:
            self.released.wait(10)
        return self.execution


def plan(allowed_ms: int = 1_000) -> Plan:
    decision = Decision(tier=Tier.SIMPLE, strategy="rule")
    return plan_of(
        asking("hi"),
        decision,
        request_id="r-1",
        deadline_epoch_ms=NOW + allowed_ms,
        budget_nano_usd=10**9,
    )


def run(machine: Machine, allowed_ms: int = 1_000, payload: Any = None) -> Any:
    client: Any = machine
    cascade = StepFunctionsCascade(client, "arn", lambda: NOW)
    return cascade.run(plan(allowed_ms), payload or {"inline": {}})


def refused(status: int, code: str) -> ClientError:
    told: Any = {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(told, "StartSyncExecution")


def test_an_execution_is_named_after_its_request() -> None:
    # The deadline is over: the machine returns without a call.
    ended = MACHINE.run(machine_input(plan(0), {"inline": {}}), invoking({}))
    machine = Machine(status="SUCCEEDED", output=json.dumps(ended.output))
    assert run(machine).status == "failed"
    (started,) = machine.started
    assert started["name"] == "r-1"
    assert json.loads(started["input"])["plan"]["tier"] == "simple"


@pytest.mark.parametrize(
    "execution",
    [
        {"status": "FAILED", "error": "States.Runtime"},
        {"status": "TIMED_OUT"},
        {"status": "SUCCEEDED", "output": "{}"},
        {"status": "SUCCEEDED", "output": "[]"},
        {"status": "SUCCEEDED", "output": '{"best": {"confidence": "high"}}'},
    ],
)
def test_an_execution_that_did_not_succeed_is_an_error(execution: dict[str, Any]) -> None:
    with pytest.raises(CascadeFailedError) as failed:
        run(Machine(**execution))
    assert not isinstance(failed.value, CascadeNotStartedError)


@pytest.mark.parametrize(
    ("error", "started"),
    [
        (refused(400, "ExecutionLimitExceeded"), False),
        (refused(403, "AccessDeniedException"), False),
        (refused(500, "InternalServerError"), True),
        (EndpointConnectionError(endpoint_url="e"), False),
        (ConnectTimeoutError(endpoint_url="e"), False),
        (ReadTimeoutError(endpoint_url="e"), True),
        (ConnectionClosedError(endpoint_url="e"), True),
    ],
)
def test_only_what_was_refused_or_never_sent_cannot_have_cost_anything(
    error: Exception, started: bool
) -> None:
    with pytest.raises(CascadeFailedError) as failed:
        run(Machine(raises=error))
    assert isinstance(failed.value, CascadeNotStartedError) is not started


def test_a_plan_that_no_state_can_hold_is_not_started() -> None:
    machine = Machine()
    with pytest.raises(CascadeNotStartedError, match="too many models"):
        run(machine, payload={"inline": "x" * 200_000})
    assert machine.started == []


def test_an_execution_that_hangs_is_left_at_the_deadline() -> None:
    machine = Machine()
    started = time.perf_counter()
    with pytest.raises(CascadeTimeoutError) as overdue:
        run(machine, allowed_ms=200)
    assert time.perf_counter() - started < 5
    assert overdue.value.status == 504
    machine.released.set()
