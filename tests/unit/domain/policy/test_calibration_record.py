from datetime import date

import pytest

from llm_router.domain.policy.calibration_record import CalibrationRecord, guarantee_for

RECORD = CalibrationRecord(
    models=("a", "b", "c"),
    datasets=("tickets",),
    n=400,
    quality_kept=0.97,
    delta=0.05,
    escalation_rate=0.1,
    saving=0.6,
    date=date(2026, 11, 25),
)


@pytest.mark.parametrize("candidates", [{"a"}, {"a", "b"}, {"a", "b", "c"}])
def test_a_guarantee_holds_where_every_candidate_was_calibrated(candidates: set[str]) -> None:
    assert guarantee_for(RECORD, candidates) is RECORD


@pytest.mark.parametrize("candidates", [set(), {"d"}, {"a", "d"}])
def test_a_guarantee_is_claimed_nowhere_else(candidates: set[str]) -> None:
    assert guarantee_for(RECORD, candidates) is None
    assert guarantee_for(None, {"a"}) is None
