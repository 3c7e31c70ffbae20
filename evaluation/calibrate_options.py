"""Options of `calibrate` that a shell gives as a text."""

from datetime import UTC, date, datetime

from .calibration import CalibrationError
from .selection import Band


def shares_in(text: str) -> list[float]:
    """Several shares, as in `0.95,0.99`; `CalibrationError` if they are not."""
    return [_share(part) for part in text.split(",")]


def band_in(text: str) -> Band:
    """A band, as in `0.10:0.20`; `CalibrationError` if it is not one."""
    low, colon, high = text.partition(":")
    if not colon or _share(low) > _share(high):
        raise CalibrationError(f"{text!r} is not a band such as 0.10:0.20")
    return _share(low), _share(high)


def _share(text: str) -> float:
    try:
        share = float(text)
    except ValueError as error:
        raise CalibrationError(f"{text!r} is not a number") from error
    if not 0 <= share <= 1:
        raise CalibrationError(f"{text} does not lie between 0 and 1")
    return share


def day_in(text: str | None) -> date:
    """A date as in `2026-11-25`, today if left out; `CalibrationError` if it is not one."""
    if text is None:
        return datetime.now(UTC).date()
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise CalibrationError(f"{text!r} is not a date such as 2026-11-25") from error
