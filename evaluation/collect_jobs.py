"""What is left to do for a recording: which models to ask which questions, what to grade."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from llm_router.domain.failures import FailureKind

from .collect_errors import CollectError
from .recordings import Question, RecordedAnswer, Row, shown


@dataclass(frozen=True)
class Job:
    """A question with the models that have not answered it and the answers without a grade."""

    question: Question
    answers: Mapping[str, RecordedAnswer]
    failed: Mapping[str, FailureKind]
    ask: tuple[str, ...]
    grade: tuple[str, ...]

    def row(self, answers: Mapping[str, RecordedAnswer], failed: Mapping[str, FailureKind]) -> Row:
        """The row with these answers and failures."""
        fields: dict[str, Any] = self.question.model_dump(
            exclude_unset=True, exclude={"answers", "failed"}
        )
        fields["answers"] = {m: a.model_dump(exclude_unset=True) for m, a in answers.items()}
        return Row.model_validate(fields | ({"failed": dict(failed)} if failed else {}))


def jobs_for(
    questions: Iterable[Question], rows: Mapping[tuple[str, str], Row], models: Sequence[str]
) -> list[Job]:
    """The jobs that would complete a recording; `CollectError` if it is of other questions."""
    jobs = (_job(question, rows.get(question.key), models) for question in questions)
    return [job for job in jobs if job.ask or job.grade]


def _job(question: Question, row: Row | None, models: Sequence[str]) -> Job:
    if row is None:
        return Job(question, {}, {}, tuple(models), ())
    if row.conversation != question.conversation:
        raise CollectError(
            f"the recording has asked something else under the id {shown(question.id)}: "
            "record into another file"
        )
    grading = (question.grader, question.reference)
    changed = question.grader is not None and grading != (row.grader, row.reference)
    to_grade = {
        model: answer
        for model, answer in row.answers.items()
        if question.grader is not None
        and answer.text is not None
        and (changed or not answer.graded)
    }
    answers = dict(row.answers) | {m: with_score(a, None) for m, a in to_grade.items()}
    ask = tuple(model for model in models if model not in row.answers)
    return Job(question, answers, row.failed, ask, tuple(to_grade))


def with_score(answer: RecordedAnswer, score: float | None) -> RecordedAnswer:
    """The answer with this grade instead of any that it had."""
    kept = answer.model_dump(exclude_unset=True, exclude={"correct", "score"})
    return RecordedAnswer.model_validate({**kept, "score": score})
