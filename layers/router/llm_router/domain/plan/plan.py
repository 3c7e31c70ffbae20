"""The plan: every model that a request may call, in order, with the bounds for all its calls."""

from collections.abc import Collection
from typing import Literal

from llm_router.domain.base import Frozen
from llm_router.domain.conversation.conversation import Conversation
from llm_router.domain.outcome.ledger import Purpose
from llm_router.domain.policy.policy import Policy
from llm_router.domain.routing.decision import Decision
from llm_router.domain.tiers import TIERS, Tier
from llm_router.domain.trust.confidence import ConfidenceWeights

from .candidates import Candidate
from .classifier_choice import choose_classifier
from .learned_starts import learned_start
from .tier_plans import TierPlan, TierPlanner, start_within


class Plan(Frozen):
    """All that the cascade needs to answer one request; it chooses only from this.

    `tier` is None if the classifier has to choose it; `tiers` then holds all three.
    """

    request_id: str
    purpose: Purpose
    deadline_epoch_ms: int
    budget_nano_usd: int
    attempt_share: float
    ask_self_rating: bool
    weights: ConfidenceWeights
    content_policy: Literal["stop", "fall_back"]
    retry_within_ms: int
    tier: Tier | None
    default_tier: Tier
    classifier: Candidate | None
    classifier_prompt_characters: int
    tiers: dict[Tier, TierPlan]

    @property
    def chosen(self) -> TierPlan | None:
        """The tier that is planned to start in; None if the classifier has to choose it."""
        return self.tiers[self.tier] if self.tier else None

    @property
    def model_ids(self) -> frozenset[str]:
        """Every model that may answer."""
        return frozenset(c.id for tier in self.tiers.values() for c in tier.candidates)

    def most_nano_usd(self, left_ms: int) -> int:
        """The most that all calls which can start within `left_ms` may cost, one retry included."""
        startable = [
            [c.worst_case_nano_usd for c in tier.candidates if c.minimum_ms <= left_ms]
            for tier in self.tiers.values()
        ]
        answers = max(sum(costs) + max(costs, default=0) for costs in startable)
        classifier = self.classifier if self.tier is None else None
        most = (
            classifier.worst_case_nano_usd if classifier and classifier.minimum_ms <= left_ms else 0
        )
        return min(self.budget_nano_usd, most + (answers if self.purpose == "answer" else 0))


def plan_for(  # noqa: PLR0913
    conversation: Conversation,
    decision: Decision,
    policy: Policy,
    enabled_providers: Collection[str],
    *,
    request_id: str,
    purpose: Purpose,
    deadline_epoch_ms: int,
    budget_nano_usd: int,
) -> Plan:
    """Order the candidates so that every later one is at least as strong.

    Raises `NoCandidateError` if no model of a needed tier is enabled, able and large enough.
    """
    planner = TierPlanner(conversation, policy, enabled_providers, decision.model)

    def begin(tier: Tier, decision: Decision) -> TierPlan:
        return learned_start(planner, tier, decision, budget)

    classifier, decided, budget = None, None, budget_nano_usd
    if decision.tier is None:
        spare = budget - begin(policy.default_tier, decision).candidates[0].minimum_nano_usd
        classifier = choose_classifier(conversation, policy, enabled_providers, spare)
        budget -= classifier.worst_case_nano_usd if classifier else 0
        tiers = {tier: start_within(budget, tier, decision, begin) for tier in TIERS}
    else:
        chosen = start_within(budget, decision.tier, decision, begin)
        if chosen.start.raised:
            chosen = chosen.starting(strategy="cache")
        decided = chosen.start.tier
        tiers = {decided: chosen}
    return Plan(
        request_id=request_id,
        purpose=purpose,
        deadline_epoch_ms=deadline_epoch_ms,
        budget_nano_usd=budget_nano_usd,
        # A model that the caller chose is not cut short for another one.
        attempt_share=1.0 if decision.model else policy.limits.attempt_share,
        ask_self_rating=policy.confidence.self_rating,
        weights=policy.confidence.weights,
        content_policy=policy.fallback.on_content_policy,
        retry_within_ms=policy.fallback.retry_within_ms,
        tier=decided,
        default_tier=policy.default_tier,
        classifier=classifier,
        classifier_prompt_characters=policy.classifier.max_prompt_characters,
        tiers=tiers,
    )
