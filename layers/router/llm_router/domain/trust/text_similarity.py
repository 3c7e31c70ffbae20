"""Text similarity: how alike two texts of prose are in content, whatever their structure."""

import re
from collections import Counter
from collections.abc import Set

_WORD = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+(?:['’][^\W\d_]+)?", re.IGNORECASE)
# fmt: off
_STOP_WORDS = frozenset((
    "a", "an", "the", "and", "or", "but", "if", "of", "to", "in", "on", "at", "by", "for", "with",
    "from", "as", "is", "are", "was", "were", "be", "been", "being", "it", "this", "that", "these",
    "those", "there", "here", "which", "who", "what", "when", "where", "will", "would", "can",
    "could", "should", "may", "might", "must", "do", "does", "did", "has", "have", "had", "i",
    "you", "he", "she", "we", "they", "them", "their", "his", "her", "our", "your", "so", "then",
    "than", "also", "just", "very", "more", "most", "some", "any", "such", "into", "about", "over",
    "all", "its", "i'm", "i've", "i'll", "you're", "they're", "we're",
))
_NEGATIONS = frozenset((
    "no", "not", "never", "none", "nothing", "neither", "nor", "cannot", "without", "false",
    "incorrect", "untrue", "unlikely",
))
# fmt: on
_NUMBER_WEIGHT = 3
_NUMBERS_DIFFER = 0.5
_DENIAL_DIFFERS = 0.5
_GRAM = 3


def content(text: str) -> Counter[str]:
    """The words of a text that carry meaning, without plural endings, and their counts."""
    stems = map(_stem, _WORD.findall(text.casefold()))
    return Counter(stem for stem in stems if stem not in _STOP_WORDS)


def text_similarity(first: str, second: str) -> float:
    """The similarity of two texts, above 0 and below 1.

    Shared words and letter groups raise it; different numbers or denials lower it.
    """
    a, b = content(first), content(second)
    alike = (_shared(_weighted(a), _weighted(b)) + _shared(_grams(a), _grams(b))) / 2
    numbers = [frozenset(word for word in words if word[0].isdigit()) for words in (a, b)]
    if all(numbers):
        together = len(numbers[0] & numbers[1]) / len(numbers[0] | numbers[1])
        alike *= _NUMBERS_DIFFER + (1 - _NUMBERS_DIFFER) * together
    denials = sorted(sum(n for word, n in words.items() if denies(word)) for words in (a, b))
    if denials[1]:
        alike *= 1 - _DENIAL_DIFFERS * (1 - denials[0] / denials[1])
    return round(min(0.99, max(0.01, alike)), 3)


def _stem(word: str) -> str:
    word = word.replace(",", "").replace("’", "'").removesuffix("'s")
    plural = len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is"))
    return word[:-1] if plural else word


def denies(word: str) -> bool:
    """True if a word turns a statement into its opposite."""
    return word in _NEGATIONS or word.endswith("n't")


def _weighted(words: Counter[str]) -> Counter[str]:
    return Counter(
        {word: n * (_NUMBER_WEIGHT if word[0].isdigit() else 1) for word, n in words.items()}
    )


def _grams(words: Counter[str]) -> Counter[str]:
    grams: set[str] = set()
    for word in words:
        padded = f" {word} "
        grams.update(padded[n : n + _GRAM] for n in range(len(padded) - _GRAM + 1))
    return Counter(dict.fromkeys(grams, 1))


def _shared(a: Counter[str], b: Counter[str]) -> float:
    total = a.total() + b.total()
    return 2 * (a & b).total() / total if total else 0.0


_FORMULA = re.compile(r"[\\^_{}=+*<>|√π±−]|(?<!\w)-|\w\(|\b[a-z]-|-[a-z]\b")
_CONNECTING_VERBS = frozenset(
    {"written", "wrote", "painted", "called", "named", "known", "located", "invented"}
)
_SAME_WORDS = 0.95
_CONTAINED = 0.8
_PARTLY = 0.5
_FEW = 2


def shared_words(question: str, first: str, second: str) -> float:
    """Compare two short answers by the words they add to the question's, from 0 to 0.99.

    Over 0.8 only if both add the same words in the same order. 0 if one of them contains a formula,
    if their numbers differ, or if they add entirely different words.
    """
    if _FORMULA.search(first) or _FORMULA.search(second) or _numbers(first) != _numbers(second):
        return 0.0
    a, b = content(first), content(second)
    asked = content(question).keys() | _CONNECTING_VERBS
    new, other_new = a.keys() - asked, b.keys() - asked
    if new == other_new:
        alike = _SAME_WORDS if new else _share(a.keys(), b.keys()) * text_similarity(first, second)
        same_order = [word for word in a if word in b] == [word for word in b if word in a]
        if [w for w in a if w in new] == [w for w in b if w in new] and (new or same_order):
            return round(alike, 3)
        return round(_PARTLY * alike, 3)
    return _partly_shared(new, other_new, text_similarity(first, second))


def _partly_shared(new: Set[str], other_new: Set[str], alike: float) -> float:
    if not new & other_new:
        return 0.0
    beside = new ^ other_new
    if (new < other_new or other_new < new) and len(beside) <= _FEW:
        return 0.0 if any(map(denies, beside)) else _CONTAINED
    return round(_PARTLY * alike, 3)


def _share(first: Set[str], second: Set[str]) -> float:
    return 1.0 if min(len(first), len(second)) > _FEW else _PARTLY


def _numbers(text: str) -> list[str] | None:
    return [word for word in content(text) if word[0].isdigit()]
