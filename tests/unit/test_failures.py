import pytest

from llm_router.domain.failures import FailureKind, kind_of


@pytest.mark.parametrize(
    ("status", "codes", "kind"),
    [
        (500, (None, "api_error"), FailureKind.TRANSIENT),
        (502, (None, None), FailureKind.TRANSIENT),
        (529, (None, "overloaded_error"), FailureKind.OVERLOADED),
        (429, ("rate_limit_exceeded", "requests"), FailureKind.RATE_LIMITED),
        (429, ("insufficient_quota", "insufficient_quota"), FailureKind.QUOTA_EXHAUSTED),
        (401, ("invalid_api_key", "invalid_request_error"), FailureKind.CREDENTIALS),
        (401, (None, "authentication_error"), FailureKind.CREDENTIALS),
        (403, (None, None), FailureKind.CREDENTIALS),
        (404, (None, "not_found_error"), FailureKind.MODEL_GONE),
        (404, ("model_not_found", "invalid_request_error"), FailureKind.MODEL_GONE),
        (404, (None, "invalid_request_error"), FailureKind.MODEL_GONE),
        (400, (None, "invalid_request_error"), FailureKind.INVALID_REQUEST),
        (413, (None, "request_too_large"), FailureKind.INVALID_REQUEST),
        (408, (None, None), FailureKind.TIMEOUT),
        (418, (None, None), FailureKind.UNKNOWN),
    ],
)
def test_an_error_is_told_by_its_code_and_status(
    status: int, codes: tuple[str | None, ...], kind: FailureKind
) -> None:
    assert kind_of(status, codes) is kind
