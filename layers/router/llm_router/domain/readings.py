"""Readers of a final answer: one for each kind of answer that a question can ask for."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Literal

from . import claims, literals, numerals, questions
from .base import Frozen

Kind = Literal["number", "choice", "json", "literal", "short_text"]

_SHORT = 80
_TAIL = 1_500
_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")
_AFTER_EQUALS = re.compile(r"(?:=|≈|\bequals\b)[ \t$]{0,9}")
_LIST_MARK = re.compile(r"^\W{0,5}(?:step )?\d{1,2}[.):]\s", re.IGNORECASE)
_SYMBOLS = re.compile(r"[\\^_{}√π+*=<>|]|\d[a-z](?![a-z])|[a-z]\d|\d\s?[-–/(]\s?\d|\)\(", re.IGNORECASE)
_CALL = re.compile(r"\s{0,9}(?:assert\b|\w{1,40}\()")
_RESULT_WORD = re.compile(
    r"(?:\b(?:is|be|are|returns?|returned|return|prints?|outputs?|equals?|becomes?|to|as|literal|"
    r"string|list|tuple|dictionary|value|result|output|with)\b|==|->|=>|→|:|=)[ \t*:`$]{0,9}"
    r"(?=['\"\[({\d-]|(?:True|False|None)\b)"
)
_PLAIN_LITERAL = re.compile(r"-?\d{1,30}(?:\.\d{1,30})?(?![\w.]?\w)|(?:True|False|None|true|false)\b")
_EMPTY = re.compile(r"\ban? empty (string|list|dictionary|dict|tuple|set)\b", re.IGNORECASE)
_EMPTIES = {"string": "''", "list": "[]", "dictionary": "{}", "dict": "{}", "tuple": "()", "set": "set()"}


class FinalAnswer(Frozen):
    """A final answer in one spelling: equal values are equal answers."""

    kind: Kind
    value: str


Reader = Callable[[str, str], FinalAnswer | None]


def number(question: str, text: str) -> FinalAnswer | None:
    """The number an answer comes to: the one it states, or the one its last sentences end in."""
    text = numerals.plain(text)
    for claim in claims.stated(text):
        if answer := _number_claimed(claim.text):
            return answer
    for content in claims.bold(text):
        if (answer := _number_claimed(content)) and answer.kind == "number":
            return answer
    value = _concluded(question, text[-_TAIL:])
    return FinalAnswer(kind="number", value=value) if value else None
