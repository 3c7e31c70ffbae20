"""Which claims a sample certifies: "setting k keeps at least q of the strong model's quality".

Part A decides the order in which the claims are tested and how much is staked on each; the sample
decides how far down that order the tests go. They stop at the first claim that is not certified
(fixed-sequence testing), so all that are certified hold together with the stated confidence:
whoever then takes the highest quality, the cheapest setting or a wanted escalation rate among them
does not weaken it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from evaluation.dataset.cascade_model import CascadeSettings, Observation

from .bounds import Spread, certified
from .candidates import family
from .samples import Sample, sampled
from .weights import fitted

_DOUBT = 0.5
"""How many questions with the worst margin are added to part A's: what it did not see may be."""


@dataclass(frozen=True)
class Hypothesis:
    """That a candidate keeps this share of the strong model's quality, as part A saw its margins.

    `expected` holds their mean square, and `certainty` how many standard errors their mean would
    lie above zero in a sample as large as part B.
    """

    candidate: int
    quality_kept: float
    expected: Spread
    certainty: float


def ordered_hypotheses(part_a: Sample, qualities: Iterable[float], n: int) -> list[Hypothesis]:
    """The claims that part A makes probable, those first that `n` questions will show most surely.

    Of the claims that would fail only those are lost which part A found still less sure.
    """
    if not len(part_a):
        return []
    claims = [
        _claim(part_a, candidate, quality_kept, n)
        for quality_kept in qualities
        for candidate in range(len(part_a.by_candidate))
    ]
    probable = [claim for claim in claims if claim.certainty > 0]
    return sorted(probable, key=lambda claim: -claim.certainty)


def certified_hypotheses(
    claims: Iterable[Hypothesis], part_b: Sample, delta: float
) -> list[Hypothesis]:
    """Those certified before the first that is not; one of them is false with chance <= `delta`.

    The sample's order must not depend on what the answers were worth.
    """
    found = []
    for claim in claims:
        q = claim.quality_kept
        if not certified(part_b.margins(claim.candidate, q), -q, 1, delta, claim.expected):
            break
        found.append(claim)
    return found


def hypotheses_by_dataset(
    claims: Mapping[str, Sequence[Hypothesis]], part_b: Sample, delta: float
) -> dict[str, set[tuple[int, float]]]:
    """For each dataset the (candidate, quality kept) certified for it alone.

    Each is tested at `delta` divided by their number, so that all of it holds together.
    """
    return {
        name: {
            (claim.candidate, claim.quality_kept)
            for claim in certified_hypotheses(of_one, part_b.of(name), delta / len(claims))
        }
        for name, of_one in claims.items()
    }


def _claim(part_a: Sample, candidate: int, quality_kept: float, n: int) -> Hypothesis:
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
    """What part A decides: the candidates, and the claims in the order of their tests.

    One of those that a sample then certifies is false with a chance of at most `delta`.
    """

    candidates: Sequence[CascadeSettings]
    part_a: Sample
    claims: Sequence[Hypothesis]
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
    """What is tested in which order; of part B only the datasets' sizes are looked at."""
    candidates = family(part_a, fitted(part_a, base.weights), base)
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
    """For each quality the cheapest certified candidate, one in the band if there is one.

    A quality for which none is certified, or none that saves anything, is left out.
    """
    passed = certified_hypotheses(plan.claims, part_b, plan.delta)
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
