"""Translates errors of the providers' SDKs into `ProviderFailure`, by type, status and code.

Both SDKs come from the same generator: their exceptions have the same names and fields.
"""

import json
import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from math import ceil, isfinite
from typing import Any, TypeVar

import httpx2

from llm_router.domain.conversation.answer import FinishReason, Usage
from llm_router.domain.outcome.failure_classes import ErrorSignature, Transport, failure_kind
from llm_router.domain.outcome.failures import Failure, FailureKind, ProviderFailure
from llm_router.domain.policy.models import EndpointKind

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


T = TypeVar("T")

_TRANSPORTS: tuple[tuple[type[Exception], Transport], ...] = (
    (httpx2.ConnectTimeout, "timed_out_connecting"),
    (httpx2.PoolTimeout, "timed_out_connecting"),
    (httpx2.TimeoutException, "timed_out"),
    (TimeoutError, "timed_out"),
    (httpx2.ConnectError, "not_connected"),
    (httpx2.DecodingError, "undecodable"),
)
_NOTHING_WAS_SENT: frozenset[Transport] = frozenset({"timed_out_connecting", "not_connected"})
_CODE = re.compile(r"[A-Za-z0-9_.:-]{1,64}")
_ERROR_STATUS = 400


def finish_reason_of(known: Mapping[str, FinishReason], reported: Any, text: str) -> FinishReason:
    """The finish reason; raises `ProviderFailure` if there is none or a filter left no text."""
    reason = known.get(reported) if isinstance(reported, str) else None
    if reason is None:
        raise ProviderFailure(Failure(kind=FailureKind.TRUNCATED_OUTPUT))
    if reason == "content_filter" and not text.strip():
        failure = Failure(kind=FailureKind.CONTENT_POLICY)
        raise ProviderFailure(failure, "the provider filtered the answer", maybe_billed=True)
    return reason


def parse_usage(read: Callable[[T], Usage], reported: T | None) -> Usage | None:
    """The reported usage; None if it is missing or invalid."""
    try:
        return read(reported) if reported is not None else None
    except (ValueError, TypeError, AttributeError):
        return None


@contextmanager
def translate_errors(sdk: Any, kind: EndpointKind) -> Iterator[None]:
    """Translate every error of the SDK (a module) and its transport into a `ProviderFailure`."""
    try:
        yield
    except ProviderFailure:
        raise
    except sdk.APIStatusError as error:
        response = error.response
        raise from_error_body(kind, error.status_code, response.headers, response.text) from error
    except (sdk.APIConnectionError, httpx2.TransportError, TimeoutError) as error:
        raise _from_transport(kind, error.__cause__ or error) from error
    except (sdk.APIError, ValueError, TypeError, AttributeError, LookupError) as error:
        # The SDKs pass on a 200 unchecked, even if its body is not as the API documents it.
        raise ProviderFailure(Failure(kind=FailureKind.MALFORMED_OUTPUT)) from error


def parse_body(kind: EndpointKind, status: int, headers: Mapping[str, str], text: str) -> Any:
    """The JSON of a response; raises `ProviderFailure` for an error, `ValueError` if not JSON."""
    body = json.loads(text)
    if isinstance(body, dict) and body.get("error"):
        raise from_error_body(kind, status, headers, text)
    return body


def from_error_body(
    kind: EndpointKind, status: int, headers: Mapping[str, str], text: str
) -> ProviderFailure:
    """Classify an error response, including one sent with status 200."""
    error_object = _error_object(text)
    codes = tuple(_codes(error_object))
    inside_success = status < _ERROR_STATUS
    if inside_success and isinstance(error_object.get("code"), int):
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


def _from_transport(kind: EndpointKind, error: BaseException) -> ProviderFailure:
    transport = next(
        (name for error_type, name in _TRANSPORTS if isinstance(error, error_type)), "cut_off"
    )
    failure = Failure(
        kind=failure_kind(ErrorSignature(endpoint=kind, transport=transport)), code=transport
    )
    return ProviderFailure(failure, maybe_billed=transport not in _NOTHING_WAS_SENT)


def _error_object(text: str) -> dict[str, Any]:
    """The provider's error object without the envelope that a server puts around it."""
    try:
        body = json.loads(text)
    except ValueError:
        return {}
    if isinstance(body, list) and body:
        body = body[0]
    if not isinstance(body, dict):
        return {"message": body} if isinstance(body, str) else {}
    error = body.get("error", body)
    if isinstance(error, str):
        return {**body, "message": error}
    return error if isinstance(error, dict) else {}


def _codes(error: dict[str, Any]) -> Iterator[str]:
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
