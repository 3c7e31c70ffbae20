"""A cost cap that holds whatever runs at the same time."""

import threading

from .collect_errors import StoppedError


class Purse:
    """Money for calls, in nano-USD: taken out at the worst case before, settled after.

    What is spent and what is reserved never exceed the cap together, so the bill cannot either.
    """

    def __init__(self, cap_nano_usd: int) -> None:
        self._cap = cap_nano_usd
        self._reserved = 0
        self._changed = threading.Condition()  # its lock is reentrant
        self.spent_nano_usd = 0
        self.closed = threading.Event()
        self.empty = False
        """Whether it was closed because a call did not fit any more."""

    def reserve(self, nano_usd: int) -> None:
        """Take out the worst case of a call; waits for money that calls under way may give back.

        Raises `StoppedError` once the purse is closed, which it is when a call does not fit.
        """
        with self._changed:
            while not self.closed.is_set() and self._lacks(nano_usd) and self._reserved:
                self._changed.wait()
            if not self.closed.is_set() and self._lacks(nano_usd):
                self.empty = True
                self.close()
            if self.closed.is_set():
                raise StoppedError
            self._reserved += nano_usd

    def settle(self, reserved_nano_usd: int, spent_nano_usd: int) -> None:
        """Book what a call cost and give back the rest of what was reserved for it."""
        with self._changed:
            self._reserved -= reserved_nano_usd
            self.spent_nano_usd += spent_nano_usd
            self._changed.notify_all()

    def close(self) -> None:
        """Let no further call begin."""
        with self._changed:
            self.closed.set()
            self._changed.notify_all()

    def _lacks(self, nano_usd: int) -> bool:
        return self.spent_nano_usd + self._reserved + nano_usd > self._cap
