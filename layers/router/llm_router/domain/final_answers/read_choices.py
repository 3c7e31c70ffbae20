"""Reads the option that an answer chooses: a letter, or yes or no."""

import re
from collections.abc import Iterator, Mapping

from . import claims, closing_lines, numerals, questions
from .read_values import FinalAnswer

_OPENING = 200
_LETTER = re.compile(r"[(\[*]{0,3}([A-J])[*]{0,2}(?:[)\].:,*]|\s{0,3}[-–—]\s|\s{0,9}$)")
_SMALL = re.compile(r"[(\[]?([a-j])[)\].]?")
_BOTH = re.compile(r"\b([A-J])\b\W{0,3}(?:and|or|&)\W{1,3}([A-J])\b\W{0,4}\Z")
_NAMED = re.compile(
    r"\b(?:[Oo]ption|[Cc]hoice|[Aa]nswer)\W{0,3}(?:is\W{0,3})?[(\[*]{0,3}([A-J])\b(?!['’]| [a-z])"
)
_LAST = re.compile(r"(?:\s|\()[(\[*]{0,3}([A-J])[)\]*.]{0,4}\Z")
_SEVERAL = re.compile(r"(?:\W{0,3}(?:\band\b)?\W{0,2}\b[A-J]\b){2,9}\W{0,3}")
_SAID = re.compile(r"\W{0,9}(yes|no|true|false)\b", re.IGNORECASE)
_ENDED = re.compile(r"\b(yes|true|false)\b|\b(no)(?=[.,!;:]|\W{0,4}$)", re.IGNORECASE)
_ONE_LETTER = re.compile(r"\b[A-J]\b")
_WORD = re.compile(r"\w+")
_MARKS = " \t*_`$\"'."
_AS = {"yes": "yes", "true": "yes", "no": "no", "false": "no"}

Options = Mapping[str, str]


def choice(question: str, text: str) -> FinalAnswer | None:
    """The chosen letters, even if the answer gives only the option's text."""
    options = questions.options(question)
    lines = [line for line in text.strip().splitlines() if line.strip()]
    ends = [line.strip(_MARKS) for line in (lines[-1][-_OPENING:], lines[0][:_OPENING])]
    stated = [
        numerals.plain(claim.text[:_OPENING]).strip(_MARKS) for claim in claims.stated_results(text)
    ]
    # If an answer discusses the options one by one, a letter at the start chooses nothing.
    listed = len({match[1] for line in lines if (match := _LETTER.match(line.strip(_MARKS)))}) > 1
    readings = (
        *((_lettered, place) for place in stated),
        *((_named if listed else _lettered, place) for place in ends),
        *((_lettered, place.strip(_MARKS)) for place in closing_lines.bold(text)),
        *((_worded, place) for place in (*stated, *reversed(ends))),
    )
    for read, place in readings:
        if letters := read(place, options):
            return FinalAnswer(kind="choice", value=letters)
    return None


def yes_or_no(_question: str, text: str) -> FinalAnswer | None:
    """Yes or no; true counts as yes and false as no."""
    for place in _places(text):
        if said := _SAID.match(place):
            return FinalAnswer(kind="choice", value=_AS[said[1].lower()])
    ending = text.rstrip()[-_OPENING:].splitlines()
    if ending and (ended := _ENDED.findall(ending[-1])):
        return FinalAnswer(kind="choice", value=_AS["".join(ended[-1]).lower()])
    return None


def _places(text: str) -> Iterator[str]:
    """Yield the places of a choice: marked results, the first and the last line, bold texts."""
    for claim in claims.stated_results(text):
        yield claim.text[:_OPENING]
    lines = [line for line in text.strip().splitlines() if line.strip()]
    if lines:
        yield lines[0][:_OPENING]
        yield lines[-1][-_OPENING:]
    yield from closing_lines.bold(text)


def _lettered(text: str, options: Options) -> str | None:
    if _SEVERAL.fullmatch(text):
        several = sorted(set(_ONE_LETTER.findall(text)))
        return ",".join(several) if all(letter in options for letter in several) else None
    if both := _BOTH.search(text):
        return ",".join(sorted(both.groups())) if all(b in options for b in both.groups()) else None
    if small := _SMALL.fullmatch(text):
        return small[1].upper() if small[1].upper() in options else None
    match = _LETTER.match(text)
    return match[1] if match and match[1] in options else _named(text, options)


def _named(text: str, options: Options) -> str | None:
    for match in (_NAMED.search(text), _LAST.search(text)):
        if match and match[1] in options:
            return match[1]
    return None


def _worded(text: str, options: Options) -> str | None:
    said = _plain(text)
    same = [letter for letter, option in options.items() if _plain(option) == said]
    held = [letter for letter, option in options.items() if f" {_plain(option)} " in f" {said} "]
    chosen = same or held
    return chosen[0] if len(chosen) == 1 else None


def _plain(text: str) -> str:
    return " ".join(_WORD.findall(text.casefold()))
