"""One split by question: the same question is always on the same side, whatever surrounds it."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable

from .evidence import Evidence

PART_A_SHARE = 0.4
"""Part A only has to propose; what part B can certify grows with its size."""


def split(evidence: Iterable[Evidence], seed: int) -> tuple[list[Evidence], list[Evidence]]:
    """Part A and part B, of each dataset the same share; B in an order that chance decides.

    Rows with one id in one dataset are one question, asked more than once, and stay together.
    """
    by_dataset: dict[str, dict[str, list[Evidence]]] = defaultdict(lambda: defaultdict(list))
    for one in evidence:
        by_dataset[one.dataset][_rank(one, seed)].append(one)
    part_a, part_b = list[tuple[str, Evidence]](), list[tuple[str, Evidence]]()
    for questions in by_dataset.values():
        ranked = sorted(questions)
        first = round(PART_A_SHARE * len(ranked))
        for part, ranks in ((part_a, ranked[:first]), (part_b, ranked[first:])):
            part.extend((rank, one) for rank in ranks for one in questions[rank])
    return _in_order(part_a), _in_order(part_b)


def _rank(one: Evidence, seed: int) -> str:
    return hashlib.sha256(f"{seed}\0{one.dataset}\0{one.id}".encode()).hexdigest()


def _in_order(part: list[tuple[str, Evidence]]) -> list[Evidence]:
    return [one for _, one in sorted(part, key=lambda ranked: ranked[0])]
