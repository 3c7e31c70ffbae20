"""Numbers as models write them: currency, separators, fractions, LaTeX, scales and words."""

import re
from decimal import Decimal

_SPELLINGS = {
    "%": "% percent",
    "km": "km kilometer kilometre kilometers kilometres",
    "m": "m meter metre meters metres",
    "cm": "cm centimeter centimetre centimeters centimetres",
    "mm": "mm millimeter millimetre millimeters millimetres",
    "mile": "mi mile miles",
    "foot": "ft foot feet",
    "inch": "inch inches",
    "yard": "yd yard yards",
    "s": "sec second seconds",
    "min": "min mins minute minutes",
    "h": "h hr hrs hour hours",
    "day": "day days",
    "week": "week weeks",
    "month": "month months",
    "year": "year years",
    "kg": "kg kilogram kilograms kilo kilos",
    "g": "g gram grams",
    "mg": "mg milligram milligrams",
    "pound": "lb lbs pound pounds",
    "ounce": "oz ounce ounces",
    "liter": "l liter litre liters litres",
    "ml": "ml milliliter millilitre milliliters millilitres",
    "dollar": "dollar dollars usd",
    "cent": "cent cents",
    "euro": "euro euros eur",
}
_CURRENCIES = {"$": "dollar", "€": "euro", "£": "pound"}
_UNITS = {spelling: unit for unit, known in _SPELLINGS.items() for spelling in known.split()}
_AFTER = re.compile(r"[ *-]{0,3}(?P<unit>%|[a-z]{1,12}\b)", re.IGNORECASE)


def unit_after(text: str, place: int) -> str | None:
    """The unit at this position, in one spelling; None if no known unit is there."""
    match = _AFTER.match(text, place)
    return _UNITS.get(match["unit"].lower()) if match else None


def currency_in(sign: str) -> str | None:
    """The currency whose sign is in the text; None without one."""
    return next((unit for mark, unit in _CURRENCIES.items() if mark in sign), None)


_SHORT = 200
_NUMBER = re.compile(
    r"(?<![\w./])(?:(?<![\d)\]])[-−–])?[$€£¥]?[-−]?"
    r"(?P<whole>\d{1,3}(?:,\d{3})+(?!\d)|\d{1,60}(?!\d)|(?=\.\d))(?P<decimals>\.\d{1,30})?"
    r"(?:e(?P<exponent>[-+]?\d{1,2})\b|\s?(?:[x×*])\s?10\^\{?(?P<power>-?\d{1,2})\}?)?"
    r"(?P<mixed> \d{1,4}/\d{1,4}(?![\d/]))?"
    r"(?:\s?/\s?(?P<divisor>\d{1,12})(?![\d/.,]\d|/))?"
    r"(?:(?P<scale>\s?(?:hundred|thousand|million|billion|trillion)|k)\b)?",
    re.IGNORECASE,
)
_SCALES = {"hundred": 2, "thousand": 3, "million": 6, "billion": 9, "trillion": 12}
# fmt: off
_SMALL = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
    "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)
# fmt: on
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_WORDS = {
    **{word: value for value, word in enumerate(_SMALL)},
    **{word: 10 * value for value, word in enumerate(_TENS, start=2)},
}
_WORD_RUN = re.compile(
    rf"\b(?:(?:{'|'.join([*_WORDS, *_SCALES])})(?:[ -](?:and )?)?\b){{1,12}}",
    re.IGNORECASE,
)
_LETTERS = re.compile(r"[a-z]+")
_MULTIPLE = re.compile(r"\b(?:twice|thrice|half|doubles?|triples?|quarter|dozen)\b", re.IGNORECASE)
_PLAIN = (
    # A JSON string turns an unescaped "\frac" into a form feed and "rac".
    (re.compile(r"\x0c(?=rac|box)"), r"\\f"),
    (re.compile(r"\x08(?=oxed|inom|eta)"), r"\\b"),
    (re.compile(r"\t(?=ext|imes|heta|frac|an\b)"), r"\\t"),
    (re.compile(r"\r(?=ight|ho\b)"), r"\\r"),
    (re.compile(r"(?<![\w)}])[-−]\s?\\[dt]?frac\s?\{(\d{1,12})\}\s?\{(\d{1,12})\}"), r" -\1/\2"),
    (re.compile(r"(?<![\w)}])[-−]\s?\\[dt]?frac\s?(\d)\s?(\d)"), r" -\1/\2"),
    (re.compile(r"\\[dt]?frac\s?\{(-?\d{1,12})\}\s?\{(\d{1,12})\}"), r" \1/\2"),
    (re.compile(r"\\[dt]?frac\s?(\d)\s?(\d)"), r" \1/\2"),
    (re.compile(r"\\(?:text|mathrm|mathbf|textbf|mbox)\s?\{([^{}]{0,60})\}"), r" \1"),
    (re.compile(r"\\times\b|\\cdot\b"), "×"),
    (re.compile(r"\\([$%#&])"), r"\1"),
    (re.compile(r"\{,\}|(?<!\\)\\[,!;: ]"), ""),
    (re.compile(r"(?<=[a-z]{2})\s?\^\s?\{?[23]\}?|[²³]"), ""),
    (re.compile(r"\^\s?\{?\s?\\circ\s?\}?|°"), " degrees"),
    (re.compile(r"(?<=\d)\s?½|½"), " 1/2"),
    (re.compile(r"¼"), " 1/4"),
    (re.compile(r"¾"), " 3/4"),
)


class Found(str):
    """A number in one spelling, with its position in the text and the unit after it."""

    start: int
    end: int
    unit: str | None


def plain(text: str) -> str:
    """The text with LaTeX spellings of numbers replaced by plain ones."""
    if not text.isprintable() or "\\" in text or "{,}" in text or "^" in text or not text.isascii():
        for pattern, replacement in _PLAIN:
            text = pattern.sub(replacement, text)
    return text


def numbers(text: str) -> list[Found]:
    """Every number in a text that went through `plain`, in order, by value: "1,200.0" is 1200."""
    found = []
    for match in _NUMBER.finditer(text):
        number = Found(_spelled(_value(match)))
        number.start, number.end = match.span()
        number.unit = unit_after(text, number.end) or currency_in(match.group()[:2])
        found.append(number)
    return found


def amounts(text: str) -> int:
    """The number of amounts in a text, in digits or in words."""
    return len(numbers(text)) + len(_WORD_RUN.findall(text)) + len(_MULTIPLE.findall(text))


def in_words(text: str) -> str | None:
    """The last number written in words: "twenty-five" is 25."""
    runs = _WORD_RUN.findall(text[-_SHORT:])
    if not runs:
        return None
    total = part = 0
    for word in _LETTERS.findall(runs[-1].lower()):
        scale = 10 ** _SCALES.get(word, 0)
        if scale == 1:
            part += _WORDS.get(word, 0)
        elif scale == 100:
            part = max(1, part) * scale
        else:
            total, part = total + max(1, part) * scale, 0
    return str(total + part)


def same_number(first: str, second: str) -> bool:
    """True if two spelled numbers are equal, or one is the other rounded or cut.

    Only a number with two or more decimals counts as rounded: 33.33 is 33.3333, 33 is not.
    """
    if first == second:
        return True
    try:
        a, b = Decimal(first), Decimal(second)
    except ArithmeticError:
        return False
    if not (a.is_finite() and b.is_finite()):
        return False
    coarse, fine = (min(_decimals(n), 20) for n in sorted((a, b), key=_decimals))
    return 2 <= coarse < fine and abs(a - b) < Decimal(1).scaleb(-coarse)


def _decimals(number: Decimal) -> int:
    exponent = number.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def _value(match: re.Match[str]) -> Decimal:
    digits = (match["whole"] or "0").replace(",", "") + (match["decimals"] or "")
    value = Decimal(digits)
    if match["mixed"]:
        over, under = match["mixed"][1:].split("/")
        value += Decimal(over) / Decimal(under) if int(under) else 0
    if match["divisor"] and int(match["divisor"]):
        value /= int(match["divisor"])
    value = value.scaleb(int(match["exponent"] or match["power"] or 0))
    scale = (match["scale"] or "").strip().lower().replace("k", "thousand")
    value = value.scaleb(_SCALES.get(scale, 0))
    before = match.group()[:3]
    return -value if before.startswith(("-", "−", "–")) or before[1:2] in ("-", "−") else value


def _spelled(value: Decimal) -> str:
    rounded = round(value, 12).normalize() if abs(value) < 1e15 else value.normalize()
    return format(rounded, "f") if rounded else "0"
