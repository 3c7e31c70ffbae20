"""Response headers that summarise the reply's `router` object."""

from llm_router.application.errors import RouterError
from llm_router.application.route.request import Routed
from llm_router.domain.outcome.cascade_outcome import CascadeOutcome
from llm_router.domain.policy.prices import to_usd
from llm_router.domain.routing.decision import Start

Headers = dict[str, str]
ROUTER_HEADERS = {
    "x-router-model": "The model whose answer this is.",
    "x-router-tier": "The tier that the request went to.",
    "x-router-strategy": "What decided on the tier.",
    "x-router-cost-usd": "What all attempts cost together.",
    "x-router-saved-usd": "Against the baseline model; negative if routing cost more.",
    "x-router-attempts": "How many provider calls there were.",
}
VERSION = "x-router-version"
ALWAYS = {VERSION: "The router's version."}
"""Headers of every reply, set by the route function."""


def routed_headers(routed: Routed) -> Headers:
    """The headers of a routed request; unknown values have no header."""
    return _headers(routed.outcome, routed.start, routed.baseline_nano_usd)


def error_headers(error: RouterError) -> Headers:
    """The headers of a request that ended without an answer; none if no plan was run."""
    return _headers(error.outcome, error.outcome.start) if error.outcome else {}


def _headers(
    outcome: CascadeOutcome | None,
    start: Start | None,
    baseline_nano_usd: int | None = None,
) -> Headers:
    cost_nano_usd = outcome.cost_nano_usd if outcome else 0
    known = {
        "x-router-model": outcome.answered_by if outcome else None,
        "x-router-tier": start.tier if start else None,
        "x-router-strategy": start.strategy if start else None,
        "x-router-cost-usd": _usd(cost_nano_usd),
        "x-router-saved-usd": (
            None if baseline_nano_usd is None else _usd(baseline_nano_usd - cost_nano_usd)
        ),
        "x-router-attempts": str(len(outcome.attempts) if outcome else 0),
    }
    return {name: value for name, value in known.items() if value is not None}


def _usd(nano_usd: int) -> str:
    """USD without an exponent, which some clients cannot parse."""
    return f"{to_usd(nano_usd):.9f}"
