"""Makes one provider call; its answer, classification or failure is returned as data."""

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
from llm_router.domain.outcome.ledger import Attempt, Comparison
from llm_router.domain.plan.candidates import RETURN_MARGIN_MS
from llm_router.domain.policy.models import WireFormat
from llm_router.domain.routing.llm_classifier import (
    CLASSIFICATION_SCHEMA,
    classification_prompt,
    parse_classification,
)
from llm_router.domain.trust import signals
from llm_router.domain.trust.confidence import confidence, doubt_of
from llm_router.domain.trust.structure import structure_of

from .agreement_in_time import agreement_in_time
from .invocations import AnswerInvocation, ClassifyInvocation, CompareInvocation, Opinion


def compare(
    invocation: CompareInvocation, conversation: Conversation, payloads: PayloadStore
) -> Json:
    """Return the opinion with the higher compared confidence, the first one if they are equal.

    A compared confidence follows from the opinion's own signals and from the agreement of both. If
    the answers are not comparable in time, each keeps its own confidence and there is no agreement.
    """
    texts = [Answer.model_validate(payloads.resolve(o.answer)).text for o in invocation.opinions]
    agreed = agreement_in_time(conversation.question, *texts)

    def trust(opinion: Opinion) -> float:
        if agreed is None:
            return opinion.confidence
        signals = opinion.signals.model_copy(update={"agreement": agreed})
        return confidence(signals, invocation.weights)

    chosen = max(invocation.opinions, key=trust)
    compared = trust(chosen)
    opinion = chosen.model_copy(update={"confidence": compared})
    comparison = Comparison(agreement=agreed, confidence=compared)
    return {
        "outcome": "compared",
        "opinion": opinion.model_dump(mode="json", exclude_none=True),
        "comparison": comparison.model_dump(mode="json", exclude_none=True),
    }


_NO_TIME = Failure(kind=FailureKind.TIMEOUT, code="no_time_left")
_LONGEST_EXPECTED_TOKENS = 2_000
_REASON_CHARACTERS = 2_000
"""Providers echo whole requests in their errors, but the size of a state is limited."""


@dataclass(frozen=True)
class ModelInvoker:
    """The use case of `invoke_model` and its ports."""

    providers: Mapping[WireFormat, ModelProvider]
    payloads: PayloadStore
    clock: Callable[[], int]
    sleep: Callable[[float], None]

    def run(self, invocation: AnswerInvocation | ClassifyInvocation | CompareInvocation) -> Json:
        """Run an invocation; a provider's failure is part of the result, never raised."""
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
        with_self_rating = invocation.ask_self_rating and not conversation.is_structured
        asked = conversation
        if with_self_rating:
            conversation = _with_self_rating(conversation)
        result = self._call(
            invocation, invocation.candidate.conversation_for(conversation), None, started
        )
        answer, self_rating = result.answer, None
        if with_self_rating:
            text, rating = signals.split_self_rating(answer.text)
            answer = _with_text(answer, text)
            # The rating was requested: a missing one counts as 0.
            self_rating = rating or 0.0
        max_output_tokens = invocation.candidate.max_output_tokens
        observed = signals.signals(
            answer,
            min(invocation.expected_output_tokens, _LONGEST_EXPECTED_TOKENS),
            asked.model_copy(update={"max_output_tokens": max_output_tokens}),
            self_rating,
            logprobs_asked=invocation.candidate.ask_logprobs,
        ).model_copy(update={"structure": structure_of(answer, conversation)})
        if not conversation.logprobs:
            answer = answer.model_copy(update={"logprobs": None})
        if answer.finish_reason == "length" and conversation.max_output_tokens is not None:
            # The caller's own limit cut the answer: a stronger model would be cut as well.
            observed = observed.model_copy(update={"truncation": 1.0})
        trust = confidence(observed, invocation.weights)
        attempt = _answered(
            invocation,
            result,
            **self._timing(started),
            confidence=trust,
            signals=observed,
            ignored=tuple(dict.fromkeys([*ignored, *result.left_out])),
        )
        opinion = Opinion(
            model=invocation.candidate.id,
            rank=invocation.candidate.rank,
            answer=self.payloads.offload(answer.model_dump(mode="json", exclude_none=True)),
            confidence=trust,
            signals=observed,
            doubt=doubt_of(observed, invocation.weights),
        )
        return {
            "outcome": "answered",
            "doubt": opinion.doubt,
            "opinion": opinion.model_dump(mode="json", exclude_none=True),
            "window_above": 0,
            "refused_by": "",
            "attempt": attempt,
        }

    def _classify(
        self, invocation: ClassifyInvocation, conversation: Conversation, started: int
    ) -> Json:
        prompt = classification_prompt(conversation, invocation.max_prompt_characters)
        result = self._call(invocation, prompt, CLASSIFICATION_SCHEMA, started)
        attempt = _answered(invocation, result, **self._timing(started))
        classification = parse_classification(result.answer.text)
        classified = classification.model_dump() if classification else {}
        return {"outcome": "answered", "attempt": attempt, "classification": classified}

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
        limited = conversation.without(candidate.ignored_parameters(conversation)).model_copy(
            update={"max_output_tokens": candidate.max_output_tokens}
        )
        provider = self.providers[candidate.format]
        return provider.answer(candidate, limited, timeout_ms / 1000, schema)


def _timeout_ms(invocation: AnswerInvocation | ClassifyInvocation, now: int) -> float:
    """The time that the call may take.

    A classification has its share. An answer has all the time that is left except for what another
    model's call usually needs, or all of it where less than its share would remain.
    """
    left = invocation.deadline_epoch_ms - now - RETURN_MARGIN_MS
    share = left * invocation.attempt_share
    if isinstance(invocation, ClassifyInvocation):
        return min(left, max(share, invocation.candidate.minimum_ms - RETURN_MARGIN_MS))
    cut = left - invocation.reserved_ms
    return cut if cut >= share else left


def _with_text(answer: Answer, text: str) -> Answer:
    """The answer with `text` instead of its own text, of which `text` is the beginning."""
    cut = len(answer.text) - len(text)
    parts = list(answer.parts)
    if cut and parts and isinstance(last := parts[-1], Text):
        parts[-1] = last.model_copy(update={"text": last.text[:-cut]})
    return answer.model_copy(update={"text": text, "parts": tuple(parts)})


def _with_self_rating(conversation: Conversation) -> Conversation:
    instruction = Message(role="system", content=signals.SELF_RATING_INSTRUCTION)
    return conversation.model_copy(update={"messages": (instruction, *conversation.messages)})


def _answered(
    invocation: AnswerInvocation | ClassifyInvocation, result: ProviderAnswer, **fields: Any
) -> Json:
    answer = result.answer
    answered = bool(answer.text.strip() or answer.tool_calls)
    billed = _billed(invocation, result.usage, answered=answered)
    return _attempt(invocation, "answered", {**fields, **(billed or _worst_case(invocation))})


def _billed(
    invocation: AnswerInvocation | ClassifyInvocation, usage: Usage | None, *, answered: bool
) -> dict[str, Any] | None:
    """The cost by the reported usage; None if the call cannot have used just that."""
    cost = invocation.candidate.cost_nano_usd(usage, answered=answered)
    return None if cost is None else {"cost_nano_usd": cost, "usage": usage}


def _worst_case(invocation: AnswerInvocation | ClassifyInvocation) -> dict[str, Any]:
    return {"cost_nano_usd": invocation.candidate.worst_case_nano_usd, "cost_estimated": True}


def _failed(
    invocation: AnswerInvocation | ClassifyInvocation,
    failure: ProviderFailure,
    timing: dict[str, int],
) -> Json:
    details = failure.failure
    action = ACTIONS[details.kind]
    asks_another = action.next == "ask another format"
    stops = action.next == "stop" or (
        action.next == "as the policy says" and invocation.content_policy == "stop"
    )
    outcome: Outcome = "rejected" if stops else "unavailable"
    booked = _billed(invocation, failure.usage, answered=False)
    if booked is None:
        booked = _worst_case(invocation) if failure.maybe_billed else {"cost_nano_usd": 0}
    fields = {"failure": details, **timing, **booked}
    result: Json = {"outcome": outcome, "attempt": _attempt(invocation, outcome, fields)}
    if isinstance(invocation, ClassifyInvocation):
        result["classification"] = {}
    else:
        larger = action.needs_larger_window
        result["window_above"] = invocation.candidate.context_window if larger else 0
        result["refused_by"] = invocation.candidate.format if asks_another else ""
    if stops or asks_another:
        result["rejection"] = failure.detail[:_REASON_CHARACTERS] or details.kind
    if details.retry_after_ms is not None:
        result["retry_after_ms"] = details.retry_after_ms
    return result


def _attempt(
    invocation: AnswerInvocation | ClassifyInvocation, outcome: Outcome, fields: dict[str, Any]
) -> Json:
    attempt = Attempt(
        model=invocation.candidate.id,
        provider=invocation.candidate.provider,
        rank=invocation.candidate.rank,
        reason=invocation.reason,
        outcome=outcome,
        max_output_tokens=invocation.candidate.max_output_tokens,
        **fields,
    )
    return attempt.model_dump(mode="json", exclude_none=True)
