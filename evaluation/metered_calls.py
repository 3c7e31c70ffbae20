"""Calls to models within a cost cap, asked again only when a provider says "too fast"."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from llm_router.application.ports import Json, ModelProvider
from llm_router.domain.candidates import (
    Candidate,
    NoCandidateError,
    candidate_for,
    usable_models,
)
from llm_router.domain.catalogue import WireFormat
from llm_router.domain.chat import Answer, Conversation, Usage
from llm_router.domain.cost import cost_nano_usd
from llm_router.domain.failures import Failure, FailureKind, ProviderFailure
from llm_router.domain.policy import Policy

from .collect_errors import StoppedError
from .purse import Purse


@dataclass(frozen=True)
class Patience:
    """How often and how long to wait for a provider that limits the rate of calls."""

    tries: int = 6
    first_wait_seconds: float = 1.0
    longest_wait_seconds: float = 60.0

    def wait_seconds(self, failed: int, failure: Failure) -> float | None:
        """How long to wait after so many failed tries; None if that is no use.

        What the provider asks for counts; if it says nothing, each wait is twice the one before.
        """
        if failure.kind is not FailureKind.RATE_LIMITED or failed >= self.tries:
            return None
        if failure.retry_after_ms is not None:
            asked = failure.retry_after_ms / 1000
            return asked if asked <= self.longest_wait_seconds else None
        return float(min(self.longest_wait_seconds, self.first_wait_seconds * 2 ** (failed - 1)))


PATIENCE = Patience()


@dataclass(frozen=True)
class Reply:
    """An answer, the usage that the provider reported if it did, and how long the call took."""

    answer: Answer
    usage: Usage | None
    latency_ms: int


@dataclass(frozen=True)
class MeteredCalls:
    """Asks models of a policy; every call is paid from the purse."""

    policy: Policy
    providers: Mapping[WireFormat, ModelProvider]
    purse: Purse
    patience: Patience
    timeout_seconds: float
    notice: Callable[[str], None]

    def ask(self, model_id: str, conversation: Conversation, schema: Json | None = None) -> Reply:
        """One answer; `ProviderFailure` if none comes, `StoppedError` if no call may be made."""
        candidate = self.candidate(model_id, conversation)
        unheard = dict.fromkeys(candidate.ignored_parameters(conversation))
        bounded = candidate.asking(conversation).model_copy(
            update={"max_output_tokens": candidate.max_output_tokens, **unheard}
        )
        failed = 0
        while True:
            try:
                return self._call(candidate, bounded, schema)
            except ProviderFailure as failure:
                failed += 1
                wait_seconds = self.patience.wait_seconds(failed, failure.failure)
                if wait_seconds is None:
                    raise
            self.notice(f"{candidate.provider} limits the rate: waiting {wait_seconds:.1f} s")
            if self.purse.closed.wait(wait_seconds):
                raise StoppedError

    def candidate(self, model_id: str, conversation: Conversation) -> Candidate:
        """The call as it would be made; `ProviderFailure` if the model cannot take it."""
        model = self.policy.models_by_id[model_id]
        if not conversation.needs <= model.capabilities:
            raise ProviderFailure(Failure(kind=FailureKind.INVALID_REQUEST, code="not_capable"))
        try:
            usable = usable_models(conversation, self.policy, (model.provider,))
        except NoCandidateError:
            usable = []
        if model not in usable:
            raise ProviderFailure(Failure(kind=FailureKind.CONTEXT_WINDOW, code="too_long"))
        return candidate_for(model, conversation, self.policy)

    def _call(self, candidate: Candidate, conversation: Conversation, schema: Json | None) -> Reply:
        worst = candidate.worst_case_nano_usd
        self.purse.reserve(worst)
        cost = worst
        started = time.monotonic()
        try:
            provider = self.providers[candidate.format]
            given = provider.answer(candidate, conversation, self.timeout_seconds, schema)
            if given.usage is not None:
                cost = cost_nano_usd(given.usage, candidate.prices)
        except ProviderFailure as failure:
            cost = worst if failure.maybe_billed else 0
            raise
        finally:
            self.purse.settle(worst, cost)
        return Reply(given.answer, given.usage, round(1000 * (time.monotonic() - started)))
