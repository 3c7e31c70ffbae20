"""What an answer sets out as a table or a list of keys and values, as JSON would say it."""

import re

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
    """The last table: each row by its first cell, which is `House 1` if `1` is under `House`."""
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
    """The keys and values that the text ends in, one a line; a heading groups those below it."""
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
