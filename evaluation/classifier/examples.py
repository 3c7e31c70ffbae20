"""Recorded rows as the classifier's examples, and their folds for cross-fitting."""

import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256

from evaluation.dataset.recordings import Row
from llm_router.domain.classifier.features import features_of
from llm_router.domain.conversation.conversation import Conversation

from .labelled_prompts import Unwrapped, single_turn, unwrapped, wrapped
from .linear_model import Sparse, sparse

FOLDS = 5


@dataclass(frozen=True)
class Example:
    """A question with the quality (0 to 1) of the weak and the strong model's answers.

    `otherwise` holds the features of its variants: without the text that all questions of its
    dataset begin or end with, and with other instructions around it. It is empty if there is no
    such text. `domain` is the dataset if the row names no domain.
    """

    conversation: Conversation
    features: Sparse
    otherwise: tuple[Sparse, ...]
    weak: float
    strong: float
    domain: str

    @property
    def gain(self) -> float:
        """Quality of the strong model's answer minus that of the weak one's, from -1 to 1."""
        return self.strong - self.weak

    @property
    def need(self) -> float:
        """The need of the strong model, from 0 to 1; the classifier's `score` estimates it."""
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
    """Each row's question without the text that its dataset shares, by the row's index."""
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
    return tuple(_features(single_turn(text)) for text in sorted(texts))


def _features(conversation: Conversation) -> Sparse:
    return sparse(features_of(conversation))


def folds_by_question(questions: Sequence[str], seed: int) -> list[int]:
    """A fold for each question; equal questions are in the same fold."""
    hashes = (sha256(f"{seed}\0{question.strip()}".encode()).digest() for question in questions)
    return [int.from_bytes(digest[:8], "big") % FOLDS for digest in hashes]


def folds_by_domain(domains: Sequence[str], seed: int) -> list[int]:
    """A fold for each question; a domain is never split, and folds are about equally large."""
    sizes = Counter(domains)
    names = sorted(sizes)
    random.Random(seed).shuffle(names)  # noqa: S311 - a division, not a secret
    filled, fold_of = [0] * FOLDS, dict[str, int]()
    for name in sorted(names, key=lambda name: -sizes[name]):
        fold_of[name] = filled.index(min(filled))
        filled[fold_of[name]] += sizes[name]
    return [fold_of[domain] for domain in domains]
