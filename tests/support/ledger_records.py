"""Ledger records as a report on traffic reads them, and its certificate by the tests' policy."""

from datetime import UTC, datetime, timedelta

from evaluation.certificate.certificate import Certificate, certify
from evaluation.certificate.ledgers import Traffic
from llm_router.domain.outcome.ledger import Label, LedgerRecord
from llm_router.domain.shadow_check import ShadowResult
from tests.support.policies import POLICY

UNTIL = datetime(2027, 1, 15, 12, tzinfo=UTC)
SINCE = UNTIL - timedelta(days=7)
NOW_MS = int(UNTIL.timestamp() * 1000)


def attempt(
    model: str, reason: str, cost: int = 100, outcome: str = "answered"
) -> dict[str, object]:
    return {
        "model": model, "provider": "p", "rank": 10, "reason": reason, "outcome": outcome,
        "latency_ms": 5, "cost_nano_usd": cost, "cost_estimated": outcome != "answered",
    }  # fmt: skip


def record(request_id: str, *attempts: dict[str, object], **changes: object) -> LedgerRecord:
    made = attempts or (attempt("cheap", "first"),)
    return LedgerRecord.model_validate(
        {
            "request_id": request_id, "tenant": "t", "received_epoch_ms": NOW_MS - 1,
            "policy_version": "v", "start": {"tier": "simple", "strategy": "rule"},
            "status": "answered", "answered_by": made[-1]["model"], "confidence": 0.9,
            "degraded": False, "attempts": made,
            "cost_nano_usd": sum(int(str(a["cost_nano_usd"])) for a in made),
            "baseline_nano_usd": 1_000, **changes,
        }
    )  # fmt: skip


def traffic(
    records: list[LedgerRecord], results: list[ShadowResult], labels: list[Label] | None = None
) -> Traffic:
    return Traffic(SINCE, UNTIL, records, labels or [], results, [], 0, 0)


def certified(
    records: list[LedgerRecord],
    results: list[ShadowResult] | None = None,
    labels: list[Label] | None = None,
) -> Certificate:
    return certify(traffic(records, results or [], labels), POLICY, 0.95)
