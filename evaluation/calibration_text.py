"""What a calibration found, in sentences: what is promised, for what, and what is not."""

from collections.abc import Iterator

from .calibration import COVERS, Calibration, DatasetPromise, Promise, Target
from .selection import Band


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
        f"{promised.quality_kept:.4g} of the quality of {strong}; this {COVERS}."
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
