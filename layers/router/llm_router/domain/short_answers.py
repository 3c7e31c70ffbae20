"""How far two answers of a few words say the same, beyond what their question says already."""

import re
from collections.abc import Set

from .likeness import content, denies, likeness

_FORMULA = re.compile(r"[\\^_{}=+*<>|√π±−]|(?<!\w)-|\w\(|\b[a-z]-|-[a-z]\b")
_TELLING = frozenset(
    {"written", "wrote", "painted", "called", "named", "known", "located", "invented"}
)
_SAME_WORDS = 0.95
_CONTAINED = 0.8
_PARTLY = 0.5
_FEW = 2


def shared_words(question: str, first: str, second: str) -> float:
    """From 0 to 0.99; over 0.8 only if both add the same words to the question's, in one order.

    0 if there is a formula in one of them, if their numbers differ, or if they share no new word.
    """
    if _FORMULA.search(first) or _FORMULA.search(second) or _numbers(first) != _numbers(second):
        return 0.0
    a, b = content(first), content(second)
    asked = content(question).keys() | _TELLING
    news, other = a.keys() - asked, b.keys() - asked
    if news == other:
        alike = _SAME_WORDS if news else _share(a.keys(), b.keys()) * likeness(first, second)
        same_order = [word for word in a if word in b] == [word for word in b if word in a]
        if [w for w in a if w in news] == [w for w in b if w in news] and (news or same_order):
            return round(alike, 3)
        return round(_PARTLY * alike, 3)
    return _partly_shared(news, other, likeness(first, second))


def _partly_shared(news: Set[str], other: Set[str], alike: float) -> float:
    if not news & other:
        return 0.0
    beside = news ^ other
    if (news < other or other < news) and len(beside) <= _FEW:
        return 0.0 if any(map(denies, beside)) else _CONTAINED
    return round(_PARTLY * alike, 3)


def _share(first: Set[str], second: Set[str]) -> float:
    return 1.0 if min(len(first), len(second)) > _FEW else _PARTLY


def _numbers(text: str) -> list[str] | None:
    return [word for word in content(text) if word[0].isdigit()]
