"""Tests hypotheses "setting k keeps at least q of the strong model's quality" on a sample.

Part A fixes the order of the tests and the stakes; the sample decides how far down that order the
tests go. They stop at the first hypothesis that is not certified (fixed-sequence testing), so all
certified ones hold together with the stated confidence. Choosing among them afterwards, such as
the highest quality or the cheapest setting, does not weaken it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from evaluation.dataset.cascade_model import CascadeSettings, Observation

from .bounds import Spread, certified
from .candidates import pareto_settings
from .samples import Sample, sampled
from .weights import fit_weights

_DOUBT = 0.5
"""Questions with the worst margin added to part A's, for cases that it does not contain."""


@dataclass(frozen=True)
class Hypothesis:
    """The claim that a candidate keeps this share of the strong model's quality.

    `expected` holds the mean square of its margins in part A. `certainty` is the number of standard
    errors by which their mean would lie above zero in a sample as large as part B.
    """

    candidate: int
    quality_kept: float
    expected: Spread
    certainty: float


def ordered_hypotheses(part_a: Sample, qualities: Iterable[float], n: int) -> list[Hypothesis]:
    """The hypotheses that part A makes probable, ordered by certainty in a sample of `n`.

    A hypothesis that fails costs only those that part A found less certain.
    """
    if not len(part_a):
        return []
    hypotheses = [
        _hypothesis(part_a, candidate, quality_kept, n)
        for quality_kept in qualities
        for candidate in range(len(part_a.by_candidate))
    ]
    probable = [hypothesis for hypothesis in hypotheses if hypothesis.certainty > 0]
    return sorted(probable, key=lambda hypothesis: -hypothesis.certainty)


def certified_hypotheses(
    hypotheses: Iterable[Hypothesis], part_b: Sample, delta: float
) -> list[Hypothesis]:
    """The hypotheses certified before the first that is not.

    The chance that any of them is false is at most `delta`. The sample's order must not depend on
    the answers' quality.
    """
    found = []
    for hypothesis in hypotheses:
        q = hypothesis.quality_kept
        if not certified(
            part_b.margins(hypothesis.candidate, q), -q, 1, delta, hypothesis.expected
        ):
            break
        found.append(hypothesis)
    return found


def hypotheses_by_dataset(
    hypotheses: Mapping[str, Sequence[Hypothesis]], part_b: Sample, delta: float
) -> dict[str, set[tuple[int, float]]]:
    """For each dataset the (candidate, quality kept) pairs certified for it alone.

    Each dataset is tested at `delta` divided by their number, so that all results hold together.
    """
    return {
        name: {
            (hypothesis.candidate, hypothesis.quality_kept)
            for hypothesis in certified_hypotheses(of_one, part_b.of(name), delta / len(hypotheses))
        }
        for name, of_one in hypotheses.items()
    }


def _hypothesis(part_a: Sample, candidate: int, quality_kept: float, n: int) -> Hypothesis:
    margins = part_a.margins(candidate, quality_kept)
    count = len(margins) + _DOUBT
    mean = (sum(margins) - _DOUBT * quality_kept) / count
    square = (sum(m * m for m in margins) + _DOUBT * quality_kept**2) / count
    deviation = max(0.0, square - mean * mean) ** 0.5
    return Hypothesis(
        candidate, quality_kept, Spread(square, count), mean * (n**0.5) / max(deviation, 1e-9)
    )


Band = tuple[float, float]


@dataclass(frozen=True)
class TestPlan:
    """The candidates and the hypotheses in the order of their tests, as part A fixes them.

    The chance that a sample certifies a false hypothesis is at most `delta`.
    """

    candidates: Sequence[CascadeSettings]
    part_a: Sample
    hypotheses: Sequence[Hypothesis]
    by_dataset: Mapping[str, Sequence[Hypothesis]]
    delta: float


@dataclass(frozen=True)
class Selection:
    """The candidate chosen for one quality, and the datasets for which it is certified alone."""

    candidate: int
    datasets: frozenset[str]


def plan_tests(
    part_a: Sequence[Observation],
    part_b: Sequence[Observation],
    base: CascadeSettings,
    qualities: Sequence[float],
    delta: float,
) -> TestPlan:
    """Plan the tests by part A; of part B only the datasets' sizes are used."""
    candidates = pareto_settings(part_a, fit_weights(part_a, base.weights), base)
    sample, tested = sampled(part_a, candidates), [e.dataset for e in part_b]
    return TestPlan(
        candidates,
        sample,
        ordered_hypotheses(sample, qualities, len(tested)),
        {
            name: ordered_hypotheses(sample.of(name), qualities, tested.count(name))
            for name in sorted(set(tested))
        },
        delta,
    )


def select(
    plan: TestPlan, part_b: Sample, qualities: Iterable[float], band: Band | None = None
) -> dict[float, Selection]:
    """For each quality the certified candidate that saves most on part A.

    Candidates with an escalation rate in the band are preferred. A quality is left out if no
    certified candidate saves anything.
    """
    passed = certified_hypotheses(plan.hypotheses, part_b, plan.delta)
    alone = hypotheses_by_dataset(plan.by_dataset, part_b, plan.delta)
    choices = {}
    for q in qualities:
        saving = {c.candidate for c in passed if c.quality_kept >= q}
        saving = {k for k in saving if part_b.saving(k) > 0}
        within = {k for k in saving if band and band[0] <= part_b.escalation_rate(k) <= band[1]}
        if saving:
            best = max(within or saving, key=lambda k: (plan.part_a.saving(k), -k))
            covered = (d for d, found in alone.items() if _holds(found, best, q))
            choices[q] = Selection(best, frozenset(covered))
    return choices


def _holds(found: Iterable[tuple[int, float]], candidate: int, quality_kept: float) -> bool:
    return any(k == candidate and q >= quality_kept for k, q in found)
