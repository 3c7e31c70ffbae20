"""The plan: every model that a request may call, in order, with the bounds for all its calls."""

from collections.abc import Collection
from typing import Literal

from pydantic import Field

from .base import Frozen
from .catalogue import Model, WireFormat
from .chat import Conversation
from .classification import EXPECTED_OUTPUT_TOKENS, classification_prompt
from .cost import Prices, worst_case_nano_usd
from .decision import Decision, Strategy
from .policy import Policy
from .tiers import TIERS, Tier
from .tokens import most_input_tokens

Purpose = Literal["answer", "classify"]

_OVERHEAD_TOKENS = 64
"""For what providers and `ask_self_rating` add around a conversation."""


class NoCandidateError(ValueError):
    """No enabled model can take this request; the message says why, `param` which field asks it."""

    def __init__(self, message: str, param: str) -> None:
        super().__init__(message)
        self.param = param


class Candidate(Frozen):
    """A model that the plan may call, with what that call can cost and the time it needs."""

    id: str
    provider: str
    format: WireFormat
    base_url: str | None
    name: str
    rank: int
    max_output_tokens: int = Field(gt=0)
    sampling: bool
    json_schema: bool
    prices: Prices
    worst_case_nano_usd: int
    minimum_ms: int

    def ignored_parameters(self, conversation: Conversation) -> tuple[str, ...]:
        """The parameters that the caller set and this model does not take."""
        refused: tuple[str, ...] = () if self.sampling else ("temperature", "top_p")
        if self.format == "anthropic":
            refused += ("seed",)
        return tuple(name for name in refused if getattr(conversation, name) is not None)


class TierPlan(Frozen):
    """The candidates of one tier, ranks ascending, and the confidence its answers must reach."""

    threshold: float
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
    tier: Tier | None
    strategy: Strategy | None
    default_tier: Tier
    classifier: Candidate | None
    classifier_prompt_characters: int
    tiers: dict[Tier, TierPlan]


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

    Raises `NoCandidateError` if no model of a needed tier is enabled and large enough.
    """
    usable = _usable_models(conversation, policy, enabled_providers)
    needed = TIERS if decision.tier is None else (decision.tier,)
    tiers = {tier: _tier_plan(tier, conversation, decision, usable, policy) for tier in needed}
    classifier = None
    if decision.tier is None:
        first = tiers[policy.default_tier].candidates[0]
        spare = frame.budget_nano_usd - first.worst_case_nano_usd
        classifier = _classifier(conversation, usable, policy, spare)
    return Plan(
        **frame.model_dump(),
        attempt_share=policy.limits.attempt_share,
        ask_self_rating=policy.confidence.self_rating,
        tier=decision.tier,
        strategy=decision.strategy,
        default_tier=policy.default_tier,
        classifier=classifier,
        classifier_prompt_characters=policy.classifier.max_prompt_characters,
        tiers=tiers,
    )


def _usable_models(
    conversation: Conversation, policy: Policy, enabled_providers: Collection[str]
) -> list[Model]:
    enabled = [m for m in policy.models if m.provider in enabled_providers]
    if not enabled:
        raise NoCandidateError("none of the policy's providers is enabled here", "model")
    size = most_input_tokens(conversation) // 4
    fitting = [m for m in enabled if m.context_window > size]
    if not fitting:
        largest = max(m.context_window for m in enabled)
        raise NoCandidateError(
            f"the messages hold at least about {size} tokens; "
            f"the largest context window enabled here is {largest}",
            "messages",
        )
    return fitting


def _tier_plan(
    tier: Tier,
    conversation: Conversation,
    decision: Decision,
    usable: list[Model],
    policy: Policy,
) -> TierPlan:
    pinned = policy.models_by_id[decision.model] if decision.model else None
    if pinned is not None and pinned not in usable:
        raise NoCandidateError(f"model {pinned.id!r} is not enabled here or too small", "model")
    least_rank = pinned.rank if pinned else decision.least_rank
    models = [m for m in usable if m.tier.level >= tier.level and m.rank >= least_rank]
    if not models:
        raise NoCandidateError(
            f"no enabled model of tier {tier} or above is large enough", "messages"
        )
    candidates = [_candidate(m, conversation, policy) for m in models]
    lowest = min(m.tier.level for m in models)
    of_lowest_tier = [c for c, m in zip(candidates, models, strict=True) if m.tier.level == lowest]
    first = next(
        (c for c in candidates if pinned and c.id == pinned.id),
        min(of_lowest_tier, key=lambda c: (c.worst_case_nano_usd, -c.rank)),
    )
    candidates = [c for c in candidates if c.rank >= first.rank]
    candidates.sort(key=lambda c: (c.rank, c != first, c.worst_case_nano_usd))
    return TierPlan(
        threshold=0 if decision.strategy == "override" and pinned else policy.tiers[tier].threshold,
        candidates=tuple(candidates),
        expected_output_tokens=EXPECTED_OUTPUT_TOKENS[tier],
    )


def _candidate(model: Model, conversation: Conversation, policy: Policy) -> Candidate:
    provider = policy.providers[model.provider]
    wanted = conversation.max_output_tokens or policy.limits.default_max_output_tokens
    max_output_tokens = min(wanted, model.max_output_tokens)
    return Candidate(
        id=model.id,
        provider=model.provider,
        format=provider.format,
        base_url=provider.base_url,
        name=model.name_at_provider,
        rank=model.rank,
        max_output_tokens=max_output_tokens,
        sampling="sampling" in model.capabilities,
        json_schema="json_schema" in model.capabilities,
        prices=model.prices,
        worst_case_nano_usd=worst_case_nano_usd(
            most_input_tokens(conversation) + _OVERHEAD_TOKENS, max_output_tokens, model.prices
        ),
        minimum_ms=model.typical_latency_ms // 2,
    )


def _classifier(
    conversation: Conversation, usable: list[Model], policy: Policy, spare_nano_usd: int
) -> Candidate | None:
    """The cheapest model, if the budget then still pays for an answer in the default tier."""
    settings = policy.classifier
    prompt = classification_prompt(conversation, settings.max_prompt_characters).model_copy(
        update={"max_output_tokens": settings.max_output_tokens}
    )
    candidates = [_candidate(model, prompt, policy) for model in usable]
    cheapest = min(candidates, key=lambda c: (c.worst_case_nano_usd, c.rank))
    return cheapest if cheapest.worst_case_nano_usd <= spare_nano_usd else None
