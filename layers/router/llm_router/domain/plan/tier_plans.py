"""A tier's ordered candidates and its second opinions' peer; a lower tier if money is short."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from pydantic import Field

from llm_router.domain.base import Frozen
from llm_router.domain.conversation.answer import Usage
from llm_router.domain.conversation.capabilities import REQUEST_FIELD_OF, Capability
from llm_router.domain.conversation.conversation import Conversation
from llm_router.domain.conversation.tokens import estimated_input_tokens
from llm_router.domain.policy.formats import refusal
from llm_router.domain.policy.models import Model
from llm_router.domain.policy.policy import Policy, TierSettings
from llm_router.domain.policy.prices import Prices, cost_nano_usd
from llm_router.domain.routing.decision import Decision, Start
from llm_router.domain.routing.llm_classifier import EXPECTED_OUTPUT_TOKENS
from llm_router.domain.tiers import TIERS, Tier
from llm_router.domain.trust.agreement import comparable

from .candidates import Candidate, NoCandidateError, candidates_for, cheapest_first

_CHOSEN = frozenset({"override", "rule"})
"""Strategies that prefer no answer to one of a lower tier."""


class TierPlan(Frozen):
    """The candidates of one tier, ranks ascending, and the requirements that answers must meet.

    `peer` is the candidate that gives a second opinion on the first answer; without one the
    requirements ask for none.
    """

    start: Start
    requirements: TierSettings
    peer: Candidate | None = None
    candidates: tuple[Candidate, ...] = Field(min_length=1)
    expected_output_tokens: int

    def starting(self, **changes: Any) -> "TierPlan":
        """A copy with these fields of its start changed."""
        return self.model_copy(update={"start": self.start.model_copy(update=changes)})

    def fits(self, budget_nano_usd: int) -> bool:
        """True if the budget covers a call to at least one candidate."""
        return any(c.minimum_nano_usd <= budget_nano_usd for c in self.candidates)


def start_within(
    budget_nano_usd: int,
    tier: Tier,
    decision: Decision,
    build: Callable[[Tier, Decision], TierPlan],
) -> TierPlan:
    """The tier's plan, or the highest plan below it with a call that fits the budget.

    If nothing fits it is the lowest, whose error then states the cost of the cheapest call. A start
    by override or rule is never lowered.
    """
    wanted = build(tier, decision)
    if decision.strategy in _CHOSEN or wanted.fits(budget_nano_usd):
        return wanted
    without_rank = decision.model_copy(update={"least_rank": 0})
    lower = [build(each, without_rank) for each in reversed(TIERS[: tier.level + 1])]
    start = next((plan for plan in lower if plan.fits(budget_nano_usd)), lower[-1])
    return start if start == wanted else start.starting(wanted_tier=tier)


@dataclass(frozen=True)
class TierPlanner:
    """Plans the tiers of one request; what the plans share is computed once.

    `named` is the model that the request, an alias or a rule names.
    """

    conversation: Conversation
    policy: Policy
    enabled_providers: Collection[str]
    named: str | None = None

    @cached_property
    def usable(self) -> Mapping[str, Candidate]:
        """The candidates for every model that can take the request, by its id."""
        return candidates_for(self.conversation, self.policy, self.enabled_providers, self.named)

    @cached_property
    def _answers_compare(self) -> bool:
        return comparable(self.conversation.question)

    def plan(self, tier: Tier, decision: Decision) -> TierPlan:
        """Order the candidates of a tier for this request, and choose a peer.

        Raises `NoCandidateError` if the decision names a model that cannot take the request.
        """
        policy = self.policy
        pinned = policy.models_by_id[decision.model] if decision.model else None
        if pinned is not None:
            able_to = self.conversation.needs <= pinned.capabilities
            wire = policy.channel_of(pinned).format
            if not able_to or refusal(wire, self.conversation) or pinned.id not in self.usable:
                raise _unusable(pinned, policy, self.conversation)
        usable = self.usable
        least_rank = pinned.rank if pinned else decision.least_rank
        levels = {name: policy.models_by_id[name].tier.level for name in usable}
        able = [c for c in usable.values() if levels[c.id] >= tier.level and c.rank >= least_rank]
        if not able:
            # No model of this tier and rank or above can take it: use the highest tier that can.
            highest = max(levels.values())
            able = [c for c in usable.values() if levels[c.id] == highest]
        cheapest = cheapest_first(self.conversation.max_output_tokens, policy)
        lowest = min(levels[c.id] for c in able)
        first = (
            usable[pinned.id]
            if pinned
            else min(
                (c for c in able if levels[c.id] == lowest),
                key=lambda c: (cheapest(c), -c.rank),
            )
        )
        candidates = [c for c in able if c.rank >= first.rank]
        candidates.sort(key=lambda c: (c.rank, c != first, cheapest(c)))
        # A second opinion comes from the first model's own tier, so that tier's settings apply.
        settings = policy.tiers[policy.models_by_id[first.id].tier]
        # Agreement on tool calls says little about which model is right.
        without_peer = decision.skip_cascade or "tools" in self.conversation.needs
        peer = None if without_peer else _peer(first, candidates, policy, cheapest)
        can_escalate = any(c.rank > first.rank for c in candidates)
        second_opinion = settings.second_opinion
        # Comparability takes time, so it comes last.
        if second_opinion != "off" and not (peer and can_escalate and self._answers_compare):
            second_opinion = "off"
        return TierPlan(
            start=decision.start_in(tier),
            requirements=settings.model_copy(
                update={
                    "threshold": 0.0 if decision.skip_cascade else policy.tiers[tier].threshold,
                    "second_opinion": second_opinion,
                }
            ),
            peer=peer,
            candidates=tuple(candidates),
            expected_output_tokens=EXPECTED_OUTPUT_TOKENS[tier],
        )


def _unusable(model: Model, policy: Policy, conversation: Conversation) -> NoCandidateError:
    missing: list[Capability] = sorted(conversation.needs - model.capabilities)
    beyond = refusal(policy.channel_of(model).format, conversation)
    if not missing and beyond is not None:
        return NoCandidateError(f"model {model.id!r} cannot take {beyond.part}", beyond.param)
    if not missing:
        return NoCandidateError(f"model {model.id!r} is not enabled here or too small", "model")
    return NoCandidateError(
        f"model {model.id!r} cannot do what the request needs: {', '.join(missing)}",
        REQUEST_FIELD_OF[missing[0]],
    )


def _peer(
    first: Candidate,
    candidates: list[Candidate],
    policy: Policy,
    cheapest: Callable[[Candidate], tuple[int, int]],
) -> Candidate | None:
    """The cheapest candidate of the first one's tier, but of another provider and model family."""
    models = policy.models_by_id
    own = models[first.id]
    others = [
        c
        for c in candidates
        if c.provider != first.provider
        and models[c.id].tier == own.tier
        and models[c.id].family != own.family
    ]
    return min(others, key=lambda c: (cheapest(c), c.rank), default=None)


def expected_nano_usd(conversation: Conversation, output_tokens: int, prices: Prices) -> int:
    """The expected cost of one call with this many output tokens.

    The caller's output limit applies if it is lower.
    """
    usage = Usage(
        input_tokens=estimated_input_tokens(conversation),
        output_tokens=min(output_tokens, conversation.max_output_tokens or output_tokens),
    )
    return cost_nano_usd(usage, prices)


def expected_first_nano_usd(conversation: Conversation, plan: TierPlan, output_tokens: int) -> int:
    """The expected cost of a first answer in a tier, a simultaneous second opinion included."""
    called = [plan.candidates[0]]
    if plan.peer is not None and plan.requirements.second_opinion == "always":
        called.append(plan.peer)
    return sum(expected_nano_usd(conversation, output_tokens, c.prices) for c in called)
