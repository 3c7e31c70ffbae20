import pytest
from hypothesis import given
from hypothesis import strategies as st

from llm_router.domain.policy.threshold_control import (
    EscalationRate,
    ThresholdControlSettings,
    advice,
    controlled_threshold,
)
from llm_router.domain.tiers import Tier

SETTINGS = ThresholdControlSettings(
    enabled=True,
    target_from=0.1,
    target_to=0.2,
    band_from=0.05,
    band_to=0.3,
    most_below=0.1,
    most_above=0.1,
    min_requests=200,
)


def rate(percent: float, answered: int = 1_000) -> EscalationRate:
    return EscalationRate(answered=answered, escalated=int(answered * percent / 100))


@pytest.mark.parametrize(
    ("percent", "threshold"),
    [(15, 0.5), (10, 0.5), (20, 0.5), (25, 0.45), (29, 0.41), (60, 0.4), (7, 0.53), (2, 0.5)],
)
def test_a_threshold_moves_towards_the_target_within_its_bounds(
    percent: float, threshold: float
) -> None:
    assert controlled_threshold(0.5, rate(percent), SETTINGS, calibrated=False) == pytest.approx(
        threshold
    )


def test_a_calibrated_threshold_is_never_lowered() -> None:
    assert controlled_threshold(0.5, rate(60), SETTINGS, calibrated=True) == 0.5
    assert controlled_threshold(0.5, rate(7), SETTINGS, calibrated=True) == pytest.approx(0.53)


@pytest.mark.parametrize("known", [None, rate(60, answered=199)])
def test_few_requests_move_nothing(known: EscalationRate | None) -> None:
    assert controlled_threshold(0.5, known, SETTINGS, calibrated=False) == 0.5
    assert advice(Tier.SIMPLE, known, SETTINGS, can_escalate=True) is None


def test_off_means_off() -> None:
    off = SETTINGS.model_copy(update={"enabled": False})
    assert controlled_threshold(0.5, rate(60), off, calibrated=False) == 0.5


@pytest.mark.parametrize(
    ("tier", "percent", "words"),
    [
        (Tier.SIMPLE, 2, "this tier take more"),
        (Tier.MODERATE, 2, "tier below take more"),
        (Tier.MODERATE, 40, "classifier"),
        (Tier.COMPLEX, 40, "too weak"),
        (Tier.MODERATE, 15, None),
        (Tier.MODERATE, 29, None),
    ],
)
def test_outside_of_the_band_there_is_advice_instead(
    tier: Tier, percent: float, words: str | None
) -> None:
    told = advice(tier, rate(percent), SETTINGS, can_escalate=True)
    assert (told is None) if words is None else (words in str(told))


def test_where_nothing_stronger_exists_there_is_no_advice() -> None:
    assert advice(Tier.COMPLEX, rate(0), SETTINGS, can_escalate=False) is None


@given(st.floats(0, 1), st.integers(0, 5_000), st.integers(0, 5_000), st.booleans())
def test_no_rate_leads_out_of_the_bounds(
    threshold: float, answered: int, escalated: int, calibrated: bool
) -> None:
    known = EscalationRate(answered=answered, escalated=escalated)
    steered = controlled_threshold(threshold, known, SETTINGS, calibrated=calibrated)
    assert 0 <= steered <= 1
    assert abs(steered - threshold) <= 0.1 + 1e-9
    assert not calibrated or steered >= threshold
