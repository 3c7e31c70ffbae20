"""Where the router would let a recorded question start: at the cheap model's tier, or above it."""

from dataclasses import dataclass

from evaluation.asl_interpreter import NOW_MS
from evaluation.dataset.cascade_model import CascadeSettings, ModelRoles, tier_of
from evaluation.dataset.observations import NO_HINTS, is_above, start_decision
from llm_router.application.route.request import RouteRequest, decision_key, in_exploration_sample
from llm_router.domain.conversation.conversation import Conversation
from llm_router.domain.policy.policy import Policy
from llm_router.domain.routing.pass_rates import FirstAttempt, PassCount, PassHistory
from llm_router.domain.routing.request_fingerprint import request_fingerprint

from .policy import CHEAP_RANK, ENABLED, planned_start, replay_policy

_TENANT = "replay"
_ANY_TIME_MS = 1_000_000


@dataclass(frozen=True)
class Start:
    """Whether a question starts above the cheap model; the kind for which it counts, if any."""

    above: bool
    kind: str | None = None


class StartSimulator:
    """Where questions start, one after the other: first answers teach where later ones start."""

    def __init__(self, roles: ModelRoles, setting: CascadeSettings, policy: Policy) -> None:
        self._policy = policy
        self._tier = tier_of(policy, roles.cheap)
        self._played = replay_policy(roles, setting, policy)
        self._classified = setting.classified
        self._passing: dict[str, PassCount] = {}

    def of(self, conversation: Conversation) -> Start:
        """Where the next question starts; an unclassified setting starts everything below."""
        if not self._classified:
            return Start(above=False)
        decision = start_decision(conversation, self._policy)
        if is_above(decision, self._tier):
            return Start(above=True)
        learning = self._policy.learning
        if decision.strategy == "rule" or learning is None or not learning.enabled:
            return Start(above=False)
        kind = request_fingerprint(conversation, NO_HINTS)
        call = RouteRequest("", _TENANT, conversation, NO_HINTS, NOW_MS)
        key = decision_key(call, self._policy.version, ENABLED)
        pass_history = PassHistory(
            key="",
            kind=kind,
            pass_counts={CHEAP_RANK: self._passing.get(kind, PassCount())},
            explores=in_exploration_sample(key, learning.explore),
            time_ms=_ANY_TIME_MS,
        )
        start = planned_start(conversation, self._played, pass_history)
        return Start(above=start.raised, kind=None if start.raised else kind)

    def learn(self, start: Start, seen: FirstAttempt | None) -> None:
        """Count the first answer of a question for its kind."""
        if start.kind is not None and seen is not None:
            before = self._passing.get(start.kind, PassCount())
            self._passing[start.kind] = before.after(seen)
