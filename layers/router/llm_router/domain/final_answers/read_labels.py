"""Reads the label, the name or the few words that an answer gives."""

import re

from . import claims, questions
from .read_values import SHORT, FinalAnswer, short_answer, words

# A full stop after "J" or "Dr" does not end a sentence.
_FIRST = re.compile(r"\A[^\n]{1,100}?(?<!\b[A-Z])(?<!\b[A-Z][a-z])[.!](?=\s+\S)")
_NOT = re.compile(
    r"\b(?:not|no|never|neither|nor|rather than|instead of|isn['’]t|than)\b", re.IGNORECASE
)
_WORD = re.compile(r"[\w-]+")


def label(question: str, text: str) -> FinalAnswer | None:
    """The class that an answer chooses from those the question lists, or else its few words."""
    listed = questions.labels(question)
    places = [claim.text for claim in claims.stated_results(text)]
    lines = [line for line in text.strip().splitlines() if line.strip()]
    for place in (*places, *lines[-1:], *lines[:1]):
        named = [name for name in listed if _holds(place[:SHORT], name)]
        if len(named) == 1 and not _NOT.search(place[:SHORT]):
            return FinalAnswer(kind="choice", value=named[0])
    return short_answer(question, text)


def fact(question: str, text: str) -> FinalAnswer | None:
    """The few words that an answer marks as its result, says in its first sentence, or is."""
    opening = _FIRST.match(text.strip())
    if opening and not any(claims.stated_results(text)):
        return words(opening.group())
    return short_answer(question, text)


def _holds(text: str, name: str) -> bool:
    return f" {_plain(name)} " in f" {_plain(text)} "


def _plain(text: str) -> str:
    return " ".join(_WORD.findall(text.casefold().replace("_", " ")))
