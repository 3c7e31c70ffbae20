"""Simulates the start of recorded questions: at the cheap model's tier, or above it."""

from dataclasses import dataclass

from evaluation.asl_interpreter import NOW_MS
from evaluation.dataset.cascade_model import CascadeSettings, ModelRoles, tier_of
from evaluation.dataset.observations import NO_HINTS, is_above, start_decision
from llm_router.application.route.request import RouteRequest, decision_key, in_exploration_sample
from llm_router.domain.conversation.conversation import Conversation
from llm_router.domain.policy.policy import Policy
from llm_router.domain.routing.pass_rates import PassCount, PassHistory
from llm_router.domain.routing.request_fingerprint import request_fingerprint

from .policy import CHEAP_RANK, ENABLED, planned_start, replay_policy

_TENANT = "replay"
_ANY_TIME_MS = 1_000_000


@dataclass(frozen=True)
class Start:
    """The start of a question: `above` the cheap model or at it.

    `kind` is the request fingerprint whose pass rate it counts for, if any.
    """

    above: bool
    kind: str | None = None


class StartSimulator:
    """Simulates starts one after the other; first attempts change the starts of later questions."""

    def __init__(self, roles: ModelRoles, setting: CascadeSettings, policy: Policy) -> None:
        self._policy = policy
        self._tier = tier_of(policy, roles.cheap)
        self._replay_policy = replay_policy(roles, setting, policy)
        self._classified = setting.classified
        self._pass_counts: dict[str, PassCount] = {}

    def of(self, conversation: Conversation) -> Start:
        """The start of the next question; at the cheap model if the setting is not `classified`."""
        if not self._classified:
            return Start(above=False)
        decision = start_decision(conversation, self._policy)
        if is_above(decision, self._tier):
            return Start(above=True)
        learning = self._policy.learning
        if decision.strategy == "rule" or learning is None or not learning.enabled:
            return Start(above=False)
        fingerprint = request_fingerprint(conversation, NO_HINTS)
        request = RouteRequest("", _TENANT, conversation, NO_HINTS, NOW_MS)
        key = decision_key(request, self._policy.version, ENABLED)
        pass_history = PassHistory(
            key="",
            kind=fingerprint,
            pass_counts={CHEAP_RANK: self._pass_counts.get(fingerprint, PassCount())},
            in_exploration_sample=in_exploration_sample(key, learning.explore),
            time_ms=_ANY_TIME_MS,
        )
        start = planned_start(conversation, self._replay_policy, pass_history)
        return Start(above=start.start.raised, kind=None if start.start.raised else fingerprint)

    def learn(self, start: Start, attempt: tuple[int, PassCount] | None) -> None:
        """Count a question's first attempt for its request fingerprint."""
        if start.kind is not None and attempt is not None:
            before = self._pass_counts.get(start.kind, PassCount())
            self._pass_counts[start.kind] = before.after(attempt[1])
