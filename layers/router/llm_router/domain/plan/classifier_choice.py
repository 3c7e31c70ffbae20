"""Chooses the model that classifies, or none if classifying costs more than it can save."""

from collections.abc import Collection, Mapping

from llm_router.domain.conversation.conversation import Conversation
from llm_router.domain.policy.policy import Policy
from llm_router.domain.routing.llm_classifier import EXPECTED_OUTPUT_TOKENS, classification_prompt
from llm_router.domain.tiers import TIERS, Tier

from .candidates import Candidate, NoCandidateError, candidates_for
from .tier_plans import expected_nano_usd

_EXPECTED_OUTPUT = 60
"""Tokens of a classification: three short fields."""

_NO_IDEA = (1 / 3, 1 / 3, 1 / 3)


def choose_classifier(
    conversation: Conversation,
    policy: Policy,
    enabled_providers: Collection[str],
    spare_nano_usd: int,
    max_classification_nano_usd: float,
) -> Candidate | None:
    """The cheapest model that can classify; None if that would cost too much.

    Its worst case must fit `spare_nano_usd`, its expected cost `max_classification_nano_usd`.
    """
    prompt = classifier_prompt(conversation, policy)
    cheapest = cheapest_classifier(prompt, policy, enabled_providers)
    if cheapest is None or cheapest.worst_case_nano_usd > spare_nano_usd:
        return None
    expected = expected_nano_usd(prompt, _EXPECTED_OUTPUT, cheapest.prices)
    return cheapest if expected <= max_classification_nano_usd else None


def classifier_prompt(conversation: Conversation, policy: Policy) -> Conversation:
    """Build the prompt of a classification, within the policy's length limits."""
    settings = policy.classifier
    prompt = classification_prompt(conversation, settings.max_prompt_characters)
    return prompt.model_copy(update={"max_output_tokens": settings.max_output_tokens})


def cheapest_classifier(
    prompt: Conversation, policy: Policy, enabled_providers: Collection[str]
) -> Candidate | None:
    """The model with the cheapest worst case; None if no model can take the prompt."""
    try:
        candidates = candidates_for(prompt, policy, enabled_providers)
    except NoCandidateError:
        return None
    return min(candidates.values(), key=lambda c: (c.worst_case_nano_usd, c.rank))


def max_classification_nano_usd(
    conversation: Conversation,
    chances: tuple[float, float, float] | None,
    policy: Policy,
    first: Mapping[Tier, Candidate],
) -> float:
    """The most a classification may cost: the policy's share of the saving expected from routing.

    The saving is against the baseline model, if the tiers have these `chances` (None: equal ones)
    and each starts with its model in `first`.
    """
    baseline = policy.models_by_id[policy.baseline_model].prices
    saving = sum(
        chance
        * max(
            0,
            expected_nano_usd(conversation, EXPECTED_OUTPUT_TOKENS[tier], baseline)
            - expected_nano_usd(conversation, EXPECTED_OUTPUT_TOKENS[tier], first[tier].prices),
        )
        for tier, chance in zip(TIERS, chances or _NO_IDEA, strict=True)
    )
    return policy.classifier.most_of_saving * saving
