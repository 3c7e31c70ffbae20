"""Skips the cheap first call for requests where it almost never succeeds."""

from llm_router.domain.outcome.cascade_outcome import CascadeOutcome
from llm_router.domain.routing.decision import Decision
from llm_router.domain.routing.pass_rates import PassCount, SkippedTier
from llm_router.domain.tiers import Tier

from .tier_plans import TierPlan, TierPlanner, expected_first_nano_usd, expected_nano_usd


def learned_start(
    planner: TierPlanner, tier: Tier, decision: Decision, budget_nano_usd: int
) -> TierPlan:
    """The tier's plan, or the lowest above it whose first attempts may still pay.

    A higher plan is taken only if its call fits the budget and the time. Ranks only rise, so the
    answer is never worse.
    """
    conversation, policy = planner.conversation, planner.policy
    plan = planner.plan(tier, decision)
    while (history := decision.pass_history) and policy.learning:
        first, tokens = plan.candidates[0], plan.expected_output_tokens
        stronger = next((c for c in plan.candidates if c.rank > first.rank), None)
        if stronger is None:
            break
        cost = expected_first_nano_usd(conversation, plan, tokens)
        next_cost = expected_nano_usd(conversation, tokens, stronger.prices)
        counts = history.of(first.rank)
        if counts.pays((cost, next_cost), policy.learning):
            break
        explored = history.in_exploration_sample
        learned = SkippedTier(
            kind=history.kind,
            tier=plan.start.tier,
            tried=counts.tried,
            passed=counts.passed,
            explored=explored,
        )
        if explored:
            return plan.starting(learned=learned)
        from_rank = decision.model_copy(update={"model": None, "least_rank": stronger.rank})
        above = planner.plan(policy.models_by_id[stronger.id].tier, from_rank)
        call = above.candidates[0]
        if call.minimum_nano_usd > budget_nano_usd or call.minimum_ms > history.time_ms:
            break
        # The question is the same, so the expected length of its answer stays.
        plan = above.starting(learned=learned).model_copy(update={"expected_output_tokens": tokens})
    return plan


def first_attempt(outcome: CascadeOutcome) -> tuple[int, PassCount] | None:
    """The rank and the counts of an outcome's first attempt; None if one of its calls failed.

    The second opinion is part of the first attempt.
    """
    tried = [a for a in outcome.attempts if a.reason in ("first", "second_opinion")]
    if not tried or any(attempt.outcome != "answered" for attempt in tried):
        return None
    escalations = [a for a in outcome.attempts if a.reason == "escalation"][:1]
    answered = [a.cost_nano_usd for a in escalations if a.outcome == "answered"]
    passed = outcome.status == "answered" and not (outcome.escalated or outcome.degraded)
    return tried[0].rank, PassCount(
        tried=1,
        passed=int(passed),
        nano_usd=sum(attempt.cost_nano_usd for attempt in tried),
        escalated=len(answered),
        next_nano_usd=sum(answered),
    )
