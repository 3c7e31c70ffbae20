import pytest

from evaluation.dataset.cascade_model import CascadeSettings, simulate
from evaluation.dataset.observations import observe
from evaluation.replay.metrics import reliability, threshold_curve, wilson
from llm_router.domain.tiers import Tier
from tests.support.policies import POLICY
from tests.support.recorded_rows import ROLES, generated_rows, parsed_rows

EVIDENCE = observe(parsed_rows(generated_rows(60)), ROLES, POLICY)
SETTING = CascadeSettings(POLICY.tiers[Tier.SIMPLE], POLICY.confidence.weights)


def test_the_curve_goes_from_nothing_to_everything_and_holds_what_is_set() -> None:
    points = threshold_curve(EVIDENCE, SETTING)
    assert [p.threshold for p in points] == sorted({p.threshold for p in points})
    rates = [p.escalation_rate for p in points]
    assert (rates[0], rates[-1]) == (0, 1)
    assert rates == sorted(rates)
    (here,) = (p for p in points if p.threshold == SETTING.tier.threshold)
    endings = [simulate(e, SETTING) for e in EVIDENCE]
    assert here.escalation_rate == sum(e.strong for e in endings) / len(endings)
    strong = sum(e.strong.cost_usd for e in EVIDENCE)
    assert here.saving == pytest.approx(1 - sum(e.cost_usd for e in endings) / strong)


def test_every_answer_is_in_one_bin_of_its_confidence() -> None:
    bins = reliability(EVIDENCE, SETTING)
    assert sum(found.n for found in bins) == len(EVIDENCE)
    assert all(found.low <= found.quality <= found.high for found in bins)
    assert len({int(10 * found.confidence) for found in bins}) == len(bins)


def test_wilsons_interval_stays_within_bounds_and_narrows() -> None:
    assert wilson(1.0, 5)[1] == 1
    assert wilson(0.0, 5)[0] == 0
    low, high = wilson(0.5, 100)
    assert low == pytest.approx(0.404, abs=0.001)
    assert high == pytest.approx(0.596, abs=0.001)
