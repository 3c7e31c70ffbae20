"""The number that an answer comes to."""

import re

from . import claims, literals, numerals
from .read_values import SHORT, FinalAnswer, expression, words

_TAIL = 1_500
_SENTENCES = 4
_SENTENCE = re.compile(r"(?<=[.!?])\s|\n")
_EQUALS = re.compile(r"=|≈|\bequals\b")
_LIST_MARK = re.compile(r"\W{0,5}(?:step )?\d{1,2}[.):]\s", re.IGNORECASE)
_ASIDE = re.compile(r"\([^()]{0,200}\)")
_CHECK = re.compile(
    r"\n\W{0,9}(?:\d{1,2}[.)] )?(?:we can |let['’]?s |let us |to )?(?:double[- ]?)?(?:check|verif)",
    re.IGNORECASE,
)
_COURTESY = re.compile(
    r"\?\s{0,9}\Z|\b(?:let me know|feel free|hope (?:this|that)|happy to)\b", re.IGNORECASE
)
_FORMULA = re.compile(r"[\\^_{}√π±+*<>|]|\)\(")
_VARIABLE = re.compile(r"[a-z](?![a-z])", re.IGNORECASE)
_UNIT_LETTERS = frozenset("mgshklMGLKWVJNCF")
_ASSIGNED = re.compile(r"\b[a-z]\s?=", re.IGNORECASE)
_WORD = re.compile(r"[a-z]{3,}", re.IGNORECASE)


def number(question: str, text: str) -> FinalAnswer | None:
    """The number an answer states, or else the one that its last sentences end in.

    A result that is a formula or several numbers is read as a short text.
    """
    for claim in claims.stated(text):
        if answer := _claimed(claim.text):
            return answer
        if claim.explicit and len(claim.text) <= SHORT and (answer := words(claim.text)):
            return answer
    for content in claims.bold(text):
        if (answer := _claimed(content)) and answer.kind == "number":
            return answer
    last = claims.set_off(text)
    if last is not None and (answer := _claimed(last)):
        return answer
    value = _concluded(numerals.plain(question), numerals.plain(text[-_TAIL:]))
    return FinalAnswer(kind="number", value=value) if value else None


def _claimed(claim: str) -> FinalAnswer | None:
    text = numerals.plain(claim[:_TAIL]).replace("**", "").strip(" \t\n*_`$\"'.")
    if len(_ASSIGNED.findall(text)) > 1:
        return expression(text) if len(text) <= SHORT else None
    text = _EQUALS.split(text)[-1].strip() or text
    found = numerals.numbers(text)
    if len(text) <= SHORT and (special := _no_plain_number(text, found)):
        return special
    if found:
        return FinalAnswer(kind="number", value=found[0])
    value = numerals.in_words(text) if len(text) <= SHORT else None
    return FinalAnswer(kind="number", value=value) if value else None


def _no_plain_number(text: str, found: list[numerals.Found]) -> FinalAnswer | None:
    """A formula, a tuple, a range or two amounts: None if the text is one number, or prose."""
    if text[:1] in "([{" and (value := literals.canonical(text)) and len(found) > 1:
        return FinalAnswer(kind="literal", value=value)
    beside = "".join(text[n.end : n.end + 1] for n in found if _VARIABLE.match(text, n.end))
    outside = text if len(found) != 1 else text[: found[0].start] + text[found[0].end :]
    if (_FORMULA.search(outside) or set(beside) - _UNIT_LETTERS) and len(_WORD.findall(text)) < 3:
        return expression(text)
    if len(found) > 1 and found[0].start < 2 and len(text) <= SHORT // 2:
        return words(text)
    return None


def _concluded(question: str, tail: str) -> str | None:
    """The result of the last equation if the last sentence repeats it, else its newest number."""
    tail = _CHECK.split(tail)[0]
    parts = [part for part in _SENTENCE.split(tail) if part.strip()]
    sentences = [part for part in parts if not _COURTESY.search(part)][-_SENTENCES:]
    results = [
        found[0] for part in _EQUALS.split(tail)[1:] if (found := numerals.numbers(part[:60]))
    ]
    asked = frozenset(numerals.numbers(question))
    for sentence in reversed(sentences):
        mark = _LIST_MARK.match(sentence)
        said = sentence[mark.end() :] if mark else sentence
        said = _ASIDE.sub("", said)
        last = numerals.numbers(_EQUALS.split(said)[-1])
        found = numerals.numbers(said)
        if _EQUALS.search(said) and last:
            return last[0]
        earlier = asked | frozenset(numerals.numbers(tail[: tail.find(sentence)]))
        fresh = [n for n in found if n not in earlier]
        if results and results[-1] in found and not fresh:
            return results[-1]
        if fresh:
            return fresh[-1]
        if found:
            return ([n for n in found if n not in asked] or found)[-1]
    return next(filter(None, map(numerals.in_words, reversed(sentences))), None)
