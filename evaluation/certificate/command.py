"""`llm-router eval certificate`: what the deployed router saved, and how good its answers were."""

import re
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from evaluation.command_line import ReportOut, output, progress, write_page
from operations.aws import client
from operations.command_line import NOTHING, JsonOut, PolicyFile, unusable
from operations.files import policy_in
from operations.output import Output, complain, table_of

from .certificate import Certificate, certify
from .html_page import page
from .ledgers import AT_ONCE, Traffic, read_traffic
from .text import (
    COST_COLUMNS,
    QUALITY_COLUMNS,
    THRESHOLD_COLUMNS,
    TIER_COLUMNS,
    cost_rows,
    quality_rows,
    remarks,
    summary,
    threshold_rows,
    tier_rows,
)

_SINCE = re.compile(r"([1-9]\d{0,3})([dh])")


def since_in(text: str) -> timedelta:
    """A length of time, as in `7d` or `12h`."""
    match = _SINCE.fullmatch(text)
    if match is None:
        raise unusable("--since", f"{text!r} is not a length of time such as 7d or 12h")
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
    policy: PolicyFile = None,
    report: ReportOut = None,
    json_out: JsonOut = None,
) -> None:
    """Print a period's saving, escalation, bound of quality and advice on thresholds.

    Give it the policy in force, for its thresholds and target rates. Credentials, region and
    endpoint come from the environment, as for the AWS CLI. Exits with 1 if there are no requests in
    that time.
    """
    length = since_in(since)
    out = output(json_out, report, beside=[policy])
    chosen = policy_in(policy)
    traffic = _traffic(bucket, length)
    if not traffic.records:
        complain(f"no requests are kept in {bucket} for that time")
        raise typer.Exit(NOTHING)
    certificate = certify(traffic, chosen, confidence)
    _show(certificate, out)
    out.json(as_json(certificate))
    if report is not None:
        write_page(report, page(certificate))


def as_json(certificate: Certificate) -> dict[str, object]:
    """The JSON of `--json`: the certificate with its saving and its samples that are too small."""
    whole = asdict(certificate)
    whole["money"]["saving_nano_usd"] = certificate.money.saving_nano_usd
    whole["money"]["saving"] = certificate.money.saving
    for name, found in certificate.quality.items():
        whole["quality"][name]["too_small"] = found.too_small
    return whole | {"bound": "betting", "covers": list(remarks(certificate))}


def _traffic(bucket: str, since: timedelta) -> Traffic:
    now = datetime.now(UTC)
    with progress("reading") as done:
        s3 = client("s3", max_pool_connections=AT_ONCE)
        return read_traffic(s3, bucket, now - since, now, done)


def _show(certificate: Certificate, out: Output) -> None:
    out.say(*summary(certificate))
    out.show(table_of(TIER_COLUMNS, tier_rows(certificate)))
    out.show(table_of(THRESHOLD_COLUMNS, threshold_rows(certificate)))
    out.show(table_of(COST_COLUMNS, cost_rows(certificate)))
    out.show(table_of(QUALITY_COLUMNS, quality_rows(certificate)))
    out.say(*remarks(certificate))
