"""One spelling for what LaTeX, Unicode and plain text write differently in a formula."""

import re

_SPELLINGS = (
    (re.compile(r"\\(?:left|right|displaystyle|,|;|!|:|quad|[()\[\]]|\s)|\$|\\?%"), ""),
    # A blank between two words or numbers keeps them apart, as in `\sin x`.
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


def spelled(text: str) -> str:
    """The formula without what only sets it, each sign and command in one spelling."""
    text = _JOINED.sub(",", text)
    for pattern, replacement in _SPELLINGS:
        text = pattern.sub(replacement, text)
    return text.strip(".,;")
