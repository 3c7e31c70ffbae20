"""The final answer as a value, and readers of short answers, JSON, tables and lists."""

import json
import re
from collections.abc import Callable
from typing import Literal

from llm_router.domain.base import Frozen

from . import claims, json_fields, literals, numerals

_ROW = re.compile(r"^[ \t]{0,9}\|([^\n]{1,500})\|[ \t]{0,9}$", re.MULTILINE)
_RULE = re.compile(r"[\s:|-]+")
_ENTRY = re.compile(
    r"[ \t]{0,12}(?:[-*•]|\d{1,2}[.)])?[ \t]{0,4}\*{0,2}(?P<key>[^\W_][\w ]{0,39}?)\*{0,2}"
    r"[ \t]{0,2}[:=]\*{0,2}[ \t]{0,4}(?P<value>[^\n]{0,80})$"
)
_HEADING = re.compile(
    r"[ \t]{0,9}(?:[-*•] |\d{1,2}[.)] )?(?:#{1,6} {1,3}|\*\*)?(?P<key>[^\W_][\w ]{0,39}?)"
    r"(?<!\s)(?:\*\*:?|:\*{0,2}|(?<=\d))\s{0,9}$"
)
_LONGEST = 6_000
_DECORATION = " \t*_`"


def table(text: str) -> dict[str, object] | None:
    """The last table, its rows by their first cell: `House 1` for a cell `1` under `House`."""
    rows = [
        [cell.strip(_DECORATION) for cell in row.split("|")]
        for row in _ROW.findall(text[-_LONGEST:])
    ]
    starts = [n for n, row in enumerate(rows) if _RULE.fullmatch("|".join(row)) and n]
    if not starts:
        return None
    head, body = rows[starts[-1] - 1], rows[starts[-1] + 1 :]
    if len(head) < 2 or any(len(row) != len(head) for row in body):
        return None
    return {
        _named(head[0], row[0]): dict(zip(head[1:], row[1:], strict=True)) for row in body
    } or None


def entries(text: str) -> dict[str, object] | None:
    """The keys and values that end the text, one a line; a heading groups those below it."""
    found: dict[str, object] = {}
    group = found
    for line in text[-_LONGEST:].strip().splitlines():
        entry, heading = _ENTRY.match(line), _HEADING.match(line)
        if entry and entry["value"].strip(_DECORATION):
            if entry["key"] in group:
                return None
            group[entry["key"]] = entry["value"].strip(_DECORATION)
        elif heading:
            group = {}
            found[heading["key"].strip()] = group
        elif line.strip():
            found = group = {}
    filled = {key: held for key, held in found.items() if held}
    return filled if len(filled) > 1 else None


def _named(head: str, cell: str) -> str:
    return f"{head} {cell}" if cell.isdigit() else cell


Kind = Literal["number", "choice", "json", "literal", "short_text"]

SHORT = 80
_ENDING = 300
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_MONTH = rf"\b(?P<month>{'|'.join(_MONTHS)})[a-z]{{0,6}}\.?"
_DAY = r"\b(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_DATES = (
    re.compile(r"(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})"),
    re.compile(rf"(?:the )?{_DAY} (?:of )?{_MONTH},? (?P<year>\d{{4}})"),
    re.compile(rf"{_MONTH} (?:the )?{_DAY},? (?P<year>\d{{4}})"),
)
_QUANTITY = re.compile(
    r"(?:about |approximately |around |roughly )?[-−]?[$€£¥]?[-−]?[\d.][^a-z]*[a-z%° ]{0,30}"
)
_YES_NO = {"yes": "yes", "no": "no", "true": "yes", "false": "no"}
_LATEX = re.compile(r"\\(?:left|right|displaystyle)\b|(?<!\\)\\[,!;: ()\[\]]|[$\s]")
_ONE_CHARACTER = re.compile(r"([_^])\{(\w)\}")
_JOINED = re.compile(r"\s(?:or|and)\s|\\text\{\s?(?:or|and)\s?\}", re.IGNORECASE)
_LETTERS = re.compile(r"[^\W\d_]")
_EDGES = " \t\n\r*_`\"'“”‘’.,;:!"


class FinalAnswer(Frozen):
    """A final answer: equal values are equal answers, however they were `written`."""

    kind: Kind
    value: str
    written: str = ""


Reader = Callable[[str, str], FinalAnswer | None]


def short_answer(_question: str, text: str) -> FinalAnswer | None:
    """The result that an answer marks near its end, or all of it if it is a few words."""
    explicit = next((claim for claim in claims.stated_results(text) if claim.explicit), None)
    if explicit:
        return _classified(explicit.text)
    for claim in claims.stated_results(text[-_ENDING:]):
        if answer := _classified(claim.text):
            return answer
    return _classified(text)


def json_value(_question: str, text: str) -> FinalAnswer | None:
    """The JSON object or array of an answer, without the fields that merely explain or wrap."""
    return _as_json(json_fields.unwrapped(json_fields.json_value(text)))


def structured_value(_question: str, text: str) -> FinalAnswer | None:
    """The JSON in an answer, or else its table or its list of keys and values."""
    return json_value(_question, text) or _as_json(table(text) or entries(text))


def _as_json(value: object) -> FinalAnswer | None:
    if not isinstance(value, dict | list) or not value:
        return None
    try:
        spelled = json.dumps(value, sort_keys=True, ensure_ascii=False)
    except RecursionError:
        return None
    return FinalAnswer(kind="json", value=spelled)


def expression(text: str) -> FinalAnswer:
    """A formula without layout commands."""
    plain = _JOINED.sub(",", numerals.plain(text))
    spelled = (
        _ONE_CHARACTER.sub(r"\1\2", _LATEX.sub("", plain))
        .replace("dfrac", "frac")
        .replace("tfrac", "frac")
    )
    return FinalAnswer(kind="short_text", value=spelled.strip(".,"), written=text)


def words(text: str) -> FinalAnswer | None:
    """A few words, without case, articles and marks around them; dates as 2026-11-25."""
    spelled = " ".join(
        numerals.plain(text).replace("**", "").strip(_EDGES).casefold().split()
    ).strip(_EDGES)
    for article in ("the ", "a ", "an "):
        spelled = spelled.removeprefix(article)
    for date in _DATES:
        spelled = date.sub(_as_iso, spelled)
    if not _LETTERS.search(spelled):
        spelled = spelled.replace(" ", "")
    return FinalAnswer(kind="short_text", value=spelled, written=text) if spelled else None


def _as_iso(date: re.Match[str]) -> str:
    month = date["month"]
    number = int(month) if month.isdigit() else _MONTHS.index(month) + 1
    return f"{date['year']}-{number:02}-{int(date['day']):02}"


def _classified(text: str) -> FinalAnswer | None:
    stripped = text.strip(_EDGES)
    if not stripped or len(stripped) > SHORT or "\n" in stripped:
        return None
    if stripped.casefold() in _YES_NO:
        return FinalAnswer(kind="choice", value=_YES_NO[stripped.casefold()])
    if stripped[0] in "[({" and (value := literals.canonical(stripped)):
        return FinalAnswer(kind="literal", value=value)
    found = numerals.numbers(numerals.plain(stripped))
    if len(found) == 1 and _QUANTITY.fullmatch(numerals.plain(stripped).casefold()):
        return FinalAnswer(kind="number", value=found[0], written=f"={found[0].unit or ''}")
    if "\\" in stripped or "^" in stripped:
        return expression(stripped)
    return words(stripped)
