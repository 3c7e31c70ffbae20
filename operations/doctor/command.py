"""`llm-router doctor`: runs the checks and shows what they found."""

import platform
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from llm_router import __version__
from operations.aws import client
from operations.command_line import NOTHING, JsonOut, unusable
from operations.files import replacing, writable
from operations.output import Output, people, table_of
from operations.stack import Stack, StackName, router_stack

from .findings import Finding, State

if TYPE_CHECKING:
    from .deployed import Deployed

_PRIVATE_PARAMETERS = frozenset({"AlarmEmail"})
_MASKED: Sequence[tuple[re.Pattern[str], str]] = (
    (re.compile(r"\b\d{12}\b"), "<account>"),
    (re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+"), "<e-mail>"),
    (re.compile(r"\b(lr|sk)-[\w-]{8,}"), "<key>"),
)


def doctor(  # noqa: PLR0913
    *,
    stack: StackName,
    spend: Annotated[
        float, typer.Option(min=0, help="The most in USD for requests to models; 0 makes none.")
    ] = 0.01,
    url: Annotated[
        str | None, typer.Option(help="The API's base URL; left out, the stack's output ApiUrl.")
    ] = None,
    key: Annotated[
        str | None,
        typer.Option(envvar="LLM_ROUTER_KEY", help="An API key; left out, one for this run."),
    ] = None,
    only: Annotated[
        list[str] | None, typer.Option(metavar="CHECK", help="Only this check; may be repeated.")
    ] = None,
    report: Annotated[
        Path | None, typer.Option(help="Write a report without secrets, for an issue.")
    ] = None,
    json_out: JsonOut = None,
) -> None:
    """Check a deployed router and say what to do; exits with 1 if there is a fault.

    Looks at the stack, its keys, functions, quotas and alarms, and sends some small requests.
    """
    # Imported only when it runs: `--help` needs neither AWS's nor the API's client.
    from .deployed import Deployed
    from .examination import CHECKS, examine

    out = Output(json_out)
    writable(out.path, report)
    names = only or list(CHECKS)
    for name in names:
        if name not in CHECKS:
            raise unusable("--only", f"there is no check {name}; one of {', '.join(CHECKS)}")
    found = router_stack(client("cloudformation"), stack)
    if found is None:
        raise unusable("--stack", f"there is no stack {stack} in this account and region")
    with (
        people(stderr=True).status("looking"),
        Deployed(found, client, url=url, key=key, spend_usd=Decimal(str(spend))) as deployed,
    ):
        findings = list(examine(deployed, names))
    out.show(_table(findings))
    out.say(f"{_counted(findings)}; requests to models cost {deployed.spent_usd:f} USD")
    if report is not None:
        with replacing(report) as file:
            file.write(_report(found, deployed, findings).encode())
    out.json(
        {
            "stack": found.name,
            "region": deployed.region,
            "version": __version__,
            "spent_usd": deployed.spent_usd,
            "findings": [_described(each) for each in findings],
        }
    )
    if any(each.state == State.FAULT for each in findings):
        raise typer.Exit(NOTHING)


def _table(findings: Iterable[Finding]) -> Any:
    return table_of(
        ("check", "state", "finding", "what to do"),
        ((each.check, each.state, each.finding, each.advice) for each in findings),
        whole=2,
    )


def _counted(findings: Sequence[Finding]) -> str:
    states = [each.state for each in findings]
    return ", ".join(f"{states.count(state)} {state}" for state in State if state in states)


def _described(finding: Finding) -> dict[str, str]:
    return {
        "check": finding.check,
        "state": finding.state,
        "finding": finding.finding,
        "advice": finding.advice,
    }


def masked(text: str) -> str:
    """The text without account ids, addresses and keys."""
    for pattern, mask in _MASKED:
        text = pattern.sub(mask, text)
    return text


def _report(stack: Stack, deployed: "Deployed", findings: Iterable[Finding]) -> str:
    """The findings as Markdown that may be published."""
    parameters = {k: v for k, v in stack.parameters.items() if k not in _PRIVATE_PARAMETERS}
    lines = [
        "# llm-router doctor",
        "",
        f"Version {__version__}, Python {platform.python_version()}, region {deployed.region}, "
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        "",
        *_markdown(("parameter", "value"), sorted(parameters.items())),
        "",
        *_markdown(
            ("check", "state", "finding", "what to do"),
            ((each.check, each.state, each.finding, each.advice) for each in findings),
        ),
    ]
    return masked("\n".join(lines)) + "\n"


def _markdown(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    cells = [[" ".join(cell.split()).replace("|", r"\|") for cell in row] for row in rows]
    return [f"| {' | '.join(row)} |" for row in (columns, ["---"] * len(columns), *cells)]
