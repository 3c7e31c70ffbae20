"""Makes recordings: asks models the questions of a file, grades and stores their answers."""

import shutil
import threading
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Literal

from evaluation.dataset.recordings import Question, read_questions, shown
from evaluation.errors import CollectError
from evaluation.grading.specs import LlmJudge, UnitTest
from llm_router.application.ports import ModelProvider
from llm_router.domain.outcome.failures import FailureKind
from llm_router.domain.policy.models import WireFormat
from llm_router.domain.policy.policy import Policy
from llm_router.domain.policy.prices import from_usd, to_usd

from .budget import RETRY_POLICY, CostBudget, MeteredCalls, RetryPolicy
from .jobs import Job, jobs_for
from .recording_file import RecordingFile
from .run import Progress, Run
from .worker_pool import WorkerPool


@dataclass(frozen=True)
class CollectOptions:
    """Options of a run.

    `judge` is the model for `llm_judge` rows that name none. `allow_commands` lets `unit_test` rows
    run their commands. `classify` also has each question classified, as the router would.
    `max_output_tokens` bounds every answer instead of the policy's default.
    """

    judge: str | None = None
    allow_commands: bool = False
    classify: bool = False
    max_output_tokens: int | None = None
    timeout_seconds: float = 120.0
    retry_policy: RetryPolicy = RETRY_POLICY


DEFAULTS = CollectOptions()


@dataclass(frozen=True)
class Collected:
    """The result of a run: its answers, failures and cost, and the work left for another run."""

    answered: int
    failed: Mapping[FailureKind, int]
    spent_usd: Decimal
    left: int
    """Answers that are still missing, failed calls included."""

    ungraded: int
    unclassified: int
    stopped: Literal["cost cap", "interrupted"] | None

    @property
    def complete(self) -> bool:
        """True if another run would find nothing to do."""
        return not (self.left or self.ungraded or self.unclassified)


def collect(  # noqa: PLR0913
    dataset: Path,
    out: Path,
    models: Sequence[str],
    policy: Policy,
    providers: Mapping[WireFormat, ModelProvider],
    *,
    max_cost_usd: Decimal,
    concurrency: int,
    progress: Progress,
    options: CollectOptions = DEFAULTS,
) -> Collected:
    """Ask each of these models of the policy every question once, and record the answers in `out`.

    Answers that `out` already holds are kept; failed calls are repeated. The cap is for this run:
    the worst case of a call must fit before it is made. Ctrl-C waits for the calls under way, a
    second Ctrl-C does not; `out` is a valid recording after both. Raises `CollectError` if further
    calls are pointless and `RecordingError` for an invalid file; paid answers are kept.
    """
    models = list(dict.fromkeys(models))
    questions = read_questions(dataset)
    _check(questions, models, policy, options)
    budget, lock = CostBudget(from_usd(max_cost_usd)), threading.Lock()

    def notice(text: str) -> None:
        with lock:
            progress.notice(text)

    calls = MeteredCalls(
        policy, providers, budget, options.retry_policy, options.timeout_seconds, notice
    )
    with closing(RecordingFile(out, notice)) as file:
        jobs = jobs_for(questions, file.rows, models, classify=options.classify)
        run = Run(calls, file, progress, lock, options.judge, options.max_output_tokens)
        notice(_outlook(run, jobs, max_cost_usd))
        progress.begin(sum(job.steps for job in jobs))
        pool = WorkerPool(run.do, jobs, concurrency)
        interrupted = False
        try:
            pool.join()
        except KeyboardInterrupt:
            interrupted = True
            budget.close()
            notice("waiting for the calls under way, which are paid for; Ctrl-C again gives up")
            pool.join()
    rest = jobs_for(questions, file.rows, models, classify=options.classify)
    return Collected(
        answered=run.answered,
        failed=dict(run.failed),
        spent_usd=to_usd(budget.spent_nano_usd),
        left=sum(len(job.ask) for job in rest),
        ungraded=sum(len(job.grade) for job in rest),
        unclassified=sum(job.classify for job in rest),
        stopped="interrupted" if interrupted else "cost cap" if budget.exhausted else None,
    )


def _outlook(run: Run, jobs: Sequence[Job], max_cost_usd: Decimal) -> str:
    wanted = f"{sum(len(job.ask) for job in jobs)} answers"
    grades = sum(len(job.grade) for job in jobs)
    if classifications := sum(job.classify for job in jobs):
        wanted += f" and {classifications} classifications"
    worst_usd = to_usd(sum(run.worst_case_nano_usd(job) for job in jobs))
    return (
        f"{wanted} to get, ${worst_usd:.4f} at the very worst without judging, "
        f"and {grades} to grade; the cap is ${max_cost_usd}"
    )


def _check(
    questions: Sequence[Question], models: Sequence[str], policy: Policy, options: CollectOptions
) -> None:
    """Raise `CollectError` for errors that would otherwise occur after money was spent."""
    if not models:
        raise CollectError("name at least one model to ask")
    judges = judges_of(questions, options.judge)
    if None in judges:
        raise CollectError(
            "some rows are graded by llm_judge and name no model: choose one with --judge"
        )
    for model in {*models, *judges} - set(policy.models_by_id):
        known = ", ".join(policy.models_by_id)
        raise CollectError(f"the policy has no model {shown(model)}; it has {known}")
    commands = {q.grader.command[0] for q in questions if isinstance(q.grader, UnitTest)}
    if commands and not options.allow_commands:
        raise CollectError(
            f"rows graded by unit_test would run {shown(min(commands))} on code of a model: "
            "allow it with --allow-commands if you trust this file"
        )
    for command in commands:
        if shutil.which(command) is None:
            raise CollectError(f"there is no command {shown(command)} for the grader unit_test")


def judges_of(questions: Sequence[Question], judge: str | None) -> set[str | None]:
    """The models that would grade; holds None if a row needs a judge and none is named."""
    return {q.grader.model or judge for q in questions if isinstance(q.grader, LlmJudge)}
