"""Where the router would let a recorded question start: at the cheap model's tier, or above it."""

from dataclasses import dataclass

from llm_router.adapters.classifier_files import packaged_classifier
from llm_router.application.calls import RoutingCall, decision_key
from llm_router.application.experience import explores
from llm_router.domain.chat import Conversation
from llm_router.domain.decision import Decision, Hints, decide_by_estimate, decide_by_rule, facts_of
from llm_router.domain.kinds import kind_of
from llm_router.domain.learning import Experience, FirstTry, Passing
from llm_router.domain.policy import Policy
from llm_router.domain.tiers import Tier

from .evidence import Roles, Setting
from .machine import NOW_MS
from .policy_writing import tier_of
from .replay_policy import CHEAP_RANK, ENABLED, planned_start, replay_policy

_NO_HINTS = Hints()
_TENANT = "replay"
_ANY_TIME_MS = 1_000_000


@dataclass(frozen=True)
class Start:
    """Whether a question starts above the cheap model; the kind for which it counts, if any."""

    above: bool
    kind: str | None = None


class Starting:
    """Where questions start, one after the other: first answers teach where later ones start."""

    def __init__(self, roles: Roles, setting: Setting, policy: Policy) -> None:
        self._policy = policy
        self._tier = tier_of(policy, roles.cheap)
        self._played = replay_policy(roles, setting, policy)
        self._classified = setting.classified
        self._passing: dict[str, Passing] = {}

    def of(self, conversation: Conversation) -> Start:
        """Where the next question starts; an unclassified setting starts everything below."""
        if not self._classified:
            return Start(above=False)
        decision = _decision(conversation, self._policy)
        if _is_above(decision, self._tier):
            return Start(above=True)
        learning = self._policy.learning
        if decision.strategy == "rule" or learning is None or not learning.enabled:
            return Start(above=False)
        kind = kind_of(conversation, _NO_HINTS)
        call = RoutingCall("", _TENANT, conversation, _NO_HINTS, NOW_MS)
        key = decision_key(call, self._policy.version, ENABLED)
        experience = Experience(
            key="",
            kind=kind,
            passing={CHEAP_RANK: self._passing.get(kind, Passing())},
            explores=explores(key, learning.explore),
            time_ms=_ANY_TIME_MS,
        )
        start = planned_start(conversation, self._played, experience)
        return Start(above=start.raised, kind=None if start.raised else kind)

    def learn(self, start: Start, seen: FirstTry | None) -> None:
        """Count the first answer of a question for its kind."""
        if start.kind is not None and seen is not None:
            before = self._passing.get(start.kind, Passing())
            self._passing[start.kind] = before.after(seen)


def starts_above(conversation: Conversation, policy: Policy, tier: Tier) -> bool:
    """Whether a rule or the local classifier sends it to a stronger model than this tier's.

    A question of which the classifier is not sure starts in the tier: nobody recorded what a model
    would have said of it.
    """
    return _is_above(_decision(conversation, policy), tier)


def _decision(conversation: Conversation, policy: Policy) -> Decision:
    facts = facts_of(conversation, _NO_HINTS, NOW_MS)
    decision, _ = decide_by_rule(facts, policy)
    if decision is not None:
        return decision
    return decide_by_estimate(conversation, policy, packaged_classifier(policy.classifier.weights))


def _is_above(decision: Decision, tier: Tier) -> bool:
    clear = decision.strategy in ("rule", "local_classifier")
    return clear and decision.tier is not None and decision.tier.level > tier.level
