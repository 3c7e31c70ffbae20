"""One run of collecting: does jobs on several threads and records their results."""

import threading
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Protocol

from evaluation.dataset.recordings import Question, RecordedAnswer, RecordedClassification, shown
from evaluation.errors import CollectError, StoppedError
from evaluation.grading.graders import Submission, grade
from evaluation.grading.unit_tests import CommandError
from llm_router.domain.conversation.conversation import Conversation
from llm_router.domain.outcome.failures import Failure, FailureKind, ProviderFailure
from llm_router.domain.policy.prices import to_usd
from llm_router.domain.routing.llm_classifier import CLASSIFICATION_SCHEMA
from llm_router.domain.trust.signals import mean_logprob

from .budget import MeteredCalls, MeteredReply
from .environment_keys import key_variable
from .jobs import Job, classification_call, parse_classification_reply, with_score
from .recording_file import RecordingFile

_HOPELESS: Mapping[FailureKind, str] = {
    FailureKind.CREDENTIALS: "{provider} does not accept the key it was sent: check {variable}",
    FailureKind.QUOTA_EXHAUSTED: "{provider} says that its account has no credit or quota left",
    FailureKind.MODEL_GONE: "{provider} does not offer the model {model} to this account",
    FailureKind.REGION: "{provider} does not offer the model {model} from this region",
}
"""Failures that would repeat on every further call of the model."""

_TEMPORARY = frozenset(
    {
        FailureKind.TRANSIENT, FailureKind.OVERLOADED, FailureKind.RATE_LIMITED,
        FailureKind.TIMEOUT, FailureKind.UNKNOWN,
    }
)  # fmt: skip
TOO_MANY_IN_A_ROW = 20


class Progress(Protocol):
    """Shows the progress of collecting; called from several threads, one call at a time."""

    def begin(self, answers: int) -> None:
        """Start a run with this many answers to get or grade and questions to classify."""
        ...

    def advance(self, spent_usd: Decimal) -> None:
        """Count one of them as done or failed; `spent_usd` is the total so far."""
        ...

    def notice(self, text: str) -> None:
        """Show a message to the user."""
        ...


@dataclass
class Run:
    """Does jobs and counts results; `judge` is the model for rows whose grader names none."""

    calls: MeteredCalls
    file: RecordingFile
    progress: Progress
    lock: threading.Lock
    judge: str | None = None
    max_output_tokens: int | None = None
    answered: int = 0
    failed: Counter[FailureKind] = field(default_factory=Counter)
    _in_a_row: Counter[str] = field(default_factory=Counter)

    def do(self, job: Job) -> None:
        """Ask, grade and classify as the job says; its row is written even after an error."""
        budget = self.calls.budget
        if budget.closed.is_set():
            return
        answers, failed, classified = dict(job.answers), dict(job.failed), job.classification
        try:
            for model in job.grade:
                answers[model] = self._graded(job.question, answers[model])
                self._advance()
            for model in job.ask:
                self._ask(job.question, model, answers, failed)
                self._advance()
            if job.classify:
                classified = self._classified(job.question)
                self._advance()
        except StoppedError:
            budget.close()
        except BaseException:
            budget.close()
            raise
        finally:
            before = (job.answers, job.failed, job.classification)
            if job.grade or (answers, failed, classified) != before:
                self.file.put(job.row(answers, failed, classified))

    def worst_case_nano_usd(self, job: Job) -> int:
        """The worst case of a job without judges; 0 for a model that cannot take the question."""
        asked = [(model, self._conversation(job.question)) for model in job.ask]
        call = classification_call(job.question, self.calls.policy) if job.classify else None
        total = 0
        for model, conversation in [*asked, call] if call else asked:
            with suppress(ProviderFailure):
                total += self.calls.candidate(model, conversation).worst_case_nano_usd
        return total

    def _conversation(self, question: Question) -> Conversation:
        bound = {"max_output_tokens": self.max_output_tokens}
        return question.conversation.model_copy(update=bound)

    def _ask(
        self,
        question: Question,
        model: str,
        answers: dict[str, RecordedAnswer],
        failed: dict[str, FailureKind],
    ) -> None:
        try:
            reply = self._call(model, self._conversation(question))
        except ProviderFailure as failure:
            failed[model] = failure.failure.kind
            self._count_failure(model, failure.failure)
            return
        failed.pop(model, None)
        reported: dict[str, Any] = {"usage": reply.usage.model_dump()} if reply.usage else {}
        mean = mean_logprob(reply.answer)
        if mean is not None:
            reported["logprob"] = mean
        answers[model] = RecordedAnswer(
            text=reply.answer.text,
            score=None,
            finish_reason=reply.answer.finish_reason,
            latency_ms=reply.latency_ms,
            **reported,
        )
        with self.lock:
            self.answered += 1
        answers[model] = self._graded(question, answers[model])

    def _graded(self, question: Question, answer: RecordedAnswer) -> RecordedAnswer:
        submission = Submission(
            question.conversation, question.reference, answer.text or "", self._ask_judge
        )
        try:
            return with_score(answer, grade(question.grader, submission))
        except (CommandError, ValueError) as error:
            raise CollectError(f"the row {shown(question.id)} cannot be graded: {error}") from error

    def _ask_judge(
        self, model: str | None, conversation: Conversation, schema: dict[str, Any]
    ) -> str | None:
        judge = model or self.judge
        return None if judge is None else self._text_of(judge, conversation, schema)

    def _classified(self, question: Question) -> RecordedClassification | None:
        call = classification_call(question, self.calls.policy)
        if call is None:
            return None
        text = self._text_of(call.model, call.prompt, CLASSIFICATION_SCHEMA)
        return None if text is None else parse_classification_reply(text)

    def _text_of(
        self, model: str, conversation: Conversation, schema: dict[str, Any]
    ) -> str | None:
        """The text of a reply that is not recorded itself; None if the call failed."""
        try:
            return self._call(model, conversation, schema).answer.text
        except ProviderFailure as failure:
            self._count_failure(model, failure.failure)
            return None

    def _call(
        self, model: str, conversation: Conversation, schema: dict[str, Any] | None = None
    ) -> MeteredReply:
        reply = self.calls.ask(model, conversation, schema)
        with self.lock:
            self._in_a_row[model] = 0
        return reply

    def _count_failure(self, model_id: str, failure: Failure) -> None:
        """Count a failure; `CollectError` if further calls of the model are pointless."""
        model = self.calls.policy.models_by_id[model_id]
        provider = self.calls.policy.providers[model.provider]
        with self.lock:
            self.failed[failure.kind] += 1
            self._in_a_row[model_id] += failure.kind in _TEMPORARY
            in_a_row = self._in_a_row[model_id]
        if failure.kind in _HOPELESS:
            sentence = _HOPELESS[failure.kind].format(
                provider=model.provider,
                model=model.name_at_provider,
                variable=key_variable(model.provider, provider),
            )
            raise CollectError(f"{sentence} (status {failure.status})")
        if in_a_row >= TOO_MANY_IN_A_ROW:
            raise CollectError(
                f"{in_a_row} calls of {model_id} have failed in a row, the last as {failure.kind}: "
                "run again when it is back"
            )

    def _advance(self) -> None:
        with self.lock:
            self.progress.advance(to_usd(self.calls.budget.spent_nano_usd))
