"""Counts the intents that the words of a prompt express."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from itertools import pairwise

from .intent_words import INTENT_WORDS

_START = 3
"""Stems are indexed by their first three letters; a stem of one letter matches only itself."""


def _tables() -> tuple[Mapping[str, set[str]], Mapping[str, list[tuple[str, str]]]]:
    words: defaultdict[str, set[str]] = defaultdict(set)
    stems: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    for intent, listed in INTENT_WORDS.items():
        for word in listed.split():
            if word.endswith("*"):
                stems[word[:-1][:_START]].append((word[:-1], intent))
            else:
                words[word].add(intent)
    return dict(words), dict(stems)


_WORDS, _STEMS = _tables()


def intents_of(words: Sequence[str]) -> Counter[str]:
    """Count the different words of each intent among `words`, which are in lower case.

    A Chinese or Japanese text comes as single characters, of which neighbours make a word.
    """
    different = set(words)
    different.update(
        first + second for first, second in pairwise(words) if "\u3040" <= first <= "\u9fff"
    )
    found: Counter[str] = Counter()
    for word in different:
        for intent in _WORDS.get(word, ()):
            found[intent] += 1
        for start in (word[:2], word[:3]) if len(word) > 2 else (word,):
            for stem, intent in _STEMS.get(start, ()):
                if word.startswith(stem):
                    found[intent] += 1
    return found
