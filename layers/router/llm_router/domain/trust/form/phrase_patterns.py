"""Finds the phrases of a table in a text, in time linear in the text.

A table is written like a word list: phrases are separated by commas or line breaks.

- `[a|b]` is a choice; an empty one makes it optional.
- `*` is the rest of a word.
- `~` is up to two words in between.
- `…` is up to 40 characters of the same clause in between.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping, Set
from functools import cached_property

_SYMBOLS = {
    " ": " ",
    "␣": " ?",
    "*": r"\w{0,15}",
    "~": r"(?:[^\s,.;:!?]{1,15} ){0,2}",
    "…": r"[^,.;:!?，。；：！？、؟،।\n]{0,40}?",
    "›": r"(?<!\w)",
    "[": "(?:",
    "|": "|",
    "]": ")",
}
_PARTS = re.compile(r"[ ␣›*~…\[\]|]|[^ ␣›*~…\[\]|]+")
_LONGEST_KEY = 3
_LITERAL = re.compile(r"[^*~…\[\]|]{1,3}")
_FOLDS = str.maketrans({
    "’": "'", "‘": "'", "´": "'", "`": "'", "ё": "е", "أ": "ا", "إ": "ا", "آ": "ا", "ى": "ي",
    "\u00a0": " ", "\u202f": " ", "\u0307": None, "\u200b": None, "\u200c": None,
    **{chr(mark): None for mark in range(0x064B, 0x0653)},
})  # fmt: skip
_WORD_START = re.compile(r"(?<!\w)\w")
_HANGUL = re.compile("[\uac00-\ud7af]")
_SPACELESS = re.compile("[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


def folded(text: str) -> str:
    """The text in lower case, without the differences of spelling that phrases ignore."""
    if text.isascii():
        return text.lower().replace("`", "'")
    return unicodedata.normalize("NFC", text.casefold()).translate(_FOLDS)


class FoldedText:
    """A text that is `folded`, with an index of the first characters of its words."""

    def __init__(self, text: str) -> None:
        """Folds the text; the index is made at the first search."""
        self.text = folded(text)

    @cached_property
    def words_by_start(self) -> Mapping[str, list[int]]:
        """The places of words by their first three characters."""
        text = self.text
        places: dict[str, list[int]] = {}
        for start in _WORD_START.finditer(text):
            at = start.start()
            key = text[at : at + _LONGEST_KEY]
            if key in places:
                places[key].append(at)
            else:
                places[key] = [at]
        return places

    @cached_property
    def has_spaceless(self) -> bool:
        """True if any of the text is in a script without spaces."""
        return not self.text.isascii() and _SPACELESS.search(self.text) is not None


class Phrases:
    """The phrases of some tables, found in a text.

    They begin and end at the borders of words, except in scripts that have no spaces. The others
    are indexed by their first characters, and compiled when these occur.
    """

    def __init__(self, *tables: str) -> None:
        """The tables are read at the first search."""
        self.tables = "\n".join(tables)
        self._compiled: dict[str, re.Pattern[str]] = {}

    def find(self, text: FoldedText) -> Iterator[re.Match[str]]:
        """Every phrase in the text: at words in order, then endings, then scripts without spaces.

        Those of one kind do not overlap.
        """
        end = 0
        for at, key in self._places(text):
            if at >= end and (match := self._pattern(key).match(text.text, at)):
                yield match
                end = match.end()
        if self._endings:
            yield from self._endings.finditer(text.text)
        if text.has_spaceless and self._spaceless:
            yield from self._spaceless.finditer(text.text)

    def within(self, text: FoldedText) -> bool:
        """True if any phrase is in the text."""
        return next(self.find(text), None) is not None

    def begins(self, text: FoldedText, at: int = 0) -> bool:
        """True if a phrase begins at this place."""
        return any(match.start() == at for match in self.find(text))

    def starts(self, text: FoldedText) -> frozenset[int]:
        """The places where phrases begin."""
        return frozenset(match.start() for match in self.find(text))

    def _places(self, text: FoldedText) -> list[tuple[int, str]]:
        words, groups = text.words_by_start, self._groups
        found = [(at, key) for key in groups.keys() & words.keys() for at in words[key]]
        for length, keys in self._short_keys.items():
            for key, places in words.items():
                if key[:length] in keys and len(key) > length:
                    found += [(at, key[:length]) for at in places]
        found.sort()
        return found

    @cached_property
    def _short_keys(self) -> Mapping[int, Set[str]]:
        by_length = {n: {key for key in self._groups if len(key) == n} for n in (1, 2)}
        return {length: keys for length, keys in by_length.items() if keys}

    def _pattern(self, key: str) -> re.Pattern[str]:
        if key not in self._compiled:
            self._compiled[key] = _compiled(self._groups[key], r"(?!\w)")
        return self._compiled[key]

    @cached_property
    def _phrases(self) -> list[str]:
        return list(dict.fromkeys(_read(self.tables)))

    @cached_property
    def _groups(self) -> Mapping[str, list[str]]:
        groups: defaultdict[str, list[str]] = defaultdict(list)
        for phrase in self._phrases:
            if not (phrase.startswith("*") or _SPACELESS.search(phrase)):
                for beginning in _beginnings(phrase):
                    groups[_literal_start(beginning)].append(beginning)
        return dict(groups)

    @cached_property
    def _endings(self) -> re.Pattern[str] | None:
        endings = [phrase[1:] for phrase in self._phrases if phrase.startswith("*")]
        return _compiled(endings, r"(?!\w)") if endings else None

    @cached_property
    def _spaceless(self) -> re.Pattern[str] | None:
        phrases = [phrase for phrase in self._phrases if _SPACELESS.search(phrase)]
        return _compiled(phrases, "") if phrases else None


def _compiled(phrases: list[str], border: str) -> re.Pattern[str]:
    return re.compile(f"(?:{'|'.join(map(_expression, phrases))}){border}")


def _read(table: str) -> Iterator[str]:
    """The phrases of a table; a choice may go on over a line break."""
    table = re.sub(r"(?<=[|\[])\s*\n\s*", "", folded(table))
    # "[a|] b" is "a b" or "b": the space belongs to the optional word, but not to an ending.
    table = re.sub(r"(?<![^\s,~…|\[])\[([^\[\]]*)\|\] ", r"[[\1] |]", table)
    phrases = (phrase.strip(" \n~…") for phrase in re.split(r"[,\n]", table))
    return filter(None, phrases)


def _literal_start(phrase: str) -> str:
    start = _LITERAL.match(phrase)
    if start is None:
        raise ValueError(f"a phrase that begins with no letter: {phrase!r}")
    return start[0]


def _beginnings(phrase: str) -> Iterator[str]:
    """The phrase with the choices among its first characters made, in every way."""
    opening = phrase.find("[")
    start = _LITERAL.match(phrase)
    if opening < 0 or (start and len(start[0]) < opening) or opening >= _LONGEST_KEY:
        yield phrase
        return
    depth, starts, choices = 0, opening + 1, []
    for at in range(opening, len(phrase)):
        depth += {"[": 1, "]": -1}.get(phrase[at], 0)
        if (phrase[at] == "|" and depth == 1) or depth == 0:
            choices.append(phrase[starts:at])
            starts = at + 1
        if depth == 0:
            break
    for choice in choices:
        yield from _beginnings(f"{phrase[:opening]}{choice}{phrase[starts:]}".lstrip(" ~…"))


def _expression(phrase: str) -> str:
    if _SPACELESS.search(phrase):
        phrase = phrase.replace(" ", "␣" if _HANGUL.search(phrase) else "")
    else:
        phrase = phrase.replace("…", "…›")
    return "".join(_SYMBOLS.get(part) or re.escape(part) for part in _PARTS.findall(phrase))
