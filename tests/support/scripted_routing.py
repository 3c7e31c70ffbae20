"""The routing use case around fakes, with a call and the outcomes that its cascade ends with."""

from dataclasses import dataclass, field, replace
from typing import Any

from llm_router.adapters.policy_files import packaged_classifier
from llm_router.application.route.request import RouteRequest
from llm_router.application.route.route_request import Router
from llm_router.domain.outcome.cascade_outcome import CascadeOutcome
from llm_router.domain.routing.hints import RouterHints
from tests.support.fakes import (
    PROVIDERS,
    DictCache,
    DictLedger,
    FixedPolicy,
    InlinePayloads,
    MetricLog,
    ScriptedCascade,
    ShadowLog,
    asking,
)

NOW = 1_800_000_000_000
REQUEST_ID = "20261125-29810c36-59c5-4e7e-ab2a-87c0d8c98bfe"


def attempt(model: str, rank: int, reason: str, outcome: str = "answered") -> dict[str, object]:
    """One call of a cascade, as its outcome lists it."""
    return {
        "model": model, "provider": "p", "rank": rank, "reason": reason, "outcome": outcome,
        "latency_ms": 5, "cost_nano_usd": 1_000,
    }  # fmt: skip


def outcome(**changes: object) -> CascadeOutcome:
    """A cascade whose first model answered `Paris`, but for the changes."""
    return CascadeOutcome.model_validate(
        {
            "status": "answered",
            "start": {"tier": "simple", "strategy": "local_classifier"},
            "attempts": [attempt("small-a", 10, "first")],
            "answer": {"inline": {"text": "Paris", "finish_reason": "stop"}},
            "answered_by": "small-a",
            "rank": 10,
            "confidence": 0.9,
            **changes,
        }
    )


def all_failed(*kinds: str) -> CascadeOutcome:
    """A cascade that ended with one failure of each kind."""
    attempts = [
        attempt(f"m{n}", 10, "fallback" if n else "first", "unavailable")
        | {"failure": {"kind": kind, "retry_after_ms": 3_000 - n}}
        for n, kind in enumerate(kinds)
    ]
    return outcome(status="failed", answer=None, attempts=attempts)


ESCALATED = outcome(
    attempts=[
        attempt("small-a", 10, "first"),
        attempt("middle-a", 20, "escalation"),
    ],
    rank=20,
)
CALL = RouteRequest(
    request_id="r",
    tenant="t",
    conversation=asking("What is the capital of France?"),
    hints=RouterHints(),
    received_epoch_ms=NOW,
)


def call_with(model: str | None = None, **hints: Any) -> RouteRequest:
    """The call, but for its model and hints."""
    return replace(CALL, model=model, hints=RouterHints(**hints))


@dataclass
class ScriptedRouting:
    """The fakes, and the routing use case around them."""

    cascade: ScriptedCascade
    cache: DictCache = field(default_factory=DictCache)
    payloads: InlinePayloads = field(default_factory=InlinePayloads)
    metrics: MetricLog = field(default_factory=MetricLog)
    archive: DictLedger = field(default_factory=DictLedger)
    shadow: ShadowLog = field(default_factory=ShadowLog)

    @property
    def routing(self) -> Router:
        return Router(
            policies=FixedPolicy(),
            classifiers=packaged_classifier,
            cache=self.cache,
            cascade=self.cascade,
            payloads=self.payloads,
            metrics=self.metrics,
            archive=self.archive,
            shadow=self.shadow,
            clock=lambda: NOW + 40,
            enabled_providers=PROVIDERS,
            deadline_ms=25_000,
        )


def scripted(result: CascadeOutcome | None = None) -> ScriptedRouting:
    """A routing whose cascade ends with this outcome; without one, the platform fails."""
    return ScriptedRouting(ScriptedCascade(result))
