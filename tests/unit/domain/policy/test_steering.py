import pytest

from llm_router.domain.policy.steering import EscalationRate, SteeringSettings, advice
from llm_router.domain.tiers import Tier

SETTINGS = SteeringSettings(
    target_from=0.1,
    target_to=0.2,
    band_from=0.05,
    band_to=0.3,
    min_requests=200,
)


def rate(percent: float, answered: int = 1_000) -> EscalationRate:
    return EscalationRate(answered=answered, escalated=int(answered * percent / 100))


@pytest.mark.parametrize("known", [None, rate(60, answered=199)])
def test_of_few_requests_nothing_is_said(known: EscalationRate | None) -> None:
    assert advice(Tier.SIMPLE, known, SETTINGS, can_escalate=True) is None


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
def test_outside_of_the_band_there_is_advice(tier: Tier, percent: float, words: str | None) -> None:
    told = advice(tier, rate(percent), SETTINGS, can_escalate=True)
    assert (told is None) if words is None else (words in str(told))


def test_where_nothing_stronger_exists_there_is_no_advice() -> None:
    assert advice(Tier.COMPLEX, rate(0), SETTINGS, can_escalate=False) is None
