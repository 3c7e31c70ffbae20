import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from evaluation.dataset.cascade_model import CascadeSettings, ModelRoles, SimulatedOutcome, simulate
from evaluation.dataset.observations import observe
from evaluation.dataset.recordings import Row
from evaluation.replay.policy import replay_policy
from evaluation.replay.replay import replay
from evaluation.replay.strategies import AGREEMENT_ALONE
from llm_router.domain.policy.policy import TierSettings
from llm_router.domain.tiers import Tier
from tests.support.policies import POLICY
from tests.support.recorded_rows import (
    CHEAP,
    PEER,
    ROLES,
    STRONG,
    WITHOUT_PEER,
    generated_rows,
    parsed_rows,
)
from tests.support.replay_oracle import expected_endings

ROWS = parsed_rows(generated_rows(40))


def setting(**tier: Any) -> CascadeSettings:
    return CascadeSettings(TierSettings.model_validate(tier), POLICY.confidence.weights)


SETTINGS = [
    setting(threshold=0.5, second_opinion="off"),
    setting(threshold=0.95, second_opinion="off"),
    setting(threshold=0.0, second_opinion="always"),
    setting(threshold=0.6, second_opinion="always"),
    setting(threshold=1.0, second_opinion="always"),
    setting(threshold=0.7, second_opinion="when_unsure", unsure_from=0.2, unsure_to=0.95),
    setting(threshold=0.9, second_opinion="when_unsure", unsure_from=0.0, unsure_to=0.5),
    AGREEMENT_ALONE,
]


def alike(replayed: Sequence[SimulatedOutcome], expected: Sequence[SimulatedOutcome]) -> bool:
    """The same in all but the last digit of the cost."""
    rounded = [
        [replace(e, cost_usd=round(e.cost_usd, 12)) for e in of] for of in (replayed, expected)
    ]
    return rounded[0] == rounded[1]


@pytest.mark.parametrize("roles", [ROLES, WITHOUT_PEER], ids=["peer", "no peer"])
@pytest.mark.parametrize("setting", SETTINGS, ids=range(len(SETTINGS)))
def test_the_shipped_machine_does_what_the_short_cut_says(
    setting: CascadeSettings, roles: ModelRoles
) -> None:
    expected = [simulate(e, setting) for e in observe(ROWS, roles, POLICY)]
    assert alike(replay(ROWS, roles, setting, POLICY), expected)


@pytest.mark.parametrize("roles", [ROLES, WITHOUT_PEER], ids=["peer", "no peer"])
@pytest.mark.parametrize("setting", SETTINGS, ids=range(len(SETTINGS)))
def test_it_does_so_too_where_questions_are_classified_first(
    setting: CascadeSettings, roles: ModelRoles
) -> None:
    classified = replace(setting, classified=True)
    observations = observe(ROWS, roles, POLICY)
    expected = expected_endings(ROWS, observations, roles, classified, POLICY)
    assert alike(replay(ROWS, roles, classified, POLICY), expected)


def test_a_question_that_starts_above_asks_the_strong_model_alone() -> None:
    cheapest = setting(threshold=0.0, second_opinion="off")
    endings = replay(ROWS, ROLES, replace(cheapest, classified=True), POLICY)
    prose = [row.conversation.question.startswith("Write") for row in ROWS]
    assert {(e.strong, e.calls) for e in endings} == {(True, 1), (False, 1)}
    assert [e.strong for e in endings] == prose
    for row, ending in zip(ROWS, endings, strict=True):
        assert ending.quality == row.answers[STRONG if ending.strong else CHEAP].quality


def test_the_settings_reach_every_way_through_the_cascade() -> None:
    endings = [simulate(e, s) for s in SETTINGS for e in observe(ROWS, ROLES, POLICY)]
    assert {(e.strong, e.calls) for e in endings} == {
        (False, 1), (False, 2), (True, 2), (True, 3),
    }  # fmt: skip


def test_every_request_starts_at_the_cheap_model_even_if_its_peer_costs_less() -> None:
    played = replay_policy(ROLES, SETTINGS[3], POLICY)
    prices = {model.id: model.input_usd_per_mtok for model in played.models}
    assert prices[PEER] < prices[CHEAP] < prices[STRONG]
    endings = replay(ROWS, ROLES, setting(threshold=0.0, second_opinion="off"), POLICY)
    costs = [e.cheap.cost_usd for e in observe(ROWS, ROLES, POLICY)]
    assert [e.cost_usd for e in endings] == pytest.approx(costs)


def test_a_conversation_of_several_turns_is_replayed_too() -> None:
    turns = [
        {"role": "system", "content": "Be short."},
        {"role": "user", "content": "Hello"},
        {"role": "assistant", "content": "Hi"},
        {"role": "user", "content": "What is 2 + 2?"},
    ]
    told = {name: {"text": "4", "correct": True} for name in (CHEAP, PEER, STRONG)}
    row = Row.model_validate_json(json.dumps({"id": 1, "messages": turns, "answers": told}))
    expected = [simulate(e, SETTINGS[3]) for e in observe([row], ROLES, POLICY)]
    assert alike(replay([row], ROLES, SETTINGS[3], POLICY), expected)


def test_the_given_policy_decides_all_but_the_models_and_the_lowest_tier() -> None:
    played = replay_policy(ROLES, SETTINGS[3], POLICY)
    assert played.tiers[Tier.SIMPLE] == SETTINGS[3].tier
    assert played.tiers[Tier.COMPLEX] == POLICY.tiers[Tier.COMPLEX]
    assert played.confidence.weights == SETTINGS[3].weights
    assert (played.fallback, played.version) == (POLICY.fallback, POLICY.version)


def test_progress_is_told_row_by_row() -> None:
    told: list[None] = []
    replay(ROWS[:3], ROLES, SETTINGS[0], POLICY, lambda: told.append(None))
    assert len(told) == 3


def test_recorded_log_probabilities_count_where_the_policy_asks_for_them() -> None:
    asking = POLICY.model_copy(
        update={"confidence": POLICY.confidence.model_copy(update={"token_probability": True})}
    )
    told = {"text": "The answer is 4.", "correct": True}
    answers = {"old-mini-o": {**told, "logprob": -0.5}, "old-o": told}
    rows = parsed_rows([{"id": "1", "prompt": "What is 2 + 2?", "answers": answers}])
    roles = ModelRoles(cheap="old-mini-o", strong="old-o")
    (heard,), (unheard,) = observe(rows, roles, asking), observe(rows, roles, POLICY)
    assert heard.cheap.signals.token_probability == pytest.approx(0.6065, abs=1e-4)
    assert heard.strong.signals.token_probability == 0
    assert unheard.cheap.signals.token_probability is None
    picky = setting(threshold=0.8, second_opinion="off")
    for policy, observations in ((asking, heard), (POLICY, unheard)):
        assert alike(replay(rows, roles, picky, policy), [simulate(observations, picky)])
    assert [simulate(e, picky).strong for e in (heard, unheard)] == [True, False]
