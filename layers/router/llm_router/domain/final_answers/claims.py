"""Where an answer states its result: the places to look, from the most explicit to the least."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from .json_fields import answer_fields

_STATED = re.compile(
    r"\b(?:final answer|correct answer|right answer|best answer|answer|correct option|"
    r"correct choice|final result)\b[*_`]{0,3}"
    r"(?:\s(?:to (?:the|this|your) (?:question|problem)|for this (?:question|problem)))?"
    r"(?:\s{0,3}(?::|\b(?:is|would be|will be|should be|must be|comes to)\b)[ \t]?)(?!not\b)"
    r"[*`]{0,3}:?(?: ?(?:therefore|thus|then|simply|indeed|option|choice)\b)?[*`]{0,3}",
    re.IGNORECASE,
)
_STATED_ABROAD = re.compile(
    r"(?:\b(?:antwort|ergebnis|lösung|réponse(?: finale)?|résultat(?: final)?|respuesta(?: final)?|"
    r"resultado(?: final)?|risposta(?: finale)?|resposta(?: final)?|ответ)|"
    r"(?:答案|答え|回答|正解|정답))[*_`]{0,3}"
    r"\s{0,3}(?:[:：—]|\b(?:ist|lautet|est|es|é|è)\b|[是为為は])[*`]{0,3}[:：]?",
    re.IGNORECASE,
)
_LABELLED = re.compile(
    r"[-*_#>` \t]{0,9}(?:the |final |predicted |expected )?(?:answer|output|result|return(?:ed)? value|"
    r"prediction|label|class|category|classification|sentiment|verdict|solution)[*_`]{0,3}"
    r"(?:\s?:|\s(?:is|will be|would be)\s)[*_]{0,3}",
    re.IGNORECASE,
)
_CONCLUDING = re.compile(
    r"(?:^|[.!?]\s)\W{0,3}(?:(?:so|thus|hence|therefore|finally),? )?(?:it(?:['’]s| is| will be)|"
    r"that(?:['’]s| is)|we (?:get|have|obtain)|"
    r"(?:(?:the )?(?:final )?(?:output|result|value|function|code|program)|it|\w{1,30}\(.{0,200}?\)) "
    r"(?:is|will be|would be|(?:will )?(?:returns?|prints?|outputs?))):?[ \t]",
    re.IGNORECASE,
)
_RECAP = re.compile(
    r"\n\W{0,9}(?:the |here are the )?(?:key|main) (?:steps?|points?|ideas?)\b", re.IGNORECASE
)
_SPAN = r"(?:\$\$?[^$\n]{1,200}\$\$?|\\\([^\n]{1,200}?\\\)|\\\[[^\n]{1,200}?\\\])"
_SET_AS_MATHS = re.compile(rf"{_SPAN}(?:(?:,|,? (?:or|and)) {_SPAN}){{0,5}}[.*\s]{{0,5}}\Z")
_THEREFORE = re.compile(
    r"\b(?:therefore|thus|hence|consequently|finally|altogether|in total)\b|\bso,|^\W{0,3}so\b",
    re.IGNORECASE | re.MULTILINE,
)
_HASHES = re.compile(r"^####[ \t]{0,9}(?=\S)([^\n]{1,200})", re.MULTILINE)
_BOLD = re.compile(r"\*\*([^*\n]{1,200})\*\*")
_HEADING = re.compile(
    r"\s*(?:(?:step|part|case|note|method|option)\b|\d{1,2}[.)]\s|[^:]*:\s*$)", re.IGNORECASE
)
_LISTED = re.compile(r"\s{0,9}(?:[-*•]|\d{1,2}[.)])\s")
_TAGS = (("[answer]", "[/answer]"), ("<answer>", "</answer>"))
_NEAR_END = 1_000
_LONE = 2_000
_SET_OFF = 80
_FEW_WORDS = 6


class Claim(NamedTuple):
    """What an answer marks as its result; `explicit` if the mark holds nothing else."""

    text: str
    explicit: bool


def stated(text: str) -> Iterator[Claim]:
    """What the answer itself marks as its result, the most explicit mark first."""
    for find in (answer_fields, _tagged, _boxed):
        for content in find(text):
            yield Claim(content, explicit=True)
    hashes = [line for line in _HASHES.findall(text) if not _HEADING.match(line)]
    if hashes:
        yield Claim(hashes[-1], explicit=False)
    for phrase in (_STATED, _STATED_ABROAD):
        for match in reversed(list(phrase.finditer(text))[-4:]):
            yield Claim(_rest_of_line(text, match.end()), explicit=False)
    last = text.rstrip().rpartition("\n")[2]
    if labelled := _LABELLED.match(last):
        yield Claim(last[labelled.end() :].strip(), explicit=False)


def concluding(text: str) -> str | None:
    """What the last sentence says after "so it's", "the output is" or such, if it is short."""
    last = text.rstrip().rpartition("\n")[2][-_NEAR_END:]
    phrases = list(_CONCLUDING.finditer(last))
    rest = last[phrases[-1].end() :].strip() if phrases else ""
    return rest if 0 < len(rest) <= _SET_OFF else None


def displayed(text: str) -> str | None:
    """The formulas set as such that the text ends in."""
    last = text.rstrip().rpartition("\n")[2][-_NEAR_END:]
    found = _SET_AS_MATHS.search(last)
    return found.group() if found else None


def without_recap(text: str) -> str:
    """The text up to where it begins to list its steps once more."""
    recap = _RECAP.search(text)
    return text[: recap.start()] if recap and text[: recap.start()].strip() else text


def lone(text: str) -> Iterator[str]:
    """The short lines that paragraphs end in, the last first, up to where more is concluded."""
    for paragraph in reversed(text[-_LONE:].split("\n\n")):
        if 0 < len(line := paragraph.strip().rpartition("\n")[2]) <= _SET_OFF:
            yield line
        if _THEREFORE.search(paragraph):
            return


def set_off(text: str) -> str | None:
    """The last line, if it follows a sentence or a gap and has too few words to be a sentence."""
    before, _, last = text.rstrip().rpartition("\n")
    previous = before.rpartition("\n")[2].strip()
    alone = not previous or (previous[-1] in ".!:" and not _LISTED.match(previous))
    few = len(last) <= _SET_OFF and len(last.split()) <= _FEW_WORDS
    stops = last.rstrip()[-1:] in ".!?:" or last.strip() == "```" or _LISTED.match(last)
    return last if alone and few and not stops else None


def fenced(text: str) -> str | None:
    """What is inside the code block that an answer ends in."""
    before, fence, after = text.rpartition("\n```")
    opened = before.rfind("```")
    if not fence or after.strip() or opened < 0:
        return None
    return before[opened:].partition("\n")[2]


def bold(text: str) -> Iterator[str]:
    """What stands in bold near the end, without headings; the last first."""
    for content in reversed(_BOLD.findall(text[-_NEAR_END:])):
        if not _HEADING.match(content):
            yield content


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
    # A blank more than the phrase itself needs may belong to a string.
    rest = rest.removeprefix(" ") if text[start - 1] in "*`:：" else rest
    # "The answer is:" may leave the result to the next line.
    if not rest.partition("\n")[0].strip(" \t*`"):
        rest = rest.lstrip(" \t*`\n").removeprefix("python\n")
    return rest.partition("\n")[0]
