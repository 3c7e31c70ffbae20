import tomllib
from dataclasses import replace
from datetime import date

import pytest

from evaluation.calibrate.policy_file import calibrated_policy, transfer_thresholds
from evaluation.calibrate.result import Calibration, DatasetPromise, Promise, Target
from evaluation.dataset.cascade_model import CascadeSettings
from evaluation.errors import CalibrationError
from llm_router.domain.policy.calibration_record import CalibrationRecord
from llm_router.domain.policy.policy import TierSettings, parse_policy
from llm_router.domain.tiers import Tier
from llm_router.domain.trust.confidence import ConfidenceWeights, probability
from tests.support.policies import POLICY_TEXT
from tests.support.recorded_evidence import clean_signals

TEXT = POLICY_TEXT
POLICY = parse_policy(TEXT, "default.toml")
BEFORE = POLICY.confidence.weights
AFTER = ConfidenceWeights(
    alone=BEFORE.alone.model_copy(update={"bias": 0.7, "hedging": 1.25}),
    compared=BEFORE.compared.model_copy(update={"bias": 3.1, "agreement": 12.5}),
)
UNSURE = TierSettings(threshold=0.62, second_opinion="when_unsure", unsure_from=0.2, unsure_to=0.9)
PROMISE = Promise(
    setting=CascadeSettings(UNSURE, AFTER),
    kept=0.991,
    saving=0.61234,
    saving_interval=(0.58, 0.64),
    escalation_rate=0.12341,
    datasets=(
        DatasetPromise("mail", 300, 0.995, covered=True, labels_needed=None),
        DatasetPromise("tickets", 100, 0.96, covered=False, labels_needed=900),
    ),
)
CALIBRATION = Calibration(
    targets=(Target(0.95, PROMISE, None), Target(0.97, PROMISE, None), Target(0.99, None, 9_000)),
    delta=0.05,
    n=400,
    questions=667,
    models=("small-a", "small-o", "large-a"),
    date=date(2026, 11, 25),
)


def test_a_calibrated_policy_says_what_is_promised() -> None:
    policy = parse_policy(calibrated_policy(TEXT, CALIBRATION), "new")
    assert policy.calibration == CalibrationRecord(
        models=("small-a", "small-o", "large-a"),
        datasets=("mail", "tickets"),
        n=400,
        quality_kept=0.97,
        delta=0.05,
        escalation_rate=0.1234,
        saving=0.6123,
        date=date(2026, 11, 25),
        on_average_only=("tickets",),
    )
    assert policy.tiers[Tier.SIMPLE] == UNSURE
    assert policy.confidence.weights == AFTER


def test_nothing_else_of_the_policy_changes() -> None:
    before, after = tomllib.loads(TEXT), tomllib.loads(calibrated_policy(TEXT, CALIBRATION))
    changed = {"tiers", "confidence", "calibration"}
    assert {k: v for k, v in after.items() if k not in changed} == {
        k: v for k, v in before.items() if k not in changed
    }
    assert after["confidence"]["self_rating"] == before["confidence"]["self_rating"]


def test_comments_stay() -> None:
    written = calibrated_policy(TEXT, CALIBRATION)
    comments = [line.partition("#")[2] for line in TEXT.splitlines() if "#" in line]
    assert [comment for comment in comments if comment not in written] == []


def test_the_file_says_what_the_promise_covers() -> None:
    assert "covers traffic like the calibration data and nothing else" in calibrated_policy(
        TEXT, CALIBRATION
    )


def test_calibrating_again_replaces_what_was_written() -> None:
    once = calibrated_policy(TEXT, CALIBRATION)
    assert calibrated_policy(once, CALIBRATION) == once
    always = replace(
        PROMISE,
        setting=CascadeSettings(TierSettings(threshold=0.5, second_opinion="always"), AFTER),
    )
    other = replace(CALIBRATION, targets=(Target(0.95, always, None),))
    policy = parse_policy(calibrated_policy(once, other), "new")
    assert policy.tiers[Tier.SIMPLE] == always.setting.tier
    assert policy.calibration is not None
    assert policy.calibration.quality_kept == 0.95


def test_the_tier_is_the_one_of_the_cheap_model() -> None:
    other = replace(CALIBRATION, models=("middle-o", "middle-a", "large-a"))
    policy = parse_policy(calibrated_policy(TEXT, other), "new")
    assert policy.tiers[Tier.MODERATE] == UNSURE
    assert policy.tiers[Tier.SIMPLE] != UNSURE


def test_models_that_the_policy_does_not_know_are_taken_for_its_lowest_tier() -> None:
    other = replace(CALIBRATION, models=("small-2024", "large-2024"))
    policy = parse_policy(calibrated_policy(TEXT, other), "new")
    assert policy.tiers[Tier.SIMPLE] == UNSURE
    assert policy.calibration is not None
    assert policy.calibration.models == ("small-2024", "large-2024")


@pytest.mark.parametrize("threshold", [0.2, 0.5, 0.8, 0.9])
@pytest.mark.parametrize("hedging", [1.0, 0.9, 0.7, 0.4])
def test_other_tiers_decide_as_before(threshold: float, hedging: float) -> None:
    settings = TierSettings(threshold=threshold, second_opinion="off")
    after = BEFORE.model_copy(update={"alone": BEFORE.alone.model_copy(update={"bias": 0.7})})
    seen = clean_signals(hedging=hedging)
    accepted = probability(seen, BEFORE.alone) >= threshold
    # A threshold has three places: what lies on it may fall to either side.
    margin = 0.002 if accepted else -0.002
    moved_to = transfer_thresholds(settings, BEFORE, after).threshold
    assert (probability(seen, after.alone) + margin >= moved_to) == accepted


@pytest.mark.parametrize("threshold", [0.3, 0.5, 0.8])
def test_other_tiers_go_on_telling_contradicted_from_confirmed_answers(threshold: float) -> None:
    settings = TierSettings(threshold=threshold, second_opinion="always")
    moved_to = transfer_thresholds(settings, BEFORE, AFTER).threshold
    contradicted, confirmed = (
        probability(clean_signals().model_copy(update={"agreement": agreed}), AFTER.compared)
        for agreed in (0.0, 1.0)
    )
    assert contradicted < moved_to <= min(probability(clean_signals(), AFTER.alone), confirmed)


def test_where_nothing_is_promised_nothing_is_written() -> None:
    with pytest.raises(CalibrationError, match="nothing is promised"):
        calibrated_policy(TEXT, replace(CALIBRATION, targets=(Target(0.95, None, 900),)))
