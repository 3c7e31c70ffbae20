import math
import random
from dataclasses import replace

import pytest

from evaluation.calibrate.weights import fit_weights
from evaluation.dataset.cascade_model import ModelResult, Observation
from llm_router.domain.trust.confidence import confidence
from tests.support.policies import POLICY
from tests.support.recorded_evidence import agreeing, clean_signals, graded

PRESENT = POLICY.confidence.weights


def test_the_confidence_becomes_the_share_of_good_answers() -> None:
    questions = agreeing(4_000, 1, agree=0.7, right_if_agreed=0.9)
    weights = fit_weights(questions, PRESENT)
    alone = sum(e.cheap.quality for e in questions) / len(questions)
    agreed = [e for e in questions if e.agreement == 1]
    confirmed = sum(e.cheap.quality for e in agreed) / len(agreed)
    assert confidence(clean_signals(), weights) == pytest.approx(alone, abs=0.005)
    seen = clean_signals().model_copy(update={"agreement": 1.0})
    assert confidence(seen, weights) == pytest.approx(confirmed, abs=0.005)


def test_a_contradicted_answer_is_trusted_no_more_than_it_deserves() -> None:
    questions = agreeing(2_000, 2)
    contradicted = [e for e in questions if e.agreement == 0]
    right = sum(e.cheap.quality + e.peer.quality for e in contradicted if e.peer is not None)
    seen = clean_signals().model_copy(update={"agreement": 0.0})
    assert confidence(seen, fit_weights(questions, PRESENT)) <= right / 2 / len(contradicted)


def test_signals_that_were_never_seen_keep_their_weight() -> None:
    weights = fit_weights(agreeing(1_000, 3), PRESENT)
    for name in ("refusal", "emptiness", "truncation", "structure", "self_rating"):
        assert getattr(weights.alone, name) == getattr(PRESENT.alone, name)
        assert getattr(weights.compared, name) == getattr(PRESENT.compared, name)


def test_a_signal_that_tells_nothing_loses_weight_and_one_that_does_keeps_it() -> None:
    chance = random.Random(4)
    told = [
        ModelResult(
            float(chance.random() < 0.7), 1, clean_signals(hedging=chance.choice([0.4, 1.0]))
        )
        for _ in range(3_000)
    ]
    questions = [Observation(str(n), "d", t, t) for n, t in enumerate(told)]
    assert fit_weights(questions, PRESENT).alone.hedging < 0.5
    assert fit_weights(graded(3_000, 5), PRESENT).alone.hedging > 2


def test_no_weight_is_negative_even_if_a_fault_is_a_good_sign() -> None:
    questions = [
        Observation(
            str(n),
            "d",
            ModelResult(float(n % 2), 1, clean_signals(hedging=0.4 if n % 2 else 1)),
            told,
        )
        for n, told in enumerate([ModelResult(1, 1, clean_signals())] * 400)
    ]
    assert fit_weights(questions, PRESENT).alone.hedging == 0


def test_missing_evidence_is_never_more_trusted_than_a_confirmation() -> None:
    """Here whoever is confirmed is wrong more often."""
    questions = [
        replace(e, agreement=1.0, cheap=ModelResult(1.0 if n % 3 else 0.0, 1, clean_signals()))
        for n, e in enumerate(agreeing(600, 6, right_if_agreed=0.2))
    ]
    weights = fit_weights(questions, PRESENT)
    assert weights.alone.bias == weights.compared.bias
    shares = [e.cheap.quality for e in questions]
    shares += [(e.cheap.quality + e.peer.quality) / 2 for e in questions if e.peer is not None]
    middle = sum(shares) / len(shares)
    assert weights.alone.bias == pytest.approx(math.log(middle / (1 - middle)), abs=0.05)


def test_without_a_peer_the_comparison_stays_as_it_was() -> None:
    questions = [replace(e, peer=None, agreement=None) for e in agreeing(500, 7)]
    assert fit_weights(questions, PRESENT).compared == PRESENT.compared


def test_a_fit_does_not_depend_on_chance() -> None:
    assert fit_weights(graded(500, 8), PRESENT) == fit_weights(graded(500, 8), PRESENT)


def test_no_evidence_changes_nothing() -> None:
    assert fit_weights([], PRESENT) == PRESENT
