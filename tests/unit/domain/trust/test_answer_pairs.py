"""Pairs of answers as models really write them: which agree, which do not, whatever the form."""

from llm_router.domain.trust.agreement import agreement, comparable
from tests.support.case_tables import Case, for_each, table

TRUSTED = 0.85
DISTRUSTED = 0.51


class Question(Case):
    """A question, and whether a second opinion on its answer can be compared."""

    name: str
    question: str
    comparable: bool


class AnswerPair(Case):
    """Two answers to the question of this name, and whether they mean the same."""

    question: str
    first: str
    second: str
    same: bool


QUESTIONS = table(Question, "questions")
PAIRS = table(AnswerPair, "answer_pairs")
ASKED = {case.name: case.question for case in QUESTIONS}


@for_each(PAIRS, where=lambda pair: pair.same)
def test_answers_of_one_meaning_agree(case: AnswerPair) -> None:
    assert agreement(ASKED[case.question], case.first, case.second) > TRUSTED


@for_each(PAIRS, where=lambda pair: not pair.same)
def test_answers_of_another_meaning_are_not_trusted(case: AnswerPair) -> None:
    assert agreement(ASKED[case.question], case.first, case.second) < DISTRUSTED


@for_each(QUESTIONS, where=lambda question: question.comparable)
def test_second_opinions_are_worth_asking_where_a_result_is_wanted(case: Question) -> None:
    assert comparable(case.question)


@for_each(QUESTIONS, where=lambda question: not question.comparable)
def test_open_questions_get_no_second_opinion(case: Question) -> None:
    assert not comparable(case.question)
