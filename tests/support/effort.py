"""Limits on CPU time that hold on slow and busy machines too: measured against known work."""

import re
import time
from collections import Counter
from collections.abc import Callable

_WORD = re.compile(r"\w+")
_TEXT = "The tenant says that the landlord, who lives abroad, kept 40 % of the deposit. " * 40
_TRIES = 20


def takes_less_than(milliseconds: float, action: Callable[[], object]) -> bool:
    """Check that the action ever needs less CPU time, here or on the machine of `_known_work`.

    Whatever else runs on the processor slows the action and the known work beside it alike.
    """
    for _ in range(_TRIES):
        taken = _milliseconds(action)
        if taken < milliseconds or taken < milliseconds * _milliseconds(_known_work):
            return True
    return False


def _milliseconds(action: Callable[[], object]) -> float:
    started = time.process_time()
    action()
    return (time.process_time() - started) * 1_000


def _known_work() -> None:
    """A millisecond of finding, comparing and counting words, which is what most code here does."""
    counts = Counter[str]()
    for _ in range(3):
        for found in _WORD.finditer(_TEXT):
            word = found.group().lower()
            counts[word] += 1 if word.isalpha() else 2
