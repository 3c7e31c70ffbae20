"""`llm-router eval calibrate`: what a policy can promise on one's own traffic, and writes it."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path
from statistics import median
from typing import Annotated

import typer

from evaluation.classifier.train import retrain, retrained_lines
from evaluation.command_line import Cheap, Data, Peer, Strong, are_recorded, output
from evaluation.dataset.cascade_model import CascadeSettings, ModelRoles, tier_of
from evaluation.dataset.observations import models_in, observe, usable_rows
from evaluation.dataset.recordings import RecordedClassification, Row, read_rows
from llm_router.adapters.policy_files import packaged_policy_text
from llm_router.domain.policy.policy import Policy, parse_policy
from llm_router.domain.tiers import TIERS
from operations.command_line import NOTHING, JsonOut, PolicyFile, Seed, unusable
from operations.files import policy_in, replacing, text_in, writable

from .calibrate import calibrate
from .hypothesis_tests import Band
from .policy_file import calibrated_policy
from .result import COVERS, Calibration, DatasetPromise, Promise, Target

_QUALITY, _BAND, _DAY = "--quality-kept", "--target-escalation", "--date"


def shares_in(text: str) -> list[float]:
    """Several shares, as in `0.95,0.99`."""
    shares = [_share(part, _QUALITY) for part in text.split(",")]
    if not all(shares):
        raise unusable(_QUALITY, "0 is no quality to keep")
    return shares


def band_in(text: str) -> Band:
    """A band, as in `0.10:0.20`."""
    low, colon, high = text.partition(":")
    if not colon or _share(low, _BAND) > _share(high, _BAND):
        raise unusable(_BAND, f"{text!r} is not a band such as 0.10:0.20")
    return _share(low, _BAND), _share(high, _BAND)


def _share(text: str, option: str) -> float:
    try:
        share = float(text)
    except ValueError as error:
        raise unusable(option, f"{text!r} is not a number") from error
    if not 0 <= share <= 1:
        raise unusable(option, f"{text} does not lie between 0 and 1")
    return share


def day_in(text: str | None) -> date:
    """A date as in `2026-11-25`, today if left out."""
    if text is None:
        return datetime.now(UTC).date()
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise unusable(_DAY, f"{text!r} is not a date such as 2026-11-25") from error


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


GOOD = 0.5
"""An answer is good if its grade lies above."""

_CHEAP, _STRONG, _NEITHER = "the cheap model was good enough", "only the strong one was", "neither"


def confusion_lines(rows: Iterable[Row], roles: ModelRoles) -> Iterator[str]:
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


def _needed(row: Row, roles: ModelRoles) -> str:
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


def calibrate_command(  # noqa: PLR0913
    data: Data,
    *,
    cheap: Cheap,
    strong: Strong,
    out: Annotated[Path, typer.Option(help="The policy to write.")],
    peer: Peer = None,
    quality_kept: Annotated[
        str, typer.Option(metavar="Q,…", help="Shares of the strong model's quality to try for.")
    ] = "0.95,0.97,0.98,0.99",
    confidence: Annotated[float, typer.Option(help="With which the promise holds.")] = 0.95,
    target_escalation: Annotated[
        str | None,
        typer.Option(metavar="FROM:TO", help="Preferred where several settings are certified."),
    ] = None,
    policy: PolicyFile = None,
    classifier: Annotated[
        bool, typer.Option("--classifier", help="Train the local classifier on these rows too.")
    ] = False,
    seed: Seed = 0,
    day: Annotated[
        str | None, typer.Option("--date", metavar="DAY", help="Written down; left out, today.")
    ] = None,
    json_out: JsonOut = None,
) -> None:
    """Find the cheapest setting whose quality can be promised, and write a policy.

    --policy is what it starts from. With --classifier, weights for the local classifier are written
    beside the policy, whatever can be promised. Exits with 1 if nothing can be promised; no policy
    is written then.
    """
    roles, results = (
        ModelRoles(cheap=cheap, strong=strong, peer=peer),
        output(json_out, beside=data),
    )
    shares, on = shares_in(quality_kept), day_in(day)
    band = None if target_escalation is None else band_in(target_escalation)
    if not 0 < confidence < 1:
        raise unusable("--confidence", "must lie between 0 and 1")
    weights = out.with_name(f"classifier-{on}.bin") if classifier else None
    writable(out, weights, results.path, beside=data)
    start, recorded = policy_in(policy), read_rows(data)
    are_recorded(recorded, cheap=cheap, peer=peer, strong=strong)
    rows, left_out = usable_rows(recorded, roles)
    for model, count in left_out.items():
        results.note(f"{count} rows are left out: no graded text of {model}")
    calibration = calibrate(
        observe(rows, roles, start),
        roles,
        CascadeSettings(start.tiers[tier_of(start, cheap)], start.confidence.weights),
        on=on,
        quality_kept=shares,
        confidence=confidence,
        target_escalation=band,
        seed=seed,
    )
    results.say(*lines(calibration, band))
    if calibration.promised is not None:
        text = text_in(policy) if policy else packaged_policy_text("default")
        _write(text, calibration, out)
        results.say(_written(out, start, roles))
    if weights is not None:
        retrain(recorded, roles, weights, on=on, seed=seed)
        results.say(*retrained_lines(recorded, roles, weights, seed))
        results.say(*confusion_lines(recorded, roles))
    results.json(
        {
            **asdict(calibration),
            "promised": calibration.promised and calibration.promised.quality_kept,
            "left_out": left_out,
            "policy": None if calibration.promised is None else str(out),
            "classifier": None if weights is None else str(weights),
        }
    )
    if calibration.promised is None:
        raise typer.Exit(NOTHING)


def _write(text: str, calibration: Calibration, out: Path) -> None:
    written = calibrated_policy(text, calibration)
    parse_policy(written, str(out))
    with replacing(out) as file:
        file.write(written.encode())


def _written(out: Path, policy: Policy, roles: ModelRoles) -> str:
    unknown = [name for name in models_in(roles) if name not in policy.models_by_id]
    if not unknown:
        return f"Written: {out}"
    return (
        f"Written: {out}. It has no {', '.join(unknown)}: a reply names the guarantee only where "
        "every model that may be called was calibrated"
    )
