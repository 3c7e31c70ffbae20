"""A calibration in sentences, for the terminal."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from statistics import median

from evaluation.dataset.cascade_model import ModelRoles
from evaluation.dataset.recordings import RecordedClassification, Row
from llm_router.domain.policy.calibration_record import COVERED_TRAFFIC
from llm_router.domain.tiers import TIERS

from .hypothesis_tests import Band
from .result import Calibration, DatasetPromise, Promise, Target


def lines(calibration: Calibration, band: Band | None = None) -> Iterator[str]:
    """One line for each wanted quality, then the promise and what it covers.

    `band` is the escalation rate that was wanted.
    """
    tested = calibration.n
    yield f"{calibration.questions} questions, {tested} of them to test what the others suggest"
    for target in calibration.targets:
        yield _target(target)
    promised = calibration.promised
    if promised is None or promised.promise is None:
        yield "Nothing can be promised; the policy is not written."
        return
    promise, strong = promised.promise, calibration.models[-1]
    yield (
        f"Promised with {1 - calibration.delta:.4g} confidence: on average at least "
        f"{promised.quality_kept:.4g} of the quality of {strong}; this covers {COVERED_TRAFFIC}."
    )
    if band is not None and not band[0] <= promise.escalation_rate <= band[1]:
        yield f"No certified setting escalates between {band[0]:.4g} and {band[1]:.4g} of them."
    if len(promise.datasets) > 1:
        yield from map(_dataset, promise.datasets)


def _target(target: Target) -> str:
    wanted = f"quality kept {target.quality_kept:.4g}: "
    if target.promise is not None:
        return wanted + _promise(target.promise)
    if target.labels_needed is None:
        return wanted + "not certified; no setting tried seems to reach it and to save anything"
    return wanted + f"not certified; about {target.labels_needed} labelled questions would do"


def _promise(promise: Promise) -> str:
    tier, (low, high) = promise.setting.tier, promise.saving_interval
    zone = f" from {tier.unsure_from:g} to {tier.unsure_to:g}"
    return (
        f"certified; saving {promise.saving:.1%} ({low:.1%} to {high:.1%}), "
        f"escalated {promise.escalation_rate:.1%}, measured {promise.kept:.1%} kept; "
        f"threshold {tier.threshold:g}, second opinion {tier.second_opinion}"
        + (zone if tier.second_opinion == "when_unsure" else "")
    )


def _dataset(dataset: DatasetPromise) -> str:
    found = f"  {dataset.name}: {dataset.n} questions tested, {dataset.kept:.1%} kept; "
    if dataset.covered:
        return found + "promised for it by itself too"
    if dataset.labels_needed is None:
        return found + "on average only; by itself it seems to lie below"
    return found + f"on average only; about {dataset.labels_needed} of its own labels would do"


_CHEAP, _STRONG, _NEITHER = "the cheap model was good enough", "only the strong one was", "neither"
GOOD = 0.5
"""An answer is good if its grade lies above."""


def confusion_lines(rows: Iterable[Row], roles: ModelRoles) -> Iterator[str]:
    """The confusion matrix, row by row, and how well the lengths were predicted.

    Nothing if no row that both models' grades are known of was classified.
    """
    classified = [
        (row.classification, row)
        for row in rows
        if row.classification is not None and row.graded_by(roles.cheap, roles.strong)
    ]
    if not classified:
        return
    yield (
        f"What the model that classifies said of {len(classified)} questions, "
        "and what came of them:"
    )
    counts = Counter(
        (classification.complexity, _needed(row, roles)) for classification, row in classified
    )
    for tier in TIERS:
        of_tier = {needed: counts[tier, needed] for needed in (_CHEAP, _STRONG, _NEITHER)}
        yield f"  said {tier}: {_shares(of_tier)}"
    for model in (roles.cheap, roles.strong):
        yield from _lengths(classified, model)


def _needed(row: Row, roles: ModelRoles) -> str:
    if row.answers[roles.cheap].quality > GOOD:
        return _CHEAP
    return _STRONG if row.answers[roles.strong].quality > GOOD else _NEITHER


def _shares(counts: dict[str, int]) -> str:
    total = sum(counts.values())
    if not total:
        return "none"
    shares = (f"{name} {count} ({count / total:.0%})" for name, count in counts.items())
    return f"{total}; {', '.join(shares)}"


def _lengths(classified: Sequence[tuple[RecordedClassification, Row]], model: str) -> Iterator[str]:
    ratios = [
        classification.estimated_tokens / usage.output_tokens
        for classification, row in classified
        if (usage := row.answers[model].usage) is not None and usage.output_tokens
    ]
    if ratios:
        close = sum(0.5 <= ratio <= 2 for ratio in ratios) / len(ratios)
        yield (
            f"  the tokens that it expected are {median(ratios):.2f} times those of {model} "
            f"(median); {close:.0%} of {len(ratios)} within a factor of two"
        )
