"""Skips the cheap first call for requests where it almost never succeeds."""

from collections.abc import Callable
from dataclasses import dataclass

from llm_router.domain.conversation.conversation import Conversation
from llm_router.domain.outcome.cascade_outcome import CascadeOutcome
from llm_router.domain.policy.policy import Policy
from llm_router.domain.routing.decision import Decision
from llm_router.domain.routing.pass_rates import (
    FirstAttempt,
    PassCount,
    SkippedTier,
    first_attempt_pays,
)
from llm_router.domain.tiers import Tier

from .candidates import Candidate
from .tier_plans import TierPlan, expected_first_nano_usd, expected_nano_usd


@dataclass(frozen=True)
class LearnedStarts:
    """Starts that follow the pass rates of a conversation's fingerprint; `build` plans one tier."""

    conversation: Conversation
    policy: Policy
    build: Callable[[Tier, Decision], TierPlan]

    def start(self, tier: Tier, decision: Decision, budget_nano_usd: int) -> TierPlan:
        """The tier's plan, or the lowest plan above it whose first attempts may still pay.

        A higher plan is taken only if its call fits the budget and the time. Ranks only rise, so
        the answer is never worse.
        """
        plan, pass_history = self.build(tier, decision), decision.pass_history
        while pass_history is not None:
            stronger = _stronger(plan)
            counts = pass_history.pass_counts.get(plan.candidates[0].rank, PassCount())
            if stronger is None or self._pays(plan, stronger, counts):
                break
            learned = SkippedTier(
                kind=pass_history.kind,
                tier=plan.start.tier,
                tried=counts.tried,
                passed=counts.passed,
                explored=pass_history.in_exploration_sample,
            )
            if pass_history.in_exploration_sample:
                return plan.starting(learned=learned)
            above = self._from(stronger, decision)
            first = above.candidates[0]
            if first.minimum_nano_usd > budget_nano_usd or first.minimum_ms > pass_history.time_ms:
                break
            # The question is the same, so the expected length of its answer stays.
            expected = plan.expected_output_tokens
            plan = above.starting(learned=learned).model_copy(
                update={"expected_output_tokens": expected}
            )
        return plan

    def _from(self, stronger: Candidate, decision: Decision) -> TierPlan:
        tier = self.policy.models_by_id[stronger.id].tier
        return self.build(
            tier, decision.model_copy(update={"model": None, "least_rank": stronger.rank})
        )

    def _pays(self, plan: TierPlan, stronger: Candidate, counts: PassCount) -> bool:
        if self.policy.learning is None:
            return True
        tokens = plan.expected_output_tokens
        first = expected_first_nano_usd(self.conversation, plan, tokens)
        following = expected_nano_usd(self.conversation, tokens, stronger.prices)
        return first_attempt_pays(counts, (first, following), self.policy.learning)


def first_attempt(outcome: CascadeOutcome) -> FirstAttempt | None:
    """The first attempt of an outcome; None if one of its calls failed.

    The second opinion is part of the first attempt.
    """
    tried = [a for a in outcome.attempts if a.reason in ("first", "second_opinion")]
    if not tried or any(attempt.outcome != "answered" for attempt in tried):
        return None
    escalations = [a for a in outcome.attempts if a.reason == "escalation"]
    answered = bool(escalations) and escalations[0].outcome == "answered"
    return FirstAttempt(
        rank=tried[0].rank,
        passed=outcome.status == "answered" and not (outcome.escalated or outcome.degraded),
        nano_usd=sum(attempt.cost_nano_usd for attempt in tried),
        next_nano_usd=escalations[0].cost_nano_usd if answered else None,
    )


def _stronger(start: TierPlan) -> Candidate | None:
    """The candidate to call if the first answer is not trusted; None if there is none."""
    first = start.candidates[0]
    return next((c for c in start.candidates if c.rank > first.rank), None)
