"""Runs the cascade as one synchronous execution of the Express state machine."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
)
from pydantic import ValidationError

from llm_router.adapters.time_budget import run_with_timeout
from llm_router.application.errors import (
    CascadeFailedError,
    CascadeNotStartedError,
    CascadeTimeoutError,
)
from llm_router.application.ports import Json
from llm_router.domain.outcome.cascade_outcome import CascadeOutcome
from llm_router.domain.plan.machine_input import machine_input
from llm_router.domain.plan.plan import Plan

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient


MAX_STATE_BYTES = 192 * 1024
"""The most that an execution's input may hold; the service's own limit is 256 KiB."""

_NEVER_SENT = (ConnectTimeoutError, EndpointConnectionError, NoCredentialsError)
_SERVER_ERRORS = 500
_GRACE_MS = 50
"""Extra wait after the deadline for a result that is already on its way back."""


class StepFunctionsCascade:
    """Starts an execution named after the request and waits for its end or the plan's deadline.

    The client must not retry: a synchronous Express execution runs at most once, and a second
    start would pay for the models twice.
    """

    def __init__(self, client: SFNClient, state_machine_arn: str, clock: Callable[[], int]) -> None:
        self._client = client
        self._state_machine_arn = state_machine_arn
        self._clock = clock

    def run(self, plan: Plan, payload: Json) -> CascadeOutcome:
        """Run a plan; raises `CascadeFailedError` if the execution does not succeed in time."""
        input_json = json.dumps(machine_input(plan, payload))
        if len(input_json) > MAX_STATE_BYTES:
            raise CascadeNotStartedError(
                f"the plan holds {len(input_json)} bytes, a state at most {MAX_STATE_BYTES}: "
                "the policy has too many models"
            )
        left_ms = plan.deadline_epoch_ms - self._clock() + _GRACE_MS
        try:
            execution = run_with_timeout(
                max(0, left_ms) / 1000,
                lambda: self._client.start_sync_execution(
                    stateMachineArn=self._state_machine_arn,
                    name=plan.request_id,
                    input=input_json,
                ),
            )
        except TimeoutError as error:
            raise CascadeTimeoutError("no model answered before the deadline") from error
        except (BotoCoreError, ClientError) as error:
            error_class = CascadeNotStartedError if _never_started(error) else CascadeFailedError
            raise error_class("the cascade could not be run") from error
        # The response has status 200 even if the execution failed.
        if execution["status"] != "SUCCEEDED":
            reason = execution.get("error") or execution["status"]
            raise CascadeFailedError(f"the cascade ended with {reason}")
        try:
            return CascadeOutcome.from_machine(json.loads(execution["output"]))
        except (ValidationError, LookupError, TypeError, ValueError) as error:
            raise CascadeFailedError("the cascade's output is not an outcome") from error


def _never_started(error: BotoCoreError | ClientError) -> bool:
    """True if no execution can have started: the service refused it or was never reached."""
    if isinstance(error, ClientError):
        return error.response["ResponseMetadata"]["HTTPStatusCode"] < _SERVER_ERRORS
    return isinstance(error, _NEVER_SENT)
