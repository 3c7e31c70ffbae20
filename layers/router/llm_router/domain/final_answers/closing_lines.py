"""Reads the end of an answer that states no result: short last lines, bold text, formulas, code."""

import re
from collections.abc import Iterator

from .claims import HEADING

_CONCLUDING = re.compile(
    r"(?:^|[.!?]\s)\W{0,3}(?:(?:so|thus|hence|therefore|finally),? )?(?:it(?:['’]s| is| will be)|"
    r"that(?:['’]s| is)|we (?:get|have|obtain)|"
    r"(?:(?:the )?(?:final )?(?:output|result|value|function|code|program)|it|"
    r"\w{1,30}\(.{0,200}?\)) "
    r"(?:is|will be|would be|(?:will )?(?:returns?|prints?|outputs?))):?[ \t]",
    re.IGNORECASE,
)
_RECAP = re.compile(
    r"\n\W{0,9}(?:the |here are the )?(?:key|main) (?:steps?|points?|ideas?)\b", re.IGNORECASE
)
# A span ends at its first closing mark and holds no other opening mark (`\\[2pt]` opens none):
# one that could run on would be read in every way.
_SPAN = (
    r"(?:\$\$?[^$\n]{1,200}\$\$?|\\\((?:[^\\\n]|\\(?![()])){1,200}+\\\)|"
    r"\\\[(?:[^\\\n]|(?<=\\)\\(?!\])|\\(?![\[\]])){1,200}+\\\])"
)
_SET_AS_MATHS = re.compile(
    rf"({_SPAN}(?:(?:,|,? (?:or|and)) {_SPAN}){{0,5}})(?: [a-z]{{1,12}}){{0,2}}[.*\s]{{0,5}}\Z"
)
_THEREFORE = re.compile(
    r"\b(?:therefore|thus|hence|consequently|finally|altogether|in total)\b|\bso,|^\W{0,3}so\b",
    re.IGNORECASE | re.MULTILINE,
)
_BOLD = re.compile(r"\*\*([^*\n]{1,200})\*\*")
_LISTED = re.compile(r"\s{0,9}(?:[-*•]|\d{1,2}[.)])\s")
_NEAR_END = 1_000
_LONE = 2_000
_SET_OFF = 80
_FEW_WORDS = 6


def concluding(text: str) -> str | None:
    """The rest of the last sentence after "so it's", "the output is" or the like, if short."""
    last = text.rstrip().rpartition("\n")[2][-_NEAR_END:]
    phrases = list(_CONCLUDING.finditer(last))
    rest = last[phrases[-1].end() :].strip() if phrases else ""
    return rest if 0 < len(rest) <= _SET_OFF else None


def displayed(text: str) -> str | None:
    """The formulas, set as mathematics, that the text ends in; None without any."""
    last = text.rstrip().rpartition("\n")[2][-_NEAR_END:]
    found = _SET_AS_MATHS.search(last)
    return found[1] if found else None


def without_recap(text: str) -> str:
    """The text up to a recap of its steps."""
    recap = _RECAP.search(text)
    return text[: recap.start()] if recap and text[: recap.start()].strip() else text


def lone(text: str) -> Iterator[str]:
    """Yield the short last lines of paragraphs, from the end up to a concluding paragraph."""
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
    """The contents of the code block that an answer ends in; None without one."""
    before, fence, after = text.rpartition("\n```")
    opened = before.rfind("```")
    if not fence or after.strip() or opened < 0:
        return None
    return before[opened:].partition("\n")[2]


def bold(text: str) -> Iterator[str]:
    """Yield the bold texts near the end, without headings, last first."""
    for content in reversed(_BOLD.findall(text[-_NEAR_END:])):
        if not HEADING.match(content):
            yield content
