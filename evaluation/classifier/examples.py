"""Recorded rows as the classifier's examples, and their division for honest figures."""

import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256

from evaluation.dataset.recordings import Row
from llm_router.domain.classifier.features import features_of
from llm_router.domain.conversation.conversation import Conversation

from .labelled_prompts import Unwrapped, asking, unwrapped, wrapped
from .linear_model import Sparse, sparse

FOLDS = 5


@dataclass(frozen=True)
class Example:
    """A question with how well (0 to 1) the weak and the strong model answered it.

    `otherwise` is what the question would show without what all questions of its dataset begin or
    end with, and with other instructions around it; nothing if they have nothing in common.
    `domain` is the dataset where the row names none.
    """

    conversation: Conversation
    features: Sparse
    otherwise: tuple[Sparse, ...]
    weak: float
    strong: float
    domain: str

    @property
    def gain(self) -> float:
        """How much better the strong model's answer is, from -1 to 1."""
        return self.strong - self.weak

    @property
    def need(self) -> float:
        """How much the strong model is needed, from 0 to 1: what `score` is the expectation of."""
        return max(0.0, self.gain)


def examples_of(rows: Iterable[Row], weak: str, strong: str) -> list[Example]:
    """The rows in which both models' answers are graded, in their order."""
    graded = [row for row in rows if row.graded_by(weak, strong)]
    bare = _unwrapped(graded)
    return [
        Example(
            conversation=row.conversation,
            features=_features(row.conversation),
            otherwise=_shown_otherwise(row.conversation.question, bare[n]),
            weak=row.answers[weak].quality,
            strong=row.answers[strong].quality,
            domain=row.domain or row.dataset,
        )
        for n, row in enumerate(graded)
    ]


def _unwrapped(rows: Sequence[Row]) -> dict[int, Unwrapped]:
    """Each row's question without its dataset's wrapper, by its place."""
    places = defaultdict[str, list[int]](list)
    for n, row in enumerate(rows):
        places[row.dataset].append(n)
    return {
        n: question
        for inside in places.values()
        for n, question in zip(
            inside, unwrapped([rows[n].conversation.question for n in inside]), strict=True
        )
    }


def _shown_otherwise(question: str, unwrapped: Unwrapped) -> tuple[Sparse, ...]:
    if unwrapped.bare == question.strip():
        return ()
    texts = {*unwrapped, wrapped(unwrapped.bare)} - {question}
    return tuple(_features(asking(text)) for text in sorted(texts))


def _features(conversation: Conversation) -> Sparse:
    return sparse(features_of(conversation))


def folds_by_question(questions: Sequence[str], seed: int) -> list[int]:
    """A fold for each; the same question asked twice is in one fold."""
    hashes = (sha256(f"{seed}\0{question.strip()}".encode()).digest() for question in questions)
    return [int.from_bytes(digest[:8], "big") % FOLDS for digest in hashes]


def folds_by_domain(domains: Sequence[str], seed: int) -> list[int]:
    """A fold for each; a domain is in one as a whole, and the folds are about equally large."""
    sizes = Counter(domains)
    names = sorted(sizes)
    random.Random(seed).shuffle(names)  # noqa: S311 - a division, not a secret
    filled, fold_of = [0] * FOLDS, dict[str, int]()
    for name in sorted(names, key=lambda name: -sizes[name]):
        fold_of[name] = filled.index(min(filled))
        filled[fold_of[name]] += sizes[name]
    return [fold_of[domain] for domain in domains]
