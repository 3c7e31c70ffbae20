"""Refuses a request that just failed after it cost money or the deadline: a repeat would too."""

import hashlib
import hmac
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from .errors import JustFailedError, RouterError
from .ports import FailedRequests

REFUSED_MS = 10_000
_FAILED, _TIMED_OUT = 503, 504
_AT_ONCE_SECONDS = 1.0
_PURPOSE = b"llm-router/just-failed/1"

T = TypeVar("T")


@dataclass(frozen=True)
class SentRequest:
    """A request as it was sent, with its caller's API key."""

    path: str
    api_key: str = field(repr=False)
    body: str = field(repr=False)

    @property
    def digest(self) -> str:
        """Identifies the request and the API key; tells nothing to who does not know the key."""
        content = f"{self.path}\0{self.body}".encode(errors="surrogatepass")
        key = hmac.digest(self.api_key.encode(errors="surrogatepass"), _PURPOSE, hashlib.sha256)
        return hmac.new(key, content, hashlib.sha256).hexdigest()


@dataclass(frozen=True)
class JustFailed:
    """The use case that keeps clients from paying for the same failure again and again."""

    failed: FailedRequests | None
    clock: Callable[[], float] = time.monotonic

    def guard(self, request: SentRequest | None, answer: Callable[[], T], *, retry: bool) -> T:
        """Call `answer`; `JustFailedError` if the same request failed within the last 10 s.

        With `retry` it is called all the same. Without a store nothing is refused.
        """
        if self.failed is None or request is None:
            return answer()
        digest = request.digest
        left_ms = None if retry else self.failed.refused_for_ms(digest)
        if left_ms is not None and 0 < left_ms <= REFUSED_MS:
            raise JustFailedError(
                "the same request just failed after it was paid for or its deadline had passed;"
                " send it again later, or with router.retry to pay for it again",
                left_ms,
            )
        started = self.clock()
        try:
            return answer()
        except RouterError as error:
            if _has_cost(error, self.clock() - started):
                self.failed.refuse(digest, REFUSED_MS)
                error.refused_ms = REFUSED_MS
            raise


def _has_cost(error: RouterError, seconds: float) -> bool:
    """True for a failure that cost money, or the time until the deadline."""
    if error.status not in (_FAILED, _TIMED_OUT) or error.outcome is None:
        return False
    waited = error.status == _TIMED_OUT and seconds >= _AT_ONCE_SECONDS
    return waited or error.outcome.cost_nano_usd > 0
