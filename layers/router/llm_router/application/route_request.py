"""Answer a request, or say how it would be routed."""

import hashlib
import json
from collections.abc import Callable, Collection
from dataclasses import dataclass
from decimal import Decimal

from ..domain.chat import Answer, Conversation
from ..domain.cost import from_usd
from ..domain.decision import (
    Decision,
    Hints,
    Remembered,
    decide_by_estimate,
    decide_by_memory,
    decide_by_word,
)
from ..domain.outcome import CascadeOutcome
from ..domain.planning import Frame, NoCandidateError, Plan, Purpose, plan_for
from ..domain.policy import Policy
from .errors import (
    AllFailedError,
    BudgetExceededError,
    CascadeFailedError,
    DeadlineExceededError,
    InvalidRequestError,
    RequestRejectedError,
    RouterError,
    UnknownModelError,
)
from .ports import Cascade, DecisionCache, MetricSink, PayloadStore, PolicySource


@dataclass(frozen=True)
class RoutingCall:
    """One request as it arrived: whose it is, what it asks, and within which bounds."""

    request_id: str
    tenant: str
    conversation: Conversation
    hints: Hints
    received_epoch_ms: int
    max_latency_ms: int | None = None
    max_cost_usd: Decimal | None = None


@dataclass(frozen=True)
class Routed:
    """How a request was routed; `outcome` is None where the machine did not have to run."""

    call: RoutingCall
    decision: Decision
    policy_version: str
    outcome: CascadeOutcome | None


@dataclass(frozen=True)
class Answered:
    """A routed request with its answer."""

    routed: Routed
    outcome: CascadeOutcome
    answer: Answer


@dataclass(frozen=True)
class Routing:
    """The use case, with everything that it needs."""

    policies: PolicySource
    cache: DecisionCache
    cascade: Cascade
    payloads: PayloadStore
    metrics: MetricSink
    clock: Callable[[], int]
    enabled_providers: Collection[str]
    deadline_ms: int

    def answer(self, call: RoutingCall) -> Answered:
        """Answer a request through the cascade; raises a `RouterError` if nothing answers it."""
        policy, decision, key = self._decide(call)
        try:
            outcome = self._run(call, policy, decision, "answer")
        except CascadeFailedError:
            self.metrics.request_finished(None, self.clock() - call.received_epoch_ms)
            raise
        self.metrics.request_finished(outcome, self.clock() - call.received_epoch_ms)
        self._learn(policy, key, outcome)
        if outcome.status != "answered" or outcome.answer is None:
            raise _error_for(outcome)
        answer = Answer.model_validate(self.payloads.unseal(outcome.answer))
        self.payloads.discard(outcome.answer)
        return Answered(Routed(call, decision, policy.version, outcome), outcome, answer)

    def decide(self, call: RoutingCall, *, classify: bool) -> Routed:
        """The decision that `answer` would make now; without `classify` no model is ever asked."""
        policy, decision, _ = self._decide(call)
        if decision.tier is not None or not classify:
            self._plan(call, policy, decision, "classify")
            return Routed(call, decision, policy.version, None)
        outcome = self._run(call, policy, decision, "classify")
        return Routed(call, decision, policy.version, outcome)

    def _decide(self, call: RoutingCall) -> tuple[Policy, Decision, str]:
        policy = self.policies.current()
        if call.hints.model is not None and call.hints.model not in policy.models_by_id:
            known = ", ".join(["auto", *policy.models_by_id])
            raise UnknownModelError(
                f"model: no model {call.hints.model!r}; one of {known}", param="model"
            )
        key = decision_key(call, policy.version, self.enabled_providers)
        decision = decide_by_word(call.conversation, call.hints, policy)
        if decision is None:
            remembered = self.cache.recall(key)
            decision = (
                decide_by_memory(remembered)
                if remembered
                else decide_by_estimate(call.conversation, policy)
            )
        return policy, decision, key

    def _plan(
        self, call: RoutingCall, policy: Policy, decision: Decision, purpose: Purpose
    ) -> Plan:
        allowed_ms = min(call.max_latency_ms or self.deadline_ms, self.deadline_ms)
        cap = min(call.max_cost_usd or policy.limits.max_cost_usd, policy.limits.max_cost_usd)
        frame = Frame(
            request_id=call.request_id,
            purpose=purpose,
            deadline_epoch_ms=call.received_epoch_ms + allowed_ms,
            budget_nano_usd=from_usd(cap),
        )
        try:
            return plan_for(call.conversation, decision, policy, self.enabled_providers, frame)
        except NoCandidateError as error:
            raise InvalidRequestError(
                f"{error.param}: {error}", param=error.param, code="no_candidate"
            ) from error

    def _run(
        self, call: RoutingCall, policy: Policy, decision: Decision, purpose: Purpose
    ) -> CascadeOutcome:
        plan = self._plan(call, policy, decision, purpose)
        payload = self.payloads.seal(call.conversation.model_dump(mode="json", exclude_none=True))
        try:
            return self.cascade.run(plan, payload)
        finally:
            self.payloads.discard(payload)

    def _learn(self, policy: Policy, key: str, outcome: CascadeOutcome) -> None:
        counts = {
            "answered": int(outcome.status == "answered"),
            "escalated": int(outcome.escalated),
            "fell_back": int(outcome.fell_back),
        }
        satisfied = outcome.status == "answered" and not outcome.degraded
        learned = outcome.strategy in {"cache", "local_classifier", "llm_classifier"}
        remember = None
        if satisfied and learned:
            remembered = Remembered(tier=outcome.tier, rank=outcome.satisfying_rank)
            remember = (key, remembered, policy.cache.ttl_seconds)
        self.cache.record(outcome.tier, counts, remember)


def decision_key(call: RoutingCall, policy_version: str, enabled_providers: Collection[str]) -> str:
    """A digest of everything that a decision depends on; tenants never share one."""
    content = {
        "tenant": call.tenant,
        "policy": policy_version,
        "providers": sorted(enabled_providers),
        "conversation": call.conversation.model_dump(mode="json", exclude={"user"}),
        "hints": call.hints.model_dump(mode="json"),
    }
    encoded = json.dumps(content, sort_keys=True, ensure_ascii=False).encode()
    return hashlib.sha256(encoded).hexdigest()


def _error_for(outcome: CascadeOutcome) -> RouterError:
    if outcome.status == "rejected":
        return RequestRejectedError(
            outcome.rejection or "the provider rejected it", outcome=outcome
        )
    if outcome.stopped_by == "budget":
        return BudgetExceededError(
            "router.max_cost_usd: no further model fits under the cost cap",
            param="router.max_cost_usd",
            outcome=outcome,
        )
    if outcome.stopped_by == "deadline":
        return DeadlineExceededError("no model answered before the deadline", outcome=outcome)
    return AllFailedError("every model that could be asked failed", outcome=outcome)
