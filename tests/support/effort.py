"""Limits on CPU time that hold on slow and busy machines too: measured against known work."""

import gc
import re
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from math import inf

_WORD = re.compile(r"\w+")
_TEXT = "The tenant says that the landlord, who lives abroad, kept 40 % of the deposit. " * 40
_TRIES = 20
_MARGIN = 4
"""A busy machine slows work that fills its caches more than the known work, which does not."""
_NEGLIGIBLE_MS = 3.0
_ENDLESS_SECONDS = 2.0
_CERTAIN_TRIES = 8


class RanAwayError(BaseException):
    """The work was interrupted, since it took too long."""


def takes_less_than(milliseconds: float, action: Callable[[], object]) -> bool:
    """Check that the action ever needs less CPU time, here or on the machine of `_known_work`.

    Whatever else runs on the processor slows the action and the known work beside it. What is
    found is work that grows out of bounds, not work that became half as fast again: on a slow
    machine it may take `_MARGIN` times as long.
    """
    with _uncollected():
        for _ in range(_TRIES):
            taken = _milliseconds(action)
            if taken < milliseconds or taken < _MARGIN * milliseconds * _milliseconds(_known_work):
                return True
    return False


def grows_linearly(
    action: Callable[[str], object], small: str, large: str, milliseconds: float
) -> bool:
    """Check that the work on `large` is no more than linear beside that on `small`, its beginning.

    Work that grows with the square takes as many times longer than linear work as `large` is
    longer than `small`; half of that, in the middle of the two, is the bound. It must also take
    less CPU time than so many milliseconds, as in `takes_less_than`. Work that takes next to none
    is not compared; work that takes longest is interrupted: `RanAwayError`.
    """
    times = round(len(large) / len(small))
    small_ones = [small] * times
    with _uncollected():
        with _interrupted_after(_ENDLESS_SECONDS):
            action(small)  # what is only made on first use
            if _elapsed(partial(action, large)) < _NEGLIGIBLE_MS:
                return True
        # The least time of several tries, by the clock: what interrupts a try only makes it
        # longer, and the processor's own clock may be too coarse to compare.
        least_small = least_large = inf
        for tried in range(_TRIES):
            least_small = min(least_small, _elapsed(lambda: [action(text) for text in small_ones]))
            least_large = min(least_large, _elapsed(partial(action, large)))
            most = max(_NEGLIGIBLE_MS, times / 2 * least_small)
            if least_large <= most:
                return takes_less_than(milliseconds, partial(action, large))
            if tried >= _CERTAIN_TRIES and least_large > 1.5 * most:
                break
    return False


@contextmanager
def _uncollected() -> Iterator[None]:
    """Collect no garbage: that of all other tests is no work of the one that is timed."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


@contextmanager
def _interrupted_after(seconds: float) -> Iterator[None]:
    """Raise `RanAwayError` after so much CPU time, also inside of a regular expression."""

    def interrupt(_number: int, _frame: object) -> None:
        raise RanAwayError

    before = signal.signal(signal.SIGVTALRM, interrupt)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def _elapsed(action: Callable[[], object]) -> float:
    started = time.perf_counter()
    action()
    return (time.perf_counter() - started) * 1_000


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
