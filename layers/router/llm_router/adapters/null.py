"""Adapters that keep nothing: for deployments without a cache or ledgers, and for replays."""

from collections.abc import Mapping
from dataclasses import dataclass

from llm_router.application.ports import CacheLookup, Json
from llm_router.domain.outcome.cascade_outcome import CascadeOutcome
from llm_router.domain.outcome.ledger import Label, LedgerRecord
from llm_router.domain.policy.policy import Policy
from llm_router.domain.policy.steering import EscalationRate
from llm_router.domain.routing.decision import CachedDecision
from llm_router.domain.routing.pass_rates import PassUpdate
from llm_router.domain.shadow_check import ShadowJob
from llm_router.domain.tiers import Tier


@dataclass(frozen=True)
class FixedPolicy:
    """A policy source that always returns the same policy."""

    policy: Policy

    def current(self) -> Policy:
        """The policy in force."""
        return self.policy


class NoCache:
    """A decision cache without entries."""

    def lookup(self, key: str, fingerprint_key: str | None) -> CacheLookup:
        """A miss."""
        return CacheLookup()

    def record(
        self,
        tier: Tier,
        counts: Mapping[str, int],
        entry: tuple[str, CachedDecision, int] | None,
        update: PassUpdate | None,
    ) -> None:
        """Store nothing."""

    def escalation_rates(self) -> Mapping[Tier, EscalationRate]:
        """No rates."""
        return {}

    def status(self) -> str:
        """`off`."""
        return "off"


class InlinePayloads:
    """A payload store that passes every value inline, whatever its size."""

    def offload(self, value: Json) -> Json:
        """The value itself under `inline`."""
        return {"inline": value}

    def resolve(self, reference: Json) -> Json:
        """The value under `inline`."""
        inline: Json = reference["inline"]
        return inline

    def discard(self, reference: Json) -> None:
        """Delete nothing."""


class NoMetrics:
    """A metric sink that publishes nothing."""

    def request_finished(
        self,
        outcome: CascadeOutcome,
        baseline_nano_usd: int | None,
        latency_ms: int,
        *,
        exhausted: bool,
    ) -> None:
        """Publish nothing."""

    def tier_finished(self, tier: Tier, *, escalated: bool, advice: str | None) -> None:
        """Publish nothing."""

    def decision_finished(self, outcome: CascadeOutcome) -> None:
        """Publish nothing."""


class NoLedger:
    """A ledger archive that stores nothing and finds nothing."""

    def prepare(self) -> None:
        """Prepare nothing."""

    def keep(self, record: LedgerRecord) -> None:
        """Store nothing."""

    def find(self, request_id: str) -> LedgerRecord | None:
        """No record."""
        return None

    def label(self, label: Label) -> None:
        """Store nothing."""


class NoShadowQueue:
    """A queue of shadow checks that drops every job."""

    def add(self, job: ShadowJob) -> None:
        """Drop the job."""
