"""Chooses the model that classifies, or none if classifying costs more than the policy allows."""

from collections.abc import Collection

from llm_router.domain.conversation.conversation import Conversation
from llm_router.domain.policy.policy import Policy
from llm_router.domain.policy.prices import from_usd
from llm_router.domain.routing.llm_classifier import classification_prompt

from .candidates import Candidate, NoCandidateError, candidates_for, cheapest_first
from .tier_plans import expected_nano_usd

_EXPECTED_OUTPUT = 60
"""Tokens of a classification: three short fields."""


def choose_classifier(
    conversation: Conversation,
    policy: Policy,
    enabled_providers: Collection[str],
    spare_nano_usd: int,
) -> Candidate | None:
    """The cheapest model that can classify; None if that would cost too much.

    Its worst case must fit `spare_nano_usd`, its expected cost the policy's cap.
    """
    prompt = classifier_prompt(conversation, policy)
    cheapest = cheapest_classifier(prompt, policy, enabled_providers)
    if cheapest is None or cheapest.worst_case_nano_usd > spare_nano_usd:
        return None
    expected = expected_nano_usd(prompt, _EXPECTED_OUTPUT, cheapest.prices)
    return cheapest if expected <= from_usd(policy.classifier.max_cost_usd) else None


def classifier_prompt(conversation: Conversation, policy: Policy) -> Conversation:
    """Build the prompt of a classification, within the policy's length limits."""
    settings = policy.classifier
    prompt = classification_prompt(conversation, settings.max_prompt_characters)
    return prompt.model_copy(update={"max_output_tokens": settings.max_output_tokens})


def cheapest_classifier(
    prompt: Conversation, policy: Policy, enabled_providers: Collection[str]
) -> Candidate | None:
    """The cheapest model; None if none that is called without being named can take the prompt."""
    try:
        candidates = candidates_for(prompt, policy, enabled_providers)
    except NoCandidateError:
        return None
    cheapest = cheapest_first(prompt.max_output_tokens, policy)
    return min(candidates.values(), key=lambda c: (cheapest(c), c.rank))
