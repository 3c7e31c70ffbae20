"""Compares accepted answers with the strong model's answers, within a daily cost cap.

A job is deleted before its call: it is never paid for twice, and its texts are gone. The worst case
of the call is also booked before it, so an aborted run leaves the day's spend too high, never too
low.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from llm_router.domain.conversation.answer import Answer
from llm_router.domain.outcome.ledger import Attempt
from llm_router.domain.plan.candidates import RETURN_MARGIN_MS
from llm_router.domain.policy.models import WireFormat
from llm_router.domain.shadow_check import (
    ShadowJob,
    ShadowResult,
    ShadowSpend,
    has_result,
)

from .invoke.agreement_in_time import agreement_in_time
from .invoke.invocations import AnswerInvocation
from .invoke.invoke_model import ModelInvoker
from .ports import Json, ModelProvider, PayloadStore

CALL_MS = 90_000
"""Timeout of one strong answer; no request waits for it."""


class ShadowQueue(Protocol):
    """The queue to which `route` adds jobs."""

    def add(self, job: ShadowJob) -> None:
        """Add a job; never fails, and takes at most 500 ms."""
        ...


class ShadowJobs(Protocol):
    """The waiting jobs, their results and their spend."""

    def waiting(self) -> Iterator[str]:
        """The request ids of the waiting jobs."""
        ...

    def take(self, request_id: str) -> ShadowJob | None:
        """Delete a job and return it; None if it is gone or cannot be read.

        Raises an error if the job cannot be deleted.
        """
        ...

    def keep(self, result: ShadowResult) -> None:
        """Store the result of a check."""
        ...

    def spend(self, day: str) -> ShadowSpend:
        """The spend of a day, given as `YYYYMMDD`."""
        ...

    def book(self, spend: ShadowSpend) -> None:
        """Replace the spend of its day.

        Raises `SpendConflictError` if another run changed it since it was read.
        """
        ...


class SpendConflictError(Exception):
    """Another run has booked on the same day since the spend was read."""


CHECK_RESULTS = (
    "compared",
    "not_comparable",
    "failed",
    "over_cap",
    "unreadable",
    "conflict",
    "left",
)
"""The results of a job in a run.

A `conflict` ends the run: another one is active, and the job is dropped without a call. `left` jobs
wait for the next run.
"""


@dataclass(frozen=True)
class ShadowChecker:
    """The shadow check use case and its ports."""

    jobs: ShadowJobs
    providers: Mapping[WireFormat, ModelProvider]
    payloads: PayloadStore
    clock: Callable[[], int]

    def run(self, until_epoch_ms: int) -> dict[str, int]:
        """Check the waiting jobs one by one; starts none that may end too late.

        Returns the number of jobs for each of `CHECK_RESULTS`.
        """
        counts = dict.fromkeys(CHECK_RESULTS, 0)
        another_run_is_active = False
        for request_id in self.jobs.waiting():
            if another_run_is_active or self.clock() + CALL_MS > until_epoch_ms:
                counts["left"] += 1
                continue
            job = self.jobs.take(request_id)
            if job is None:
                counts["unreadable"] += 1
                continue
            spend = self.jobs.spend(_day(self.clock()))
            allowed = spend.allows(job)
            spend = spend.reserved(job) if allowed else spend.refused()
            if not self._booked(spend):
                counts["conflict"] += 1
                another_run_is_active = True
                continue
            found: Json = self._ask(job) if allowed else {"outcome": "over_cap"}
            if allowed:
                # On a conflict the worst case stays booked: too high, never too low.
                settled = spend.settled(job, found["cost_nano_usd"])
                another_run_is_active = not self._booked(settled)
            result = self._result(job, found)
            self.jobs.keep(result)
            counts[result.outcome] += 1
        return counts

    def _booked(self, spend: ShadowSpend) -> bool:
        try:
            self.jobs.book(spend)
        except SpendConflictError:
            return False
        return True

    def _ask(self, job: ShadowJob) -> Json:
        invoker = ModelInvoker(self.providers, self.payloads, self.clock, lambda _seconds: None)
        payload = self.payloads.offload(job.conversation.model_dump(mode="json"))
        result = invoker.run(_invocation(job, payload, self.clock()))
        attempt = Attempt.model_validate(result["attempt"])
        cost = {
            "cost_nano_usd": attempt.cost_nano_usd,
            "cost_estimated": attempt.cost_estimated,
        }
        if result["outcome"] != "answered":
            failure_kind = attempt.failure.kind if attempt.failure else None
            return {"outcome": "failed", "failure": failure_kind, **cost}
        strong = Answer.model_validate(self.payloads.resolve(result["opinion"]["answer"]))
        agreed = agreement_in_time(job.conversation.question, job.answer, strong.text)
        return {
            "outcome": "not_comparable" if agreed is None else "compared",
            "agreement": agreed,
            "confidence": attempt.confidence,
            "signals": attempt.signals,
            **cost,
        }

    def _result(self, job: ShadowJob, found: Json) -> ShadowResult:
        return ShadowResult(
            request_id=job.request_id,
            tier=job.tier,
            first_model=job.answered_by,
            strong_model=job.candidate.id,
            comparable=has_result(job),
            checked_epoch_ms=self.clock(),
            **found,
        )


def _invocation(job: ShadowJob, payload: Json, now: int) -> AnswerInvocation:
    """The job's call as the cascade makes it, with the whole time for one attempt."""
    return AnswerInvocation(
        action="answer",
        reason="escalation",
        request_id=job.request_id,
        deadline_epoch_ms=now + CALL_MS + RETURN_MARGIN_MS,
        attempt_share=1,
        budget_nano_usd=job.candidate.worst_case_nano_usd,
        content_policy="fall_back",
        candidate=job.candidate,
        payload=payload,
        expected_output_tokens=job.expected_output_tokens,
        ask_self_rating=False,
        weights=job.weights,
    )


def _day(epoch_ms: int) -> str:
    return time.strftime("%Y%m%d", time.gmtime(epoch_ms / 1000))
