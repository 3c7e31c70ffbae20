"""How far two answers to one question agree: the main confidence signal of a cascade.

Two cheap models of different providers rarely make the same mistake: on recorded grade-school maths
the cheaper one was right in 98 % of the cases where both came to the same number, in 20 % of the
others. That needs a final answer to compare; between two texts of prose only likeness is seen.
"""

import re

from .final_answers import FinalAnswer, bounded, final_answer, formulas, questions
from .final_answers.literals import unquoted
from .final_answers.numerals import same_number
from .final_answers.structures import shared_leaves
from .likeness import content, denies, likeness
from .signals import emptiness, hedging, refusal

_FORMULA = re.compile(r"[\\^_{}=+*<>|√π±−]|(?<!\w)-|\w\(|\b[a-z]-|-[a-z]\b")
_MATHS = frozenset({"number", "short_text", "literal"})
_WORDY = ("anything", "fact")
_UNREADABLE = 0.9
_OTHER_SPELLING = 0.8
_SAME_WORDS = 0.95
_CONTAINED = 0.8
_PARTLY = 0.5
_TELLING = frozenset(
    {"written", "wrote", "painted", "called", "named", "known", "located", "invented"}
)
_FEW = 2
_SHORT = 100


def agreement(question: str, first: str, second: str) -> float:
    """From 0 to 1: 1 if both answers come to the same result, however they write it.

    Results that differ get 0, or up to 0.5 where they are words or JSON that partly agree. Of code,
    equal values in another spelling get 0.8: whoever checks the letter would refuse one of them;
    what lost its quotes or cannot be read gets 0.9 if it is equal. Answers without a result get the
    likeness of their texts, above 0 and below 1, or half of it where the question asks for a
    result. An empty answer or a refusal agrees with nothing. The order of the two does not matter.
    """
    if not (_answers(first) and _answers(second)):
        return 0.0
    question = bounded(question)
    wanted = questions.wanted(question)
    a, b = final_answer(question, first), final_answer(question, second)
    if a and b:
        if wanted != "literal":
            return _equivalence(question, a, b, wanted)
        return _as_code(a, b)
    alike = likeness(bounded(first), bounded(second))
    return alike if wanted == "anything" and not (a or b) else round(_PARTLY * alike, 3)


def _answers(text: str) -> bool:
    """Whether there is an answer at all; a short one that hedges says only that it has none."""
    knows = len(text) > _SHORT or hedging(text) == 1
    return emptiness(text) == 1 and refusal(text) == 1 and knows


def comparable(question: str) -> bool:
    """Whether answers to it come to a result that can be compared, not just to prose."""
    return questions.wanted(bounded(question)) != "anything"


def _as_code(a: FinalAnswer, b: FinalAnswer) -> float:
    if a.value == b.value and a.kind == b.kind == "literal":
        return 1.0 if a.written == b.written else _OTHER_SPELLING
    # Quotes get lost where the answer itself is a string in JSON: "123" may stand for '123'.
    return _UNREADABLE if unquoted(a.value) == unquoted(b.value) else 0.0


def _equivalence(question: str, a: FinalAnswer, b: FinalAnswer, wanted: str) -> float:
    names = {formulas.name_of(answer.written) for answer in (a, b)} - {None}
    if len(names) > 1 and wanted == "number":
        return 0.0
    if a.value == b.value or (a.kind == b.kind == "number" and same_number(a.value, b.value)):
        return 1.0
    if {a.kind, b.kind} <= _MATHS and formulas.same_formula(*(_as_formula(c) for c in (a, b))):
        return 1.0
    if a.kind == b.kind == "json":
        return _shared_fields(a.value, b.value)
    if a.kind == b.kind == "short_text" or (wanted in _WORDY and "json" not in (a.kind, b.kind)):
        return _shared_words(question, a.value, b.value)
    return 0.0


def _as_formula(answer: FinalAnswer) -> str:
    return answer.written if answer.kind == "short_text" and answer.written else answer.value


def _shared_fields(first: str, second: str) -> float:
    shared = shared_leaves(first, second)
    return shared if shared == 1 else round(_PARTLY * shared, 3)


def _as_list(text: str) -> list[str]:
    return [item.strip() for item in text.casefold().split(",")]


def _shared_words(question: str, first: str, second: str) -> float:
    """How far two short answers add the same words to the question's."""
    if _FORMULA.search(first) or _FORMULA.search(second):
        return 0.0
    asked = content(question).keys()
    a, b = content(first), content(second)
    if _as_list(first) != _as_list(second) and sorted(_as_list(first)) == sorted(_as_list(second)):
        return 0.0
    news, other = (words.keys() - asked - _TELLING for words in (a, b))
    numbers = [[word for word in words if word[0].isdigit()] for words in (a, b)]
    if all(numbers) and numbers[0] != numbers[1]:
        return 0.0
    if news and news == other:
        return _SAME_WORDS
    beside = news ^ other
    if news and other and (news < other or other < news) and len(beside) <= _FEW:
        return 0.0 if any(map(denies, beside)) else _CONTAINED
    if news - other and other - news:
        return round(_PARTLY * likeness(first, second), 3) if news & other else 0.0
    share = 1.0 if min(len(a), len(b)) > _FEW else _PARTLY
    return round(share * likeness(first, second), 3)
