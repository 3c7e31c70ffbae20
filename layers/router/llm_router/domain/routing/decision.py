"""Decides the tier in which a request starts, and records the strategy that chose it."""

from collections.abc import Mapping
from typing import Literal

from llm_router.domain.base import Frozen
from llm_router.domain.classifier.local_classifier import LocalClassifier
from llm_router.domain.conversation.conversation import Conversation
from llm_router.domain.conversation.tokens import estimated_input_tokens
from llm_router.domain.policy.conditions import Facts
from llm_router.domain.policy.policy import AUTO, Policy
from llm_router.domain.policy.rules import RuleEvaluation, RuleLimits, evaluate_rules
from llm_router.domain.tiers import TIERS, Tier

from .hints import RouterHints
from .pass_rates import PassHistory, SkippedTier

_MS_PER_HOUR = 3_600_000
_HOURS_PER_DAY = 24

Strategy = Literal["rule", "cache", "local_classifier", "llm_classifier", "default", "override"]


class CachedDecision(Frozen):
    """The tier and rank that satisfied the same request before."""

    tier: Tier
    rank: int


class Start(Frozen):
    """The tier in which a request starts, and why: the plan, the outcome and the ledger carry it.

    `strategy` is None while the LLM classifier still has to choose the tier. `confidence` is the
    decision's own, from 0 to 1; None if nothing was estimated. `wanted_tier` is the start that the
    cost cap did not allow, or this tier itself if only its cached rank was too dear. `learned` is
    the lower tier that pass rates advise against.
    """

    tier: Tier
    wanted_tier: Tier | None = None
    strategy: Strategy | None = None
    rule: str | None = None
    confidence: float | None = None
    learned: SkippedTier | None = None

    @property
    def raised(self) -> bool:
        """True if pass rates raised the start."""
        return self.learned is not None and not self.learned.explored


class Decision(Frozen):
    """The tier to plan for, and what chose it.

    `tier` is None while the LLM classifier still has to choose it. `confidence` is the decision's
    own, from 0 to 1; None if nothing was estimated. `pass_history` may raise the start; an
    override, a rule and a cached decision have none.
    """

    tier: Tier | None
    strategy: Strategy | None
    rule: str | None = None
    confidence: float | None = None
    model: str | None = None
    least_rank: int = 0
    skip_cascade: bool = False
    limits: RuleLimits = RuleLimits()
    pass_history: PassHistory | None = None
    rule_evaluations: tuple[RuleEvaluation, ...] = ()

    def start_in(self, tier: Tier) -> Start:
        """The start in a tier by this decision."""
        return Start(tier=tier, strategy=self.strategy, rule=self.rule, confidence=self.confidence)


def resolve_alias(
    model: str | None, tier: Tier | None, policy: Policy, own_aliases: Mapping[str, str]
) -> tuple[str | None, Tier | None]:
    """Resolve a requested model that is an alias or another form of a known name.

    A key's own aliases come before the policy's. A tier that the caller names takes precedence over
    one that an alias means.
    """
    if model is None:
        return None, tier
    name = policy.name_meant_by(model, own_aliases) or model
    target = own_aliases.get(name) or policy.aliases.get(name) or name
    if target in set(TIERS):
        return None, tier or Tier(target)
    return None if target == AUTO else target, tier


def facts_of(conversation: Conversation, hints: RouterHints, now_epoch_ms: int) -> Facts:
    """The facts of a request that rules can match."""
    return Facts(
        request_type=hints.request_type,
        user_tier=hints.user_tier,
        feature=hints.feature,
        question=conversation.question,
        conversation=conversation.text,
        prompt_tokens=estimated_input_tokens(conversation),
        messages=len(conversation.messages),
        images=conversation.images,
        tools=len(conversation.tools),
        hour=now_epoch_ms // _MS_PER_HOUR % _HOURS_PER_DAY,
    )


def decide_by_choice(model: str | None, tier: Tier | None, policy: Policy) -> Decision | None:
    """The decision of a caller who names a model or a tier; None if they name neither."""
    if model is not None:
        tier = policy.models_by_id[model].tier
        return Decision(tier=tier, strategy="override", model=model, skip_cascade=True)
    if tier is not None:
        return Decision(tier=tier, strategy="override")
    return None


def decide_by_rule(
    facts: Facts, policy: Policy
) -> tuple[Decision | None, tuple[RuleEvaluation, ...]]:
    """The first matching rule's decision, if any, and the evaluation of each rule tried."""
    rule, evaluations = evaluate_rules(policy.rules, facts)
    if rule is None:
        return None, evaluations
    then = rule.then
    decision = Decision(
        tier=then.tier or policy.models_by_id[then.model or ""].tier,
        strategy="rule",
        rule=rule.name,
        model=then.model,
        skip_cascade=then.skip_cascade,
        limits=then.limits,
    )
    return decision, evaluations


def decide_by_cache(cached: CachedDecision) -> Decision:
    """Start at the tier and rank that satisfied the same request before."""
    return Decision(tier=cached.tier, strategy="cache", least_rank=cached.rank)


def decide_by_estimate(
    conversation: Conversation, policy: Policy, classifier: LocalClassifier
) -> Decision:
    """The local classifier's tier if its confidence suffices.

    Otherwise the tier is None, for the LLM classifier to choose, or the default if that is off.
    """
    estimate = classifier.estimate(conversation)
    if estimate.confidence >= policy.classifier.decide_above:
        return Decision(
            tier=estimate.tier, strategy="local_classifier", confidence=estimate.confidence
        )
    if policy.classifier.llm:
        return Decision(tier=None, strategy=None)
    return Decision(tier=policy.default_tier, strategy="default")
