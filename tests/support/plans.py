"""Plans of single requests, with terms that hardly bind."""

from collections.abc import Collection

from llm_router.domain.conversation.conversation import Conversation
from llm_router.domain.outcome.ledger import Purpose
from llm_router.domain.plan.plan import Plan, plan_for
from llm_router.domain.policy.policy import Policy
from llm_router.domain.routing.decision import Decision
from tests.support.fakes import PROVIDERS
from tests.support.policies import POLICY


def plan_of(
    conversation: Conversation,
    decision: Decision,
    policy: Policy = POLICY,
    providers: Collection[str] = PROVIDERS,
    *,
    request_id: str = "r",
    purpose: Purpose = "answer",
    deadline_epoch_ms: int = 1,
    budget_nano_usd: int = 2_000_000_000,
) -> Plan:
    """The plan for a conversation: an answer for at most 2 USD, unless other terms are given."""
    return plan_for(
        conversation,
        decision,
        policy,
        providers,
        request_id=request_id,
        purpose=purpose,
        deadline_epoch_ms=deadline_epoch_ms,
        budget_nano_usd=budget_nano_usd,
    )
