"""Worker threads that stop at the first error and never keep the process from ending."""

import queue
import threading
from collections.abc import Callable, Iterable
from typing import Generic, TypeVar

Work = TypeVar("Work")

_LOOK_FOR_SIGNALS_SECONDS = 0.1


class WorkerPool(Generic[Work]):
    """Does pieces of work on several threads until none is left or one raises an error."""

    def __init__(self, do: Callable[[Work], None], work: Iterable[Work], workers: int) -> None:
        self._do = do
        self._work: queue.SimpleQueue[Work] = queue.SimpleQueue()
        for piece in work:
            self._work.put(piece)
        self._over = threading.Event()
        self._errors: list[BaseException] = []
        self._threads = [threading.Thread(target=self._run, daemon=True) for _ in range(workers)]
        for thread in self._threads:
            thread.start()

    def join(self) -> None:
        """Wait until all threads have ended, and raise the first error if there was one."""
        for thread in self._threads:
            # A join without a timeout is not woken by a signal that another thread receives.
            while thread.is_alive():
                thread.join(_LOOK_FOR_SIGNALS_SECONDS)
        if self._errors:
            raise self._errors[0]

    def _run(self) -> None:
        while not self._over.is_set():
            try:
                self._do(self._work.get_nowait())
            except queue.Empty:
                return
            except BaseException as error:  # noqa: BLE001
                self._errors.append(error)
                self._over.set()
