"""Translates errors of the providers' SDKs into `ProviderFailure`, by type, status and code.

Both SDKs come from the same generator: their exceptions have the same names and fields.
"""

import json
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from math import ceil, isfinite
from typing import Any

import httpx2

from llm_router.domain.json_text import read_json
from llm_router.domain.outcome.failure_classes import ErrorSignature, Transport, failure_kind
from llm_router.domain.outcome.failures import Failure, FailureKind, ProviderFailure
from llm_router.domain.policy.models import EndpointKind


class TooLargeError(httpx2.DecodingError):
    """A body of more bytes than an answer can have, as sent or decompressed."""


_LONGEST_MS = 24 * 3600 * 1000


def retry_after_ms(headers: Mapping[str, str], now_epoch_ms: int) -> int | None:
    """Milliseconds to wait; None if the headers (names in lower case) give no time.

    `retry-after-ms` takes precedence over `retry-after`, which is in seconds (whole or not) or an
    HTTP date. A date counts from the response's own `date`, so that the clocks need not agree.
    """
    milliseconds = _number(headers.get("retry-after-ms"))
    if milliseconds is not None:
        return _within_reason(milliseconds)
    retry_after = headers.get("retry-after")
    seconds = _number(retry_after)
    if seconds is not None:
        return _within_reason(seconds * 1000)
    until = _date(retry_after)
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


_TRANSPORTS: tuple[tuple[type[Exception], Transport], ...] = (
    (httpx2.ConnectTimeout, "timed_out_connecting"),
    (httpx2.PoolTimeout, "timed_out_connecting"),
    (httpx2.TimeoutException, "timed_out"),
    (TimeoutError, "timed_out"),
    (httpx2.ConnectError, "not_connected"),
    (TooLargeError, "too_large"),
    (httpx2.DecodingError, "undecodable"),
    # A request that HTTP cannot carry, as with a line break in a header.
    (httpx2.LocalProtocolError, "not_sent"),
    (httpx2.UnsupportedProtocol, "not_sent"),
)
_NOTHING_WAS_SENT: frozenset[Transport] = frozenset(
    {"timed_out_connecting", "not_connected", "not_sent"}
)
_CODE = re.compile(r"[A-Za-z0-9_.:-]{1,64}")
_REDIRECT_STATUS = 300
_STATUSES = range(100, 600)


@contextmanager
def translate_errors(sdk: Any, kind: EndpointKind) -> Iterator[None]:
    """Translate every error of sending a request by the SDK (a module) into a `ProviderFailure`."""
    try:
        yield
    except ProviderFailure:
        raise
    except sdk.APIStatusError as error:
        response = error.response
        raise from_error_body(
            kind, error.status_code, response.headers, response.content
        ) from error
    except (sdk.APIConnectionError, httpx2.HTTPError, TimeoutError) as error:
        raise _from_transport(kind, error.__cause__ or error) from error
    except Exception as error:
        # The SDKs read replies later: the request itself could not be written.
        raise _from_transport(kind, error, "not_sent") from error


def refuse_error(
    kind: EndpointKind, status: int, headers: Mapping[str, str], body: Mapping[str, Any]
) -> None:
    """Raise `ProviderFailure` if a successful response holds an error."""
    if body.get("error"):
        raise _from_error_object(kind, status, headers, _error_object(body))


def from_error_body(
    kind: EndpointKind, status: int, headers: Mapping[str, str], content: bytes
) -> ProviderFailure:
    """Classify an error response."""
    try:
        body = read_json(content, finite=False)
    except ValueError:
        body = None
    return _from_error_object(kind, status, headers, _error_object(body))


def _from_error_object(
    kind: EndpointKind, status: int, headers: Mapping[str, str], error_object: Mapping[str, Any]
) -> ProviderFailure:
    codes = tuple(_codes(error_object))
    inside_success = status < _REDIRECT_STATUS
    if inside_success and error_object.get("code") in _STATUSES:
        status = error_object["code"]
    message = error_object.get("message") or error_object.get("detail") or ""
    message = message if isinstance(message, str) else json.dumps(message)
    signature = ErrorSignature(
        endpoint=kind, status=status, codes=tuple(code.lower() for code in codes), message=message
    )
    failure = Failure(
        kind=failure_kind(signature),
        status=status,
        code=next((code for code in codes if _CODE.fullmatch(code)), None),
        retry_after_ms=retry_after_ms(headers, time.time_ns() // 1_000_000),
    )
    maybe_billed = True if inside_success else None
    if failure.kind is FailureKind.UNKNOWN and not inside_success:
        maybe_billed = False
    return ProviderFailure(failure, message, maybe_billed=maybe_billed)


def _from_transport(
    kind: EndpointKind, error: BaseException, otherwise: Transport = "cut_off"
) -> ProviderFailure:
    transport = next(
        (name for error_type, name in _TRANSPORTS if isinstance(error, error_type)), otherwise
    )
    failure = Failure(
        kind=failure_kind(ErrorSignature(endpoint=kind, transport=transport)), code=transport
    )
    return ProviderFailure(failure, maybe_billed=transport not in _NOTHING_WAS_SENT)


def _error_object(body: Any) -> Mapping[str, Any]:
    """The provider's error object without the envelope that a server puts around it."""
    if isinstance(body, list) and body:
        body = body[0]
    if not isinstance(body, dict):
        return {"message": body} if isinstance(body, str) else {}
    error = body.get("error", body)
    if isinstance(error, str):
        return {**body, "message": error}
    return error if isinstance(error, dict) else {}


def _codes(error: Mapping[str, Any]) -> Iterator[str]:
    """The error codes in an error object, the most specific first."""
    inner = error.get("innererror")
    details = error.get("details")
    places = [inner, *(details if isinstance(details, list) else [details]), error]
    for place in places:
        if isinstance(place, dict):
            for name in ("error_code", "reason", "code", "type", "error_type", "status"):
                code = place.get(name)
                if isinstance(code, str) and code:
                    yield code
