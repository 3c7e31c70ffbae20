import json
import threading
import time
from typing import Any

import pytest

from llm_router.adapters.policy_files import packaged_policy
from llm_router.adapters.step_functions import StepFunctionsCascade
from llm_router.application.errors import CascadeFailedError, CascadeOverdueError
from llm_router.domain.decision import Decision
from llm_router.domain.planning import Frame, Plan, plan_for
from llm_router.domain.tiers import Tier
from tests.support.fakes import PROVIDERS, asking

NOW = 1_800_000_000_000


class Machine:
    """A client of Step Functions whose executions end as told, or hang."""

    def __init__(self, **execution: Any) -> None:
        self.execution = execution
        self.started: list[Any] = []
        self.released = threading.Event()

    def start_sync_execution(self, **given: Any) -> dict[str, Any]:
        self.started.append(given)
        if not self.execution:
            self.released.wait(10)
        return self.execution


def plan(allowed_ms: int = 1_000) -> Plan:
    frame = Frame(
        request_id="r-1",
        purpose="answer",
        deadline_epoch_ms=NOW + allowed_ms,
        budget_nano_usd=10**9,
    )
    decision = Decision(tier=Tier.SIMPLE, strategy="rule")
    return plan_for(asking("hi"), decision, packaged_policy(), PROVIDERS, frame)


def run(machine: Machine, allowed_ms: int = 1_000) -> Any:
    client: Any = machine
    return StepFunctionsCascade(client, "arn", lambda: NOW).run(plan(allowed_ms), {"inline": {}})


def test_an_execution_is_named_after_its_request() -> None:
    machine = Machine(
        status="SUCCEEDED",
        output=json.dumps({"status": "failed", "tier": "simple", "attempts": []}),
    )
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
    ],
)
def test_an_execution_that_did_not_succeed_is_an_error(execution: dict[str, Any]) -> None:
    with pytest.raises(CascadeFailedError):
        run(Machine(**execution))


def test_an_execution_that_hangs_is_left_at_the_deadline() -> None:
    machine = Machine()
    started = time.perf_counter()
    with pytest.raises(CascadeOverdueError) as overdue:
        run(machine, allowed_ms=200)
    assert time.perf_counter() - started < 1
    assert overdue.value.status == 504
    machine.released.set()
