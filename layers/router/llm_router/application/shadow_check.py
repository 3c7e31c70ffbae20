"""Ask the strong model what was answered without it, within a day's cap, and keep the comparison.

A job is deleted before its call is made: whatever happens then, nobody pays for it twice and its
texts are gone. The call's worst case is booked before it as well, so that a run which is cut off
leaves the day's spend too high, never too low.
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
    agreement_with,
    has_result,
)

from .invoke.invocations import AnswerInvocation
from .invoke.invoke_model import ModelInvoker
from .ports import Json, ModelProvider, PayloadStore

CALL_MS = 90_000
"""The longest that one strong answer is waited for: nobody waits for it."""


class ShadowQueue(Protocol):
    """Where `route` leaves jobs."""

    def add(self, job: ShadowJob) -> None:
        """Leave a job; never fails, and takes at most 100 ms."""
        ...


class ShadowJobs(Protocol):
    """The waiting jobs, what came of them, and what they cost."""

    def waiting(self) -> Iterator[str]:
        """The request ids of the jobs that wait."""
        ...

    def take(self, request_id: str) -> ShadowJob | None:
        """Delete a job and return it; None if it is gone or cannot be read.

        What cannot be deleted is not returned: the error is raised.
        """
        ...

    def keep(self, result: ShadowResult) -> None:
        """Keep what a check found."""
        ...

    def spend(self, day: str) -> ShadowSpend:
        """What is booked for a day, as `YYYYMMDD`."""
        ...

    def book(self, spend: ShadowSpend) -> None:
        """Replace what is booked; raises if somebody else did since it was read."""
        ...


CHECK_RESULTS = ("compared", "failed", "over_cap", "unreadable", "left")
"""How a job can end in a run; `left` ones found no time and wait for the next."""


@dataclass(frozen=True)
class ShadowChecker:
    """The use case, with everything that it needs."""

    jobs: ShadowJobs
    providers: Mapping[WireFormat, ModelProvider]
    payloads: PayloadStore
    clock: Callable[[], int]

    def run(self, until_epoch_ms: int) -> dict[str, int]:
        """Check what waits, one after the other, and begin nothing that may end too late.

        Returns how many jobs ended how, by `CHECK_RESULTS`.
        """
        done = dict.fromkeys(CHECK_RESULTS, 0)
        for request_id in self.jobs.waiting():
            if self.clock() + CALL_MS > until_epoch_ms:
                done["left"] += 1
                continue
            job = self.jobs.take(request_id)
            if job is None:
                done["unreadable"] += 1
                continue
            result = self._check(job)
            self.jobs.keep(result)
            done[result.outcome] += 1
        return done

    def _check(self, job: ShadowJob) -> ShadowResult:
        spend = self.jobs.spend(_day(self.clock()))
        if not spend.allows(job):
            self.jobs.book(spend.refused())
            return self._result(job, {"outcome": "over_cap"})
        spend = spend.reserved(job)
        self.jobs.book(spend)
        found = self._ask(job)
        self.jobs.book(spend.settled(job, found["cost_nano_usd"]))
        return self._result(job, found)

    def _ask(self, job: ShadowJob) -> Json:
        asking = ModelInvoker(self.providers, self.payloads, self.clock, lambda _seconds: None)
        payload = self.payloads.offload(job.conversation.model_dump(mode="json"))
        told = asking.run(_invocation(job, payload, self.clock()))
        attempt = Attempt.model_validate(told["attempt"])
        cost = {
            "cost_nano_usd": attempt.cost_nano_usd,
            "cost_estimated": attempt.cost_estimated,
        }
        if told["outcome"] != "answered":
            kind = attempt.failure.kind if attempt.failure else None
            return {"outcome": "failed", "failure": kind, **cost}
        strong = Answer.model_validate(self.payloads.resolve(told["answer"]))
        return {
            "outcome": "compared",
            "agreement": agreement_with(job, strong.text),
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
    """The job's call as the cascade would make it, with all its time for this one attempt."""
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
