"""One request as it arrives, how it was routed, and its answer."""

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from ..domain.chat import Answer, Conversation
from ..domain.decision import Decision, Hints
from ..domain.guarantee import CalibrationRecord
from ..domain.outcome import CascadeOutcome


@dataclass(frozen=True)
class RoutingCall:
    """One request as it arrived: whose it is, what it asks, and within which bounds.

    `aliases` are those of its key: names of models that stand for something else.
    """

    request_id: str
    tenant: str
    conversation: Conversation
    hints: Hints
    received_epoch_ms: int
    max_latency_ms: int | None = None
    max_cost_usd: Decimal | None = None
    aliases: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Routed:
    """How a request was routed; `outcome` is None where the machine did not have to run.

    `expected_nano_usd` is what a first answer would probably cost, where only that was asked.
    `baseline_nano_usd` is what the answer would have cost on the policy's baseline model.
    """

    call: RoutingCall
    decision: Decision
    policy_version: str
    outcome: CascadeOutcome | None
    baseline_nano_usd: int | None = None
    guarantee: CalibrationRecord | None = None
    expected_nano_usd: int | None = None


@dataclass(frozen=True)
class Answered:
    """A routed request with its answer."""

    routed: Routed
    outcome: CascadeOutcome
    answer: Answer


def decision_key(call: RoutingCall, policy_version: str, enabled_providers: Collection[str]) -> str:
    """A digest of everything that a decision depends on; tenants never share one."""
    content = {
        "tenant": call.tenant,
        "policy": policy_version,
        "providers": sorted(enabled_providers),
        "conversation": call.conversation.model_dump(mode="json", exclude={"user"}),
        "hints": call.hints.model_dump(mode="json"),
    }
    encoded = json.dumps(content, sort_keys=True, ensure_ascii=False).encode()
    return hashlib.sha256(encoded).hexdigest()
