"""What a provider's failure means, and what follows from it."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Literal

from .base import Frozen

Outcome = Literal["answered", "unavailable", "rejected"]


class FailureKind(StrEnum):
    """Why a call brought no answer."""

    TRANSIENT = "transient"
    OVERLOADED = "overloaded"
    RATE_LIMITED = "rate_limited"
    QUOTA_EXHAUSTED = "quota_exhausted"
    CREDENTIALS = "credentials"
    MODEL_GONE = "model_gone"
    TIMEOUT = "timeout"
    CONNECTION = "connection"
    INVALID_REQUEST = "invalid_request"
    MALFORMED_OUTPUT = "malformed_output"
    PLATFORM = "platform"
    UNKNOWN = "unknown"


REJECTING = frozenset({FailureKind.INVALID_REQUEST})
"""The request itself is at fault: another model would be asked in vain."""

MAYBE_BILLED = frozenset({FailureKind.TIMEOUT, FailureKind.MALFORMED_OUTPUT, FailureKind.PLATFORM})
"""The provider may have worked and billed: booked at the worst case."""

BY_CODE: Mapping[str, FailureKind] = {
    "insufficient_quota": FailureKind.QUOTA_EXHAUSTED,
    "billing_error": FailureKind.QUOTA_EXHAUSTED,
    "billing_hard_limit_reached": FailureKind.QUOTA_EXHAUSTED,
    "invalid_api_key": FailureKind.CREDENTIALS,
    "authentication_error": FailureKind.CREDENTIALS,
    "permission_error": FailureKind.CREDENTIALS,
    "rate_limit_error": FailureKind.RATE_LIMITED,
    "rate_limit_exceeded": FailureKind.RATE_LIMITED,
    "overloaded_error": FailureKind.OVERLOADED,
    "model_not_found": FailureKind.MODEL_GONE,
    "not_found_error": FailureKind.MODEL_GONE,
    "invalid_request_error": FailureKind.INVALID_REQUEST,
    "context_length_exceeded": FailureKind.INVALID_REQUEST,
    "request_too_large": FailureKind.INVALID_REQUEST,
    "api_error": FailureKind.TRANSIENT,
    "server_error": FailureKind.TRANSIENT,
    "timeout_error": FailureKind.TIMEOUT,
}

LESS_THAN_STATUS = frozenset({"invalid_request_error", "api_error", "server_error"})

BY_STATUS: Mapping[int, FailureKind] = {
    400: FailureKind.INVALID_REQUEST,
    401: FailureKind.CREDENTIALS,
    402: FailureKind.QUOTA_EXHAUSTED,
    403: FailureKind.CREDENTIALS,
    404: FailureKind.MODEL_GONE,
    408: FailureKind.TIMEOUT,
    409: FailureKind.TRANSIENT,
    413: FailureKind.INVALID_REQUEST,
    422: FailureKind.INVALID_REQUEST,
    429: FailureKind.RATE_LIMITED,
    503: FailureKind.OVERLOADED,
    504: FailureKind.TIMEOUT,
    529: FailureKind.OVERLOADED,
}


class ProviderFailure(Exception):
    """A call that brought no answer; `detail` may quote the request: never log it."""

    def __init__(self, kind: FailureKind, status: int | None = None, detail: str = "") -> None:
        super().__init__(kind.value)
        self.kind = kind
        self.status = status
        self.detail = detail


def kind_of(status: int, codes: tuple[str | None, ...]) -> FailureKind:
    """The kind of an HTTP error, by the most telling of its status and its body's code or type.

    `codes` come in the order of trust. Some words say less than the status: OpenAI types wrong
    keys and missing models `invalid_request_error`, and an overload `server_error`.
    """
    known = [code for code in codes if code and code in BY_CODE]
    by_status = BY_STATUS.get(status, FailureKind.TRANSIENT if status >= 500 else None)
    if known and (known[0] not in LESS_THAN_STATUS or by_status is None):
        return BY_CODE[known[0]]
    return by_status or FailureKind.UNKNOWN


class Failure(Frozen):
    """A failure as it stands in the ledger."""

    kind: FailureKind
    status: int | None = None
