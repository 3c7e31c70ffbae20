"""How complex a model said recorded questions are, beside what the grades say of them."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from statistics import median

from llm_router.domain.tiers import TIERS

from .evidence import Roles
from .recordings import RecordedClassification, Row

GOOD = 0.5
"""An answer is good if its grade lies above."""

_CHEAP, _STRONG, _NEITHER = "the cheap model was good enough", "only the strong one was", "neither"


def confusion_lines(rows: Iterable[Row], roles: Roles) -> Iterator[str]:
    """The confusion matrix, row by row, and how well the lengths were foretold.

    Nothing if no row that both models' grades are known of was classified.
    """
    judged = [
        (row.classification, row)
        for row in rows
        if row.classification is not None and row.graded_by(roles.cheap, roles.strong)
    ]
    if not judged:
        return
    yield f"What the model that classifies said of {len(judged)} questions, and what came of them:"
    counts = Counter((said.complexity, _needed(row, roles)) for said, row in judged)
    for tier in TIERS:
        of_tier = {needed: counts[tier, needed] for needed in (_CHEAP, _STRONG, _NEITHER)}
        yield f"  said {tier}: {_shares(of_tier)}"
    for model in (roles.cheap, roles.strong):
        yield from _lengths(judged, model)


def _needed(row: Row, roles: Roles) -> str:
    if row.answers[roles.cheap].quality > GOOD:
        return _CHEAP
    return _STRONG if row.answers[roles.strong].quality > GOOD else _NEITHER


def _shares(counts: dict[str, int]) -> str:
    total = sum(counts.values())
    if not total:
        return "none"
    told = (f"{name} {count} ({count / total:.0%})" for name, count in counts.items())
    return f"{total}; {', '.join(told)}"


def _lengths(judged: Sequence[tuple[RecordedClassification, Row]], model: str) -> Iterator[str]:
    ratios = [
        said.estimated_tokens / usage.output_tokens
        for said, row in judged
        if (usage := row.answers[model].usage) is not None and usage.output_tokens
    ]
    if ratios:
        close = sum(0.5 <= ratio <= 2 for ratio in ratios) / len(ratios)
        yield (
            f"  the tokens that it expected are {median(ratios):.2f} times those of {model} "
            f"(median); {close:.0%} of {len(ratios)} within a factor of two"
        )
