"""Where the router would let a recorded question start: at the cheap model's tier, or above it."""

from llm_router.adapters.classifier_files import packaged_classifier
from llm_router.domain.chat import Conversation
from llm_router.domain.decision import Hints, decide_by_estimate, decide_by_rule, facts_of
from llm_router.domain.policy import Policy
from llm_router.domain.tiers import Tier

from .machine import NOW_MS


def starts_above(conversation: Conversation, policy: Policy, tier: Tier) -> bool:
    """Whether a rule or the local classifier sends it to a stronger model than this tier's.

    A question of which the classifier is not sure starts in the tier: nobody recorded what a model
    would have said of it.
    """
    decision, _ = decide_by_rule(facts_of(conversation, Hints(), NOW_MS), policy)
    if decision is None:
        classifier = packaged_classifier(policy.classifier.weights)
        decision = decide_by_estimate(conversation, policy, classifier)
        if decision.strategy != "local_classifier":
            return False
    return decision.tier is not None and decision.tier.level > tier.level
