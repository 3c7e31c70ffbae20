"""Stand-ins for the ports, checked against them by mypy."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from llm_router.application.errors import CascadeFailedError, PayloadLostError, ReplyStoreDownError
from llm_router.application.ports import (
    CacheLookup,
    Json,
    KeyRecord,
    ProviderAnswer,
)
from llm_router.domain.conversation.answer import Answer, Usage
from llm_router.domain.conversation.conversation import Conversation, Message
from llm_router.domain.outcome.cascade_outcome import CascadeOutcome
from llm_router.domain.outcome.failures import ProviderFailure
from llm_router.domain.outcome.ledger import Label, LedgerRecord
from llm_router.domain.plan.candidates import Candidate
from llm_router.domain.plan.plan import Plan
from llm_router.domain.policy.policy import Policy
from llm_router.domain.policy.steering import EscalationRate
from llm_router.domain.routing.decision import CachedDecision
from llm_router.domain.routing.pass_rates import PassCount, PassUpdate
from llm_router.domain.shadow_check import ShadowJob
from llm_router.domain.tiers import Tier
from tests.support.policies import POLICY

PROVIDERS = ("anthropic", "openai")


def asking(question: str, **more: object) -> Conversation:
    """A conversation of one question."""
    return Conversation.model_validate(
        {"messages": (Message(role="user", content=question),), **more}
    )


@dataclass
class FixedPolicy:
    """A policy source with one policy."""

    policy: Policy = POLICY

    def current(self) -> Policy:
        return self.policy


@dataclass
class DictCache:
    """A decision cache in a dictionary; kinds of which nothing was seen pass as `known_passing`."""

    decisions: dict[str, CachedDecision] = field(default_factory=dict)
    counts: list[tuple[Tier, dict[str, int]]] = field(default_factory=list)
    known_rates: dict[Tier, EscalationRate] = field(default_factory=dict)
    pass_counts: dict[str, dict[int, PassCount]] = field(default_factory=dict)
    known_passing: dict[int, PassCount] = field(default_factory=dict)

    def lookup(self, key: str, kind_key: str | None) -> CacheLookup:
        return CacheLookup(
            self.decisions.get(key), self.pass_counts.get(kind_key or "", self.known_passing)
        )

    def record(
        self,
        tier: Tier,
        counts: Mapping[str, int],
        remember: tuple[str, CachedDecision, int] | None,
        seen: PassUpdate | None,
    ) -> None:
        self.counts.append((tier, dict(counts)))
        if remember:
            self.decisions[remember[0]] = remember[1]
        if seen:
            key, rank, first, replaces = seen
            of_kind = self.pass_counts.setdefault(key, {})
            before = PassCount() if replaces else of_kind.get(rank, PassCount())
            of_kind[rank] = before.after(first)

    def escalation_rates(self) -> Mapping[Tier, EscalationRate]:
        return self.known_rates

    def status(self) -> str:
        return "up"


@dataclass
class InlinePayloads:
    """Everything travels inline, and can be lost; what was discarded is noted."""

    discarded: list[Json] = field(default_factory=list)
    lost: bool = False

    def offload(self, value: Json) -> Json:
        return {"inline": value}

    def resolve(self, sealed: Json) -> Json:
        if self.lost:
            raise PayloadLostError("gone")
        inline: Json = sealed["inline"]
        return inline

    def discard(self, sealed: Json) -> None:
        self.discarded.append(sealed)


@dataclass
class ScriptedCascade:
    """Ends with the given outcome, or as the platform failing where there is none."""

    outcome: CascadeOutcome | None = None
    plans: list[Plan] = field(default_factory=list)
    failure: type[CascadeFailedError] = CascadeFailedError

    def run(self, plan: Plan, payload: Json) -> CascadeOutcome:
        self.plans.append(plan)
        if self.outcome is None:
            raise self.failure("the cascade ended with States.Timeout")
        judged, start = self.outcome.classification, self.outcome.start
        planned = plan.tiers.get(judged.tier if judged else start.tier)
        # The machine hands back what the plan says of its start.
        learned = planned.start.learned if planned else None
        start = start.model_copy(update={"learned": learned})
        return self.outcome.model_copy(update={"start": start})


@dataclass
class MetricLog:
    """Keeps what was published."""

    finished: list[CascadeOutcome] = field(default_factory=list)
    exhausted: list[bool] = field(default_factory=list)
    latencies_ms: list[int] = field(default_factory=list)
    decided: list[CascadeOutcome] = field(default_factory=list)
    tiers: list[tuple[Tier, bool, str | None]] = field(default_factory=list)

    def request_finished(
        self,
        outcome: CascadeOutcome,
        baseline_nano_usd: int | None,
        latency_ms: int,
        *,
        exhausted: bool,
    ) -> None:
        self.finished.append(outcome)
        self.exhausted.append(exhausted)
        self.latencies_ms.append(latency_ms)

    def tier_finished(self, tier: Tier, *, escalated: bool, advice: str | None) -> None:
        self.tiers.append((tier, escalated, advice))

    def decision_finished(self, outcome: CascadeOutcome) -> None:
        self.decided.append(outcome)


@dataclass
class DictLedger:
    """Keeps ledgers and labels in memory."""

    records: dict[str, LedgerRecord] = field(default_factory=dict)
    labels: dict[str, Label] = field(default_factory=dict)

    def prepare(self) -> None:
        """Nothing to prepare."""

    def keep(self, record: LedgerRecord) -> None:
        self.records[record.request_id] = record

    def find(self, request_id: str) -> LedgerRecord | None:
        return self.records.get(request_id)

    def label(self, label: Label) -> None:
        self.labels[label.request_id] = label


@dataclass
class ShadowLog:
    """Keeps the shadow jobs that were left."""

    jobs: list[ShadowJob] = field(default_factory=list)

    def add(self, job: ShadowJob) -> None:
        self.jobs.append(job)


@dataclass
class DictReplies:
    """Replies in a dictionary with a clock of its own; it can be down, or too small."""

    slots: dict[str, tuple[bytes, int]] = field(default_factory=dict)
    now_ms: int = 0
    down: bool = False
    largest: int = 1_000_000

    def claim(
        self, slot: str, claim: bytes, milliseconds: int, unreadable: bytes = b""
    ) -> bytes | None:
        if self.down:
            raise ReplyStoreDownError("down")
        held = self._held(slot)
        if held is not None and held != unreadable:
            return held
        self.slots[slot] = (claim, self.now_ms + milliseconds)
        return None

    def keep(self, slot: str, claim: bytes, value: bytes, milliseconds: int) -> bool:
        if self.down or len(value) > self.largest or self._held(slot) not in (None, claim):
            return False
        self.slots[slot] = (value, self.now_ms + milliseconds)
        return True

    def release(self, slot: str, claim: bytes) -> None:
        if not self.down and self._held(slot) == claim:
            del self.slots[slot]

    def _held(self, slot: str) -> bytes | None:
        value, until_ms = self.slots.get(slot, (None, 0))
        return value if self.now_ms < until_ms else None


@dataclass
class ScriptedProvider:
    """Gives one answer or one failure, and keeps what it was asked."""

    gives: ProviderAnswer | ProviderFailure
    asked: list[tuple[Candidate, Conversation, float, Json | None]] = field(default_factory=list)

    def answer(
        self,
        candidate: Candidate,
        conversation: Conversation,
        timeout_seconds: float,
        schema: Json | None = None,
    ) -> ProviderAnswer:
        self.asked.append((candidate, conversation, timeout_seconds, schema))
        if isinstance(self.gives, ProviderFailure):
            raise self.gives
        return self.gives


@dataclass
class AnsweringProvider:
    """Answers each call with the text for its number, from 1, and its schema; notes the models."""

    says: Callable[[int, Json | None], str]
    usage: Usage
    asked: list[str] = field(default_factory=list)

    def answer(
        self,
        candidate: Candidate,
        conversation: Conversation,
        timeout_seconds: float,
        schema: Json | None = None,
    ) -> ProviderAnswer:
        self.asked.append(candidate.id)
        text = self.says(len(self.asked), schema)
        return ProviderAnswer(Answer(text=text, finish_reason="stop"), self.usage)


@dataclass
class DictKeys:
    """Keys in a dictionary."""

    records: dict[str, KeyRecord]

    def find(self, key_hash: str) -> KeyRecord | None:
        return self.records.get(key_hash)
