"""The parts of a prompt's text that can be counted: tokens, quotations, lists, code, formulas."""

import re

_TOKEN = re.compile(
    r"[a-z\u00c0-\u060b\u0620-\u0963\u0966-\u1fff\uac00-\ud7af]+"
    r"|\d+|[\u3040-\u30ff\u3400-\u9fff]|[^\s\w]"
)
_PLAIN_QUOTES = re.compile(r'"(?=\S)[^"]{1,400}"')
_SINGLE_QUOTES = re.compile(r"'(?<!\w')[^'\n]{1,60}'(?!\w)")
_OTHER_QUOTES = re.compile(r"[“”„«‹「《](?=\S)[^“”„«»‹›「」《》]{1,400}[“”»›」》]")
_PART = re.compile(r"^[ \t]*(?:\d+[.)]|[-*•])[ \t]+\S", re.MULTILINE)
_OPTION = re.compile(r"^[ \t]*\(?[A-D][.):] ?\S", re.MULTILINE)
_CODE = re.compile(
    r"```|^[ \t]*(?:def|class|import|from|return|for|if|while|SELECT|function|#include|func|fn|let"
    r"|const|int|void|public|try)\b.*[\])\w:;({=]$",
    re.MULTILINE,
)
_ARGUMENT = re.compile(r"\([a-z][,)]")
_SYMBOL = re.compile("[∑∫√≤≥∀∃∈→≠ℝ²³]")
_CALCULATION = re.compile(r"\d ?[-+*/×÷^] ?\d|\d ?%")

SCRIPTS = {
    "cyrillic": re.compile("[\u0400-\u052f]"),
    "arabic": re.compile("[\u0590-\u06ff]"),
    "indic": re.compile("[\u0900-\u0dff]"),
    "hangul": re.compile("[\uac00-\ud7af]"),
    "kana": re.compile("[\u3040-\u30ff]"),
    "han": re.compile("[\u3400-\u9fff]"),
}
"""Characters that identify a script; Hebrew counts as Arabic, since most texts have neither."""


def tokens_of(text: str) -> list[str]:
    """Words in lower case, numbers, single Chinese or Japanese characters, punctuation marks."""
    return _TOKEN.findall(text.lower())


def without_quotes(text: str) -> str:
    """The text without its quoted parts."""
    if '"' in text:
        text = _PLAIN_QUOTES.sub("", text)
    if "'" in text:
        text = _SINGLE_QUOTES.sub("", text)
    return text if text.isascii() else _OTHER_QUOTES.sub("", text)


def count_marks(question: str, outside: str) -> dict[str, float]:
    """Count the marks of a technical text; `outside` is the question without its quoted parts."""
    formulas = sum(map(outside.count, "=^\\")) + len(_ARGUMENT.findall(outside))
    return {
        "parts": len(_PART.findall(question)),
        "options": len(_OPTION.findall(question)),
        "code": len(_CODE.findall(question)),
        "formulas": formulas + (0 if outside.isascii() else len(_SYMBOL.findall(outside))),
        "calculations": len(_CALCULATION.findall(outside)),
    }


def scripts_in(text: str) -> list[float]:
    """For each of `SCRIPTS`, 1.0 if the text has any of it, else 0.0."""
    if text.isascii():
        return [0.0] * len(SCRIPTS)
    return [float(script.search(text) is not None) for script in SCRIPTS.values()]
