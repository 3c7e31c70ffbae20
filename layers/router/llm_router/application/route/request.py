"""One request as it arrives, how it was routed, and its answer."""

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from llm_router.application.ports import PassCountUpdate
from llm_router.domain.conversation.answer import Answer
from llm_router.domain.conversation.conversation import Conversation
from llm_router.domain.outcome.cascade_outcome import CascadeOutcome
from llm_router.domain.plan.learned_starts import first_attempt
from llm_router.domain.policy.calibration_record import CalibrationRecord
from llm_router.domain.routing.decision import Decision, Hints
from llm_router.domain.routing.pass_rates import PassCount, PassHistory

_DRAW_DIGITS = 16
_DRAWS = 2**64


def fingerprint_key(tenant: str, policy_version: str, providers: Collection[str], kind: str) -> str:
    """A digest of all that the counts of a kind belong to; tenants never share them."""
    encoded = json.dumps([tenant, policy_version, sorted(providers), kind]).encode()
    return hashlib.sha256(encoded).hexdigest()


def in_exploration_sample(decision_key: str, share: float) -> bool:
    """Whether a request is in the sample that starts below: a fair draw over different requests.

    It is drawn by what is asked, not by the request's id, so that `/v1/route` tells what a call
    would do.
    """
    return int(decision_key[:_DRAW_DIGITS], 16) < share * _DRAWS


def pass_count_update(
    pass_history: PassHistory | None, outcome: CascadeOutcome
) -> PassCountUpdate | None:
    """What the outcome says of the request's kind, if anything."""
    first = first_attempt(outcome)
    if pass_history is None or first is None:
        return None
    return PassCountUpdate(
        pass_history.key, first, pass_history.pass_counts.get(first.rank, PassCount())
    )


@dataclass(frozen=True)
class RouteRequest:
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

    request: RouteRequest
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


def decision_key(
    request: RouteRequest, policy_version: str, enabled_providers: Collection[str]
) -> str:
    """A digest of everything that a decision depends on; tenants never share one."""
    content = {
        "tenant": request.tenant,
        "policy": policy_version,
        "providers": sorted(enabled_providers),
        "conversation": request.conversation.model_dump(mode="json", exclude={"user"}),
        "hints": request.hints.model_dump(mode="json"),
    }
    encoded = json.dumps(content, sort_keys=True, ensure_ascii=False).encode()
    return hashlib.sha256(encoded).hexdigest()
