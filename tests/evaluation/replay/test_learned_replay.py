"""A replay learns, as the router does, which kinds of questions never pass at the cheap model."""

import random
from collections.abc import Sequence

import pytest

from evaluation.dataset.cascade_model import CascadeSettings, ModelRoles, SimulatedOutcome
from evaluation.dataset.observations import observe
from evaluation.dataset.recordings import Row
from evaluation.replay.replay import replay
from llm_router.domain.policy.policy import Policy
from llm_router.domain.policy.rules import Rule, RuleAction
from llm_router.domain.tiers import Tier
from tests.support.policies import POLICY
from tests.support.recorded_rows import ROLES, WITHOUT_PEER, generated_rows, parsed_rows, row
from tests.support.replay_oracle import expected_endings

SHIPPED = CascadeSettings(POLICY.tiers[Tier.SIMPLE], POLICY.confidence.weights, classified=True)
HALF_A_POINT = 0.005
HARD = "House {} of {} stands left of the red one. How many houses are there?"


def hard_rows(n: int, agreeing: float, seed: int = 0) -> list[Row]:
    """Questions that the cheap models fail, each in its own way; now and then they agree."""
    chance = random.Random(seed)
    usage = {"input_tokens": 60, "output_tokens": 300}
    rows = []
    for number in range(n):
        right = chance.randrange(100, 200)
        agree = chance.random() < agreeing
        said = {
            "cheap": (right if agree else right + 1, agree),
            "peer": (right if agree else right + 2, agree),
            "strong": (right, True),
        }
        answers = {
            role: {"text": f"The answer is {value}.", "correct": is_right, "usage": usage}
            for role, (value, is_right) in said.items()
        }
        rows.append(row(number, HARD.format(number, chance.randrange(1_000, 9_999)), **answers))
    return rows


def saving(
    endings: Sequence[SimulatedOutcome], rows: Sequence[Row], policy: Policy = POLICY
) -> float:
    strong = sum(e.strong.cost_usd for e in observe(rows, ROLES, policy))
    return 1 - sum(e.cost_usd for e in endings) / strong


def saving_of_a_mix(endings: Sequence[SimulatedOutcome], rows: Sequence[Row]) -> float:
    """What asking either model at random saves where it is as good as these endings."""
    observations = observe(rows, ROLES, POLICY)
    cheap, strong = (
        [sum(e.quality for e in of), sum(e.cost_usd for e in of)]
        for of in ([e.cheap for e in observations], [e.strong for e in observations])
    )
    reached = sum(e.quality for e in endings)
    of_cheap = (strong[0] - reached) / (strong[0] - cheap[0])
    return of_cheap * (1 - cheap[1] / strong[1])


@pytest.fixture(scope="module")
def hard() -> list[Row]:
    return hard_rows(1_200, agreeing=0.06)


def test_a_hard_kind_costs_hardly_more_than_a_mix_of_the_same_quality(hard: list[Row]) -> None:
    endings = expected_endings(hard, observe(hard, ROLES, POLICY), ROLES, SHIPPED, POLICY)
    assert saving(endings, hard) >= saving_of_a_mix(endings, hard) - HALF_A_POINT
    assert sum(e.calls > 1 for e in endings) < 0.1 * len(hard)


def test_without_learning_it_would_cost_much_more(hard: list[Row]) -> None:
    policy = POLICY.model_copy(update={"learning": None})
    endings = expected_endings(hard, observe(hard, ROLES, policy), ROLES, SHIPPED, policy)
    assert saving(endings, hard) < saving_of_a_mix(endings, hard) - 4 * HALF_A_POINT


def test_what_passes_often_enough_is_tried_every_time() -> None:
    rows = hard_rows(300, agreeing=0.6)
    endings = replay(rows[:100], ROLES, SHIPPED, POLICY)
    assert all(e.calls > 1 for e in endings)
    assert saving(endings, rows[:100]) > 0.3


@pytest.mark.parametrize("roles", [ROLES, WITHOUT_PEER], ids=["peer", "no peer"])
def test_the_machine_learns_what_the_short_cut_says(roles: ModelRoles) -> None:
    rows = hard_rows(60, agreeing=0.05) + parsed_rows(generated_rows(20))
    expected = expected_endings(rows, observe(rows, roles, POLICY), roles, SHIPPED, POLICY)
    replayed = replay(rows, roles, SHIPPED, POLICY)
    assert [(e.strong, e.calls, e.quality) for e in replayed] == [
        (e.strong, e.calls, e.quality) for e in expected
    ]
    assert [e.cost_usd for e in replayed] == pytest.approx([e.cost_usd for e in expected])


def test_the_machine_stops_trying_after_some_dozens() -> None:
    endings = replay(hard_rows(80, agreeing=0), ROLES, SHIPPED, POLICY)
    assert {e.calls for e in endings[:20]} == {3}
    assert sum(e.calls == 1 for e in endings[40:]) >= 36


def test_only_classified_settings_learn() -> None:
    rows = hard_rows(60, agreeing=0)
    plain = CascadeSettings(SHIPPED.tier, SHIPPED.weights)
    assert {e.calls for e in replay(rows, ROLES, plain, POLICY)} == {3}


def test_what_a_rule_sends_to_the_cheap_model_is_tried_every_time() -> None:
    rule = Rule(
        name="houses",
        when={"question": {"regex": "^House"}},
        then=RuleAction(tier=Tier.SIMPLE),
    )
    ruled = POLICY.model_copy(update={"rules": (rule,)})
    endings = replay(hard_rows(60, agreeing=0), ROLES, SHIPPED, ruled)
    assert {e.calls for e in endings} == {3}
