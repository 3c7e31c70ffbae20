"""Reads the number that an answer states or concludes with."""

import re
from collections.abc import Collection, Sequence

from . import claims, closing_lines, formulas, literals, numerals
from .read_values import SHORT, FinalAnswer, expression, words

_TAIL = 1_500
_SENTENCES = 4
_FEW_WORDS = 3
_SENTENCE = re.compile(r"(?<=[.!?])\s|\n")
_EQUALS = re.compile(r"=|≈|\bequals\b")
_LIST_MARK = re.compile(r"\W{0,5}(?:step )?\d{1,2}[.):]\s", re.IGNORECASE)
_ASIDE = re.compile(r"\([^()]{0,200}\)")
_CHECK = re.compile(
    r"\n\W{0,9}(?:\d{1,2}[.)] )?(?:we can |let['’]?s |let us |to )?(?:double[- ]?)?(?:check|verif)",
    re.IGNORECASE,
)
_COURTESY = re.compile(
    r"\?\s{0,9}\Z|\A\s{0,9}\||\b(?:let me know|feel free|hope (?:this|that)|happy to)\b",
    re.IGNORECASE,
)
_FORMULA = re.compile(r"[\\^_{}√π±+*<>|≤≥∞∪]|\)\(|\b(?:sqrt|pi|ln|log|sin|cos|tan)\b")
_VARIABLE = re.compile(r"[a-z](?![a-z])", re.IGNORECASE)
_UNIT_LETTERS = frozenset("mgshklMGLKWVJNCF")
_ASSIGNED = re.compile(r"\b[a-z]\s?=", re.IGNORECASE)
# A formula: a number that is only a part of it is not its value.
_LOOSE = re.compile(
    r"(?<![a-z\d'’])[a-wyz](?: ?[+^/] ?|\^\{| - |-)\d|\d ?[+^] ?[a-wyz](?![a-z])|\\sqrt",
    re.IGNORECASE,
)
_RANGE = re.compile(r"(?:between|from|either)\b", re.IGNORECASE)
_DENIED = re.compile(r"\bnot [$€£]?\d[\d.,]{0,20}", re.IGNORECASE)
_JOINING = re.compile(
    r"[^\d\n]{0,40}?(?:\b(?:and|or|to|out of)\b|[,:;/–-])\s{0,3}[$€£]?", re.IGNORECASE
)
_EQUATION = re.compile(
    r"(?=[^=]{0,60}(?<![a-z])[a-z](?![a-z]))(?=[^=]{1,60}[-+*/^])[^=]{1,60}=[^=]{1,60}\Z",
    re.IGNORECASE,
)
_WORD = re.compile(r"(?<![a-z\\])[a-z]{3,}", re.IGNORECASE)
_AMOUNT = re.compile(
    r"[*`$€£¥ ]{0,4}-?[$€£¥]?\d[\d.,/]{0,20}(?<![.,])[%° ]{0,2}(?:[a-z]{1,15} ?){0,2}[*`$]{0,3}"
)


def number(question: str, text: str) -> FinalAnswer | None:
    """The number an answer states, or else the one that its last sentences end in.

    A formula or several numbers are read as a short text, and a tuple as a literal.
    """
    for claim in claims.stated_results(text):
        text_only = claim.explicit and len(claim.text) <= SHORT
        if answer := _claimed(claim.text) or (words(claim.text) if text_only else None):
            return answer
    for content in closing_lines.bold(text):
        if (answer := _claimed(content)) and answer.kind == "number":
            return answer
    text = closing_lines.without_recap(text)
    last = closing_lines.set_off(text)
    if last is not None and (answer := _claimed(last)):
        return answer
    for line in closing_lines.lone(text):
        if _AMOUNT.fullmatch(numerals.plain(line)) and (answer := _claimed(line)):
            return answer
    formula = closing_lines.displayed(text) or ""
    if len(_WORD.findall(formula)) < _FEW_WORDS and (answer := _claimed(formula)):
        return answer
    value = _concluded(numerals.plain(question), numerals.plain(text[-_TAIL:]))
    return _as_number(value) if value else None


def _as_number(value: str, name: str | None = None) -> FinalAnswer:
    unit = value.unit if isinstance(value, numerals.Found) else None
    return FinalAnswer(kind="number", value=str(value), written=f"{name or ''}={unit or ''}")


def _claimed(claim: str) -> FinalAnswer | None:
    text = numerals.plain(claim[:_TAIL]).replace("**", "").strip(" \t\n*_`\"'.")
    # A single dollar sign is a currency, a pair encloses mathematics.
    text = text if text.count("$") == 1 and text[0] == "$" else text.strip("$ \t\n*_`\"'.")
    if len(_ASSIGNED.findall(text)) > 1:
        return expression(text) if len(text) <= SHORT else None
    if len(text) <= SHORT and _EQUATION.match(text):
        return expression(text)
    name, text = formulas.name_of(text), _EQUALS.split(text)[-1].strip() or text
    found = numerals.numbers(text)
    if len(text) <= SHORT and (special := _no_plain_number(text, found)):
        return special
    if found:
        return _as_number(found[0], name)
    value = numerals.in_words(text) if len(text) <= SHORT else None
    return FinalAnswer(kind="number", value=value) if value else None


def _no_plain_number(text: str, found: list[numerals.Found]) -> FinalAnswer | None:
    """A formula, a tuple, a range or two amounts; None if the text is one number, or prose."""
    if text[:1] in "([{" and (value := literals.canonical(text)) and len(found) > 1:
        return FinalAnswer(kind="literal", value=value)
    beside = "".join(text[n.end : n.end + 1] for n in found if _VARIABLE.match(text, n.end))
    outside = text if len(found) != 1 else text[: found[0].start] + text[found[0].end :]
    if (_FORMULA.search(outside) or set(beside) - _UNIT_LETTERS) and len(
        _WORD.findall(text)
    ) < _FEW_WORDS:
        return expression(text)
    if len(found) > 1 and _RANGE.match(text):
        return words(text)
    if len(found) > 1 and found[0].start < 2 and len(text) <= SHORT // 2:
        return words(text) if _JOINING.fullmatch(text, found[0].end, found[1].start) else None
    return None


def _concluded(question: str, tail: str) -> str | None:
    """The result of the last sentence with numbers.

    The first that exists of: the number after its last "=", the number that nothing before
    mentions, the result of the last equation, a number that the question does not give, any number.
    """
    tail = _CHECK.split(tail)[0]
    parts = [part for part in _SENTENCE.split(tail) if part.strip()]
    sentences = [part for part in parts if not _COURTESY.search(part)][-_SENTENCES:]
    asked = frozenset(numerals.numbers(question))
    for sentence in reversed(sentences):
        mark = _LIST_MARK.match(sentence)
        said = _ASIDE.sub("", sentence[mark.end() :] if mark else sentence)
        said = _DENIED.sub("", said)
        before, equals, after = _split_at_last_equals(said)
        if _LOOSE.search(after):
            return None
        if equals and (result := numerals.numbers(after)):
            return result[0]
        if found := numerals.numbers(before + after):
            earlier = tail[: tail.find(sentence)]
            return _newest(found, asked, numerals.numbers(earlier), _results(earlier))
    return next(filter(None, map(numerals.in_words, reversed(sentences))), None)


def _split_at_last_equals(text: str) -> tuple[str, bool, str]:
    signs = list(_EQUALS.finditer(text))
    return (
        (text[: signs[-1].start()], True, text[signs[-1].end() :]) if signs else ("", False, text)
    )


def _results(text: str) -> list[str]:
    """The first number after each "="."""
    parts = (numerals.numbers(part[:60]) for part in _EQUALS.split(text)[1:])
    return [found[0] for found in parts if found]


def _newest(
    found: Sequence[str], asked: Collection[str], earlier: Collection[str], results: Sequence[str]
) -> str:
    new = [number for number in found if number not in asked]
    fresh = [number for number in new if number not in earlier]
    repeated = [number for number in results[-1:] if number in found]
    return (fresh or repeated or new or found)[-1]
