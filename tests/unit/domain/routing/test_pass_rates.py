"""When a kind of request starts higher, and what is counted for it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from llm_router.domain.policy.policy import LearningSettings
from llm_router.domain.routing.pass_rates import PassCount, PassHistory

SETTINGS = LearningSettings(enabled=True, explore=0.05, margin=0.02, min_requests=30)
EXPECTED = (120, 1_000)
"""A first try, with a second opinion, at 12 % of what the escalation costs."""
PASSED = PassCount(tried=1, passed=1)


@pytest.mark.parametrize(
    ("tried", "passed", "worth_it"),
    [
        (0, 0, True),
        (29, 0, True),
        (30, 0, False),
        (30, 2, True),
        (100, 5, False),
        (100, 9, True),
        (400, 36, False),
        (400, 60, True),
        (400, 400, True),
    ],
)
def test_trying_below_is_given_up_only_where_it_surely_costs_more(
    tried: int, passed: int, worth_it: bool
) -> None:
    assert PassCount(tried=tried, passed=passed).pays(EXPECTED, SETTINGS) is worth_it


def test_a_cheap_enough_try_pays_however_seldom_it_passes() -> None:
    assert PassCount(tried=200, passed=10).pays((10, 1_000), SETTINGS)


def test_where_the_next_model_costs_nothing_more_trying_below_never_pays() -> None:
    assert not PassCount(tried=400, passed=399).pays((100, 100), SETTINGS)


def test_where_models_cost_nothing_there_is_nothing_to_save() -> None:
    assert PassCount(tried=400, passed=0).pays((0, 0), SETTINGS)


def test_the_interval_is_wilsons() -> None:
    assert PassCount(tried=30, passed=0).pass_rate_upper_bound == pytest.approx(0.0827, abs=1e-4)
    assert PassCount(tried=100, passed=50).pass_rate_upper_bound == pytest.approx(0.5811, abs=1e-3)
    assert PassCount().pass_rate_upper_bound == 1


@given(st.integers(1, 400), st.data())
def test_the_upper_end_is_above_the_rate_and_falls_as_more_is_known(
    tried: int, data: st.DataObject
) -> None:
    passed = data.draw(st.integers(0, tried))
    few, many = (PassCount(tried=n * tried, passed=n * passed) for n in (1, 3))
    assert passed / tried - 1e-9 <= many.pass_rate_upper_bound <= few.pass_rate_upper_bound + 1e-9
    assert few.pass_rate_upper_bound <= 1


def test_old_counts_weigh_less_and_less() -> None:
    counts = PassCount(tried=400, passed=0)
    for _ in range(250):
        counts = counts.after(PASSED)
        assert counts.passed <= counts.tried <= 400
    assert counts.passed / counts.tried > 0.5


def test_a_kind_that_begins_to_pass_is_noticed_by_a_few_that_are_tried() -> None:
    counts, needed = PassCount(tried=200, passed=8), 0
    while not counts.pays(EXPECTED, SETTINGS):
        counts, needed = counts.after(PASSED), needed + 1
    assert needed <= 25


def test_what_calls_did_cost_counts_more_than_what_was_expected_of_them() -> None:
    counts = PassCount()
    for n in range(40):
        passed = int(n % 10 == 0)
        first = PassCount(
            tried=1,
            passed=passed,
            nano_usd=300,
            escalated=1 - passed,
            next_nano_usd=1_000 * (1 - passed),
        )
        counts = counts.after(first)
    assert counts == PassCount(
        tried=40, passed=4, nano_usd=12_000, escalated=36, next_nano_usd=36_000
    )
    assert PassCount(tried=40, passed=4).pays(EXPECTED, SETTINGS)
    assert not counts.pays(EXPECTED, SETTINGS)
    assert counts.model_copy(update={"nano_usd": 400}).pays((999, 1_000), SETTINGS)


def test_a_first_attempt_is_added_to_its_ranks_counts() -> None:
    known = {10: PassCount(tried=399, passed=5), 20: PassCount(tried=1)}
    assert history(known).observe(10, PASSED) == ("k", 10, PASSED, False)
    assert history(known).observe(30, PASSED) == ("k", 30, PASSED, False)


def test_full_counts_are_replaced_by_half_of_them_and_the_new_one() -> None:
    known = {10: PassCount(tried=401, passed=5, nano_usd=900)}
    halved = PassCount(tried=201, passed=3, nano_usd=450)
    assert history(known).observe(10, PASSED) == ("k", 10, halved, True)


def history(known: dict[int, PassCount]) -> PassHistory:
    return PassHistory(
        key="k", kind="number 16+", pass_counts=known, in_exploration_sample=False, time_ms=1
    )


@pytest.mark.parametrize("name", sorted(PassCount.model_fields))
def test_counts_below_nothing_are_not_believed(name: str) -> None:
    assert getattr(PassCount.model_validate({name: 0}), name) == 0
    with pytest.raises(ValidationError):
        PassCount.model_validate({name: -1})


def test_more_passed_than_tried_is_as_good_as_all() -> None:
    assert (
        PassCount(tried=10, passed=20).pass_rate_upper_bound
        == PassCount(tried=10, passed=10).pass_rate_upper_bound
    )
