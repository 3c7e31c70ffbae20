"""How good an answer is, by the grader that its row names: a score from 0 to 1, or None.

None stands for "not graded": a judge that did not give a valid verdict. It is never a good grade.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol

from llm_router.domain import patterns
from llm_router.domain.chat import Conversation

from . import schemas
from .answer_parts import NoJsonError, as_text, final_answer, json_in
from .code_tests import passes
from .grader_specs import Exact, JsonSchema, LlmJudge, Numeric, Regex, UnitTest
from .judge import judge_prompt, new_case, score_of, verdict_schema
from .quantities import as_number, last_number
from .recordings import Question

_AROUND_PUNCTUATION = re.compile(r" ?([^\w\s]) ?")
_DECORATION = "*_`\"' "


class AskJudge(Protocol):
    """Puts a question to the judging model."""

    def __call__(
        self, model: str | None, conversation: Conversation, schema: dict[str, Any]
    ) -> str | None:
        """The reply of this model, or of the one chosen for the run; None if none came."""
        ...


@dataclass(frozen=True)
class Graded:
    """What a grader is given."""

    question: Question
    text: str
    ask_judge: AskJudge | None = None


Grader = Callable[[Any, Graded], float | None]


def grade(question: Question, text: str, ask_judge: AskJudge | None = None) -> float | None:
    """The score of an answer to a question by the question's own grader; None if there is none."""
    if question.grader is None:
        return None
    return GRADERS[question.grader.name](question.grader, Graded(question, text, ask_judge))


def normalised(text: str, *, case_sensitive: bool = False) -> str:
    """The text without what does not matter: case, spacing, decoration and a last full stop."""
    text = unicodedata.normalize("NFKC", text)
    text = text if case_sensitive else text.casefold()
    bare = " ".join(text.split()).strip(_DECORATION).rstrip(".").strip(_DECORATION)
    # A text of nothing but decoration says something all the same.
    return _AROUND_PUNCTUATION.sub(r"\1", bare) or text


def _exact(options: Exact, given: Graded) -> float:
    answer = final_answer(given.text, options.final)
    if answer is None:
        return 0.0
    reference = given.question.reference
    accepted = reference if isinstance(reference, list) else [reference]
    spelled = {normalised(as_text(r), case_sensitive=options.case_sensitive) for r in accepted}
    return float(normalised(answer, case_sensitive=options.case_sensitive) in spelled)


def _numeric(options: Numeric, given: Graded) -> float:
    answer = final_answer(given.text, options.final)
    number = last_number(answer) if answer is not None else None
    wanted = as_number(given.question.reference)
    if number is None or wanted is None:
        return 0.0
    room = max(Decimal(options.tolerance), Decimal(options.relative_tolerance) * abs(wanted))
    return float(number == wanted or abs(number - wanted) <= room)


def _json_schema(_: JsonSchema, given: Graded) -> float:
    try:
        document = json_in(given.text)
        return float(schemas.accepts(given.question.reference, document))
    except (NoJsonError, RecursionError):
        return 0.0


def _regex(options: Regex, given: Graded) -> float:
    answer = final_answer(given.text, options.final)
    return float(answer is not None and patterns.found(given.question.reference, answer))


def _unit_test(options: UnitTest, given: Graded) -> float:
    return float(passes(options, given.text, given.question.reference))


def _llm_judge(options: LlmJudge, given: Graded) -> float | None:
    if given.ask_judge is None:
        return None
    case = new_case()
    question = given.question
    prompt = judge_prompt(
        question.conversation, question.reference, options.criteria, given.text, case
    )
    reply = given.ask_judge(options.model, prompt, verdict_schema(case))
    return None if reply is None else score_of(reply, case)


GRADERS: Mapping[str, Grader] = {
    "exact": _exact,
    "numeric": _numeric,
    "json_schema": _json_schema,
    "regex": _regex,
    "unit_test": _unit_test,
    "llm_judge": _llm_judge,
}
