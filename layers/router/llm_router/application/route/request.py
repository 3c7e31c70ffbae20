"""A request as it arrives, its routing and its answer, with its keys in the decision cache."""

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from llm_router.domain.conversation.answer import Answer
from llm_router.domain.conversation.conversation import Conversation
from llm_router.domain.outcome.cascade_outcome import CascadeOutcome
from llm_router.domain.policy.calibration_record import CalibrationRecord
from llm_router.domain.policy.policy import TierSettings
from llm_router.domain.policy.rules import RuleEvaluation
from llm_router.domain.routing.decision import Start
from llm_router.domain.routing.hints import RouterHints

_DRAW_DIGITS = 16
"""Hexadecimal digits of a decision key that are one of `_DRAWS` numbers."""
_DRAWS = 2**64


def in_exploration_sample(decision_key: str, share: float) -> bool:
    """True if a request starts in the lower tier all the same: a fair draw over different requests.

    The draw follows the request's content, not its id: `/v1/route` shows what a call would do.
    """
    return int(decision_key[:_DRAW_DIGITS], 16) < share * _DRAWS


@dataclass(frozen=True)
class RouteRequest:
    """A parsed request: its tenant, conversation, hints and limits.

    `model` is None for `auto`; `hints.user_tier` is the API key's unless the caller may set it.
    `aliases` are the model aliases of the key.
    """

    request_id: str
    tenant: str
    conversation: Conversation
    hints: RouterHints
    received_epoch_ms: int
    model: str | None = None
    aliases: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Routed:
    """The routing of a request; `outcome` is None if the state machine did not run.

    `start` is None while no tier is decided; `requirements` are those in force for answers. If only
    a decision was requested, `answer` is None, and `expected_nano_usd` is the expected cost of a
    first answer. `baseline_nano_usd` is the cost of the answer on the policy's baseline model.
    """

    request: RouteRequest
    policy_version: str
    rule_evaluations: tuple[RuleEvaluation, ...]
    start: Start | None
    requirements: TierSettings | None
    outcome: CascadeOutcome | None
    answer: Answer | None = None
    baseline_nano_usd: int | None = None
    guarantee: CalibrationRecord | None = None
    expected_nano_usd: int | None = None

    @property
    def answered(self) -> tuple[CascadeOutcome, Answer]:
        """The outcome and its answer; `ValueError` if only a decision was requested."""
        if self.outcome is None or self.answer is None:
            raise ValueError("only a decision was requested")
        return self.outcome, self.answer


def fingerprint_key(
    tenant: str, policy_version: str, providers: Collection[str], fingerprint: str
) -> str:
    """A digest of everything that pass counts belong to; tenants never share one."""
    encoded = json.dumps([tenant, policy_version, sorted(providers), fingerprint]).encode()
    return hashlib.sha256(encoded).hexdigest()


def decision_key(
    request: RouteRequest, policy_version: str, enabled_providers: Collection[str]
) -> str:
    """A digest of everything that a decision depends on; tenants never share one."""
    irrelevant = {"max_latency_ms", "max_cost_usd", "classify", "retry"}
    hints = request.hints.model_dump(mode="json", exclude=irrelevant)
    content = {
        "tenant": request.tenant,
        "policy": policy_version,
        "providers": sorted(enabled_providers),
        "conversation": request.conversation.model_dump(mode="json", exclude={"user"}),
        "hints": {**hints, "model": request.model},
    }
    encoded = json.dumps(content, sort_keys=True, ensure_ascii=False).encode()
    return hashlib.sha256(encoded).hexdigest()
