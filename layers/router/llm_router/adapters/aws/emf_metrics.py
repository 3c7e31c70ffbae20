"""CloudWatch metrics of requests, written to the log in embedded metric format."""

from typing import Literal

from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

from llm_router.domain.outcome.cascade_outcome import CascadeOutcome
from llm_router.domain.outcome.ledger import Attempt
from llm_router.domain.policy.prices import to_usd
from llm_router.domain.tiers import Tier

NAMESPACE = "LLMRouter"


class EmfMetrics:
    """Writes one line per request, with the service as its only dimension, and one per call.

    The service is the stack's name: stacks in one account have separate metrics. The indicators are
    0 or 1, so the `Average` of one over a period is a rate.
    """

    def __init__(self, service: str) -> None:
        self._service = service

    def request_finished(
        self,
        outcome: CascadeOutcome,
        baseline_nano_usd: int | None,
        latency_ms: int,
        *,
        exhausted: bool,
    ) -> None:
        """Publish one request's indicators and its attempts' metrics."""
        indicators = {
            "Requests": True,
            "FellBack": outcome.fell_back,
            "Escalated": outcome.escalated,
            "Degraded": outcome.degraded,
            "Exhausted": exhausted,
            "CacheHit": outcome.start.strategy == "cache",
        }
        metrics = self._metrics()
        for name, value in indicators.items():
            metrics.add_metric(name, MetricUnit.Count, int(value))
        metrics.add_metric("Latency", MetricUnit.Milliseconds, latency_ms)
        metrics.add_metric("CostUSD", MetricUnit.NoUnit, float(to_usd(outcome.cost_nano_usd)))
        if baseline_nano_usd is not None:
            saved = to_usd(baseline_nano_usd - outcome.cost_nano_usd)
            metrics.add_metric("SavedUSD", MetricUnit.NoUnit, float(saved))
        metrics.flush_metrics()
        for attempt in outcome.attempts:
            self._attempt_finished(attempt)

    def tier_finished(self, tier: Tier, *, escalated: bool, advice: str | None) -> None:
        """Publish an answer's escalation by tier, with advice if the tier's rate is off."""
        metrics = self._metrics()
        metrics.add_dimension("tier", tier)
        metrics.add_metric("TierEscalated", MetricUnit.Count, int(escalated))
        metrics.add_metric("OutsideBand", MetricUnit.Count, int(advice is not None))
        if advice is not None:
            metrics.add_metadata("advice", advice)
        metrics.flush_metrics()

    def decision_finished(self, outcome: CascadeOutcome) -> None:
        """Publish the cost of a decision without an answer."""
        metrics = self._metrics()
        metrics.add_metric("CostUSD", MetricUnit.NoUnit, float(to_usd(outcome.cost_nano_usd)))
        metrics.flush_metrics()
        for attempt in outcome.attempts:
            self._attempt_finished(attempt)

    def count_policy_refused(self) -> None:
        """Count a policy object that cannot be read or is invalid."""
        metrics = self._metrics()
        metrics.add_metric("PolicyRefused", MetricUnit.Count, 1)
        metrics.flush_metrics()

    def count_reply(self, name: Literal["Replayed", "ReplyNotKept"]) -> None:
        """Count a replayed reply, or one that could not be stored for a replay."""
        metrics = self._metrics()
        metrics.add_metric(name, MetricUnit.Count, 1)
        metrics.flush_metrics()

    def _attempt_finished(self, attempt: Attempt) -> None:
        metrics = self._metrics()
        metrics.add_dimension("model", attempt.model)
        failed = int(attempt.outcome != "answered")
        metrics.add_metric("AttemptFailed", MetricUnit.Count, failed)
        metrics.add_metric("AttemptLatency", MetricUnit.Milliseconds, attempt.latency_ms)
        if attempt.usage:
            metrics.add_metric("InputTokens", MetricUnit.Count, attempt.usage.input_tokens)
            metrics.add_metric("OutputTokens", MetricUnit.Count, attempt.usage.output_tokens)
        metrics.flush_metrics()

    def _metrics(self) -> EphemeralMetrics:
        return EphemeralMetrics(namespace=NAMESPACE, service=self._service)
