"""Whether promises hold: calibrations on many samples of a population that is known.

    python -m evaluation.calibrate_bench DATA... --cheap M --peer M --strong M

Part B is taken as the population. Samples as large as it are drawn from it with replacement, what
part B decides is decided on each (part A stays as it is), and the promise is held against all of B.
The row `just above` is the hardest case there is: a quality that a candidate misses by a hair.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from evaluation.dataset.cascade_model import CascadeSettings, ModelRoles, Observation
from evaluation.dataset.observations import observe, usable_rows
from evaluation.dataset.recordings import read_rows
from llm_router.adapters.policy_files import packaged_policy_text
from llm_router.domain.policy.policy import parse_policy
from llm_router.domain.tiers import Tier

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


def main(  # noqa: PLR0913, PLR0917
    data: list[Path],
    cheap: Annotated[str, typer.Option(help="The recorded model that answers first.")],
    strong: Annotated[str, typer.Option(help="The recorded model that it is measured by.")],
    peer: Annotated[str | None, typer.Option(help="Gives second opinions.")] = None,
    samples: int = SAMPLES,
    seed: int = 0,
) -> None:
    """Print how often a promise was false or not made, and what it saved."""
    policy = parse_policy(packaged_policy_text("default"), "default.toml")
    roles = ModelRoles(cheap=cheap, strong=strong, peer=peer)
    rows, _ = usable_rows(read_rows(data), roles)
    base = CascadeSettings(policy.tiers[Tier.SIMPLE], policy.confidence.weights)
    columns = ("population", "quality", "false", "false for a dataset", "none made", "saving")
    table = Table(*columns, title=f"{samples} samples, {1 - DELTA:.0%} confidence")
    for name, wanted, found in tallies(observe(rows, roles, policy), base, samples, seed):
        counts = (found.violations, found.dataset_violations, found.abstentions)
        saved = f"{median(found.savings):.1%}" if found.savings else "-"
        table.add_row(name, wanted, *(f"{count / samples:.1%}" for count in counts), saved)
    Console(width=100).print(table)


if __name__ == "__main__":
    typer.run(main)
