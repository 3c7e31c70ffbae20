"""Where the router would let a recorded question start: at the cheap model's tier, or above it."""

from dataclasses import dataclass

from evaluation.dataset.cascade_model import Roles, Setting, tier_of
from evaluation.dataset.observations import _NO_HINTS, _decision, _is_above
from llm_router.application.route.request import RoutingCall, decision_key, explores
from llm_router.domain.conversation.conversation import Conversation
from llm_router.domain.policy.policy import Policy
from llm_router.domain.routing.pass_rates import Experience, FirstTry, Passing
from llm_router.domain.routing.request_fingerprint import kind_of

from .asl_interpreter import NOW_MS
from .policy import CHEAP_RANK, ENABLED, planned_start, replay_policy

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
