"""Agreement of two answers to one question: the main confidence signal of a cascade.

Two cheap models of different providers rarely make the same mistake. On recorded grade-school maths
the cheaper one was right in 98 % of the cases where both came to the same number, and in 20 % of
the others. That needs a final answer to compare; for two texts of prose there is only similarity.
"""

from llm_router.domain.final_answers import FinalAnswer, bounded, final_answer, formulas, questions
from llm_router.domain.final_answers.json_fields import shared_leaves
from llm_router.domain.final_answers.literals import unquoted
from llm_router.domain.final_answers.numerals import same_number

from .form.answer_speech import speech_of
from .form.asked import Asked, asked_in
from .form.own_words import without_thoughts
from .signals import emptiness
from .text_similarity import shared_words, text_similarity

_MATHS = frozenset({"number", "short_text", "literal"})
_WORDY = ("anything", "fact")
_STATED = ("fact", "yes_no")
_UNREADABLE = 0.9
_OTHER_SPELLING = 0.8
_PARTLY = 0.5
_SHORT = 100


def agreement(question: str, first: str, second: str) -> float:
    """Compare two answers, from 0 to 1: 1 if both come to the same result, however they write it.

    - Formulas are compared by their values, JSON and tables leaf by leaf.
    - Different results get 0, or up to 0.5 if they are words or JSON that partly agree.
    - A few words that the other answer contains too, with one or two more, get 0.8.
    - Code gets 1 for the same text and 0.8 for an equal value in another spelling, since a strict
      check would reject one of them. It gets 0.9 if it is equal but unreadable or lost its quotes.
    - Answers without a result get the similarity of their texts, above 0 and below 1, or half of it
      if the question asks for a result.
    - An empty answer or a refusal agrees with nothing.
    - The same text in answer to a question for a fact agrees with itself.

    Thoughts of a model are not part of its answer.
    The order of the two answers does not matter.
    """
    asked = asked_in(question)
    first, second = without_thoughts(first).strip(), without_thoughts(second).strip()
    if not (_answers(first, asked) and _answers(second, asked)):
        return 0.0
    question = bounded(question)
    wanted = questions.answer_kind(question)
    a, b = final_answer(question, first), final_answer(question, second)
    if a and b:
        if wanted != "literal":
            return _equivalence(question, a, b, wanted)
        return _as_code(a, b)
    if first == second and wanted in _STATED:
        return 1.0
    alike = text_similarity(bounded(first), bounded(second))
    return alike if wanted == "anything" and not (a or b) else round(_PARTLY * alike, 3)


def _answers(text: str, asked: Asked) -> bool:
    """True unless the text is empty, a refusal, or a short text that hedges."""
    speech = speech_of(text, asked)
    knows = len(text) > _SHORT or speech.doubts == 0
    return emptiness(text) == 1 and not speech.declines and knows


def comparable(question: str) -> bool:
    """True if answers to the question come to a result that can be compared, not just to prose."""
    return questions.answer_kind(bounded(question)) != "anything"


def _as_code(a: FinalAnswer, b: FinalAnswer) -> float:
    if a.value == b.value and a.kind == b.kind == "literal":
        return 1.0 if a.written == b.written else _OTHER_SPELLING
    # Quotes get lost if the answer itself is a string in JSON: "123" may mean '123'.
    return _UNREADABLE if unquoted(a.value) == unquoted(b.value) else 0.0


def _equivalence(question: str, a: FinalAnswer, b: FinalAnswer, wanted: str) -> float:
    kinds = {a.kind, b.kind}
    if kinds == {"json"}:
        return _shared_fields(a.value, b.value)
    if kinds <= _MATHS and _same_in_mathematics(a, b):
        return 1.0
    if a.value == b.value:
        return 0.0 if kinds == {"number"} else 1.0
    if kinds == {"short_text"} or (wanted in _WORDY and "json" not in kinds):
        return shared_words(question, a.value, b.value)
    return 0.0


def _same_in_mathematics(a: FinalAnswer, b: FinalAnswer) -> bool:
    if a.kind == b.kind == "number":
        return _may_be_one(a.written, b.written) and same_number(a.value, b.value)
    return formulas.same_formula(_as_formula(a), _as_formula(b))


def _may_be_one(first: str, second: str) -> bool:
    """False for different variables (`x = 3` and `y = 3`) or units (3 km and 3 m)."""
    pairs = zip(first.split("="), second.split("="), strict=False)
    return not any(a and b and a != b for a, b in pairs)


def _as_formula(answer: FinalAnswer) -> str:
    return answer.written if answer.kind == "short_text" and answer.written else answer.value


def _shared_fields(first: str, second: str) -> float:
    shared = shared_leaves(first, second)
    return shared if shared == 1 else round(_PARTLY * shared, 3)
