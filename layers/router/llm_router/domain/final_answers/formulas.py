r"""Compares results in mathematics: `\frac{\sqrt{2}}{2}` and `1/\sqrt{2}` are equal.

Formulas are compared by their values at three points, so no rule of algebra has to be known.
"""

import re
from collections.abc import Sequence

from .formula_values import values

_SPELLINGS = (
    (re.compile(r"\\(?:left|right|displaystyle|,|;|!|:|quad|[()\[\]]|\s)|\$|\\?%"), ""),
    # A space between two words or numbers keeps them apart, as in `\sin x`.
    (re.compile(r"(?<!\w)\s{1,99}|\s{1,99}(?!\w)"), ""),
    (re.compile(r"(?<=\S)\\(?:text|mathrm|mbox)\{[^{}]{0,40}\}"), ""),
    (re.compile(r"\^\{?\\circ\}?|°|degrees?"), ""),
    (re.compile(r"\\[dt]frac"), r"\\frac"),
    (re.compile(r"\{,\}|(?<=\d),(?=\d{3}(?!\d))"), ""),
    (re.compile(r"\\cdot|\\times|[·×∙]|\*"), "*"),
    (re.compile(r"\*\*"), "^"),
    (re.compile(r"[−–]"), "-"),
    (re.compile(r"\\pm|±"), "±"),
    (re.compile(r"\\cup|∪"), "∪"),
    (re.compile(r"\\infty|∞|infinity"), "∞"),
    (re.compile(r"\\pi(?![a-z])|(?<![a-z])pi(?![a-z])"), "π"),
    (re.compile(r"\\l(?:e|eq)(?![a-z])|<="), "≤"),
    (re.compile(r"\\g(?:e|eq)(?![a-z])|>="), "≥"),
    (re.compile(r"\\lt(?![a-z])"), "<"),
    (re.compile(r"\\gt(?![a-z])"), ">"),
    (re.compile(r"\\in(?![a-z])|∈"), "∈"),
    (re.compile(r"\\\{"), "⦃"),
    (re.compile(r"\\\}"), "⦄"),
)
_JOINED = re.compile(r"\s(?:or|and)\s|\\text\{\s?(?:or|and)\s?\}", re.IGNORECASE)


def normalized(text: str) -> str:
    """The formula without layout commands, each sign and command in one spelling."""
    text = _JOINED.sub(",", text)
    for pattern, replacement in _SPELLINGS:
        text = pattern.sub(replacement, text)
    return text.strip(".,;")


_LONGEST = 200
_DEEPEST = 4
_NOTHING = 1e-9
_OPENING, _CLOSING = "([{⦃", ")]}⦄"
_NAME = r"[a-zA-Z](?:_\{?\w{1,3}\}?)?"
_NAMED = re.compile(rf"(?:{_NAME}(?:\([a-z,]{{1,9}}\))?|\([a-z](?:,[a-z]){{1,4}}\))(?=[=∈])[=∈]")
_RELATION = re.compile(r"[<>≤≥]")
_TURNED = {">": "<", "≥": "≤"}
_MATHS = re.compile(r"[\d\\^=+*/(√π∞<>≤≥]")


def same_formula(first: str, second: str) -> bool:
    """True if both are results in mathematics, and equal."""
    if not (_MATHS.search(first) and _MATHS.search(second)):
        return False
    shape = canonical_form(first)
    return shape is not None and shape == canonical_form(second)


def name_of(text: str) -> str | None:
    """The variable that a result is assigned to, as in `x = 3`."""
    named = _NAMED.match(normalized(text[:_LONGEST]))
    return named.group()[:-1] if named else None


def canonical_form(text: str) -> str | None:
    """A result in one form that is the same for all equal results; None if it cannot be read.

    It may be a formula, an equation, an inequality, an interval, a tuple, or a set. The order of a
    set and of a plain list does not matter.
    """
    if len(text) > _LONGEST:
        return None
    return _shape(normalized(text), _DEEPEST)


def _shape(text: str, depth: int) -> str | None:
    if not depth or not text:
        return None
    for separator in "∪,":
        parts = _split(text, separator)
        if len(parts) > 1:
            return _collection(parts, depth)
    if "±" in text:
        return _collection([text.replace("±", "+"), text.replace("±", "-")], depth)
    if _is_one_group(text) and (text[0] in "{⦃" or len(_split(text[1:-1], ",")) > 1):
        return _grouped(text, depth)
    if named := _NAMED.match(text):
        return _shape(text[named.end() :], depth - 1)
    return _related(text)


def _grouped(text: str, depth: int) -> str | None:
    """A set, a tuple or an interval."""
    items = _split(text[1:-1], ",")
    if text[0] in "{⦃":
        return _collection(items, depth)
    return _joined(text[0], [_shape(item, depth - 1) for item in items], text[-1])


def _collection(parts: Sequence[str], depth: int) -> str | None:
    """A set; the names of variables are dropped if all parts are values of one variable."""
    names = {match.group() if (match := _NAMED.match(part)) else "" for part in parts}
    shapes = []
    for part in parts:
        named = _NAMED.match(part)
        shape = _shape(part, depth - 1)
        kept = named.group() if named and len(names) > 1 else ""
        shapes.append(None if shape is None else kept + shape)
    distinct = sorted({shape for shape in shapes if shape is not None})
    if None in shapes:
        return None
    return distinct[0] if len(distinct) == 1 else _joined("{", distinct, "}")


def _joined(opening: str, shapes: Sequence[str | None], closing: str) -> str | None:
    known = [shape for shape in shapes if shape is not None]
    return f"{opening}{'; '.join(known)}{closing}" if len(known) == len(shapes) else None


def _related(text: str) -> str | None:
    """An inequality, an equation or a plain formula."""
    if relations := _RELATION.findall(text):
        sides = [_at_points(side) for side in _RELATION.split(text)]
        if all(relation in _TURNED for relation in relations):
            sides.reverse()
            relations = [_TURNED[relation] for relation in reversed(relations)]
        return _joined(f"{''.join(relations)}(", sides, ")")
    sides_of = text.split("=")
    if len(sides_of) == 2:
        left, right = map(values, sides_of)
        if left is None or right is None:
            return None
        differences = [a - b for a, b in zip(left, right, strict=True)]
        if all(abs(difference) < _NOTHING for difference in differences):
            return _written(right)
        if abs(differences[0]) < _NOTHING:
            return None
        # An equation stays the same if both sides are multiplied.
        return f"={_written([d / differences[0] for d in differences])}"
    return _at_points(sides_of[-1])


def _at_points(text: str) -> str | None:
    if text in ("∞", "+∞", "-∞"):
        return text.lstrip("+")
    found = values(text)
    return None if found is None else _written(found)


def _written(found: Sequence[complex]) -> str:
    return " ".join(f"{_rounded(n.real)}|{_rounded(n.imag)}" for n in found)


def _rounded(part: float) -> str:
    return f"{part:.9g}" if abs(part) > 1e-12 else "0"


def _split(text: str, separator: str) -> list[str]:
    parts, depth, start = [], 0, 0
    for place, character in enumerate(text):
        depth += (character in _OPENING) - (character in _CLOSING)
        if character == separator and depth == 0:
            parts.append(text[start:place])
            start = place + 1
    return [*parts, text[start:]]


def _is_one_group(text: str) -> bool:
    """True if one pair of brackets encloses the whole text; `[0,1)` counts as a pair."""
    if text[0] not in _OPENING:
        return False
    depth = 0
    for place, character in enumerate(text):
        depth += (character in _OPENING) - (character in _CLOSING)
        if depth == 0:
            return place == len(text) - 1
    return False
