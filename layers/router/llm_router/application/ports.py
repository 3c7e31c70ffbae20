"""Ports of the use cases, named by role, with the values that pass through them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from llm_router.domain.conversation.answer import Answer, Usage
from llm_router.domain.conversation.conversation import Conversation
from llm_router.domain.outcome.cascade_outcome import CascadeOutcome
from llm_router.domain.outcome.ledger import Label, LedgerRecord
from llm_router.domain.plan.candidates import Candidate
from llm_router.domain.plan.plan import Plan
from llm_router.domain.policy.policy import Policy
from llm_router.domain.policy.steering import EscalationRate
from llm_router.domain.routing.decision import CachedDecision
from llm_router.domain.routing.pass_rates import PassCount, PassUpdate
from llm_router.domain.tiers import Tier

Json = dict[str, Any]


@dataclass(frozen=True)
class KeyRecord:
    """The stored record of an API key; the key itself is stored only as a hash.

    `aliases` map model names in the key's requests to `auto`, a tier or a model.
    """

    key_id: str
    tenant: str
    user_tier: str
    may_set_user_tier: bool
    created_at: int
    expires_at: int | None = None
    aliases: Mapping[str, str] = field(default_factory=dict)


class PolicySource(Protocol):
    """The source of the policy."""

    def current(self) -> Policy:
        """The policy in force."""
        ...


@dataclass(frozen=True)
class CacheLookup:
    """A request's cached decision and its fingerprint's pass counts by the first attempt's rank."""

    decision: CachedDecision | None = None
    pass_counts: Mapping[int, PassCount] = field(default_factory=dict)


class DecisionCache(Protocol):
    """Caches decisions and counts; a failure is a cache miss, and it takes at most 50 ms."""

    def lookup(self, key: str, fingerprint_key: str | None) -> CacheLookup:
        """Look up the request's decision and, if `fingerprint_key` is given, its pass counts."""
        ...

    def record(
        self,
        tier: Tier,
        counts: Mapping[str, int],
        entry: tuple[str, CachedDecision, int] | None,
        update: PassUpdate | None,
    ) -> None:
        """Add to the tier's rolling counts; store the entry and the update if given.

        `entry` is a decision as (key, value, lifetime in seconds); `update` adds to pass counts.
        """
        ...

    def escalation_rates(self) -> Mapping[Tier, EscalationRate]:
        """Recent escalation rates by tier, as of the last `record`; makes no call."""
        ...

    def status(self) -> str:
        """`up`, `down` or `off`."""
        ...


class Cascade(Protocol):
    """Runs a plan."""

    def run(self, plan: Plan, payload: Json) -> CascadeOutcome:
        """Run a plan to its end; raises `CascadeFailedError` if the platform fails.

        `CascadeNotStartedError` guarantees that no model was called.
        """
        ...


class PayloadStore(Protocol):
    """Keeps large values out of a state, whose size is limited."""

    def offload(self, value: Json) -> Json:
        """Return a reference to the value; a small value is part of its reference."""
        ...

    def resolve(self, reference: Json) -> Json:
        """Return the value of a reference; raises `PayloadLostError` if it cannot be fetched."""
        ...

    def discard(self, reference: Json) -> None:
        """Delete the value if it is stored; never fails."""
        ...


class LedgerArchive(Protocol):
    """Stores ledgers and labels for a later calibration."""

    def prepare(self) -> None:
        """Get ready for `keep` in the background; never fails, and takes no time."""
        ...

    def keep(self, record: LedgerRecord) -> None:
        """Store a record; never fails, and takes at most 500 ms."""
        ...

    def find(self, request_id: str) -> LedgerRecord | None:
        """The record of a request; None if it does not exist (any more).

        Raises `LedgersDownError` if ledgers cannot be read now.
        """
        ...

    def label(self, label: Label) -> None:
        """Store a user's score; a later one overwrites it. Raises `LedgersDownError` on failure."""
        ...


class ReplyStore(Protocol):
    """Holds one value per slot until it expires; every call takes at most half a second.

    A claim is a unique value that identifies the holder of a slot.
    """

    def claim(
        self, slot: str, claim: bytes, milliseconds: int, unreadable: bytes = b""
    ) -> bytes | None:
        """Claim a free slot, or return its value; raises `ReplyStoreDownError` on failure.

        A slot that holds the value `unreadable` is as good as free.
        """
        ...

    def keep(self, slot: str, claim: bytes, value: bytes, milliseconds: int) -> bool:
        """Replace the claim by the value; False if another holds the slot or the store fails."""
        ...

    def release(self, slot: str, claim: bytes) -> None:
        """Release the slot if the claim still holds it; never fails."""
        ...


class FailedRequests(Protocol):
    """Remembers for some seconds which requests just failed; a failure of its own is a miss."""

    def refused_for_ms(self, digest: str) -> int | None:
        """The milliseconds for which the request is still refused; None if it is not known."""
        ...

    def refuse(self, digest: str, milliseconds: int) -> None:
        """Refuse the request for so long; never fails."""
        ...


class MetricSink(Protocol):
    """Publishes metrics of requests."""

    def request_finished(
        self,
        outcome: CascadeOutcome,
        baseline_nano_usd: int | None,
        latency_ms: int,
        *,
        exhausted: bool,
    ) -> None:
        """Publish one request's indicators and its attempts' metrics.

        `baseline_nano_usd` is None if nothing was answered; `exhausted` marks a 402, 429, 503 or
        504.
        """
        ...

    def tier_finished(self, tier: Tier, *, escalated: bool, advice: str | None) -> None:
        """Publish an answer's escalation by tier, with advice if the tier's rate is off."""
        ...

    def decision_finished(self, outcome: CascadeOutcome) -> None:
        """Publish the cost of a decision without an answer."""
        ...


@dataclass(frozen=True)
class ProviderAnswer:
    """An answer with the usage that the provider reported; None if it reported none.

    `left_out` names what the provider refused and was then asked without.
    """

    answer: Answer
    usage: Usage | None
    left_out: tuple[str, ...] = ()


class ModelProvider(Protocol):
    """Calls one model once."""

    def answer(
        self,
        candidate: Candidate,
        conversation: Conversation,
        timeout_seconds: float,
        schema: Json | None = None,
    ) -> ProviderAnswer:
        """Call the model once, without retries; raises `ProviderFailure` for every error."""
        ...


class KeyStore(Protocol):
    """Looks up API key records by hash."""

    def find(self, key_hash: str) -> KeyRecord | None:
        """The record of a key; None if it is unknown or revoked."""
        ...
