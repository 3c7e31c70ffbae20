"""Where a request of a known kind starts: above a tier in which trying a cheap model never pays."""

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
    """Where a conversation starts by what is known of its kind; `build` plans a tier as it is."""

    conversation: Conversation
    policy: Policy
    build: Callable[[Tier, Decision], TierPlan]

    def start(self, tier: Tier, decision: Decision, budget_nano_usd: int) -> TierPlan:
        """The tier's plan, or the lowest start above it of which nothing says that it never pays.

        One above is taken only if its call fits the money and the time. Ranks only rise, so the
        answer is never worse for it.
        """
        plan, pass_history = self.build(tier, decision), decision.pass_history
        while pass_history is not None:
            stronger = _stronger(plan)
            passing = pass_history.pass_counts.get(plan.candidates[0].rank, PassCount())
            if stronger is None or self._pays(plan, stronger, passing):
                break
            learned = SkippedTier(
                kind=pass_history.kind,
                tier=plan.tier,
                tried=passing.tried,
                passed=passing.passed,
                explored=pass_history.explores,
            )
            if pass_history.explores:
                return plan.model_copy(update={"learned": learned})
            above = self._from(stronger, decision)
            first = above.candidates[0]
            if first.minimum_nano_usd > budget_nano_usd or first.minimum_ms > pass_history.time_ms:
                break
            # The question is the same: nothing says that a longer answer is to be expected.
            expected = plan.expected_output_tokens
            plan = above.model_copy(update={"learned": learned, "expected_output_tokens": expected})
        return plan

    def _from(self, stronger: Candidate, decision: Decision) -> TierPlan:
        tier = self.policy.models_by_id[stronger.id].tier
        return self.build(
            tier, decision.model_copy(update={"model": None, "least_rank": stronger.rank})
        )

    def _pays(self, plan: TierPlan, stronger: Candidate, passing: PassCount) -> bool:
        if self.policy.learning is None:
            return True
        tokens = plan.expected_output_tokens
        first = expected_first_nano_usd(self.conversation, plan, tokens)
        following = expected_nano_usd(self.conversation, tokens, stronger.prices)
        return first_attempt_pays(passing, (first, following), self.policy.learning)


def first_attempt(outcome: CascadeOutcome) -> FirstAttempt | None:
    """What the outcome shows of a first answer; None if there is none because a call failed.

    What a second opinion says is part of the first try.
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
    """Who is asked if the first answer is not trusted."""
    first = start.candidates[0]
    return next((c for c in start.candidates if c.rank > first.rank), None)
