"""What part A decides and what part B then chooses; apart, so that a choice can be repeated."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from .candidate_family import family
from .certification import Claim, certified_claims, claims_by_dataset, ordered_claims
from .evidence import Evidence, Setting
from .fitting import fitted
from .samples import Sample, sampled

Band = tuple[float, float]


@dataclass(frozen=True)
class Plan:
    """What part A decides: the candidates, and the claims in the order of their tests.

    One of those that a sample then certifies is false with a chance of at most `delta`.
    """

    candidates: Sequence[Setting]
    part_a: Sample
    claims: Sequence[Claim]
    by_dataset: Mapping[str, Sequence[Claim]]
    delta: float


@dataclass(frozen=True)
class Choice:
    """The candidate chosen for one quality, and the datasets for which it is certified alone."""

    candidate: int
    datasets: frozenset[str]


def planned(
    part_a: Sequence[Evidence],
    part_b: Sequence[Evidence],
    base: Setting,
    qualities: Sequence[float],
    delta: float,
) -> Plan:
    """What is tested in which order; of part B only the datasets' sizes are looked at."""
    candidates = family(part_a, fitted(part_a, base.weights), base)
    sample, tested = sampled(part_a, candidates), [e.dataset for e in part_b]
    return Plan(
        candidates,
        sample,
        ordered_claims(sample, qualities, len(tested)),
        {
            name: ordered_claims(sample.of(name), qualities, tested.count(name))
            for name in sorted(set(tested))
        },
        delta,
    )


def chosen(
    plan: Plan, part_b: Sample, qualities: Iterable[float], band: Band | None = None
) -> dict[float, Choice]:
    """For each quality the cheapest certified candidate, one in the band if there is one.

    A quality for which none is certified, or none that saves anything, is left out.
    """
    passed = certified_claims(plan.claims, part_b, plan.delta)
    alone = claims_by_dataset(plan.by_dataset, part_b, plan.delta)
    choices = {}
    for q in qualities:
        saving = {c.candidate for c in passed if c.quality_kept >= q}
        saving = {k for k in saving if part_b.saving(k) > 0}
        within = {k for k in saving if band and band[0] <= part_b.escalation_rate(k) <= band[1]}
        if saving:
            best = max(within or saving, key=lambda k: (plan.part_a.saving(k), -k))
            covered = (d for d, found in alone.items() if _holds(found, best, q))
            choices[q] = Choice(best, frozenset(covered))
    return choices


def _holds(found: Iterable[tuple[int, float]], candidate: int, quality_kept: float) -> bool:
    return any(k == candidate and q >= quality_kept for k, q in found)
