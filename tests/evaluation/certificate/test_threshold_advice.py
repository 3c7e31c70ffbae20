"""The advised threshold, on ledgers of which the answer is known."""

from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.certificate.text import threshold_rows
from evaluation.certificate.threshold_advice import (
    ThresholdAdvice,
    closest_threshold,
    threshold_advice,
)
from llm_router.domain.outcome.ledger import LedgerRecord
from llm_router.domain.policy.policy import Policy
from llm_router.domain.tiers import Tier
from tests.support.ledger_records import attempt, certified, record
from tests.support.policies import POLICY, POLICY_TEXT, read

REQUIRED = {"threshold": 0.5, "second_opinion": "off"}
CALIBRATED = read(
    POLICY_TEXT + '[calibration]\nmodels = ["small-a"]\ndatasets = ["d"]\nn = 9\nquality_kept = 0.9'
    "\ndelta = 0.1\nescalation_rate = 0.1\nsaving = 0.5\ndate = 2026-11-25\n"
)


def returned(confidence: float, **changes: object) -> LedgerRecord:
    """An answer that was accepted with this confidence, at 100 nano-USD."""
    first = {**attempt("cheap", "first"), "confidence": confidence}
    return record("20270115-r", first, **{"requirements": REQUIRED, **changes})


def escalated(confidence: float, cost: int = 700, **changes: object) -> LedgerRecord:
    """An answer that was not trusted: a stronger one was bought."""
    first = {**attempt("cheap", "first"), "confidence": confidence}
    strong = {**attempt("strong", "escalation", cost), "confidence": 0.9}
    return record("20270115-e", first, strong, **{"requirements": REQUIRED, **changes})


def advised(records: Iterable[LedgerRecord], policy: Policy = POLICY) -> ThresholdAdvice:
    return threshold_advice(Tier.SIMPLE, list(records), policy)


def spread(n: int, below: int) -> list[LedgerRecord]:
    """Confidences from 0 to 1 in steps of 1/n, of which the first `below` escalated."""
    return [escalated(k / n) if k < below else returned(k / n) for k in range(n)]


def test_a_tier_that_escalates_too_often_is_told_the_lower_threshold_and_what_it_saves() -> None:
    found = advised(spread(200, below=100))
    assert (found.verdict, found.threshold, found.escalated) == ("lower", 0.5, 0.5)
    assert (found.suggested, found.would_escalate) == (0.15, 0.15)
    assert (found.answered, found.decided, found.target) == (200, 200, 0.15)
    # Every answer cost 100, and each of 100 escalations 700 more.
    assert found.spent_nano_usd_per_1000 == 1_000 * (200 * 100 + 100 * 700) / 200
    assert found.added_nano_usd_per_1000 == 1_000 * (0.15 - 0.5) * 700


def test_a_tier_that_escalates_too_seldom_is_told_the_higher_threshold_and_its_price() -> None:
    # 20 below the threshold, 180 from 0.8 on.
    few = [escalated(0.4, 900)] * 2 + [returned((800 + k) / 1_000) for k in range(198)]
    found = advised(few)
    assert (found.verdict, found.would_escalate) == ("raise", 0.15)
    assert found.suggested == 0.828
    assert found.added_nano_usd_per_1000 == round(1_000 * (0.15 - 0.01) * 900)


def test_a_threshold_that_is_right_is_kept_as_it_is_written() -> None:
    right = [escalated(0.3)] * 30 + [returned(0.9)] * 170
    found = advised(right)
    assert (found.verdict, found.suggested, found.added_nano_usd_per_1000) == ("keep", 0.5, 0)


def test_a_certified_threshold_must_not_be_lowered_and_may_be_raised() -> None:
    assert advised(spread(200, below=100), CALIBRATED).verdict == "forbidden"
    few = [escalated(0.4)] + [returned((800 + k) / 1_000) for k in range(199)]
    assert advised(few, CALIBRATED).verdict == "raise_certified"
    others = [r.model_copy(update={"start": r.start.model_copy(update={"tier": Tier.MODERATE})})
              for r in spread(200, below=100)]  # fmt: skip
    assert threshold_advice(Tier.MODERATE, others, CALIBRATED).verdict == "lower"


def test_the_confidence_after_a_comparison_counts_and_not_the_answers_own() -> None:
    verdict: dict[str, Any] = {"comparison": {"agreement": 0, "confidence": 0.1}}
    disagreeing = [escalated(0.9, **verdict)] * 30
    found = advised([*disagreeing, *[returned(0.9)] * 170])
    assert (found.verdict, found.would_escalate) == ("keep", 0.15)


def test_answers_that_no_threshold_decides_on_count_as_answers_alone() -> None:
    skipped = [returned(0.1, requirements={**REQUIRED, "threshold": 0})] * 100
    stuck = [returned(0.2, degraded=True)] * 100
    found = advised([*skipped, *stuck, *[returned((600 + k) / 1_000) for k in range(200)]])
    assert (found.answered, found.decided, found.escalated) == (400, 200, 0)
    assert (found.suggested, found.would_escalate) == (0.66, 0.15)
    assert found.added_nano_usd_per_1000 is None, "no escalation tells what one costs"


@pytest.mark.parametrize(
    ("records", "verdict"),
    [
        (spread(199, below=50), "too_few"),
        ([returned(0.9)] * 300, "unreachable"),
        ([escalated(0.2)] * 100 + [returned(0.9)] * 200, "unreachable"),
        ([returned(0.9, status="failed", answered_by=None)] * 300, "too_few"),
        ([record("20270115-n")] * 300, "no_confidence"),
    ],
)
def test_where_nothing_can_be_advised_the_reason_is_told(
    records: list[LedgerRecord], verdict: str
) -> None:
    assert advised(records).verdict == verdict


def test_a_tier_without_anything_stronger_gets_no_number() -> None:
    top = [r.model_copy(update={"start": r.start.model_copy(update={"tier": Tier.COMPLEX})})
           for r in spread(300, below=100)]  # fmt: skip
    found = threshold_advice(Tier.COMPLEX, top, POLICY)
    assert (found.verdict, found.answered, found.suggested) == ("nothing_stronger", 300, None)


def test_equal_confidences_escalate_together_and_the_closer_side_is_taken() -> None:
    tied = [0.2] * 5 + [0.4] * 20 + [0.6] * 75
    assert closest_threshold(tied, 15, 0.9) == (0.4, 5)
    assert closest_threshold(tied, 15.1, 0.9) == (0.6, 25)
    assert closest_threshold(tied, 1, 0.9) == (0.2, 0)
    assert closest_threshold(tied, 99, 0.3) == (1.0, 100)
    assert closest_threshold(tied, 20, 0.55) == (0.55, 25)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=40), st.floats(0, 40), st.floats(0, 1))
def test_the_threshold_has_the_effect_that_is_told(
    confidences: list[float], wanted: float, now: float
) -> None:
    threshold, below = closest_threshold(confidences, wanted, now)
    assert sum(value < threshold for value in confidences) == below
    for other in (*confidences, now, 1.0):
        count = sum(value < other for value in confidences)
        assert abs(below - wanted) <= abs(count - wanted)


def test_the_report_shows_the_number_its_price_and_what_forbids_it() -> None:
    rows = threshold_rows(certified(spread(200, below=100)))
    assert rows[0] == ("simple", "0.5", "0.15", "15.0", "$0.0004", "-$0.0002", "lower it")
    assert rows[1][-1] == "none: too few answers"
