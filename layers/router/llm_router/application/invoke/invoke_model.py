"""One provider call: its answer with a confidence, its classification, or its failure as data."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from llm_router.application.ports import Json, ModelProvider, PayloadStore, ProviderAnswer
from llm_router.domain.conversation.answer import Answer, Usage
from llm_router.domain.conversation.content import Text
from llm_router.domain.conversation.conversation import Conversation, Message
from llm_router.domain.outcome.failures import (
    ACTIONS,
    Failure,
    FailureKind,
    Outcome,
    ProviderFailure,
)
from llm_router.domain.outcome.ledger import Attempt
from llm_router.domain.plan.candidates import RETURN_MARGIN_MS
from llm_router.domain.policy.models import WireFormat
from llm_router.domain.policy.prices import cost_nano_usd
from llm_router.domain.routing.llm_classifier import (
    CLASSIFICATION_SCHEMA,
    classification_prompt,
    parse_classification,
)
from llm_router.domain.trust import signals
from llm_router.domain.trust.agreement import agreement
from llm_router.domain.trust.confidence import confidence
from llm_router.domain.trust.structure import structure_of

from .invocations import AnswerInvocation, ClassifyInvocation, CompareInvocation, Opinion


def compare(
    invocation: CompareInvocation, conversation: Conversation, payloads: PayloadStore
) -> Json:
    """The opinion with the higher confidence, the first one if they are equal.

    Both are judged by their own signals and by how far they agree.
    """
    texts = [Answer.model_validate(payloads.resolve(o.answer)).text for o in invocation.opinions]
    agreed = agreement(conversation.question, *texts)

    def trust(opinion: Opinion) -> float:
        signals = opinion.signals.model_copy(update={"agreement": agreed})
        return confidence(signals, invocation.weights)

    chosen = max(invocation.opinions, key=trust)
    return {
        "outcome": "compared",
        "answer": chosen.answer,
        "model": chosen.model,
        "rank": chosen.rank,
        "confidence": trust(chosen),
        "agreement": agreed,
    }


_NO_TIME = Failure(kind=FailureKind.TIMEOUT, code="no_time_left")
_LONGEST_EXPECTED_TOKENS = 2_000
_REASON_CHARACTERS = 2_000
"""Providers echo whole requests in their errors, and a state holds only so much."""


@dataclass(frozen=True)
class ModelInvoker:
    """The use case, with everything that it needs."""

    providers: Mapping[WireFormat, ModelProvider]
    payloads: PayloadStore
    clock: Callable[[], int]
    sleep: Callable[[float], None]

    def run(self, invocation: AnswerInvocation | ClassifyInvocation | CompareInvocation) -> Json:
        """Carry it out; a provider's failure is part of the result and never raised."""
        conversation = Conversation.model_validate(self.payloads.resolve(invocation.payload))
        if isinstance(invocation, CompareInvocation):
            return compare(invocation, conversation, self.payloads)
        candidate = invocation.candidate.capped_at(invocation.budget_nano_usd)
        invocation = invocation.model_copy(update={"candidate": candidate})
        self.sleep(max(0, invocation.not_before_epoch_ms - self.clock()) / 1000)
        started = self.clock()
        try:
            if isinstance(invocation, ClassifyInvocation):
                return self._classify(invocation, conversation, started)
            return self._answer(invocation, conversation, started)
        except ProviderFailure as failure:
            return _failed(invocation, failure, self._timing(started))

    def _answer(
        self, invocation: AnswerInvocation, conversation: Conversation, started: int
    ) -> Json:
        ignored = invocation.candidate.ignored_parameters(conversation)
        rates_itself = invocation.ask_self_rating and not conversation.is_structured
        if rates_itself:
            conversation = _with_self_rating(conversation)
        given = self._call(
            invocation, invocation.candidate.conversation_for(conversation), None, started
        )
        answer, self_rating = given.answer, None
        if rates_itself:
            text, rating = signals.split_self_rating(answer.text)
            answer = _with_text(answer, text)
            # It was asked for: one that is missing speaks against the answer.
            self_rating = rating or 0.0
        bound = invocation.candidate.max_output_tokens
        seen = signals.signals(
            answer,
            min(invocation.expected_output_tokens, bound, _LONGEST_EXPECTED_TOKENS),
            structure_of(answer, conversation),
            self_rating,
            logprobs_asked=invocation.candidate.ask_logprobs,
        )
        if not conversation.logprobs:
            answer = answer.model_copy(update={"logprobs": None})
        if answer.finish_reason == "length" and conversation.max_output_tokens is not None:
            # The caller's own bound: a stronger model would be held to it too.
            seen = seen.model_copy(update={"truncation": 1.0})
        trust = confidence(seen, invocation.weights)
        attempt = _answered(
            invocation,
            given.usage,
            **self._timing(started),
            confidence=trust,
            signals=seen,
            ignored=ignored,
        )
        return {
            "outcome": "answered",
            "answer": self.payloads.offload(answer.model_dump(mode="json", exclude_none=True)),
            "confidence": trust,
            "attempt": attempt,
        }

    def _classify(
        self, invocation: ClassifyInvocation, conversation: Conversation, started: int
    ) -> Json:
        prompt = classification_prompt(conversation, invocation.max_prompt_characters)
        given = self._call(invocation, prompt, CLASSIFICATION_SCHEMA, started)
        attempt = _answered(invocation, given.usage, **self._timing(started))
        classification = parse_classification(given.answer.text)
        judged = {"classification": classification.model_dump()} if classification else {}
        return {"outcome": "answered", "attempt": attempt, **judged}

    def _timing(self, started: int) -> dict[str, int]:
        return {"started_epoch_ms": started, "latency_ms": self.clock() - started}

    def _call(
        self,
        invocation: AnswerInvocation | ClassifyInvocation,
        conversation: Conversation,
        schema: Json | None,
        now: int,
    ) -> ProviderAnswer:
        candidate = invocation.candidate
        timeout_ms = _timeout_ms(invocation, now)
        if timeout_ms <= 0:
            raise ProviderFailure(_NO_TIME, maybe_billed=False)
        bounded = conversation.without(candidate.ignored_parameters(conversation)).model_copy(
            update={"max_output_tokens": candidate.max_output_tokens}
        )
        provider = self.providers[candidate.format]
        return provider.answer(candidate, bounded, timeout_ms / 1000, schema)


def _timeout_ms(invocation: AnswerInvocation | ClassifyInvocation, now: int) -> float:
    """The share of the time left; all of it where the rest would be too short for another call."""
    left = invocation.deadline_epoch_ms - now - RETURN_MARGIN_MS
    least = invocation.candidate.minimum_ms - RETURN_MARGIN_MS
    share = left * invocation.attempt_share
    return left if left - share < least else max(share, least)


def _with_text(answer: Answer, text: str) -> Answer:
    """The answer with a shorter text: its end was cut off."""
    cut = len(answer.text) - len(text)
    parts = list(answer.parts)
    if cut and parts and isinstance(last := parts[-1], Text):
        parts[-1] = last.model_copy(update={"text": last.text[:-cut]})
    return answer.model_copy(update={"text": text, "parts": tuple(parts)})


def _with_self_rating(conversation: Conversation) -> Conversation:
    instruction = Message(role="system", content=signals.SELF_RATING_INSTRUCTION)
    return conversation.model_copy(update={"messages": (instruction, *conversation.messages)})


def _answered(
    invocation: AnswerInvocation | ClassifyInvocation, usage: Usage | None, **seen: Any
) -> Json:
    candidate = invocation.candidate
    if usage is None:
        seen |= {"cost_nano_usd": candidate.worst_case_nano_usd, "cost_estimated": True}
    else:
        seen |= {"cost_nano_usd": cost_nano_usd(usage, candidate.prices), "usage": usage}
    return _attempt(invocation, "answered", seen)


def _failed(
    invocation: AnswerInvocation | ClassifyInvocation,
    failure: ProviderFailure,
    timing: dict[str, int],
) -> Json:
    told = failure.failure
    follows = ACTIONS[told.kind].next
    stops = follows == "stop" or (
        follows == "as the policy says" and invocation.content_policy == "stop"
    )
    outcome: Outcome = "rejected" if stops else "unavailable"
    seen = {
        "failure": told,
        **timing,
        "cost_nano_usd": invocation.candidate.worst_case_nano_usd if failure.maybe_billed else 0,
        "cost_estimated": failure.maybe_billed,
    }
    result: Json = {"outcome": outcome, "attempt": _attempt(invocation, outcome, seen)}
    if stops:
        result["rejection"] = failure.detail[:_REASON_CHARACTERS] or told.kind
    if told.retry_after_ms is not None:
        result["retry_after_ms"] = told.retry_after_ms
    return result


def _attempt(
    invocation: AnswerInvocation | ClassifyInvocation, outcome: Outcome, seen: dict[str, Any]
) -> Json:
    attempt = Attempt(
        model=invocation.candidate.id,
        provider=invocation.candidate.provider,
        rank=invocation.candidate.rank,
        reason=invocation.reason,
        outcome=outcome,
        max_output_tokens=invocation.candidate.max_output_tokens,
        **seen,
    )
    return attempt.model_dump(mode="json", exclude_none=True)
