"""What an answer finally says, read from its text alone and as the kind its question asks for."""

from collections.abc import Callable, Mapping

from . import claims, questions
from .readings import FinalAnswer, Reader, choice, json_value, literal, number, short_answer, yes_or_no

__all__ = ["FinalAnswer", "final_answer"]

_START = 4_000
_END = 8_000
_READERS: Mapping[questions.Wanted, tuple[Reader, ...]] = {
    "literal": (literal,),
    "choice": (choice,),
    "json": (json_value, short_answer),
    "number": (number,),
    "yes_no": (yes_or_no,),
    "anything": (short_answer, json_value),
}


def final_answer(question: str, text: str) -> FinalAnswer | None:
    """The final answer in a text; None where it is prose, cut off, or there is none.

    Of a long text the first 4,000 and the last 8,000 characters are read.
    """
    text = bounded(text)
    if not text.strip() or claims.is_cut_off(text):
        return None
    asked = questions.unwrapped(question)
    found = (read(asked, text) for read in _READERS[questions.wanted(question)])
    return next((answer for answer in found if answer is not None), None)


def bounded(text: str) -> str:
    """The beginning and the end of a text that is too long to be read whole."""
    return text if len(text) <= _START + _END else f"{text[:_START]}\n{text[-_END:]}"
