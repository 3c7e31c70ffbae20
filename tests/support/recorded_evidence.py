"""Random evidence of any size whose true distribution is known, as if models had been recorded."""

import random

from evaluation.dataset.cascade_model import ModelResult, Observation
from llm_router.domain.trust.signals import Signals

CHEAP_USD, STRONG_USD = 1.0, 15.0


def clean_signals(*, hedging: float = 1.0) -> Signals:
    """Signals of an answer without a fault, unless it hedges."""
    return Signals(hedging=hedging, refusal=1, emptiness=1, truncation=1, shortness=1)


def agreeing(
    n: int,
    seed: int,
    *,
    agree: float = 0.8,
    right_if_agreed: float = 0.97,
    strong: float = 0.95,
    dataset: str = "synthetic",
) -> list[Observation]:
    """Evidence where two cheap models agree or do not; where not, the first is right in 20 %."""
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
                cheap=ModelResult(
                    float(cheap), CHEAP_USD * chance.uniform(0.5, 1.5), clean_signals()
                ),
                peer=ModelResult(
                    float(peer), CHEAP_USD * chance.uniform(0.5, 1.5), clean_signals()
                ),
                strong=ModelResult(
                    float(best), STRONG_USD * chance.uniform(0.5, 1.5), clean_signals()
                ),
                agreement=float(agreed),
            )
        )
    return questions


def graded(n: int, seed: int, *, unasked: float = 0.0) -> list[Observation]:
    """Evidence where agreement has degrees: the higher, the likelier the answers are right.

    `unasked` is the share of questions for which no second opinion is asked.
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
                dataset="synthetic",
                cheap=ModelResult(float(cheap), CHEAP_USD, clean_signals(hedging=hedging)),
                peer=ModelResult(float(both or chance.random() < 0.3), CHEAP_USD, clean_signals()),
                strong=ModelResult(
                    float(chance.random() < (0.97 if both else 0.8)), STRONG_USD, clean_signals()
                ),
                agreement=None if chance.random() < unasked else alike,
            )
        )
    return questions
