"""Worlds of recorded questions whose truth is known: as many questions as a test wants."""

import random

from evaluation.dataset.cascade_model import ModelResult, Observation
from llm_router.domain.trust.signals import Signals

CHEAP_USD, STRONG_USD = 1.0, 15.0


def clean(*, hedging: float = 1.0) -> Signals:
    """The signals of an answer without a fault but perhaps hedging."""
    return Signals(hedging=hedging, refusal=1, emptiness=1, truncation=1, shortness=1)


def agreeing(
    n: int,
    seed: int,
    *,
    agree: float = 0.8,
    right_if_agreed: float = 0.97,
    strong: float = 0.95,
    dataset: str = "world",
) -> list[Observation]:
    """Questions on which two cheap models agree or not; if not, the first is right in 20 %."""
    chance = random.Random(seed)
    questions = []
    for number in range(n):
        agreed = chance.random() < agree
        both = agreed and chance.random() < right_if_agreed
        cheap, peer = (both, both) if agreed else (chance.random() < 0.2, chance.random() < 0.4)
        # What two models get right, the strong one rarely gets wrong, and seldom the reverse.
        best = chance.random() < (0.99 if both else 0.8 * strong)
        questions.append(
            Observation(
                id=f"{seed}-{number}",
                dataset=dataset,
                cheap=ModelResult(float(cheap), CHEAP_USD * chance.uniform(0.5, 1.5), clean()),
                peer=ModelResult(float(peer), CHEAP_USD * chance.uniform(0.5, 1.5), clean()),
                strong=ModelResult(float(best), STRONG_USD * chance.uniform(0.5, 1.5), clean()),
                agreement=float(agreed),
            )
        )
    return questions


def graded(n: int, seed: int, *, unasked: float = 0.0) -> list[Observation]:
    """Questions on which answers agree more or less, and the more the likelier they are right.

    This share of them is such that no second opinion is asked for.
    """
    chance = random.Random(seed)
    questions = []
    for number in range(n):
        alike = round(chance.betavariate(2, 1.2), 3)
        both = chance.random() < alike**2
        cheap = both or chance.random() < 0.15
        hedging = 0.4 if chance.random() < (0.02 if cheap else 0.2) else 1.0
        questions.append(
            Observation(
                id=f"{seed}-{number}",
                dataset="world",
                cheap=ModelResult(float(cheap), CHEAP_USD, clean(hedging=hedging)),
                peer=ModelResult(float(both or chance.random() < 0.3), CHEAP_USD, clean()),
                strong=ModelResult(
                    float(chance.random() < (0.97 if both else 0.8)), STRONG_USD, clean()
                ),
                agreement=None if chance.random() < unasked else alike,
            )
        )
    return questions
