import pytest

from evaluation.dataset.observations import observe, usable_rows
from evaluation.errors import UnusableRowsError
from tests.support.policies import POLICY
from tests.support.recorded_rows import (
    CHEAP,
    PEER,
    PROSE,
    ROLES,
    WITHOUT_PEER,
    generated_rows,
    parsed_rows,
    row,
)

FOUR = ("The answer is 4.", 1.0)


def test_quality_is_the_recorded_one_and_signals_and_agreement_come_from_the_texts() -> None:
    rows = [
        row(1, cheap=FOUR, peer=("It is 4", 0.5), strong=FOUR),
        row(2, cheap=FOUR, peer=("It is 5", 0.0), strong=("", 0.25)),
    ]
    agreed, disputed = observe(rows, ROLES, POLICY)
    assert agreed.agreement == 1
    assert disputed.agreement == 0
    assert agreed.peer is not None
    assert (agreed.cheap.quality, agreed.peer.quality) == (1.0, 0.5)
    assert (disputed.strong.quality, disputed.strong.signals.emptiness) == (0.25, 0)


def test_a_call_costs_its_recorded_tokens_or_else_a_token_for_four_characters() -> None:
    billed = {"text": "4", "correct": True, "usage": {"input_tokens": 1000, "output_tokens": 10}}
    (observations,) = observe(
        [row(1, "x" * 400, cheap=billed, strong=("y" * 40, 1.0))], WITHOUT_PEER, POLICY
    )
    # Historic prices: 0.25 and 1.25, 3 and 15 USD per million tokens.
    assert observations.cheap.cost_usd == pytest.approx((1000 * 0.25 + 10 * 1.25) / 1e6)
    assert observations.strong.cost_usd == pytest.approx((100 * 3 + 10 * 15) / 1e6)
    assert observations.peer is None
    assert observations.agreement is None


def test_an_answer_that_broke_off_shows_it() -> None:
    cut = {"text": "It is", "correct": False, "finish_reason": "length"}
    (observations,) = observe([row(1, cheap=cut, strong=FOUR)], WITHOUT_PEER, POLICY)
    assert observations.cheap.signals.truncation < 1


def test_what_cannot_be_compared_gets_no_second_opinion() -> None:
    prose = row(1, PROSE.format(3, 7), cheap=FOUR, peer=FOUR, strong=FOUR)
    (observations,) = observe([prose], ROLES, POLICY)
    assert observations.agreement is None


def test_rows_without_a_graded_text_of_a_model_are_counted_by_its_name() -> None:
    whole = row(1, cheap=FOUR, peer=FOUR, strong=FOUR)
    mute = row(2, cheap=FOUR, peer={"correct": True}, strong=FOUR)
    ungraded = row(3, cheap={"text": "4", "correct": None}, peer=FOUR, strong=FOUR)
    absent = row(4, cheap=FOUR, strong=FOUR)
    rows = [whole, mute, ungraded, absent]
    assert usable_rows(rows, ROLES) == ([whole], {CHEAP: 1, PEER: 2})
    with pytest.raises(UnusableRowsError, match=f"3 rows lack .* 1 lack that of {CHEAP}, 2 "):
        observe(rows, ROLES, POLICY)
    with pytest.raises(UnusableRowsError, match="none of 3 rows"):
        usable_rows(rows[1:], ROLES)


def test_a_model_that_was_not_recorded_is_named_with_those_that_were() -> None:
    with pytest.raises(UnusableRowsError, match=f"no row has an answer of '{PEER}'; .*: {CHEAP}"):
        usable_rows([row(1, cheap=FOUR)], ROLES)
    with pytest.raises(UnusableRowsError, match="must differ"):
        usable_rows([row(1, cheap=FOUR)], ROLES.__class__(CHEAP, CHEAP))


def test_what_the_data_calls_final_is_never_read() -> None:
    content = generated_rows(20)
    before = observe(parsed_rows(content), ROLES, POLICY)
    for item in content:
        for answer in item["answers"].values():
            answer["final"] = "something else"
    assert observe(parsed_rows(content), ROLES, POLICY) == before
