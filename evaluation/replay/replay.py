"""Replays recorded rows with the code of live traffic: use cases, policy, state machine.

Only the adapters differ: the provider returns the recorded answer, nothing is cached or metered.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from evaluation.asl_interpreter import NOW_MS, StateMachine
from evaluation.dataset.cascade_model import CascadeSettings, ModelRoles, SimulatedOutcome
from evaluation.dataset.observations import as_answered, text_of
from evaluation.dataset.prices import estimated_usage
from evaluation.dataset.recordings import Row
from llm_router.application.ports import Json, ProviderAnswer
from llm_router.application.route.request import RouteRequest
from llm_router.domain.conversation.conversation import Conversation
from llm_router.domain.outcome.cascade_outcome import CascadeOutcome
from llm_router.domain.plan.candidates import Candidate
from llm_router.domain.plan.learned_starts import first_attempt
from llm_router.domain.policy.models import WIRE_FORMATS
from llm_router.domain.policy.policy import Policy
from llm_router.domain.policy.prices import to_usd
from llm_router.domain.routing.hints import RouterHints

from .local_router import local_router
from .policy import ABOVE, ENABLED, replay_policy
from .starts import StartSimulator


@dataclass(frozen=True)
class _Recorded:
    """A provider that returns one row's recorded answers."""

    row: Row

    def answer(
        self,
        candidate: Candidate,
        conversation: Conversation,
        timeout_seconds: float,
        schema: Json | None = None,
    ) -> ProviderAnswer:
        """The model's recorded answer, with its recorded usage or an estimate."""
        recorded = self.row.answers[candidate.id]
        estimate = estimated_usage(self.row.conversation.text, text_of(recorded))
        return ProviderAnswer(as_answered(recorded), recorded.usage or estimate)


def replay(
    rows: Sequence[Row],
    roles: ModelRoles,
    setting: CascadeSettings,
    policy: Policy,
    done: Callable[[], None] = lambda: None,
) -> list[SimulatedOutcome]:
    """The outcome of each row under this setting; `done` is called after each.

    Every row must have a graded text of every role. The signals' weights are the setting's. Prices
    are the policy's, or historic ones for models that it does not know. Caps and deadlines have no
    effect. First attempts of a request fingerprint change the starts of its later rows.
    """
    machine, adapted = StateMachine(max_value_bytes=None), replay_policy(roles, setting, policy)
    starts = StartSimulator(roles, setting, policy)
    simulated_outcomes = []
    for row in rows:
        start = starts.of(row.conversation)
        outcome = _replayed(
            row, machine, adapted, RouterHints(feature=ABOVE if start.above else None)
        )
        starts.learn(start, first_attempt(outcome))
        simulated_outcomes.append(_simulated(outcome, row, roles))
        done()
    return simulated_outcomes


def _replayed(
    row: Row, machine: StateMachine, policy: Policy, hints: RouterHints
) -> CascadeOutcome:
    providers = dict.fromkeys(WIRE_FORMATS, _Recorded(row))
    request = RouteRequest(row.id, "replay", row.conversation, hints, NOW_MS)
    outcome, _ = local_router(providers, policy, ENABLED, machine).answer(request).answered
    return outcome


def _simulated(outcome: CascadeOutcome, row: Row, roles: ModelRoles) -> SimulatedOutcome:
    return SimulatedOutcome(
        quality=row.answers[outcome.answered_by or ""].quality,
        cost_usd=float(to_usd(outcome.cost_nano_usd)),
        strong=any(attempt.model == roles.strong for attempt in outcome.attempts),
        calls=len(outcome.attempts),
        confidence=outcome.confidence or 0.0,
    )
