"""Errors of requests that end without an answer.

RouterError
├── InvalidRequestError       400  the caller's request cannot be used; names the field
│   ├── UnknownEndpointError  404
│   ├── UnknownModelError     404
│   ├── UnknownRequestError   404
│   ├── RequestTooLargeError  413
│   └── ReplyTooLargeError    413  the answer exceeds the limit of a reply
├── RequestRejectedError      400  a provider found the request invalid
├── BudgetExceededError       402  no answer within max_cost_usd
├── RateLimitedError          429  every candidate is rate limited
├── ThrottledError            503  Lambda ran no call: the account's quota is used up
├── AllFailedError            503  every candidate failed
│   ├── MalformedToolCallError  503  the answer's tool call does not fit the caller's format
│   └── CascadeFailedError    503  the state machine did not finish
│       ├── CascadeNotStartedError  503  it did not start: no model was called
│       │   └── PayloadNotStoredError  503  a large payload cannot be stored
│       ├── PayloadLostError   503  an offloaded payload cannot be fetched
│       └── CascadeTimeoutError  504  it was still running at the deadline
├── JustFailedError           503  the same request just failed and is not paid for again
├── NotConfiguredError        503  no provider of the policy is enabled here
├── DeadlineExceededError     504  no answer in time
├── IdempotencyKeyReusedError 422  the key belongs to another request
├── RequestInProgressError      409  the key's first request is still running
├── ReplyNotStoredError         409  the key's request was answered, its reply is lost
├── ReplyStoreDownError       503  the store of the keys cannot be read
└── LedgersDownError          503  ledgers cannot be read, or a label not be stored
"""

from llm_router.domain.outcome.cascade_outcome import CascadeOutcome

EXHAUSTED_STATUSES = frozenset({402, 429, 503, 504})
"""Statuses of requests that more, or other, models could have answered."""


class RouterError(Exception):
    """A request that ended without an answer; `message`, `code` and `param` are for the caller."""

    status = 500
    type = "api_error"
    code = "internal_error"

    def __init__(
        self,
        message: str,
        *,
        param: str | None = None,
        code: str | None = None,
        outcome: CascadeOutcome | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.param = param
        self.code = code or self.code
        self.outcome = outcome
        self.refused_ms = 0
        """Milliseconds for which the same request is refused from now on."""

    @property
    def retry_after_ms(self) -> int | None:
        """Milliseconds after which a retry makes sense; None if unknown."""
        known_ms = self.outcome.retry_after_ms if self.outcome else None
        return None if known_ms is None else max(known_ms, self.refused_ms)


class _RetrySoonError(RouterError):
    @property
    def retry_after_ms(self) -> int | None:
        """One second: nothing was billed, and the cause may be gone by then."""
        return 1000


class InvalidRequestError(RouterError):
    """The caller's request is invalid."""

    status, type, code = 400, "invalid_request_error", "invalid_value"


class UnknownModelError(InvalidRequestError):
    """The policy has no such model."""

    status, code = 404, "model_not_found"


class UnknownEndpointError(InvalidRequestError):
    """There is no such endpoint."""

    status, code = 404, "unknown_endpoint"


class UnknownRequestError(InvalidRequestError):
    """No request with this id is known to this tenant."""

    status, code = 404, "request_not_found"


class RequestTooLargeError(InvalidRequestError):
    """The body is over the limit."""

    status, code = 413, "request_too_large"


class ReplyTooLargeError(InvalidRequestError):
    """The reply is over the limit."""

    status, code = 413, "reply_too_large"


class RequestRejectedError(RouterError):
    """A provider rejected the request as invalid; others would too."""

    status, type, code = 400, "invalid_request_error", "rejected_by_provider"


class BudgetExceededError(RouterError):
    """No model answered within the cost cap."""

    status, type, code = 402, "budget_exceeded_error", "max_cost_usd_exceeded"


class RateLimitedError(RouterError):
    """Every candidate is rate limited."""

    status, type, code = 429, "rate_limit_error", "all_models_rate_limited"


class ThrottledError(_RetrySoonError):
    """Lambda throttled every call, so no provider was called."""

    status, type, code = 503, "overloaded_error", "throttled"


class AllFailedError(RouterError):
    """Every candidate was tried and failed."""

    status, type, code = 503, "overloaded_error", "all_models_failed"


class MalformedToolCallError(AllFailedError):
    """The best answer calls a tool with arguments that the caller's format cannot hold."""

    code = "malformed_tool_call"


class CascadeFailedError(AllFailedError):
    """The state machine did not finish."""

    code = "cascade_failed"


class CascadeNotStartedError(CascadeFailedError):
    """The state machine was not started, so no model was called."""


class PayloadNotStoredError(CascadeNotStartedError):
    """A payload that is too large for a state cannot be stored."""


class PayloadLostError(CascadeFailedError):
    """An offloaded payload cannot be fetched."""


class CascadeTimeoutError(CascadeFailedError):
    """The state machine was still running at the deadline."""

    status, type, code = 504, "timeout_error", "deadline_exceeded"


class JustFailedError(RouterError):
    """The same request just failed after it had cost something: nothing was asked or billed."""

    status, type, code = 503, "api_error", "just_failed"

    def __init__(self, message: str, left_ms: int) -> None:
        super().__init__(message)
        self._left_ms = left_ms

    @property
    def retry_after_ms(self) -> int | None:
        """The time for which the request is still refused."""
        return self._left_ms


class NotConfiguredError(RouterError):
    """No provider of the policy is enabled in this deployment: its operator must act."""

    status, type, code = 503, "api_error", "not_configured"


class DeadlineExceededError(RouterError):
    """No model answered before the deadline."""

    status, type, code = 504, "timeout_error", "deadline_exceeded"


class IdempotencyKeyReusedError(RouterError):
    """The `Idempotency-Key` was used before, with another request."""

    status, type, code = 422, "invalid_request_error", "idempotency_key_reused"


class RequestInProgressError(_RetrySoonError):
    """The first request with this `Idempotency-Key` is still running."""

    status, type, code = 409, "conflict_error", "request_under_way"


class ReplyNotStoredError(RouterError):
    """The request of this `Idempotency-Key` was answered, but its reply is lost."""

    status, type, code = 409, "conflict_error", "reply_not_kept"


class ReplyStoreDownError(_RetrySoonError):
    """The store of idempotent replies cannot be read; nothing was billed."""

    status, type, code = 503, "api_error", "idempotency_unavailable"


class LedgersDownError(_RetrySoonError):
    """Ledgers cannot be read, or a label cannot be stored; nothing was billed."""

    status, type, code = 503, "api_error", "ledgers_unavailable"
