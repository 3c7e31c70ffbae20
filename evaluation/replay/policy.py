"""Builds a policy with recorded models as the cheap model, its peer and the strong one."""

from decimal import Decimal

from evaluation.dataset.cascade_model import CascadeSettings, ModelRoles, returns_logprobs
from evaluation.dataset.prices import HISTORIC_AS_OF, prices_of
from llm_router.domain.conversation.capabilities import Capability
from llm_router.domain.conversation.conversation import Conversation
from llm_router.domain.plan.learned_starts import learned_start
from llm_router.domain.plan.tier_plans import TierPlan, TierPlanner
from llm_router.domain.policy.models import Model, Provider
from llm_router.domain.policy.policy import Policy
from llm_router.domain.policy.prices import from_usd
from llm_router.domain.policy.rules import Rule, RuleAction
from llm_router.domain.routing.decision import Decision
from llm_router.domain.routing.pass_rates import PassHistory
from llm_router.domain.tiers import Tier

ENABLED = ("of-cheap", "of-peer", "of-strong")
"""The providers of the roles; each has its own, as a second opinion needs another provider."""

CHEAP_RANK = 10
ABOVE = "starts above the cheap model"
"""The feature of requests that rules or classifier would send straight to the strong model."""

_ABLE: frozenset[Capability] = frozenset({"sampling", "json_schema", "tools", "vision"})
_LOGPROBS: frozenset[Capability] = frozenset({"logprobs"})

_NOT_ENABLED = "of-none"
_ROOM_TOKENS = 100_000_000
_MOST_USD = Decimal(1_000_000)
_MOST_NANO_USD = from_usd(_MOST_USD)
"""Far more than any row can cost: a replay measures trust, not caps."""


def replay_policy(roles: ModelRoles, setting: CascadeSettings, policy: Policy) -> Policy:
    """The policy with the roles as its models and the setting for its lowest tier.

    Every request starts at the cheap model, unless its feature is `ABOVE`. Self-ratings are off,
    because the recorded models were not asked for them.
    """
    models = [
        _model(roles.cheap, ENABLED[0], Tier.SIMPLE, policy),
        _model(roles.strong, ENABLED[2], Tier.MODERATE, policy),
        # A policy needs a model in every tier; this one's provider is not enabled.
        _model(roles.strong, _NOT_ENABLED, Tier.COMPLEX, policy, suffix=" (never called)"),
    ]
    if roles.peer is not None:
        models.append(_model(roles.peer, ENABLED[1], Tier.SIMPLE, policy))
    rules = (
        Rule(
            name="above",
            when={"feature": {"equals": ABOVE}},
            then=RuleAction(model=roles.strong),
        ),
        Rule(
            name="replay",
            when={"messages": {"gte": 0}},
            then=RuleAction(model=roles.cheap),
        ),
    )
    changes = {
        "baseline_model": roles.strong,
        "providers": {name: Provider(format="openai") for name in (*ENABLED, _NOT_ENABLED)},
        "models": tuple(models),
        "tiers": {**policy.tiers, Tier.SIMPLE: setting.tier},
        "confidence": policy.confidence.model_copy(
            update={"self_rating": False, "weights": setting.weights}
        ),
        "limits": policy.limits.model_copy(update={"max_cost_usd": _MOST_USD}),
        "rules": rules,
    }
    kept = {name: getattr(policy, name) for name in Policy.model_fields}
    return Policy.model_validate({**kept, **changes})


def planned_start(
    conversation: Conversation, policy: Policy, pass_history: PassHistory
) -> TierPlan:
    """The start at the cheap model, or above it if pass rates show that it does not pay.

    `policy` is a replay policy.
    """
    (cheap,) = (m for m in policy.models if m.provider == ENABLED[0])
    planner = TierPlanner(conversation, policy, ENABLED)
    decision = Decision(
        tier=cheap.tier, strategy="local_classifier", model=cheap.id, pass_history=pass_history
    )
    return learned_start(planner, cheap.tier, decision, _MOST_NANO_USD)


def _model(name: str, provider: str, tier: Tier, policy: Policy, suffix: str = "") -> Model:
    prices = prices_of(name, policy)
    return Model(
        id=name + suffix,
        provider=provider,
        tier=tier,
        rank=CHEAP_RANK * (1 + tier.level),
        context_window=_ROOM_TOKENS,
        max_output_tokens=_ROOM_TOKENS,
        capabilities=_ABLE | (_LOGPROBS if returns_logprobs(name, policy) else frozenset()),
        input_usd_per_mtok=prices.input_usd_per_mtok,
        cached_input_usd_per_mtok=prices.cached_input_usd_per_mtok,
        output_usd_per_mtok=prices.output_usd_per_mtok,
        long_prompt=prices.long_prompt,
        priced_on=HISTORIC_AS_OF,
        typical_latency_ms=1,
    )
