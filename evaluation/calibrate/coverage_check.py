"""`llm-router eval coverage-check`: calibrates on many samples of a population that is known.

Part B is taken as the population. Samples as large as it are drawn from it with replacement, what
part B decides is decided on each (part A stays as it is), and the promise is held against all of B.
The row `just above` is the hardest case there is: a quality that a candidate misses by a hair.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Annotated

import typer

from evaluation.command_line import Cheap, Data, Peer, Strong, are_recorded, output, progress
from evaluation.dataset.cascade_model import CascadeSettings, ModelRoles, Observation, tier_of
from evaluation.dataset.observations import observe, usable_rows
from evaluation.dataset.recordings import read_rows
from operations.command_line import JsonOut, PolicyFile, Seed
from operations.files import policy_in
from operations.output import table_of

from .calibrate import SPENT
from .hypothesis_tests import TestPlan, plan_tests, select
from .samples import Sample, sampled, split

QUALITIES = (0.95, 0.98, 0.99)
DELTA = 0.05
SAMPLES = 500
_A_HAIR = 1e-6

Parts = Sequence[Observation]


@dataclass(frozen=True)
class Tally:
    """Of so many samples: how many promised what is false, and how many promised nothing.

    `savings` are on all of B, of each promise made; `dataset_violations` counts the samples in
    which a dataset was promised by itself what is false for it.
    """

    samples: int
    violations: int
    dataset_violations: int
    savings: tuple[float, ...]

    @property
    def abstentions(self) -> int:
        """The samples in which nothing was promised."""
        return self.samples - len(self.savings)


def tally(
    plan: TestPlan, population: Sample, qualities: Sequence[float], samples: int, seed: int
) -> Tally:
    """Draw, decide and judge; of several qualities the promise is the highest certified."""
    chance = random.Random(seed)  # noqa: S311 - a resample, not a secret
    places = range(len(population))
    alone = {name: population.of(name) for name in plan.by_dataset}
    violations, of_datasets, savings = 0, 0, list[float]()
    for _ in range(samples):
        drawn = population.drawn(chance.choices(places, k=len(places)))
        choices = select(plan, drawn, qualities)
        if not choices:
            continue
        q, choice = max(choices.items())
        savings.append(population.saving(choice.candidate))
        violations += population.kept(choice.candidate) < q
        of_datasets += any(alone[name].kept(choice.candidate) < q for name in choice.datasets)
    return Tally(samples, violations, of_datasets, tuple(savings))


def populations(observations: Sequence[Observation]) -> Mapping[str, list[Observation]]:
    """All questions together, and each dataset by itself if there are several."""
    names = sorted({e.dataset for e in observations})
    alone = {name: [e for e in observations if e.dataset == name] for name in names}
    return {"pooled": list(observations), **(alone if len(names) > 1 else {})}


def tallies(
    observations: Sequence[Observation], base: CascadeSettings, samples: int, seed: int
) -> Iterator[tuple[str, str, Tally]]:
    """For each population: each quality as the only one wanted, the highest, and the hardest.

    The hardest is, of the qualities just above what each candidate keeps, the one that is promised
    most often.
    """
    for name, questions in populations(observations).items():
        part_a, part_b = split(questions, seed)

        def tallied(*qualities: float, a: Parts = part_a, b: Parts = part_b) -> Tally:
            plan = plan_tests(a, b, base, qualities, SPENT * DELTA)
            return tally(plan, sampled(b, plan.candidates), qualities, samples, seed)

        for quality in QUALITIES:
            yield name, f"{quality:.2f}", tallied(quality)
        yield name, "highest", tallied(*QUALITIES)
        candidates = plan_tests(part_a, part_b, base, QUALITIES, DELTA).candidates
        population = sampled(part_b, candidates)
        missed = (population.kept(k) + _A_HAIR for k in range(len(candidates)))
        hardest = [tallied(quality) for quality in missed if quality <= 1]
        if hardest:
            yield name, "just above", max(hardest, key=lambda found: found.violations)


def coverage_check_command(  # noqa: PLR0913
    data: Data,
    *,
    cheap: Cheap,
    strong: Strong,
    peer: Peer = None,
    policy: PolicyFile = None,
    samples: Annotated[int, typer.Option(min=1, help="How many samples to draw.")] = SAMPLES,
    seed: Seed = 0,
    json_out: JsonOut = None,
) -> None:
    """Count how often calibration promises what is false, on many resamples.

    Of each population the table shows the share of samples with a false promise, with a false one
    for a dataset by itself, and with none, and the median of what promises save.
    """
    out, base_policy = output(json_out, beside=[*data, policy]), policy_in(policy)
    roles, recorded = ModelRoles(cheap=cheap, strong=strong, peer=peer), read_rows(data)
    are_recorded(recorded, cheap=cheap, peer=peer, strong=strong)
    rows, _ = usable_rows(recorded, roles)
    base = CascadeSettings(
        base_policy.tiers[tier_of(base_policy, cheap)], base_policy.confidence.weights
    )
    with progress("sampling") as done:
        found = list[tuple[str, str, Tally]]()
        for each in tallies(observe(rows, roles, base_policy), base, samples, seed):
            found.append(each)
            done()
    columns = ("population", "quality", "false", "false for a dataset", "none made", "saving")
    out.say(f"{samples} samples, {1 - DELTA:.0%} confidence")
    out.show(table_of(columns, map(_row, found), numbers=columns[1:]))
    out.json([_json(*each) for each in found])


def _row(found: tuple[str, str, Tally]) -> tuple[str, ...]:
    name, wanted, of_it = found
    counts = (of_it.violations, of_it.dataset_violations, of_it.abstentions)
    saved = f"{median(of_it.savings):.1%}" if of_it.savings else "-"
    return (name, wanted, *(f"{count / of_it.samples:.1%}" for count in counts), saved)


def _json(name: str, wanted: str, found: Tally) -> dict[str, object]:
    return {
        "population": name,
        "quality": wanted,
        "samples": found.samples,
        "false": found.violations,
        "false_for_a_dataset": found.dataset_violations,
        "none_made": found.abstentions,
        "median_saving": median(found.savings) if found.savings else None,
    }
