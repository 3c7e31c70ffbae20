"""Calibrates a policy on recorded answers: the quality it can promise, with a confidence.

Part A of the questions fits the weights, proposes a few settings and fixes the order of the tests;
part B tests. The promise covers traffic like these questions and nothing else.
"""

from collections.abc import Iterable
from datetime import date
from math import ceil, sqrt
from statistics import pvariance

from evaluation.dataset.cascade_model import CascadeSettings, ModelRoles, Observation
from evaluation.errors import CalibrationError

from .bounds import labels_needed
from .hypothesis_tests import Band, Selection, TestPlan, plan_tests, select
from .result import Calibration, DatasetPromise, Promise, Target
from .samples import PART_A_SHARE, Sample, sampled, split

QUALITIES = (0.95, 0.97, 0.98, 0.99)
SPENT = 0.8
"""Share of the chance of error that the tests use. The rest covers what no test sees: questions of
real traffic are not quite independent."""

_LEAST = 40
_Z95 = 1.96


def calibrate(  # noqa: PLR0913
    observations: Iterable[Observation],
    roles: ModelRoles,
    base: CascadeSettings,
    *,
    on: date,
    quality_kept: Iterable[float] = QUALITIES,
    confidence: float = 0.95,
    target_escalation: Band | None = None,
    seed: int = 0,
) -> Calibration:
    """The promise that can be made for each quality; `base` is the policy's present settings.

    Of several certified settings, one with an escalation rate in `target_escalation` is preferred.
    `CalibrationError` if there are fewer than 40 questions or a share is out of range.
    """
    qualities = sorted(set(quality_kept))
    if not qualities or not all(0 < q <= 1 for q in qualities):
        raise CalibrationError("a quality kept must lie above 0 and not above 1")
    if not 0 < confidence < 1:
        raise CalibrationError("the confidence must lie between 0 and 1")
    part_a, part_b = split(observations, seed)
    if len(part_a) + len(part_b) < _LEAST:
        raise CalibrationError(
            f"{len(part_a) + len(part_b)} usable rows are too few to calibrate with; "
            f"{_LEAST} are the least, hundreds are of use"
        )
    # The policy file shows it: 1 - 0.95 should be 0.05.
    delta = round(1 - confidence, 12)
    plan = plan_tests(part_a, part_b, base, qualities, SPENT * delta)
    sample = sampled(part_b, plan.candidates)
    choices = select(plan, sample, qualities, target_escalation)
    return Calibration(
        tuple(_target(plan, sample, q, choices.get(q)) for q in qualities),
        delta,
        len(part_b),
        len(part_a) + len(part_b),
        tuple(name for name in (roles.cheap, roles.peer, roles.strong) if name is not None),
        on,
    )


def _target(
    plan: TestPlan, part_b: Sample, quality_kept: float, choice: Selection | None
) -> Target:
    if choice is None:
        needed = (
            _labels((plan.part_a, part_b), candidate, quality_kept, plan.delta)
            for candidate in range(len(plan.candidates))
        )
        known = [labels for labels in needed if labels is not None]
        return Target(quality_kept, None, min(known, default=None))
    k = choice.candidate
    saving = part_b.saving(k)
    promise = Promise(
        plan.candidates[k],
        part_b.kept(k),
        saving,
        _interval(saving, part_b, k),
        part_b.escalation_rate(k),
        tuple(_of_dataset(plan, part_b, quality_kept, choice, name) for name in plan.by_dataset),
    )
    return Target(quality_kept, promise, None)


def _of_dataset(
    plan: TestPlan, part_b: Sample, quality_kept: float, choice: Selection, name: str
) -> DatasetPromise:
    parts, covered = (plan.part_a.of(name), part_b.of(name)), name in choice.datasets
    delta = plan.delta / len(plan.by_dataset)
    needed = None if covered else _labels(parts, choice.candidate, quality_kept, delta)
    kept = parts[1].kept(choice.candidate)
    return DatasetPromise(name, len(parts[1]), kept, covered, needed)


def _labels(
    parts: Iterable[Sample], candidate: int, quality_kept: float, delta: float
) -> int | None:
    """Estimate how many labelled questions, in both parts, would certify this hypothesis."""
    margins = [m for part in parts for m in part.margins(candidate, quality_kept)]
    needed = labels_needed(margins, delta, low=-quality_kept)
    return None if needed is None else ceil(needed / (1 - PART_A_SHARE))


def _interval(saving: float, part_b: Sample, candidate: int) -> tuple[float, float]:
    """The 95 % interval of a saving, which is a ratio of two sums over the same questions."""
    spent, strong = part_b.by_candidate[candidate].cost_usd, part_b.strong.cost_usd
    off = [a - (1 - saving) * b for a, b in zip(spent, strong, strict=True)]
    half = _Z95 * sqrt(pvariance(off) / len(off)) / (sum(strong) / len(off))
    return saving - half, saving + half
