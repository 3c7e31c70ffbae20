"""The agreement of two answers within a bound of processor time."""

import signal
import threading

from llm_router.domain.trust.agreement import agreement

MOST_SECONDS = 0.5
"""Of processor time; two answers of 4,000 characters take a hundredth of it."""


class _OutOfTimeError(Exception):
    """The time is over."""


def agreement_in_time(question: str, first: str, second: str) -> float | None:
    """The agreement of two answers, from 0 to 1; None if they are not comparable in time.

    Only a signal interrupts a regular expression that runs away, and only the main thread of a
    process gets signals. In any other thread the bound is that of the texts that are read.
    """
    if threading.current_thread() is not threading.main_thread():
        return agreement(question, first, second)
    before = signal.signal(signal.SIGVTALRM, _interrupt)
    try:
        signal.setitimer(signal.ITIMER_VIRTUAL, MOST_SECONDS)
        try:
            return agreement(question, first, second)
        finally:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    except _OutOfTimeError:
        return None
    finally:
        signal.signal(signal.SIGVTALRM, before)


def _interrupt(_number: int, _frame: object) -> None:
    raise _OutOfTimeError
