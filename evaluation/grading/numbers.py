"""Parses numbers as people and models write them, without units and currencies."""

import re
from decimal import Decimal
from typing import Any

_NUMBER = re.compile(
    r"(?P<sign>(?<![\w)\]])[-−])?[$€£¥₹]?(?P<inner>(?<=[$€£¥₹])[-−])?"
    r"(?P<digits>\d[\d.,'’\u00a0\u202f]*|(?<![.\d])\.\d+)(?P<exponent>[eE][-+]?\d{1,3}(?!\w))?"
)
_GROUPING = str.maketrans("", "", "'’\u00a0\u202f")
_LONGEST = 100


def as_number(value: Any) -> Decimal | None:
    """The JSON number itself, or the last number in a string; None if there is none."""
    if isinstance(value, str):
        return last_number(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        number = Decimal(str(value))
        return number if number.is_finite() else None
    return None


def last_number(text: str) -> Decimal | None:
    """The last number in a text; None if there is none.

    `1,234.5`, `1.234,5`, `1'234` and `$-5` are understood. One comma before other than three digits
    is a decimal comma; one point is always a decimal point. Percent signs, units and words such as
    "million" are ignored, not converted.
    """
    number = None
    for found in _NUMBER.finditer(text):
        number = _value(found) or number
    return number[0] if number else None


def _value(found: re.Match[str]) -> tuple[Decimal] | None:
    """The number in a tuple, so that zero is truthy too; None if it is not one number."""
    digits = _plain(found["digits"].translate(_GROUPING).rstrip(".,"))
    if digits is None or len(digits) > _LONGEST:
        return None
    sign = "-" if bool(found["sign"]) != bool(found["inner"]) else ""
    return (Decimal(f"{sign}{digits}{found['exponent'] or ''}"),)


def _plain(digits: str) -> str | None:
    """The digits with at most one decimal point; None if they are not one number."""
    if "," in digits and "." in digits:
        point = max(",.", key=digits.rfind)
        other = "." if point == "," else ","
        whole, _, fraction = digits.rpartition(point)
        return None if point in whole else f"{whole.replace(other, '')}.{fraction}"
    mark = "," if "," in digits else "."
    first, *groups = digits.split(mark)
    if len(groups) > 1 or (mark == "," and groups):
        grouped = len(groups[-1]) == 3 and all(len(group) in (2, 3) for group in groups)
        if grouped and 1 <= len(first) <= 3 and first != "0":
            return first + "".join(groups)
        return f"{first}.{groups[0]}" if len(groups) == 1 else None
    return digits
