"""Failed calls as data: their kinds, the actions that follow, and their form in the ledger."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Literal, NamedTuple

from pydantic import Field

from llm_router.domain.base import Frozen
from llm_router.domain.conversation.answer import Usage

Outcome = Literal["answered", "unavailable", "rejected"]


class FailureKind(StrEnum):
    """The reason why a call produced no answer."""

    TRANSIENT = "transient"
    OVERLOADED = "overloaded"
    RATE_LIMITED = "rate_limited"
    QUOTA_EXHAUSTED = "quota_exhausted"
    CREDENTIALS = "credentials"
    MODEL_GONE = "model_gone"
    REGION = "region"
    TIMEOUT = "timeout"
    CONTEXT_WINDOW = "context_window"
    CONTENT_POLICY = "content_policy"
    INVALID_REQUEST = "invalid_request"
    NOT_ACCEPTED = "not_accepted"
    NOT_SUPPORTED = "not_supported"
    TRUNCATED_OUTPUT = "truncated_output"
    MALFORMED_OUTPUT = "malformed_output"
    PLATFORM = "platform"
    THROTTLED = "throttled"
    UNKNOWN = "unknown"


class FailureAction(NamedTuple):
    """The action that follows from a kind of failure."""

    next: Literal["fall back", "ask another format", "stop", "as the policy says"]
    maybe_billed: bool = False
    """The provider may have worked and billed: the cost is recorded at the worst case."""
    needs_larger_window: bool = False
    """Only models with a larger context window may follow."""


ACTIONS: Mapping[FailureKind, FailureAction] = {
    FailureKind.TRANSIENT: FailureAction("fall back"),
    FailureKind.OVERLOADED: FailureAction("fall back"),
    FailureKind.RATE_LIMITED: FailureAction("fall back"),
    FailureKind.QUOTA_EXHAUSTED: FailureAction("fall back"),
    FailureKind.CREDENTIALS: FailureAction("fall back"),
    FailureKind.MODEL_GONE: FailureAction("fall back"),
    FailureKind.REGION: FailureAction("fall back"),
    FailureKind.TIMEOUT: FailureAction("fall back", maybe_billed=True),
    FailureKind.CONTEXT_WINDOW: FailureAction("fall back", needs_larger_window=True),
    FailureKind.CONTENT_POLICY: FailureAction("as the policy says"),
    # The caller's own fault: every model would refuse the request.
    FailureKind.INVALID_REQUEST: FailureAction("stop"),
    # Perhaps only this vendor's rules: a request goes to each format once before it is refused.
    FailureKind.NOT_ACCEPTED: FailureAction("ask another format"),
    # This model cannot do what the request asks of it, another may.
    FailureKind.NOT_SUPPORTED: FailureAction("fall back"),
    FailureKind.TRUNCATED_OUTPUT: FailureAction("fall back", maybe_billed=True),
    FailureKind.MALFORMED_OUTPUT: FailureAction("fall back", maybe_billed=True),
    FailureKind.PLATFORM: FailureAction("fall back", maybe_billed=True),
    # The account's concurrent executions are used up: the call never began.
    FailureKind.THROTTLED: FailureAction("fall back"),
    FailureKind.UNKNOWN: FailureAction("fall back", maybe_billed=True),
}


class Failure(Frozen):
    """A failure as the ledger records it.

    `code` is the provider's error code or the transport's; `retry_after_ms` is the wait that the
    provider asked for.
    """

    kind: FailureKind
    status: int | None = None
    code: str | None = Field(default=None, pattern=r"^[A-Za-z0-9_.:-]{1,64}$")
    retry_after_ms: int | None = Field(default=None, ge=0)


class ProviderFailure(Exception):
    """A call that produced no answer; `detail` may quote the request: never log it.

    `usage` is what the provider reported nevertheless.
    """

    def __init__(
        self,
        failure: Failure,
        detail: str = "",
        *,
        maybe_billed: bool | None = None,
        usage: Usage | None = None,
    ) -> None:
        super().__init__(failure.kind.value)
        self.failure = failure
        self.detail = detail
        by_kind = ACTIONS[failure.kind].maybe_billed
        self.maybe_billed = by_kind if maybe_billed is None else maybe_billed
        self.usage = usage
