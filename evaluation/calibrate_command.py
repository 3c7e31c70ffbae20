"""`llm-router-eval calibrate`: what a policy can promise on one's own traffic, and writes it."""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from llm_router.adapters.policy_files import packaged_policy_text
from llm_router.domain.policy import Policy, parse_policy

from .calibrate import calibrate
from .calibrate_options import band_in, day_in, shares_in
from .calibration import Calibration
from .calibration_text import lines
from .command_errors import one_sentence, policy_in, writable
from .confusion import confusion_lines
from .evidence import Roles, Setting
from .gathering import gather, models_in, usable_rows
from .policy_writing import calibrated_policy, tier_of
from .recordings import read_rows, replacing
from .retraining import retrain, retrained_lines

NOTHING_PROMISED = 1


def calibrate_command(  # noqa: PLR0913
    data: Annotated[list[Path], typer.Argument(help="Recorded answers: JSONL, plain or gzipped.")],
    *,
    cheap: Annotated[str, typer.Option(help="The recorded model that answers first.")],
    strong: Annotated[str, typer.Option(help="The one that it is measured by.")],
    out: Annotated[Path, typer.Option(help="The policy to write.")],
    peer: Annotated[str | None, typer.Option(help="The one that gives second opinions.")] = None,
    quality_kept: Annotated[
        str, typer.Option(metavar="Q,…", help="Shares of the strong model's quality to try for.")
    ] = "0.95,0.97,0.98,0.99",
    confidence: Annotated[float, typer.Option(help="With which the promise holds.")] = 0.95,
    target_escalation: Annotated[
        str | None,
        typer.Option(metavar="FROM:TO", help="Preferred where several settings are certified."),
    ] = None,
    policy: Annotated[
        Path | None, typer.Option(help="The policy to start from; left out, the router's default.")
    ] = None,
    classifier: Annotated[
        bool, typer.Option("--classifier", help="Train the local classifier on these rows too.")
    ] = False,
    seed: Annotated[int, typer.Option(help="Decides how the questions are split.")] = 0,
    day: Annotated[
        str | None, typer.Option("--date", metavar="DAY", help="Written down; left out, today.")
    ] = None,
) -> None:
    """Find the cheapest setting whose quality can be promised, and write it into a policy.

    With --classifier, weights for the local classifier are written beside the policy, whatever can
    be promised. Exits with 0 if something is promised, 1 if nothing is (no policy is written then),
    2 if data or options cannot be used.
    """
    roles = Roles(cheap=cheap, strong=strong, peer=peer)
    with one_sentence():
        writable(out, beside=data)
        shares = shares_in(quality_kept)
        band = None if target_escalation is None else band_in(target_escalation)
        start, recorded, on = policy_in(policy), read_rows(data), day_in(day)
        rows, left_out = usable_rows(recorded, roles)
        _say(f"{count} rows are left out: no graded text of {m}" for m, count in left_out.items())
        calibration = calibrate(
            gather(rows, roles, start),
            roles,
            Setting(start.tiers[tier_of(start, cheap)], start.confidence.weights),
            on=on,
            quality_kept=shares,
            confidence=confidence,
            target_escalation=band,
            seed=seed,
        )
        _say(lines(calibration, band))
        if calibration.promised is not None:
            text = policy.read_text(encoding="utf-8") if policy else packaged_policy_text("default")
            _write(text, calibration, out)
            _say([_written(out, start, roles)])
        if classifier:
            weights = out.with_name(f"classifier-{on}.bin")
            retrain(recorded, roles, weights, on=on, seed=seed)
            _say(retrained_lines(recorded, roles, weights, seed))
            _say(confusion_lines(recorded, roles))
    if calibration.promised is None:
        raise typer.Exit(NOTHING_PROMISED)


def _say(sentences: Iterable[str]) -> None:
    console = Console(highlight=False, soft_wrap=True)
    for sentence in sentences:
        console.print(escape(sentence))


def _write(text: str, calibration: Calibration, out: Path) -> None:
    written = calibrated_policy(text, calibration)
    parse_policy(written, str(out))
    with replacing(out) as file:
        file.write(written.encode())


def _written(out: Path, policy: Policy, roles: Roles) -> str:
    unknown = [name for name in models_in(roles) if name not in policy.models_by_id]
    if not unknown:
        return f"Written: {out}"
    return (
        f"Written: {out}. It has no {', '.join(unknown)}: a reply names the guarantee only where "
        "every model that may be called was calibrated"
    )
