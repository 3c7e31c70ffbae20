"""How long a provider asks to wait, in all the forms in which it says so (RFC 9110 and beyond)."""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from math import ceil, isfinite

_LONGEST_MS = 24 * 3600 * 1000


def retry_after_ms(headers: Mapping[str, str], now_epoch_ms: int) -> int | None:
    """Milliseconds to wait; None if the headers (names in lower case) do not say.

    `retry-after-ms` comes before `retry-after`, which is seconds, whole or not, or an HTTP date;
    a date counts from the response's own `date`, so that the clocks need not agree.
    """
    exact = _number(headers.get("retry-after-ms"))
    if exact is not None:
        return _within_reason(exact)
    given = headers.get("retry-after")
    seconds = _number(given)
    if seconds is not None:
        return _within_reason(seconds * 1000)
    until = _date(given)
    if until is None:
        return None
    sent = _date(headers.get("date")) or datetime.fromtimestamp(now_epoch_ms / 1000, UTC)
    return _within_reason(max(0.0, (until - sent).total_seconds() * 1000))


def _within_reason(milliseconds: float) -> int | None:
    if not isfinite(milliseconds) or milliseconds < 0:
        return None
    return min(ceil(milliseconds), _LONGEST_MS)


def _number(text: str | None) -> float | None:
    try:
        return float(text) if text is not None else None
    except ValueError:
        return None


def _date(text: str | None) -> datetime | None:
    try:
        date = parsedate_to_datetime(text) if text else None
    except (ValueError, OverflowError):
        return None
    return date.replace(tzinfo=UTC) if date and date.tzinfo is None else date
