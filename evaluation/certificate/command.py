"""`llm-router-eval certificate`: what the deployed router saved, and how good its answers were."""

import json
import re
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import boto3
import typer
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from rich import box
from rich.console import Console
from rich.markup import escape
from rich.progress import Progress
from rich.table import Table

from evaluation.command_line import UNUSABLE, one_sentence, policy_in, writable
from evaluation.dataset.recordings import replacing
from evaluation.replay.plots import require_matplotlib

from .certificate import Certificate, certify
from .html_page import page
from .ledgers import AT_ONCE, Traffic, read_traffic
from .text import (
    COST_COLUMNS,
    QUALITY_COLUMNS,
    TIER_COLUMNS,
    Rows,
    cost_rows,
    quality_rows,
    remarks,
    summary,
    tier_rows,
)

NOTHING_THERE = 1
_SINCE = re.compile(r"([1-9]\d{0,3})([dh])")


def since_in(text: str) -> timedelta:
    """A length of time, as in `7d` or `12h`."""
    match = _SINCE.fullmatch(text)
    if match is None:
        raise typer.BadParameter(f"--since: {text!r} is not a length of time such as 7d or 12h")
    amount = int(match[1])
    return timedelta(days=amount) if match[2] == "d" else timedelta(hours=amount)


def certificate_command(  # noqa: PLR0913
    *,
    bucket: Annotated[str, typer.Option(help="The stack's output LedgerBucketName.")],
    since: Annotated[
        str, typer.Option(metavar="TIME", help="How far back: days or hours, as in 7d or 12h.")
    ] = "7d",
    confidence: Annotated[
        float, typer.Option(min=0.5, max=0.999, help="With which each bound holds.")
    ] = 0.95,
    policy: Annotated[
        Path | None,
        typer.Option(help="The policy in force, for its target rates; left out, the default one."),
    ] = None,
    report: Annotated[
        Path | None, typer.Option(metavar="OUT.html", help="Write the page with plots.")
    ] = None,
    json_out: Annotated[
        Path | None, typer.Option("--json", metavar="OUT", help="Write the figures there too.")
    ] = None,
) -> None:
    """Print a time's signed saving, its escalation rates and the bound of its quality.

    Credentials, region and endpoint come from the environment, as for the AWS CLI. Exits with 1 if
    there are no requests in that time, 2 if bucket or options cannot be used.
    """
    length = since_in(since)
    with one_sentence():
        writable(report, json_out, beside=[policy])
        if report is not None:
            require_matplotlib()
        traffic = _traffic(bucket, length)
        if not traffic.records:
            _complain(f"no requests are kept in {bucket} for that time")
            raise typer.Exit(NOTHING_THERE)
        certificate = certify(traffic, policy_in(policy), confidence)
        _show(certificate)
        if json_out is not None:
            _write(json_out, json.dumps(as_json(certificate), indent=2) + "\n")
        if report is not None:
            _write(report, page(certificate))


def as_json(certificate: Certificate) -> dict[str, object]:
    """What `--json` writes: the certificate's fields, with the saving and what is too small."""
    whole = asdict(certificate)
    whole["money"]["saving_nano_usd"] = certificate.money.saving_nano_usd
    whole["money"]["saving"] = certificate.money.saving
    for name, found in certificate.quality.items():
        whole["quality"][name]["too_small"] = found.too_small
    return whole | {"bound": "betting", "covers": list(remarks(certificate))}


def _traffic(bucket: str, since: timedelta) -> Traffic:
    now, bar = datetime.now(UTC), Console(stderr=True)
    try:
        client = boto3.client("s3", config=Config(max_pool_connections=AT_ONCE))
        with Progress(console=bar, transient=True, disable=not bar.is_terminal) as progress:
            task = progress.add_task("reading", total=None)
            return read_traffic(client, bucket, now - since, now, lambda: progress.advance(task))
    except (BotoCoreError, ClientError) as error:
        _complain(f"{bucket}: {error}")
        raise typer.Exit(UNUSABLE) from error


def _complain(text: str) -> None:
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    console.print(f"error: {escape(text)}")


def _show(certificate: Certificate) -> None:
    console = Console(highlight=False)
    for line in summary(certificate):
        console.print(escape(line), soft_wrap=True)
    console.print(_table(TIER_COLUMNS, tier_rows(certificate)))
    console.print(_table(COST_COLUMNS, cost_rows(certificate)))
    console.print(_table(QUALITY_COLUMNS, quality_rows(certificate)))
    for line in remarks(certificate):
        console.print(escape(line), soft_wrap=True)


def _table(columns: tuple[str, ...], rows: Rows) -> Table:
    table = Table(*columns, box=box.SIMPLE_HEAD, pad_edge=False)
    for row in rows:
        table.add_row(*map(escape, row))
    return table


def _write(path: Path, text: str) -> None:
    with replacing(path) as file:
        file.write(text.encode())
