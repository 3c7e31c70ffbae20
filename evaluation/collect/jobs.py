"""The jobs that complete a recording: models to ask, answers to grade, questions to classify."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from evaluation.dataset.recordings import (
    Question,
    RecordedAnswer,
    RecordedClassification,
    Row,
    shown,
)
from evaluation.errors import CollectError
from llm_router.domain.conversation.conversation import Conversation
from llm_router.domain.outcome.failures import FailureKind
from llm_router.domain.plan.classifier_choice import cheapest_classifier, classifier_prompt
from llm_router.domain.policy.policy import Policy
from llm_router.domain.routing.llm_classifier import parse_classification


class ClassificationCall(NamedTuple):
    """The classifier model and its prompt."""

    model: str
    prompt: Conversation


def classification_call(question: Question, policy: Policy) -> ClassificationCall | None:
    """The call that classifies a question; None if no model of the policy can take the prompt."""
    prompt = classifier_prompt(question.conversation, policy)
    classifier = cheapest_classifier(prompt, policy, policy.providers)
    return None if classifier is None else ClassificationCall(classifier.id, prompt)


def classifier_models(questions: Iterable[Question], policy: Policy) -> set[str]:
    """The models that would classify these questions."""
    calls = (classification_call(question, policy) for question in questions)
    return {call.model for call in calls if call is not None}


def parse_classification_reply(reply: str) -> RecordedClassification | None:
    """The classification in a reply; None if the reply holds none."""
    found = parse_classification(reply)
    if found is None:
        return None
    return RecordedClassification(complexity=found.tier, estimated_tokens=found.estimated_tokens)


@dataclass(frozen=True)
class Job:
    """A question, the models still to ask (`ask`) and the models whose answers to grade (`grade`).

    `classify` is true if its complexity is still to be classified.
    """

    question: Question
    answers: Mapping[str, RecordedAnswer]
    failed: Mapping[str, FailureKind]
    classification: RecordedClassification | None
    ask: tuple[str, ...]
    grade: tuple[str, ...]
    classify: bool

    @property
    def steps(self) -> int:
        """Number of answers, grades and classifications to get."""
        return len(self.ask) + len(self.grade) + self.classify

    def row(
        self,
        answers: Mapping[str, RecordedAnswer],
        failed: Mapping[str, FailureKind],
        classification: RecordedClassification | None,
    ) -> Row:
        """The row with these answers, these failures and this classification."""
        fields: dict[str, Any] = self.question.model_dump(
            exclude_unset=True, exclude={"answers", "classification", "failed"}
        )
        fields["answers"] = {m: a.model_dump(exclude_unset=True) for m, a in answers.items()}
        if classification is not None:
            fields["classification"] = classification
        return Row.model_validate(fields | ({"failed": dict(failed)} if failed else {}))


def jobs_for(
    questions: Iterable[Question],
    rows: Mapping[tuple[str, str], Row],
    models: Sequence[str],
    *,
    classify: bool,
) -> list[Job]:
    """The jobs that would complete a recording; `CollectError` if it has other questions."""
    jobs = (_job(question, rows.get(question.key), models, classify) for question in questions)
    return [job for job in jobs if job.steps]


def _job(question: Question, row: Row | None, models: Sequence[str], classify: bool) -> Job:
    if row is None:
        return Job(question, {}, {}, None, tuple(models), (), classify)
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
    return Job(
        question,
        answers,
        row.failed,
        row.classification,
        ask,
        tuple(to_grade),
        classify and row.classification is None,
    )


def with_score(answer: RecordedAnswer, score: float | None) -> RecordedAnswer:
    """The answer with this score instead of its earlier grade, if any."""
    kept = answer.model_dump(exclude_unset=True, exclude={"correct", "score"})
    return RecordedAnswer.model_validate({**kept, "score": score})
