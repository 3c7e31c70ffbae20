"""`llm-router eval calibrate`: what a policy can promise on one's own traffic, and writes it."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from evaluation.classifier.train import retrain, retrained_lines
from evaluation.command_line import Cheap, Data, Peer, Strong, are_recorded, day_in, output
from evaluation.dataset.cascade_model import CascadeSettings, ModelRoles, tier_of
from evaluation.dataset.observations import models_in, observe, usable_rows
from evaluation.dataset.recordings import read_rows
from llm_router.adapters.policy_files import packaged_policy_text
from llm_router.domain.policy.policy import Policy, parse_policy
from operations.command_line import NOTHING, JsonOut, PolicyFile, Seed, unusable
from operations.files import policy_in, replacing, text_in, writable

from .calibrate import calibrate
from .hypothesis_tests import Band
from .policy_file import calibrated_policy
from .result import Calibration
from .text import confusion_lines, lines

_QUALITY, _BAND = "--quality-kept", "--target-escalation"


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
