"""What the use cases need from the world, named by role."""

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
from llm_router.domain.policy.threshold_control import EscalationRate
from llm_router.domain.routing.decision import CachedDecision
from llm_router.domain.routing.pass_rates import FirstAttempt, PassCount
from llm_router.domain.tiers import Tier

Json = dict[str, Any]


@dataclass(frozen=True)
class KeyRecord:
    """What is known of an API key; the key itself is only known as a hash.

    `aliases` say what a model's name stands for in its requests: `auto`, a tier or a model.
    """

    key_id: str
    tenant: str
    user_tier: str
    may_set_user_tier: bool
    created_at: int
    expires_at: int | None = None
    aliases: Mapping[str, str] = field(default_factory=dict)


class PolicySource(Protocol):
    """Where the policy comes from."""

    def current(self) -> Policy:
        """The policy in force."""
        ...


@dataclass(frozen=True)
class CacheLookup:
    """What satisfied a request before, and how often its kind passes, by the rank asked first."""

    decision: CachedDecision | None = None
    pass_counts: Mapping[int, PassCount] = field(default_factory=dict)


@dataclass(frozen=True)
class PassCountUpdate:
    """A first answer of a kind, and the counts of its rank that were known before it."""

    kind_key: str
    first: FirstAttempt
    known: PassCount


class DecisionCache(Protocol):
    """Remembers what worked; every failure of it is a miss, and it takes at most 50 ms."""

    def recall(self, key: str, kind_key: str | None) -> CacheLookup:
        """What is known of this request and, if that is asked for, of its kind."""
        ...

    def record(
        self,
        tier: Tier,
        counts: Mapping[str, int],
        remember: tuple[str, CachedDecision, int] | None,
        seen: PassCountUpdate | None,
    ) -> None:
        """Add to the tier's rolling counts and remember (key, value, seconds) if given.

        What was seen of a kind is added to its counts.
        """
        ...

    def rates(self) -> Mapping[Tier, EscalationRate]:
        """Recent requests by tier, as last heard; nothing is asked for it."""
        ...

    def status(self) -> str:
        """`up`, `down` or `off`."""
        ...


class Cascade(Protocol):
    """Runs a plan."""

    def run(self, plan: Plan, payload: Json) -> CascadeOutcome:
        """Run it to its end; raise `CascadeFailedError` if the platform did not carry it there.

        `CascadeNotStartedError` says for certain that no model was called.
        """
        ...


class PayloadStore(Protocol):
    """Carries values past the size limit of a state."""

    def offload(self, value: Json) -> Json:
        """A small stand-in for the value: the value itself, or a reference to it."""
        ...

    def resolve(self, sealed: Json) -> Json:
        """The value of a stand-in; raises `PayloadLostError` if it cannot be had."""
        ...

    def discard(self, sealed: Json) -> None:
        """Delete what the stand-in refers to; never fails."""
        ...


class LedgerArchive(Protocol):
    """Keeps what requests did, for a later calibration."""

    def keep(self, record: LedgerRecord) -> None:
        """Keep a record; never fails, and takes at most 100 ms."""
        ...

    def find(self, request_id: str) -> LedgerRecord | None:
        """The record of a request; None if there is none (any more)."""
        ...

    def label(self, label: Label) -> None:
        """Keep what a user says of an answer; a later word replaces an earlier one."""
        ...


class ReplyStore(Protocol):
    """One value for each slot, for a time; every call takes at most half a second.

    A claim is a value that no one else can have made, so it says whose the slot is.
    """

    def claim(self, slot: str, claim: bytes, milliseconds: int) -> bytes | None:
        """Take a free slot, or tell what holds it; `ReplyStoreDownError` if none can say."""
        ...

    def keep(self, slot: str, claim: bytes, value: bytes, milliseconds: int) -> bool:
        """Put the value in the claim's place; False if another holds the slot or none can say."""
        ...

    def release(self, slot: str, claim: bytes) -> None:
        """Free the slot if it is still the claim's; never fails."""
        ...


class MetricSink(Protocol):
    """Where figures about requests go."""

    def request_finished(
        self,
        outcome: CascadeOutcome,
        baseline_nano_usd: int | None,
        latency_ms: int,
        *,
        exhausted: bool,
    ) -> None:
        """Publish one request's indicators and its attempts' figures.

        No baseline stands for a request without an answer; `exhausted` for one that ended without
        although others may have had one.
        """
        ...

    def tier_finished(self, tier: Tier, *, escalated: bool, advice: str | None) -> None:
        """Publish whether an answer of the tier escalated, with advice if its rate is off."""
        ...

    def decision_finished(self, outcome: CascadeOutcome) -> None:
        """Publish what a decision cost that was asked for alone."""
        ...


@dataclass(frozen=True)
class ProviderAnswer:
    """An answer with the usage that the provider reported, if it did."""

    answer: Answer
    usage: Usage | None


class ModelProvider(Protocol):
    """Calls one model once."""

    def answer(
        self,
        candidate: Candidate,
        conversation: Conversation,
        timeout_seconds: float,
        schema: Json | None = None,
    ) -> ProviderAnswer:
        """One call without retries; raises `ProviderFailure` for everything that goes wrong."""
        ...


class KeyStore(Protocol):
    """Keys by their hash."""

    def find(self, key_hash: str) -> KeyRecord | None:
        """The record of a key that is neither revoked nor unknown."""
        ...
