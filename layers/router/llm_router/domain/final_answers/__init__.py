"""Reads the final answer from an answer's text, in the form that its question asks for."""

from collections.abc import Mapping

from . import questions
from .json_fields import is_unanswered
from .read_choices import choice, yes_or_no
from .read_labels import fact, label
from .read_literals import literal
from .read_numbers import number
from .read_values import FinalAnswer, Reader, json_value, short_answer, structured_value

__all__ = ["FinalAnswer", "bounded", "final_answer"]

_START = 2_000
_END = 6_000
_READERS: Mapping[questions.AnswerKind, tuple[Reader, ...]] = {
    "literal": (literal,),
    "choice": (choice,),
    "json": (structured_value, short_answer),
    "number": (number,),
    "yes_no": (yes_or_no,),
    "label": (label,),
    "fact": (fact,),
    "anything": (short_answer, json_value),
}


def final_answer(question: str, text: str) -> FinalAnswer | None:
    """The final answer in a text; None if the text is prose, cut off, or has none.

    Of a long text only the first 2,000 and the last 6,000 characters are read.
    """
    question, text = bounded(question), bounded(text)
    if not text.strip() or is_unanswered(text):
        return None
    asked = questions.without_instructions(question)
    readings = (read(asked, text) for read in _READERS[questions.answer_kind(question)])
    return next((answer for answer in readings if answer is not None), None)


def bounded(text: str) -> str:
    """The beginning and the end of a text that is too long to be read whole."""
    return text if len(text) <= _START + _END else f"{text[:_START]}\n{text[-_END:]}"
