"""An oracle for replay: routes row after row with `simulate` instead of the state machine."""

from collections.abc import Sequence
from dataclasses import replace

from evaluation.dataset.cascade_model import (
    EXPECTED_TOKENS_ABOVE,
    CascadeSettings,
    ModelRoles,
    Observation,
    SimulatedOutcome,
    simulate,
)
from evaluation.dataset.observations import as_answered
from evaluation.dataset.recordings import Row
from evaluation.replay.starts import StartSimulator
from llm_router.domain.policy.policy import Policy
from llm_router.domain.routing.pass_rates import PassCount
from llm_router.domain.trust.signals import signals


def expected_endings(
    rows: Sequence[Row],
    evidence: Sequence[Observation],
    roles: ModelRoles,
    setting: CascadeSettings,
    policy: Policy,
) -> list[SimulatedOutcome]:
    """The ending of each row; each starts where the rows before it taught to start."""
    starting, endings = StartSimulator(roles, setting, policy), []
    for row, of_row in zip(rows, evidence, strict=True):
        start = starting.of(row.conversation)
        strong = as_answered(row.answers[roles.strong])
        seen = signals(strong, EXPECTED_TOKENS_ABOVE, row.conversation)
        above = replace(of_row.strong, signals=seen) if start.above else None
        ending = simulate(replace(of_row, above=above), setting)
        starting.learn(start, _first_try(of_row, ending))
        endings.append(ending)
    return endings


def _first_try(evidence: Observation, ending: SimulatedOutcome) -> tuple[int, PassCount]:
    escalation = evidence.strong.cost_usd if ending.strong else 0.0
    return 10, PassCount(
        tried=1,
        passed=int(not ending.strong),
        nano_usd=round((ending.cost_usd - escalation) * 1e9),
        escalated=int(bool(ending.strong)),
        next_nano_usd=round(escalation * 1e9),
    )
