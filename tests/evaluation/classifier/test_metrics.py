import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.classifier.examples import examples_of, folds_by_domain, folds_by_question
from evaluation.classifier.fit import fitted_need
from evaluation.classifier.metrics import (
    NothingToGainError,
    apgr,
    cpt,
    from_the_top,
    interval,
    interval_within,
    oracle,
    within_domains,
)
from evaluation.classifier.report import CROSS_FITTED, SHIPPED, classifier_report
from evaluation.classifier.train import train
from evaluation.dataset.recordings import Row, read_rows
from evaluation.errors import UnusableRowsError

MMLU = Path(__file__).parents[4] / "shared" / "data" / "mmlu.jsonl.gz"
WEAK, STRONG = "mixtral-8x7b-instruct", "gpt-4-1106-preview"
HALF = [1.0, 0.0] * 50
"""Half of the questions gain from the strong model."""


def rows(n: int, *, domains: int = 1, seed: int = 0) -> list[Row]:
    """Questions about comets need the strong model twice as often as those about apples."""
    chance, made = random.Random(seed), list[Row]()
    for number in range(n):
        hard = chance.random() < 0.5
        needed = chance.random() < (0.6 if hard else 0.3)
        made.append(
            Row.model_validate(
                {
                    "id": str(number),
                    "domain": f"d{number % domains}" if domains > 1 else None,
                    "prompt": f"{seed}: case {number} of the {'comet' if hard else 'apple'}",
                    "answers": {"weak": {"correct": not needed}, "strong": {"correct": True}},
                }
            )
        )
    return made


def test_a_perfect_order_is_the_oracles_and_the_inverted_one_mirrors_it() -> None:
    best, worst = from_the_top(HALF, HALF), from_the_top([-gain for gain in HALF], HALF)
    assert best == oracle(HALF)
    assert apgr(best) == pytest.approx(0.75)
    assert apgr(worst) == pytest.approx(0.25)
    assert (cpt(best, 0.5), cpt(best, 0.8)) == pytest.approx((0.25, 0.4))
    assert (cpt(worst, 0.5), cpt(worst, 0.8)) == pytest.approx((0.75, 0.9))


def test_scores_that_tell_nothing_apart_are_chance_exactly() -> None:
    same = from_the_top([0.3] * len(HALF), HALF)
    assert (apgr(same), cpt(same, 0.5), cpt(same, 0.8)) == pytest.approx((0.5, 0.5, 0.8))


def test_random_scores_are_about_chance_and_their_interval_holds_it() -> None:
    chance = random.Random(1)
    ordered = from_the_top([chance.random() for _ in range(2_000)], HALF * 20)
    assert apgr(ordered) == pytest.approx(0.5, abs=0.03)
    low, high = interval(apgr, ordered, seed=0) or (1.0, 0.0)
    assert low < 0.5 < high


def test_answers_that_only_the_weak_model_gets_right_count_against() -> None:
    assert oracle([0.0, -1.0, 1.0, 1.0]) == [1.0, 1.0, 0.0, -1.0]
    assert apgr(oracle([0.0, -1.0, 1.0, 1.0])) > 1
    with pytest.raises(NothingToGainError):
        apgr(oracle([1.0, -1.0]))


@given(st.lists(st.tuples(st.floats(0, 1), st.sampled_from([-1.0, 0.0, 1.0])), min_size=2))
def test_no_order_beats_the_oracle(pairs: list[tuple[float, float]]) -> None:
    scores, gains = [score for score, _ in pairs], [gain for _, gain in pairs]
    if sum(gains) > 0:
        assert apgr(from_the_top(scores, gains)) <= apgr(oracle(gains)) + 1e-9


def test_recognising_the_domain_brings_nothing_within_domains() -> None:
    easy, hard = [1.0, *[0.0] * 9] * 10, [*[1.0] * 9, 0.0] * 10
    by_domain = from_the_top([0.1] * 100 + [0.9] * 100, [*easy, *hard])
    assert apgr(by_domain) > 0.65
    inside = {"easy": from_the_top([0.1] * 100, easy), "hard": from_the_top([0.9] * 100, hard)}
    assert within_domains(inside) == pytest.approx(0.5)
    assert within_domains({"easy": oracle(easy), "hard": oracle(hard)}) > 0.5
    low, high = interval_within(inside, seed=0) or (1.0, 0.0)
    assert low < 0.5 + 1e-9
    assert high > 0.5 - 1e-9


def test_a_question_and_a_domain_are_each_on_one_side() -> None:
    questions = ["a", "b", "c", "a ", *map(str, range(100))]
    folds = folds_by_question(questions, seed=3)
    assert folds[0] == folds[3]
    assert len(set(folds)) == 5
    domains = [f"d{number % 11}" for number in range(440)]
    held_out = folds_by_domain(domains, seed=3)
    assert len(set(zip(domains, held_out, strict=True))) == 11
    assert max(map(held_out.count, range(5))) <= 120


@pytest.mark.slow
def test_the_report_has_every_figure_with_its_interval() -> None:
    report = classifier_report(rows(400, domains=7), "weak", "strong", 0)
    assert report["method"] == SHIPPED
    assert report["random"] == {"apgr": 0.5, "cpt50": 0.5, "cpt80": 0.8}
    assert report["oracle"]["apgr"] > report["cross_fitted_apgr"] > 0.5
    for name in ("apgr", "cpt50", "cpt80", "within_domains", "leave_domains_out"):
        low, high = report["intervals"][name]
        assert low <= report[name] <= high
    assert report == classifier_report(rows(400, domains=7), "weak", "strong", 0)


@pytest.mark.slow
def test_rows_that_the_weights_were_trained_on_are_judged_by_others(tmp_path: Path) -> None:
    known, weights = rows(300), tmp_path / "weights.bin"
    examples = examples_of(known, "weak", "strong")
    weights.write_bytes(train(examples, [], version="1", trained="in a test"))
    report = classifier_report(known, "weak", "strong", 0, weights=weights)
    assert report["method"] == CROSS_FITTED
    assert report["apgr"] == report["cross_fitted_apgr"]
    assert (report["within_domains"], report["leave_domains_out"]) == (None, None)
    fresh = classifier_report(rows(300, seed=1), "weak", "strong", 0, weights=weights)
    assert fresh["method"] == SHIPPED
    assert fresh["apgr"] > 0.52


def test_models_without_a_gap_are_an_error() -> None:
    with pytest.raises(UnusableRowsError, match="strong is not better than strong"):
        classifier_report(rows(20), "strong", "strong", 0)


@pytest.mark.slow
@pytest.mark.skipif(not MMLU.exists(), reason="needs ../shared/data/mmlu.jsonl.gz")
def test_on_questions_it_has_not_seen_it_recovers_more_than_chance() -> None:
    examples = examples_of(read_rows([MMLU])[::2], WEAK, STRONG)
    folds = folds_by_question([example.conversation.question for example in examples], seed=11)
    taught = [e for e, fold in zip(examples, folds, strict=True) if fold > 1]
    tested = [e for e, fold in zip(examples, folds, strict=True) if fold <= 1]
    model = fitted_need(taught, seed=0)
    scores, gains = [model.of(e.features) for e in tested], [e.gain for e in tested]
    assert apgr(from_the_top(scores, gains)) >= 0.62
