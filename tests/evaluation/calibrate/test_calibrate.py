import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from statistics import median

import pytest

from evaluation.calibrate.calibrate import SPENT, calibrate
from evaluation.calibrate.candidates import candidate_settings, pareto_settings
from evaluation.calibrate.coverage_check import DELTA, tally
from evaluation.calibrate.hypothesis_tests import plan_tests
from evaluation.calibrate.result import Calibration
from evaluation.calibrate.samples import sampled, split
from evaluation.calibrate.weights import fit_weights
from evaluation.dataset.cascade_model import (
    CascadeSettings,
    ModelRoles,
    Observation,
    simulate,
)
from evaluation.dataset.observations import observe
from evaluation.dataset.recordings import read_rows
from evaluation.errors import CalibrationError
from llm_router.domain.tiers import Tier
from llm_router.domain.trust.confidence import confidence
from tests.support.policies import POLICY
from tests.support.recorded_evidence import agreeing, clean_signals, graded

BASE = CascadeSettings(POLICY.tiers[Tier.SIMPLE], POLICY.confidence.weights)
ROLES = ModelRoles(cheap="small", peer="other", strong="large")
DATA = Path(__file__).parents[4] / "shared" / "data"


def calibrated(
    questions: Sequence[Observation],
    *qualities: float,
    band: tuple[float, float] | None = None,
    seed: int = 0,
) -> Calibration:
    return calibrate(
        questions,
        ROLES,
        BASE,
        on=date(2026, 11, 25),
        quality_kept=qualities or (0.95, 0.97, 0.98, 0.99),
        target_escalation=band,
        seed=seed,
    )


def kept(questions: Sequence[Observation], setting: CascadeSettings) -> float:
    strong = sum(e.strong.quality for e in questions) / len(questions)
    kept = sum(simulate(question, setting).quality for question in questions)
    return kept / len(questions) / strong


def promised(calibration: Calibration) -> dict[float, CascadeSettings]:
    return {
        target.quality_kept: target.promise.setting
        for target in calibration.targets
        if target.promise is not None
    }


def test_a_quality_that_is_missed_by_a_hair_is_hardly_ever_promised() -> None:
    truth = agreeing(20_000, 1)
    agreement = next(
        s
        for s in pareto_settings(truth[:2_000], BASE.weights, BASE)
        if s.tier.second_opinion != "off"
    )
    missed, false = kept(truth, agreement) + 0.001, 0
    for seed in range(100):
        found = promised(calibrated(agreeing(300, seed + 2), missed, seed=seed))
        false += any(kept(truth, setting) < missed for setting in found.values())
    assert false <= 5


def test_graded_agreement_is_hardly_ever_promised_too_much_either() -> None:
    truth, false, made = graded(4_000, 1), 0, 0
    for seed in range(20):
        found = promised(calibrated(graded(300, seed + 2), 0.9, 0.95, 0.98, seed=seed))
        made += bool(found)
        false += any(kept(truth, setting) < q for q, setting in found.items())
    assert false <= 1
    assert made > 10


def test_the_promise_is_not_bought_by_abstaining() -> None:
    savings = []
    for seed in range(20):
        target = calibrated(agreeing(600, seed, agree=0.85), 0.95, seed=seed).promised
        savings.append(target.promise.saving if target and target.promise else None)
    assert savings.count(None) <= 2
    assert median(s for s in savings if s is not None) > 0.5


def test_what_cannot_be_certified_comes_with_the_number_of_labels_that_would_do() -> None:
    target = calibrated(agreeing(200, 1), 0.97).targets[0]
    assert target.promise is None
    assert target.labels_needed is not None
    assert target.labels_needed > 200
    enough = calibrated(agreeing(2 * target.labels_needed, 2), 0.97).targets[0]
    assert enough.promise is not None
    assert enough.labels_needed is None


def test_where_no_number_of_labels_would_do_none_is_named() -> None:
    worse = agreeing(600, 1, agree=0.5, right_if_agreed=0.6)
    target = calibrated(worse, 0.99).targets[0]
    assert (target.promise, target.labels_needed) == (None, None)


def test_a_setting_that_saves_nothing_is_no_promise() -> None:
    dear = [
        replace(e, cheap=replace(e.cheap, cost_usd=20.0), peer=replace(e.peer, cost_usd=20.0))
        for e in agreeing(400, 1)
        if e.peer is not None
    ]
    assert calibrated(dear).promised is None


def test_a_promise_for_all_is_not_one_for_each_dataset() -> None:
    easy = agreeing(900, 1, right_if_agreed=0.99, dataset="easy")
    hard = agreeing(300, 2, agree=0.9, right_if_agreed=0.85, dataset="hard")
    target = calibrated([*easy, *hard], 0.95).targets[0]
    assert target.promise is not None
    assert target.promise.on_average_only == ("hard",)
    by_name = {dataset.name: dataset for dataset in target.promise.datasets}
    assert by_name["easy"].covered
    assert by_name["easy"].n == 540
    assert by_name["hard"].kept < 0.95


def test_one_dataset_is_covered_by_the_promise_for_all() -> None:
    target = calibrated(agreeing(600, 1), 0.95).targets[0]
    assert target.promise is not None
    assert target.promise.on_average_only == ()


def test_a_promise_for_a_quality_is_one_for_every_lower_one() -> None:
    calibration = calibrated(agreeing(3_000, 1))
    made = [target.promise is not None for target in calibration.targets]
    assert made == sorted(made, reverse=True)
    assert calibration.promised is not None
    assert calibration.promised.quality_kept == max(promised(calibration))


def test_a_wanted_escalation_rate_is_preferred_among_certified_settings() -> None:
    questions = graded(3_000, 3)
    cheapest = calibrated(questions, 0.9).targets[0].promise
    assert cheapest is not None
    band = (cheapest.escalation_rate + 0.05, cheapest.escalation_rate + 0.3)
    preferred = calibrated(questions, 0.9, band=band).targets[0].promise
    assert preferred is not None
    assert band[0] <= preferred.escalation_rate <= band[1]
    assert preferred.saving < cheapest.saving
    assert calibrated(questions, 0.9, band=(0, 0)).targets[0].promise == cheapest


def test_a_calibration_depends_on_the_seed_and_on_nothing_else() -> None:
    questions = [*agreeing(300, 1, dataset="a"), *graded(300, 2)]
    shuffled = random.Random(5).sample(questions, len(questions))
    assert calibrated(shuffled) == calibrated(questions)
    assert calibrated(questions, seed=1) != calibrated(questions)


def test_a_question_is_never_on_both_sides_of_the_split() -> None:
    questions = agreeing(200, 1, dataset="a") + agreeing(50, 1, dataset="b")
    part_a, part_b = split([*questions, *questions], seed=3)
    assert not {(e.dataset, e.id) for e in part_a} & {(e.dataset, e.id) for e in part_b}
    assert sum(e.dataset == "b" for e in part_a) == 40
    assert len(part_a) + len(part_b) == 500


@pytest.mark.parametrize("questions", [agreeing(800, 1), graded(800, 2)], ids=["yes/no", "graded"])
def test_a_faultless_strong_answer_is_never_degraded(questions: list[Observation]) -> None:
    for setting in candidate_settings(questions, fit_weights(questions, BASE.weights)):
        assert confidence(clean_signals(), setting.weights) >= setting.tier.threshold


def test_where_some_get_no_second_opinion_those_can_all_be_escalated() -> None:
    truth = graded(4_000, 9, unasked=0.3)
    target = calibrated(graded(3_000, 4, unasked=0.3), 0.9).targets[0]
    assert target.promise is not None
    assert kept(truth, target.promise.setting) >= 0.9
    unasked = [e for e in truth if e.agreement is None]
    assert all(simulate(e, target.promise.setting).strong for e in unasked)


def test_no_candidate_saves_less_than_sending_questions_at_random_would() -> None:
    """Here agreement says nothing, so that asking for it only costs."""
    chance = random.Random(1)
    blind = [replace(e, agreement=float(chance.random() < 0.5)) for e in agreeing(1_000, 1)]
    modes = [
        s.tier.second_opinion
        for s in pareto_settings(blind, fit_weights(blind, BASE.weights), BASE)
    ]
    assert modes == ["off"]


def test_without_a_peer_only_one_model_is_asked_first() -> None:
    alone = [replace(e, peer=None, agreement=None) for e in agreeing(800, 1)]
    promise = calibrated(alone, 0.7).targets[0].promise
    assert promise is not None
    assert promise.setting.tier.second_opinion == "off"


@pytest.mark.parametrize(
    ("questions", "qualities", "reason"),
    [
        (30, (0.95,), "30 usable rows are too few"),
        (100, (0.0,), "above 0"),
        (100, (1.2,), "above 1"),
    ],
)
def test_what_cannot_be_calibrated_says_why(
    questions: int, qualities: tuple[float, ...], reason: str
) -> None:
    with pytest.raises(CalibrationError, match=reason):
        calibrated(agreeing(questions, 1), *qualities)


@pytest.mark.skipif(not DATA.is_dir(), reason=f"needs the recorded answers in {DATA}")
def test_on_recorded_answers_the_promise_holds_and_is_made() -> None:
    roles = ModelRoles(
        cheap="claude-3-haiku-20240307",
        peer="gpt-4o-mini-2024-07-18",
        strong="claude-3-5-sonnet-20241022",
    )
    rows = read_rows([DATA / "gsm.jsonl.gz", DATA / "crux.jsonl.gz"])
    questions = observe(rows, roles, POLICY)
    part_a, part_b = split(questions, seed=0)
    for quality in (0.95, 0.98, 0.99):
        plan = plan_tests(part_a, part_b, BASE, (quality,), SPENT * DELTA)
        found = tally(plan, sampled(part_b, plan.candidates), (quality,), samples=100, seed=1)
        assert found.violations <= 5
        assert found.dataset_violations <= 5
        if quality == 0.95:
            assert found.abstentions <= 10
            assert median(found.savings) >= 0.4
