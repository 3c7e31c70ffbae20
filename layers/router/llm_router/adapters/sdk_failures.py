"""What the providers' SDKs raise, as `ProviderFailure`: told by type and code, never by text.

Both SDKs are made by the same generator: their exceptions have the same names and fields.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ..domain.failures import FailureKind, ProviderFailure, kind_of


@contextmanager
def translated(sdk: Any) -> Iterator[None]:
    """Raise a `ProviderFailure` for whatever the SDK (the module) or its transport raises."""
    try:
        yield
    except ProviderFailure:
        raise
    except sdk.APITimeoutError as error:
        raise ProviderFailure(FailureKind.TIMEOUT) from error
    except sdk.APIConnectionError as error:
        raise ProviderFailure(FailureKind.CONNECTION) from error
    except sdk.APIStatusError as error:
        raise _from_status(error.status_code, error.body) from error
    except sdk.APIResponseValidationError as error:
        raise ProviderFailure(FailureKind.MALFORMED_OUTPUT, error.status_code) from error
    except (ValueError, TypeError, AttributeError, LookupError) as error:
        # A 200 whose body is not what the API documents: the SDKs hand it on unchecked.
        raise ProviderFailure(FailureKind.MALFORMED_OUTPUT) from error


def _from_status(status: int, body: Any) -> ProviderFailure:
    error = body.get("error", body) if isinstance(body, dict) else {}
    if not isinstance(error, dict):
        error = {}
    kind = kind_of(status, (_text(error.get("code")), _text(error.get("type"))))
    return ProviderFailure(kind, status, _text(error.get("message")) or "")


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None
