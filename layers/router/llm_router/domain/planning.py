"""The plan: every model that a request may call, in order, with the bounds for all its calls."""

from collections.abc import Collection
from typing import Literal

from pydantic import Field

from .agreement import comparable
from .base import Frozen
from .candidates import Candidate, NoCandidateError, candidate_for, usable_models
from .capabilities import ASKED_BY, Capability
from .catalogue import Model
from .chat import Conversation
from .classification import EXPECTED_OUTPUT_TOKENS, classification_prompt
from .confidence import ConfidenceWeights
from .decision import Decision, Strategy
from .policy import Policy, SecondOpinion
from .tiers import TIERS, Tier

Purpose = Literal["answer", "classify"]


class TierPlan(Frozen):
    """The candidates of one tier, ranks ascending, and the confidence its answers must reach.

    `peer` is the candidate that is asked for a second opinion on the first one's answer.
    """

    threshold: float
    second_opinion: SecondOpinion
    unsure_from: float
    unsure_to: float
    peer: Candidate | None
    candidates: tuple[Candidate, ...] = Field(min_length=1)
    expected_output_tokens: int


class Plan(Frozen):
    """All that the cascade needs to know to answer one request; it chooses only among this.

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
    strategy: Strategy | None
    default_tier: Tier
    classifier: Candidate | None
    classifier_prompt_characters: int
    tiers: dict[Tier, TierPlan]

    @property
    def model_ids(self) -> frozenset[str]:
        """Every model that may answer."""
        return frozenset(c.id for tier in self.tiers.values() for c in tier.candidates)

    @property
    def least_nano_usd(self) -> int:
        """What has to be allowed for any answer at all, without a classification."""
        tier = self.tiers[self.tier or self.default_tier]
        return tier.candidates[0].minimum_nano_usd


class Frame(Frozen):
    """What surrounds one request: its id, what is wanted, when it must end, what it may cost."""

    request_id: str
    purpose: Purpose
    deadline_epoch_ms: int
    budget_nano_usd: int


def plan_for(
    conversation: Conversation,
    decision: Decision,
    policy: Policy,
    enabled_providers: Collection[str],
    frame: Frame,
) -> Plan:
    """Order the candidates so that every later one is at least as strong.

    Raises `NoCandidateError` if no model of a needed tier is enabled, able and large enough.
    """
    usable = usable_models(conversation, policy, enabled_providers)
    needed = TIERS if decision.tier is None else (decision.tier,)
    tiers = {tier: _tier_plan(tier, conversation, decision, usable, policy) for tier in needed}
    plan = Plan(
        **frame.model_dump(),
        attempt_share=policy.limits.attempt_share,
        ask_self_rating=policy.confidence.self_rating,
        weights=policy.confidence.weights,
        content_policy=policy.fallback.on_content_policy,
        retry_within_ms=policy.fallback.retry_within_ms,
        tier=decision.tier,
        strategy=decision.strategy,
        default_tier=policy.default_tier,
        classifier=None,
        classifier_prompt_characters=policy.classifier.max_prompt_characters,
        tiers=tiers,
    )
    if decision.tier is not None:
        return plan
    spare = frame.budget_nano_usd - plan.least_nano_usd
    classifier = _classifier(conversation, policy, enabled_providers, spare)
    return plan.model_copy(update={"classifier": classifier})


def _tier_plan(
    tier: Tier,
    conversation: Conversation,
    decision: Decision,
    usable: list[Model],
    policy: Policy,
) -> TierPlan:
    pinned = policy.models_by_id[decision.model] if decision.model else None
    if pinned is not None and pinned not in usable:
        raise _unusable(pinned, conversation)
    least_rank = pinned.rank if pinned else decision.least_rank
    models = [m for m in usable if m.tier.level >= tier.level and m.rank >= least_rank]
    if not models:
        # Nothing has been asked yet: the best that can take the request at all.
        highest = max(m.tier.level for m in usable)
        models = [m for m in usable if m.tier.level == highest]
    by_model = {m.id: candidate_for(m, conversation, policy) for m in models}
    lowest = min(m.tier.level for m in models)
    first = (
        by_model[pinned.id]
        if pinned
        else min(
            (by_model[m.id] for m in models if m.tier.level == lowest),
            key=lambda c: (c.worst_case_nano_usd, -c.rank),
        )
    )
    candidates = [c for c in by_model.values() if c.rank >= first.rank]
    candidates.sort(key=lambda c: (c.rank, c != first, c.worst_case_nano_usd))
    settings = policy.tiers[tier]
    # Whether two models call the same tools says little of which of them is right to.
    lone = decision.skip_cascade or "tools" in conversation.needs
    peer = None if lone else _peer(first, candidates, policy)
    return TierPlan(
        threshold=0 if decision.skip_cascade else settings.threshold,
        second_opinion=settings.second_opinion
        if peer and comparable(conversation.question)
        else "off",
        unsure_from=settings.unsure_from,
        unsure_to=settings.unsure_to,
        peer=peer,
        candidates=tuple(candidates),
        expected_output_tokens=EXPECTED_OUTPUT_TOKENS[tier],
    )


def _unusable(model: Model, conversation: Conversation) -> NoCandidateError:
    missing: list[Capability] = sorted(conversation.needs - model.capabilities)
    if not missing:
        return NoCandidateError(f"model {model.id!r} is not enabled here or too small", "model")
    return NoCandidateError(
        f"model {model.id!r} cannot do what the request needs: {', '.join(missing)}",
        ASKED_BY[missing[0]],
    )


def _peer(first: Candidate, candidates: list[Candidate], policy: Policy) -> Candidate | None:
    """The cheapest model of another provider and of other weights in the first one's tier."""
    known = policy.models_by_id
    own = known[first.id]
    others = [
        c
        for c in candidates
        if c.provider != first.provider
        and known[c.id].tier == own.tier
        and known[c.id].what_it_weighs != own.what_it_weighs
    ]
    return min(others, key=lambda c: (c.worst_case_nano_usd, c.rank), default=None)


def _classifier(
    conversation: Conversation,
    policy: Policy,
    enabled_providers: Collection[str],
    spare_nano_usd: int,
) -> Candidate | None:
    """The cheapest model, if the budget then still pays for an answer in the default tier."""
    settings = policy.classifier
    prompt = classification_prompt(conversation, settings.max_prompt_characters).model_copy(
        update={"max_output_tokens": settings.max_output_tokens}
    )
    try:
        models = usable_models(prompt, policy, enabled_providers)
    except NoCandidateError:
        return None
    candidates = [candidate_for(model, prompt, policy) for model in models]
    cheapest = min(candidates, key=lambda c: (c.worst_case_nano_usd, c.rank))
    return cheapest if cheapest.worst_case_nano_usd <= spare_nano_usd else None
