"""Calls to models within a cost cap, retried only if a provider limits the rate."""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from evaluation.errors import StoppedError
from llm_router.application.ports import Json, ModelProvider
from llm_router.domain.conversation.answer import Answer, Usage
from llm_router.domain.conversation.conversation import Conversation
from llm_router.domain.outcome.failures import Failure, FailureKind, ProviderFailure
from llm_router.domain.plan.candidates import (
    Candidate,
    NoCandidateError,
    candidate_for,
    usable_models,
)
from llm_router.domain.policy.models import WireFormat
from llm_router.domain.policy.policy import Policy


class CostBudget:
    """A budget in nano-USD: each call reserves its worst case before and settles its cost after.

    Spent and reserved amounts together never exceed the cap, so the bill cannot either.
    """

    def __init__(self, cap_nano_usd: int) -> None:
        self._cap = cap_nano_usd
        self._reserved = 0
        self._changed = threading.Condition()  # its lock is reentrant
        self.spent_nano_usd = 0
        self.closed = threading.Event()
        self.exhausted = False
        """True if it was closed because a call no longer fitted."""

    def reserve(self, nano_usd: int) -> None:
        """Reserve the worst case of a call; waits for money that calls under way may give back.

        A call that does not fit closes the budget. Raises `StoppedError` once it is closed.
        """
        with self._changed:
            while not self.closed.is_set() and self._lacks(nano_usd) and self._reserved:
                self._changed.wait()
            if not self.closed.is_set() and self._lacks(nano_usd):
                self.exhausted = True
                self.close()
            if self.closed.is_set():
                raise StoppedError
            self._reserved += nano_usd

    def settle(self, reserved_nano_usd: int, spent_nano_usd: int) -> None:
        """Record the cost of a call and release the rest of its reservation."""
        with self._changed:
            self._reserved -= reserved_nano_usd
            self.spent_nano_usd += spent_nano_usd
            self._changed.notify_all()

    def close(self) -> None:
        """Stop further calls from beginning."""
        with self._changed:
            self.closed.set()
            self._changed.notify_all()

    def _lacks(self, nano_usd: int) -> bool:
        return self.spent_nano_usd + self._reserved + nano_usd > self._cap


@dataclass(frozen=True)
class RetryPolicy:
    """The number of tries, and the waits between them, if a provider limits the rate of calls."""

    tries: int = 6
    first_wait_seconds: float = 1.0
    longest_wait_seconds: float = 60.0

    def wait_seconds(self, failed: int, failure: Failure) -> float | None:
        """Seconds to wait after `failed` tries; None if another try is of no use.

        The provider's Retry-After is used; without one, each wait is twice the one before.
        """
        if failure.kind is not FailureKind.RATE_LIMITED or failed >= self.tries:
            return None
        if failure.retry_after_ms is not None:
            retry_after = failure.retry_after_ms / 1000
            return retry_after if retry_after <= self.longest_wait_seconds else None
        return float(min(self.longest_wait_seconds, self.first_wait_seconds * 2 ** (failed - 1)))


RETRY_POLICY = RetryPolicy()


@dataclass(frozen=True)
class MeteredReply:
    """An answer, its usage if the provider reported it, and the latency of the call."""

    answer: Answer
    usage: Usage | None
    latency_ms: int


@dataclass(frozen=True)
class MeteredCalls:
    """Calls models of a policy; every call is paid from the budget."""

    policy: Policy
    providers: Mapping[WireFormat, ModelProvider]
    budget: CostBudget
    retry_policy: RetryPolicy
    timeout_seconds: float
    notice: Callable[[str], None]

    def ask(
        self, model_id: str, conversation: Conversation, schema: Json | None = None
    ) -> MeteredReply:
        """One answer; `ProviderFailure` if the call fails, `StoppedError` if none may be made."""
        candidate = self.candidate(model_id, conversation)
        ignored = dict.fromkeys(candidate.ignored_parameters(conversation))
        bounded = candidate.conversation_for(conversation).model_copy(
            update={"max_output_tokens": candidate.max_output_tokens, **ignored}
        )
        failed = 0
        while True:
            try:
                return self._call(candidate, bounded, schema)
            except ProviderFailure as failure:
                failed += 1
                wait_seconds = self.retry_policy.wait_seconds(failed, failure.failure)
                if wait_seconds is None:
                    raise
            self.notice(f"{candidate.provider} limits the rate: waiting {wait_seconds:.1f} s")
            if self.budget.closed.wait(wait_seconds):
                raise StoppedError

    def candidate(self, model_id: str, conversation: Conversation) -> Candidate:
        """The candidate for a call; `ProviderFailure` if the model cannot take the conversation."""
        model = self.policy.models_by_id[model_id]
        if not conversation.needs <= model.capabilities:
            raise ProviderFailure(Failure(kind=FailureKind.NOT_SUPPORTED, code="not_capable"))
        try:
            usable = usable_models(conversation, self.policy, (model.provider,), model.id)
        except NoCandidateError:
            usable = []
        if model not in usable:
            raise ProviderFailure(Failure(kind=FailureKind.CONTEXT_WINDOW, code="too_long"))
        return candidate_for(model, conversation, self.policy)

    def _call(
        self, candidate: Candidate, conversation: Conversation, schema: Json | None
    ) -> MeteredReply:
        worst = candidate.worst_case_nano_usd
        self.budget.reserve(worst)
        cost = worst
        started = time.monotonic()
        try:
            provider = self.providers[candidate.format]
            reply = provider.answer(candidate, conversation, self.timeout_seconds, schema)
            cost = _billed(candidate, reply.usage, worst)
        except ProviderFailure as failure:
            cost = _billed(candidate, failure.usage, worst if failure.maybe_billed else 0)
            raise
        finally:
            self.budget.settle(worst, cost)
        return MeteredReply(reply.answer, reply.usage, round(1000 * (time.monotonic() - started)))


def _billed(candidate: Candidate, usage: Usage | None, otherwise: int) -> int:
    """The cost by the reported usage, or another if this call cannot have used just that."""
    cost = candidate.cost_nano_usd(usage, answered=False)
    return otherwise if cost is None else cost
