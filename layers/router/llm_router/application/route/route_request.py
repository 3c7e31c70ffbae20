"""Answers a request, or only returns its routing decision."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TypeVar

from llm_router.application.errors import (
    EXHAUSTED_STATUSES,
    CascadeFailedError,
    InvalidRequestError,
    NotConfiguredError,
    PayloadLostError,
    UnknownModelError,
)
from llm_router.application.ports import (
    Cascade,
    DecisionCache,
    Json,
    LedgerArchive,
    MetricSink,
    PayloadStore,
    PolicySource,
)
from llm_router.application.shadow_check import ShadowQueue
from llm_router.domain.classifier.local_classifier import LocalClassifier
from llm_router.domain.conversation.answer import Answer
from llm_router.domain.outcome.cascade_outcome import CascadeOutcome
from llm_router.domain.outcome.ledger import Purpose
from llm_router.domain.plan.candidates import NoCandidateError, NoProviderError
from llm_router.domain.plan.learned_starts import first_attempt
from llm_router.domain.plan.plan import Plan, plan_for
from llm_router.domain.policy.calibration_record import guarantee_for
from llm_router.domain.policy.policy import AUTO, Policy
from llm_router.domain.policy.prices import from_usd
from llm_router.domain.policy.steering import advice
from llm_router.domain.routing.decision import (
    CachedDecision,
    Decision,
    decide_by_cache,
    decide_by_choice,
    decide_by_estimate,
    decide_by_rule,
    facts_of,
    resolve_alias,
)
from llm_router.domain.routing.pass_rates import PassHistory
from llm_router.domain.routing.request_fingerprint import request_fingerprint
from llm_router.domain.shadow_check import job_for

from .costs import baseline_cost_nano_usd, expected_cost_nano_usd, ledger_record
from .outcome_errors import error_for, unfinished_outcome
from .request import (
    Routed,
    RouteRequest,
    decision_key,
    fingerprint_key,
    in_exploration_sample,
)


@dataclass(frozen=True)
class Router:
    """The routing use case and its ports."""

    policies: PolicySource
    classifiers: Callable[[str], LocalClassifier]
    cache: DecisionCache
    cascade: Cascade
    payloads: PayloadStore
    metrics: MetricSink
    archive: LedgerArchive
    shadow: ShadowQueue
    clock: Callable[[], int]
    enabled_providers: Collection[str]
    deadline_ms: int

    def answer(self, request: RouteRequest) -> Routed:
        """Answer a request through the cascade; raises a `RouterError` if nothing answers it."""
        policy, decision, key = self._decide(request)
        plan = self._plan(request, policy, decision, "answer")
        outcome, failure = self._run(request, plan)
        answer, baseline = None, None
        try:
            if outcome.status == "answered" and outcome.answer is not None:
                answer = Answer.model_validate(self.payloads.resolve(outcome.answer))
                baseline = baseline_cost_nano_usd(request, policy, outcome, answer)
        except PayloadLostError as lost:
            # The answer is paid for although it is lost, so it is recorded.
            outcome = outcome.model_copy(update={"status": "failed", "answered_by": None})
            lost.outcome, failure = outcome, lost
        for s3_key in outcome.stored:
            self.payloads.discard({"s3_key": s3_key})
        error = failure or (error_for(outcome, plan) if answer is None else None)
        latency_ms = self.clock() - request.received_epoch_ms
        exhausted = error is not None and error.status in EXHAUSTED_STATUSES
        self.metrics.request_finished(outcome, baseline, latency_ms, exhausted=exhausted)
        if failure is None:
            self._learn(policy, key, decision, outcome)
        self.archive.keep(ledger_record(request, policy, outcome, baseline_nano_usd=baseline))
        if error is not None or answer is None:
            raise error or CascadeFailedError("the cascade ended without an answer")
        if policy.shadow is not None:
            job = job_for(plan, request.conversation, outcome, answer, policy.shadow)
            if job is not None:
                self.shadow.add(job)
        guarantee = guarantee_for(policy.calibration, plan.model_ids)
        return Routed(
            request=request,
            policy_version=policy.version,
            rule_evaluations=decision.rule_evaluations,
            start=outcome.start,
            requirements=outcome.requirements,
            outcome=outcome,
            answer=answer,
            baseline_nano_usd=baseline,
            guarantee=guarantee,
        )

    def decide(self, request: RouteRequest) -> Routed:
        """The decision that `answer` would make now; calls no model if `classify` is false."""
        policy, decision, _ = self._decide(request)
        plan = self._plan(request, policy, decision, "classify")
        classifies = decision.tier is None and request.hints.classify is not False
        outcome = self._classify(request, policy, plan) if classifies else None
        guarantee = guarantee_for(policy.calibration, plan.model_ids)
        known = outcome or plan.chosen
        return Routed(
            request=request,
            policy_version=policy.version,
            rule_evaluations=decision.rule_evaluations,
            start=known.start if known else None,
            requirements=known.requirements if known else None,
            outcome=outcome,
            guarantee=guarantee,
            expected_nano_usd=expected_cost_nano_usd(request, plan, outcome),
        )

    def _decide(self, request: RouteRequest) -> tuple[Policy, Decision, str]:
        policy = self.policies.current()
        named = request.model
        model, tier = resolve_alias(named, request.hints.model_tier, policy, request.aliases)
        hints = request.hints.model_copy(update={"model_tier": tier})
        request = replace(request, model=model, hints=hints)
        if model is not None and model not in policy.models_by_id:
            known = ", ".join([AUTO, *dict.fromkeys([*policy.models_by_id, *policy.aliases])])
            alias_note = f" (this key's {named!r})" if named != model else ""
            raise UnknownModelError(
                f"model: no model {model!r}{alias_note}; one of {known}",
                param="model",
            )
        key = decision_key(request, policy.version, self.enabled_providers)
        facts = facts_of(request.conversation, hints, request.received_epoch_ms)
        decision, rule_evaluations = decide_by_rule(facts, policy)
        chosen = decide_by_choice(model, tier, policy)
        if chosen is not None:
            # The caller may choose another model than the rule, but not other limits.
            limits = decision.limits if decision else chosen.limits
            decision = chosen.model_copy(update={"limits": limits})
        if decision is None:
            cached, pass_history = self._recall(request, policy, key)
            if cached is not None:
                decision = decide_by_cache(cached)
            else:
                classifier = self.classifiers(policy.classifier.weights)
                decision = decide_by_estimate(request.conversation, policy, classifier)
                decision = decision.model_copy(update={"pass_history": pass_history})
        return policy, decision.model_copy(update={"rule_evaluations": rule_evaluations}), key

    def _recall(
        self, request: RouteRequest, policy: Policy, key: str
    ) -> tuple[CachedDecision | None, PassHistory | None]:
        if policy.learning is None or not policy.learning.enabled:
            return _of_policy(self.cache.lookup(key, None).decision, policy), None
        fingerprint = request_fingerprint(request.conversation, request.hints)
        counts_key = fingerprint_key(
            request.tenant, policy.version, self.enabled_providers, fingerprint
        )
        lookup = self.cache.lookup(key, counts_key)
        pass_history = PassHistory(
            key=counts_key,
            kind=fingerprint,
            pass_counts=dict(lookup.pass_counts),
            in_exploration_sample=in_exploration_sample(key, policy.learning.explore),
            time_ms=_tightest(request.hints.max_latency_ms, None, self.deadline_ms),
        )
        return _of_policy(lookup.decision, policy), pass_history

    def _plan(
        self, request: RouteRequest, policy: Policy, decision: Decision, purpose: Purpose
    ) -> Plan:
        hints, rule_limits = request.hints, decision.limits
        cap = _tightest(hints.max_cost_usd, rule_limits.max_cost_usd, policy.limits.max_cost_usd)
        max_output_tokens = request.conversation.max_output_tokens
        conversation = request.conversation
        if rule_limits.max_output_tokens is not None:
            output = _tightest(max_output_tokens, None, rule_limits.max_output_tokens)
            conversation = conversation.model_copy(update={"max_output_tokens": output})
        try:
            return plan_for(
                conversation,
                decision,
                policy,
                self.enabled_providers,
                request_id=request.request_id,
                purpose=purpose,
                deadline_epoch_ms=request.received_epoch_ms
                + _tightest(hints.max_latency_ms, rule_limits.max_latency_ms, self.deadline_ms),
                budget_nano_usd=from_usd(cap),
            )
        except NoProviderError as error:
            raise NotConfiguredError(str(error)) from error
        except NoCandidateError as error:
            raise InvalidRequestError(
                f"{error.param}: {error}", param=error.param, code="no_candidate"
            ) from error

    def _classify(self, request: RouteRequest, policy: Policy, plan: Plan) -> CascadeOutcome:
        """Run only the classifier; its cost is metered and archived like any attempt's."""
        outcome, failure = self._run(request, plan)
        self.metrics.decision_finished(outcome)
        if outcome.cost_nano_usd:
            self.archive.keep(ledger_record(request, policy, outcome, purpose="classify"))
        if failure is not None:
            raise failure
        return outcome

    def _run(
        self, request: RouteRequest, plan: Plan
    ) -> tuple[CascadeOutcome, CascadeFailedError | None]:
        """Run the cascade; returns its outcome, and the error if the platform did not finish it."""
        conversation = request.conversation.model_dump(mode="json", exclude_none=True)
        left_ms = plan.deadline_epoch_ms - self.clock()
        payload: Json = {}
        self.archive.prepare()
        try:
            payload = self.payloads.offload(conversation)
            return self.cascade.run(plan, payload), None
        except CascadeFailedError as error:
            error.outcome = unfinished_outcome(plan, error, left_ms)
            return error.outcome, error
        finally:
            self.payloads.discard(payload)

    def _learn(self, policy: Policy, key: str, decision: Decision, outcome: CascadeOutcome) -> None:
        counts = {
            "answered": int(outcome.status == "answered"),
            "escalated": int(outcome.escalated),
            "fell_back": int(outcome.fell_back),
        }
        satisfied = outcome.status == "answered" and not outcome.degraded
        by_estimate = outcome.start.strategy in {"cache", "local_classifier", "llm_classifier"}
        entry = None
        # Not cached if only pass rates raised the start: they are consulted again next time.
        beyond_pass_rates = outcome.escalated or not outcome.start.raised
        if satisfied and by_estimate and beyond_pass_rates:
            cached = CachedDecision(tier=outcome.tier, rank=outcome.satisfying_rank)
            entry = (key, cached, policy.cache.ttl_seconds)
        first, history = first_attempt(outcome), decision.pass_history
        update = history.observe(*first) if history and first else None
        self.cache.record(outcome.tier, counts, entry, update)
        if outcome.status == "answered":
            advice_text = advice(
                outcome.tier,
                self.cache.escalation_rates().get(outcome.tier),
                policy.steering,
                can_escalate=policy.can_escalate(outcome.tier),
            )
            self.metrics.tier_finished(
                outcome.tier, escalated=outcome.escalated, advice=advice_text
            )


def _of_policy(cached: CachedDecision | None, policy: Policy) -> CachedDecision | None:
    """The decision if its rank is one of the policy's."""
    return cached if cached and any(m.rank == cached.rank for m in policy.models) else None


Amount = TypeVar("Amount", int, Decimal)


def _tightest(caller: Amount | None, rule: Amount | None, operator: Amount) -> Amount:
    return min(limit for limit in (caller, rule, operator) if limit is not None)
