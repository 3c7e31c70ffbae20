"""Questions with every candidate's outcomes, simulated once so that resampling is cheap."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from evaluation.dataset.cascade_model import CascadeSettings, Observation, simulate

PART_A_SHARE = 0.4
"""Part A only proposes settings; the larger part B is, the more it can certify."""


def split(
    observations: Iterable[Observation], seed: int
) -> tuple[list[Observation], list[Observation]]:
    """Split into part A and part B, with the same share of each dataset in both.

    Both are in pseudo-random order. Rows of one dataset with the same id are one question, asked
    several times, and stay together.
    """
    by_dataset: dict[str, dict[str, list[Observation]]] = defaultdict(lambda: defaultdict(list))
    for one in observations:
        by_dataset[one.dataset][_rank(one, seed)].append(one)
    part_a, part_b = list[tuple[str, Observation]](), list[tuple[str, Observation]]()
    for questions in by_dataset.values():
        ranked = sorted(questions)
        first = round(PART_A_SHARE * len(ranked))
        for part, ranks in ((part_a, ranked[:first]), (part_b, ranked[first:])):
            part.extend((rank, one) for rank in ranks for one in questions[rank])
    return _in_order(part_a), _in_order(part_b)


def _rank(one: Observation, seed: int) -> str:
    return hashlib.sha256(f"{seed}\0{one.dataset}\0{one.id}".encode()).hexdigest()


def _in_order(part: list[tuple[str, Observation]]) -> list[Observation]:
    return [one for _, one in sorted(part, key=lambda ranked: ranked[0])]


@dataclass(frozen=True)
class SimulatedOutcomes:
    """Outcomes of one setting, in the order of the questions."""

    quality: Sequence[float]
    cost_usd: Sequence[float]
    escalated: Sequence[bool]


@dataclass(frozen=True)
class Sample:
    """Questions with the outcomes of the strong model alone and of every candidate."""

    datasets: Sequence[str]
    strong: SimulatedOutcomes
    by_candidate: Sequence[SimulatedOutcomes]

    def __len__(self) -> int:
        """Number of questions."""
        return len(self.datasets)

    def drawn(self, indices: Sequence[int]) -> "Sample":
        """The sample of the questions at these indices; an index may come several times."""
        return Sample(
            [self.datasets[n] for n in indices],
            _drawn(self.strong, indices),
            [_drawn(simulated_outcomes, indices) for simulated_outcomes in self.by_candidate],
        )

    def of(self, dataset: str) -> "Sample":
        """The questions of one dataset."""
        return self.drawn([n for n, name in enumerate(self.datasets) if name == dataset])

    def margins(self, candidate: int, quality_kept: float) -> list[float]:
        """Each answer's quality minus `quality_kept` times that of the strong model's answer."""
        shipped = self.by_candidate[candidate].quality
        strong = self.strong.quality
        return [a - quality_kept * b for a, b in zip(shipped, strong, strict=True)]

    def kept(self, candidate: int) -> float:
        """The share of the strong model's quality that is kept; 1 if its quality is 0."""
        best = sum(self.strong.quality)
        return sum(self.by_candidate[candidate].quality) / best if best else 1.0

    def saving(self, candidate: int) -> float:
        """The saving against always calling the strong model; 0 if that costs nothing."""
        dearest = sum(self.strong.cost_usd)
        return 1 - sum(self.by_candidate[candidate].cost_usd) / dearest if dearest else 0.0

    def escalation_rate(self, candidate: int) -> float:
        """The share of the questions for which the strong model is called."""
        return sum(self.by_candidate[candidate].escalated) / len(self)


def sampled(observations: Iterable[Observation], candidates: Sequence[CascadeSettings]) -> Sample:
    """Simulate every candidate on these questions."""
    observations = list(observations)
    strong = [e.strong for e in observations]
    return Sample(
        [e.dataset for e in observations],
        SimulatedOutcomes(
            [t.quality for t in strong], [t.cost_usd for t in strong], [True] * len(strong)
        ),
        [_simulated_outcomes(observations, setting) for setting in candidates],
    )


def _simulated_outcomes(
    observations: Sequence[Observation], setting: CascadeSettings
) -> SimulatedOutcomes:
    simulated_outcomes = [simulate(e, setting) for e in observations]
    return SimulatedOutcomes(
        [e.quality for e in simulated_outcomes],
        [e.cost_usd for e in simulated_outcomes],
        [e.strong for e in simulated_outcomes],
    )


def _drawn(simulated_outcomes: SimulatedOutcomes, indices: Sequence[int]) -> SimulatedOutcomes:
    return SimulatedOutcomes(
        [simulated_outcomes.quality[n] for n in indices],
        [simulated_outcomes.cost_usd[n] for n in indices],
        [simulated_outcomes.escalated[n] for n in indices],
    )
