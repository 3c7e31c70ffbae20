"""`llm-router eval collect`: records the answers of models to one's own questions."""

import os
from collections.abc import Iterable
from contextlib import closing
from dataclasses import asdict
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bars

from evaluation.command_line import output
from evaluation.dataset.recordings import read_questions
from llm_router.adapters.providers.provider import SdkProvider
from llm_router.application.ports import ModelProvider
from llm_router.domain.policy.models import WIRE_FORMATS, WireFormat
from llm_router.domain.policy.policy import Policy
from operations.command_line import INTERRUPTED, SOMETHING_IS_LEFT, JsonOut, PolicyFile
from operations.files import policy_in
from operations.output import people

from .collect import Collected, CollectOptions, collect, judges_of
from .environment_keys import environment_keys
from .jobs import classifier_models


class ProgressBar:
    """A bar with what was spent; notices stand above it."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._bars = Bars(
            TextColumn("collecting"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("${task.fields[spent]:.4f}"),
            TimeRemainingColumn(),
            console=console,
            disable=not console.is_terminal,
        )
        self._task = self._bars.add_task("", total=None, spent=Decimal())

    def begin(self, answers: int) -> None:
        """So many answers are to be got or graded and questions to be classified."""
        self._bars.update(self._task, total=answers)
        self._bars.start()

    def advance(self, spent_usd: Decimal) -> None:
        """One more of them is done or has failed; so much was spent until now."""
        self._bars.update(self._task, advance=1, spent=spent_usd)

    def notice(self, text: str) -> None:
        """Something that the user should know."""
        self._console.print(text, markup=False, soft_wrap=True)

    def close(self) -> None:
        """Leave the terminal as it was."""
        self._bars.stop()


def _usd(text: str) -> Decimal:
    try:
        amount = Decimal(text)
    except InvalidOperation as error:
        raise typer.BadParameter("is not an amount of USD") from error
    if not amount.is_finite() or amount < 0:
        raise typer.BadParameter("is not an amount of USD")
    return amount


def collect_command(  # noqa: PLR0913
    dataset: Annotated[
        Path, typer.Argument(metavar="DATASET", help="The questions: JSONL, plain or gzipped.")
    ],
    *,
    out: Annotated[Path, typer.Option(help="The recording; an existing one is gone on with.")],
    model: Annotated[list[str], typer.Option(help="A model of the policy to ask; repeatable.")],
    max_cost_usd: Annotated[
        Decimal, typer.Option(parser=_usd, metavar="USD", help="What this run may cost at most.")
    ],
    policy: PolicyFile = None,
    concurrency: Annotated[int, typer.Option(min=1, max=64, help="Questions at a time.")] = 4,
    judge: Annotated[
        str | None, typer.Option(help="The model for rows graded by llm_judge that name none.")
    ] = None,
    allow_commands: Annotated[
        bool, typer.Option(help="Run the commands of rows graded by unit_test, on models' code.")
    ] = False,
    classify: Annotated[
        bool,
        typer.Option(
            "--classify",
            help="Record how complex the router's classifier model finds each question.",
        ),
    ] = False,
    max_output_tokens: Annotated[
        int | None, typer.Option(min=1, help="The longest answer; left out, the policy's default.")
    ] = None,
    timeout_seconds: Annotated[
        float, typer.Option(min=1, max=3600, help="How long one call may take.")
    ] = 120.0,
    json_out: JsonOut = None,
) -> None:
    """Ask models your own questions once each, grade the answers and record them.

    Keys come from ANTHROPIC_API_KEY and OPENAI_API_KEY. Run it again to go on after an
    interruption, a failed call or the cost cap. Exits with 0 if all is recorded, 3 if something is
    left, 2 if it makes no sense to go on.
    """
    results = output(json_out, beside=[dataset, out, policy])
    options = CollectOptions(
        judge=judge,
        allow_commands=allow_commands,
        classify=classify,
        max_output_tokens=max_output_tokens,
        timeout_seconds=timeout_seconds,
    )
    chosen = policy_in(policy)
    questions = read_questions(dataset)
    asked = {*model, *judges_of(questions, judge)}
    if classify:
        asked |= classifier_models(questions, chosen)
    providers = _providers(chosen, asked)
    console = people(stderr=True)
    try:
        with closing(ProgressBar(console)) as progress:
            collected = collect(
                dataset,
                out,
                model,
                chosen,
                providers,
                max_cost_usd=max_cost_usd,
                concurrency=concurrency,
                progress=progress,
                options=options,
            )
    except KeyboardInterrupt:
        console.print("given up; what was recorded is kept, run it again to go on", soft_wrap=True)
        # Threads wait for providers inside the SDKs' native code; ending the interpreter around
        # them can abort the process. The recording is closed, so nothing else is left to do.
        os._exit(INTERRUPTED)
    console.print(summary(collected, out), markup=False, soft_wrap=True)
    results.json({**asdict(collected), "complete": collected.complete})
    if collected.stopped == "interrupted":
        raise typer.Exit(INTERRUPTED)
    if not collected.complete:
        raise typer.Exit(SOMETHING_IS_LEFT)


def summary(collected: Collected, out: Path) -> str:
    """One paragraph: what is recorded, what failed and what is left."""
    parts = [f"{collected.answered} answers recorded in {out} for ${collected.spent_usd:.4f}"]
    if collected.failed:
        kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(collected.failed.items()))
        parts.append(f"calls failed: {kinds}")
    if collected.stopped:
        reasons = {"cost cap": "the next call might have cost more than the cap leaves"}
        parts.append(f"stopped: {reasons.get(collected.stopped, collected.stopped)}")
    if collected.complete:
        parts.append("nothing is left")
    else:
        left = {
            "answers": collected.left,
            "grades": collected.ungraded,
            "classifications": collected.unclassified,
        }
        remaining = ", ".join(f"{count} {what}" for what, count in left.items() if count)
        parts.append(f"left: {remaining}; run it again to go on")
    return "; ".join(parts)


def _providers(policy: Policy, asked: Iterable[str | None]) -> dict[WireFormat, ModelProvider]:
    known = policy.models_by_id
    names = {known[model].provider for model in asked if model in known}
    provider = SdkProvider(environment_keys(policy, sorted(names), os.environ))
    return dict.fromkeys(WIRE_FORMATS, provider)
