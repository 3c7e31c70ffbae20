"""Finds where an answer states its result, from the most explicit place to the least."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from .json_fields import answer_fields

_STATED = re.compile(
    r"\b(?:final answer|correct answer|right answer|best answer|answer|correct option|"
    r"correct choice|final result)\b[*_`]{0,3}"
    r"(?:\s(?:to (?:the|this|your) (?:question|problem)|for this (?:question|problem)))?"
    r"(?:\s{0,3}(?::|\b(?:is|would be|will be|should be|must be|comes to)\b)[ \t]?)(?!\s?not\b)"
    r"[*`]{0,3}:?(?: ?(?:therefore|thus|then|simply|indeed|option|choice)\b)?[*`]{0,3}",
    re.IGNORECASE,
)
_STATED_ABROAD = re.compile(
    r"(?:\b(?:antwort|ergebnis|lösung|réponse(?: finale)?|résultat(?: final)?|respuesta(?: final)?|"
    r"resultado(?: final)?|risposta(?: finale)?|resposta(?: final)?|ответ)|"
    r"(?:答案|答え|回答|正解|정답))[*_`]{0,3}"
    r"\s{0,3}(?:[:：—]|\b(?:ist|lautet|est|es|é|è)\b|[是为為は])[*`]{0,3}\s?[:：]?",
    re.IGNORECASE,
)
_LABELLED = re.compile(
    r"[-*_#>` \t]{0,9}(?:the |final |predicted |expected )?(?:answer|output|result|"
    r"return(?:ed)? value|prediction|label|class|category|classification|sentiment|verdict|"
    r"solution)[*_`]{0,3}(?:\s?:|\s[-–—]\s|\s(?:is|will be|would be)\s)(?!\s?not\b)[*_]{0,3}",
    re.IGNORECASE,
)
_HASHES = re.compile(r"^####[ \t]{0,9}(?=\S)([^\n]{1,200})", re.MULTILINE)
HEADING = re.compile(
    r"\A\s*+(?:(?:step|part|case|note|method|option)\b|\d{1,2}[.)]\s|[^:]*+:\s*+$)", re.IGNORECASE
)
_TAGS = (("[answer]", "[/answer]"), ("<answer>", "</answer>"))
_NEAR_END = 1_000


class Claim(NamedTuple):
    """A text that an answer marks as its result; `explicit` if the mark holds nothing else."""

    text: str
    explicit: bool


def stated_results(text: str) -> Iterator[Claim]:
    """Yield the texts that the answer marks as its result, the most explicit mark first."""
    for find in (answer_fields, _tagged, _boxed):
        for content in find(text):
            yield Claim(content, explicit=True)
    hashes = [line for line in _HASHES.findall(text) if not HEADING.match(line)]
    if hashes:
        yield Claim(hashes[-1], explicit=False)
    for phrase in (_STATED, _STATED_ABROAD):
        for match in reversed(list(phrase.finditer(text))[-4:]):
            yield Claim(_rest_of_line(text, match.end()), explicit=False)
    last = text.rstrip().rpartition("\n")[2]
    if labelled := _LABELLED.match(last):
        yield Claim(last[labelled.end() :].strip(), explicit=False)


def _tagged(text: str) -> Iterator[str]:
    lowered = text.lower()
    for opening, closing in _TAGS:
        start = lowered.rfind(opening)
        if start >= 0:
            start += len(opening)
            end = lowered.find(closing, start)
            yield text[start : end if end >= 0 else None]


def _boxed(text: str) -> Iterator[str]:
    start = text.rfind("\\boxed{")
    if start < 0:
        return
    content = text[start + len("\\boxed{") :][:_NEAR_END]
    depth = 1
    for place, character in enumerate(content):
        depth += (character == "{") - (character == "}")
        if depth == 0:
            yield content[:place]
            return


def _rest_of_line(text: str, start: int) -> str:
    rest = text[start : start + _NEAR_END]
    # A space beyond the one that the phrase needs may belong to a string.
    rest = rest.removeprefix(" ") if text[start - 1] in "*`:：" else rest
    # After "The answer is:" the result may be on the next line.
    if not rest.partition("\n")[0].strip(" \t*`"):
        rest = rest.lstrip(" \t*`\n").removeprefix("python\n")
    return rest.partition("\n")[0]
