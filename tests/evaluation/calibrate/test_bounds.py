import random
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.calibrate.bounds import Spread, certified, labels_needed, lower_bound

Law = list[tuple[float, float]]

# Margins of right and wrong answers against 95 % of the strong model's: lost, won, both right.
NOTHING_GAINED: dict[str, Law] = {
    "a coin": [(-1, 0.5), (1, 0.5)],
    "many answers differ": [(-0.95, 0.2), (1, 0.16), (0.05, 0.6), (0, 0.04)],
    "few answers differ": [(-0.95, 0.04), (1, 0.0), (0.05, 0.76), (0, 0.2)],
    "losses are rare": [(-0.98, 0.004), (0.02, 0.196), (0, 0.8)],
    "wins are rare": [(-0.01, 0.9), (0.9, 0.01), (0, 0.09)],
}
RUNS = 2_000


def mean_of(law: Law) -> float:
    return sum(value * share for value, share in law)


def drawn(law: Law, n: int, chance: random.Random) -> list[float]:
    values, shares = zip(*law, strict=True)
    return chance.choices(values, shares, k=n)


def rate(claim: Callable[[list[float]], bool], law: Law, n: int, runs: int = RUNS) -> float:
    chance = random.Random(n)
    return sum(claim(drawn(law, n, chance)) for _ in range(runs)) / runs


@pytest.mark.parametrize("name", NOTHING_GAINED)
@pytest.mark.parametrize("delta", [0.05, 0.2])
@pytest.mark.parametrize("known", [None, Spread(0.1, 200), Spread(0.001, 5)])
def test_what_is_not_so_is_certified_with_the_stated_probability_at_most(
    name: str, delta: float, known: Spread | None
) -> None:
    law = NOTHING_GAINED[name]
    assert mean_of(law) == pytest.approx(0)
    false = rate(lambda margins: certified(margins, -1, 1, delta, known), law, 120)
    # Three standard errors of the simulation itself.
    assert false <= delta + 3 * (delta * (1 - delta) / RUNS) ** 0.5


@pytest.mark.parametrize("name", NOTHING_GAINED)
def test_a_lower_bound_is_above_the_mean_with_the_stated_probability_at_most(name: str) -> None:
    law = NOTHING_GAINED[name]
    false = rate(lambda margins: lower_bound(margins, -1, 1, 0.1) > 0, law, 100, runs=400)
    assert false <= 0.1


def test_a_lower_bound_comes_close_to_the_mean_as_margins_get_more() -> None:
    law: Law = [(-0.95, 0.03), (1, 0.02), (0.05, 0.87), (0, 0.08)]
    chance = random.Random(3)
    bounds = [lower_bound(drawn(law, n, chance), -0.95, 1, 0.05) for n in (200, 2_000, 20_000)]
    assert bounds == sorted(bounds)
    assert mean_of(law) - 0.007 < bounds[-1] < mean_of(law)


def test_what_is_plain_is_seen_with_a_few_hundred_margins() -> None:
    gained: Law = [(-0.95, 0.02), (1, 0.03), (0.05, 0.87), (0, 0.08)]
    assert rate(lambda margins: certified(margins, -0.95, 1, 0.05), gained, 300, runs=300) > 0.9


def test_no_loss_at_all_needs_no_more_than_a_hundred_margins() -> None:
    assert certified([0.05] * 100, -0.95, 1, 0.05)
    assert not certified([0.05] * 30, -0.95, 1, 0.05)


def test_the_more_has_to_be_certain_the_more_margins_it_takes() -> None:
    enough = {
        d: next(n for n in range(1, 999) if certified([0.05] * n, -1, 1, d)) for d in (0.2, 0.01)
    }
    assert enough[0.01] > enough[0.2]


@given(st.lists(st.floats(-1, 0), max_size=50))
def test_nothing_is_certified_that_never_gained(margins: list[float]) -> None:
    assert not certified(margins, -1, 1, 0.05)
    assert lower_bound(margins, -1, 1, 0.05) <= 0


@given(st.lists(st.floats(-1, 1), max_size=50), st.floats(0.01, 0.5))
def test_bounds_stay_within_the_range_and_repeat_themselves(
    margins: list[float], delta: float
) -> None:
    bound = lower_bound(margins, -1, 1, delta)
    assert -1 <= bound <= 1
    assert bound == lower_bound(margins, -1, 1, delta)
    assert certified(margins, -1, 1, delta) == certified(margins, -1, 1, delta)


@given(st.lists(st.floats(-1, 1), min_size=1, max_size=50))
def test_a_lower_bound_does_not_fall_as_margins_get_better(margins: list[float]) -> None:
    stakes = Spread(0.2, 1e9)
    better = [min(1.0, margin + 0.1) for margin in margins]
    before, after = (lower_bound(m, -1, 1, 0.05, stakes) for m in (margins, better))
    assert after >= before - 1e-3


def test_the_labels_that_are_said_to_be_needed_mostly_do() -> None:
    law: Law = [(-0.95, 0.05), (1, 0.035), (0.05, 0.8), (0, 0.115)]
    needed = labels_needed(drawn(law, 50_000, random.Random(1)), 0.05, low=-0.95)
    assert needed is not None
    assert 0.75 < rate(lambda m: certified(m, -0.95, 1, 0.05), law, needed, runs=200) < 0.99


def test_no_number_of_labels_certifies_what_is_not_so() -> None:
    assert labels_needed([-0.95] * 5 + [0.05] * 80, 0.05, low=-0.95) is None
    assert labels_needed([0.0] * 50, 0.05) is None


def test_margins_without_a_loss_still_need_some_labels() -> None:
    needed = labels_needed([0.05] * 1_000, 0.05, low=-0.95)
    assert needed is not None
    assert certified([0.05] * needed, -0.95, 1, 0.05)


@pytest.mark.parametrize(
    ("margins", "low", "high", "delta"),
    [([2.0], -1, 1, 0.05), ([-2.0], -1, 1, 0.05), ([0.0], 0, 1, 0.05), ([0.0], -1, 1, 0.0)],
)
def test_bounds_that_do_not_hold_are_refused(
    margins: list[float], low: float, high: float, delta: float
) -> None:
    with pytest.raises(ValueError, match=r"bounds|delta"):
        certified(margins, low, high, delta)
    with pytest.raises(ValueError, match=r"bounds|delta"):
        lower_bound(margins, low, high, delta)
