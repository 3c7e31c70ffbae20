"""Requests without an answer: the error for the caller, and the outcome for the ledger."""

from collections.abc import Mapping

from llm_router.application.errors import (
    AllFailedError,
    BudgetExceededError,
    CascadeFailedError,
    CascadeNotStartedError,
    DeadlineExceededError,
    InvalidRequestError,
    RateLimitedError,
    RequestRejectedError,
    RouterError,
    ThrottledError,
)
from llm_router.domain.outcome.cascade_outcome import CascadeOutcome
from llm_router.domain.outcome.failures import FailureKind
from llm_router.domain.plan.plan import Plan
from llm_router.domain.policy.prices import to_usd
from llm_router.domain.routing.decision import Start


def error_for(outcome: CascadeOutcome, plan: Plan) -> RouterError:
    """Return the error for an outcome without an answer."""
    if outcome.failures == {FailureKind.THROTTLED}:
        # Comes before limits: the next model may not have fitted, but this one would have answered.
        return ThrottledError(
            "Lambda ran no model call, as the account's concurrent executions are used up; nothing "
            "was billed; try again, or ask AWS for a higher quota",
            outcome=outcome,
        )
    if outcome.status == "rejected":
        return RequestRejectedError(
            outcome.rejection or "the provider rejected it", outcome=outcome
        )
    if outcome.stopped_by is not None:
        return _limit_error(outcome, plan)
    if outcome.failures in _BY_ONLY_FAILURE:
        error, message, details = _BY_ONLY_FAILURE[outcome.failures]
        return error(message, **details, outcome=outcome)
    return AllFailedError("every model that could be asked failed", outcome=outcome)


_BY_ONLY_FAILURE: Mapping[frozenset[FailureKind], tuple[type[RouterError], str, dict[str, str]]] = {
    frozenset({FailureKind.CONTEXT_WINDOW}): (
        InvalidRequestError,
        "messages: the prompt is larger than the context window of every model that could be asked",
        {"param": "messages", "code": "context_length_exceeded"},
    ),
    frozenset({FailureKind.RATE_LIMITED}): (
        RateLimitedError,
        "every model that could be asked is rate limited",
        {},
    ),
    frozenset({FailureKind.TIMEOUT}): (
        DeadlineExceededError,
        "every model that could be asked took longer than the time left for it",
        {},
    ),
}
"""The error where every call failed alike: its type, its message and what else it says."""


def _limit_error(outcome: CascadeOutcome, plan: Plan) -> RouterError:
    """The error for an outcome that a limit of the request stopped."""
    if outcome.stopped_by == "deadline":
        return DeadlineExceededError("no model answered before the deadline", outcome=outcome)
    return BudgetExceededError(
        "router.max_cost_usd: no further model fits under the cost cap of "
        f"{to_usd(plan.budget_nano_usd):f} USD; the cheapest call may cost up to "
        f"{to_usd(_cheapest_call_nano_usd(outcome, plan)):f} USD",
        param="router.max_cost_usd",
        outcome=outcome,
    )


def unfinished_outcome(plan: Plan, error: CascadeFailedError, left_ms: int) -> CascadeOutcome:
    """The outcome of an execution that returned none and started with `left_ms` left.

    If it started, its calls may have been billed: the most that the plan allows is recorded.
    """
    started = not isinstance(error, CascadeNotStartedError)
    return CascadeOutcome(
        status="unfinished",
        start=plan.chosen.start if plan.chosen else Start(tier=plan.default_tier),
        attempts=(),
        unknown_nano_usd=plan.most_nano_usd(left_ms) if started else 0,
    )


def _cheapest_call_nano_usd(outcome: CascadeOutcome, plan: Plan) -> int:
    """The most that the cheapest possible call in the selected tier may cost."""
    return min(c.minimum_nano_usd for c in plan.tiers[outcome.tier].candidates)
