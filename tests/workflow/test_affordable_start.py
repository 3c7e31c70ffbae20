"""Where a request starts whose tier is too dear: the use cases around the shipped machine."""

import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from evaluation.asl_interpreter import NOW_MS
from llm_router.application.errors import BudgetExceededError
from llm_router.application.route.request import RouteRequest, decision_key
from llm_router.application.route.route_request import Router
from llm_router.domain.conversation.answer import Usage
from llm_router.domain.outcome.ledger import LedgerRecord
from llm_router.domain.plan.plan import Plan
from llm_router.domain.policy.models import WIRE_FORMATS
from llm_router.domain.policy.prices import to_usd
from llm_router.domain.routing.decision import CachedDecision, Decision
from llm_router.domain.routing.hints import RouterHints
from llm_router.domain.tiers import Tier
from llm_router.wire.shared.router_object import decision_object, router_object
from tests.support.fakes import AnsweringProvider, DictCache, DictLedger, asking
from tests.support.in_process_router import router
from tests.support.plans import plan_of
from tests.support.policies import POLICY

Json = dict[str, Any]
HARD = "Design an algorithm for a distributed lock and prove that it is correct"
UNCLEAR = "How do magnets work?"


def judging_provider() -> AnsweringProvider:
    """Finds every question complex and answers all of them well."""
    found = json.dumps({"complexity": "complex", "reasoning": "a proof", "estimated_tokens": 20})
    text = "A plain answer of the length to be expected. " * 4
    return AnsweringProvider(
        lambda _, schema: found if schema else text, Usage(input_tokens=5, output_tokens=5)
    )


def call(question: str, cap_nano_usd: int, model: str | None = None, **hints: Any) -> RouteRequest:
    return RouteRequest(
        request_id="r",
        tenant="t",
        conversation=asking(question),
        hints=RouterHints(max_cost_usd=Decimal(to_usd(cap_nano_usd)), **hints),
        received_epoch_ms=NOW_MS,
        model=model,
    )


def planned(question: str, decision: Decision) -> Plan:
    return plan_of(asking(question), decision, budget_nano_usd=10**10)


def least(question: str, tier: Tier) -> int:
    """What the cheapest call from this tier up may cost."""
    plan = planned(question, Decision(tier=tier, strategy="override"))
    return min(c.minimum_nano_usd for c in plan.tiers[tier].candidates)


def judging(question: str) -> int:
    classifier = planned(question, Decision(tier=None, strategy=None)).classifier
    assert classifier is not None
    return classifier.worst_case_nano_usd


def routing(provider: AnsweringProvider) -> Router:
    return router(dict.fromkeys(WIRE_FORMATS, provider), POLICY)


def kept(routed: Router) -> LedgerRecord:
    assert isinstance(routed.archive, DictLedger)
    (record,) = routed.archive.records.values()
    return record


@pytest.mark.parametrize("start", [Tier.SIMPLE, Tier.MODERATE])
@pytest.mark.parametrize(
    ("question", "strategy"), [(HARD, "local_classifier"), (UNCLEAR, "llm_classifier")]
)
def test_a_request_starts_at_the_highest_tier_that_the_money_allows_for(
    question: str, strategy: str, start: Tier
) -> None:
    extra = judging(question) if strategy == "llm_classifier" else 0
    # An answer in the default tier has to fit beside a classification, or none is asked for.
    cap = least(question, start) + extra
    here = routing(judging_provider())
    routed = here.answer(call(question, cap))
    told = router_object(routed)
    if strategy == "llm_classifier" and start == Tier.SIMPLE:
        assert (told["tier"], told["wanted_tier"], told["strategy"]) == (
            "simple",
            "moderate",
            "default",
        )
    else:
        assert (told["tier"], told["wanted_tier"], told["strategy"]) == (start, "complex", strategy)
    assert (told["degraded"], told["degraded_because"]) == (True, "budget")
    assert routed.answered[0].cost_nano_usd <= cap
    assert (kept(here).start.tier, kept(here).start.wanted_tier, kept(here).degraded) == (
        told["tier"], told["wanted_tier"], True,
    )  # fmt: skip


@pytest.mark.parametrize("question", [HARD, UNCLEAR])
def test_with_enough_money_nothing_is_lowered(question: str) -> None:
    cap = least(question, Tier.COMPLEX) + judging(question)
    told = router_object(routing(judging_provider()).answer(call(question, cap)))
    assert (told["tier"], told["wanted_tier"], told["degraded"]) == ("complex", None, False)


@pytest.mark.parametrize(
    "hints", [{"model_tier": "complex"}, {"model": "large-a"}, {"request_type": "proof"}]
)
def test_what_the_caller_or_a_rule_chose_is_not_lowered(hints: Json) -> None:
    provider = judging_provider()
    with pytest.raises(BudgetExceededError):
        routing(provider).answer(call(HARD, least(HARD, Tier.MODERATE), **hints))
    assert provider.asked == []


@pytest.mark.parametrize("question", [HARD, UNCLEAR])
def test_if_nothing_fits_the_error_says_what_the_cheapest_call_may_cost(question: str) -> None:
    cheapest, provider = least(question, Tier.SIMPLE), judging_provider()
    with pytest.raises(BudgetExceededError, match=f"up to {to_usd(cheapest)} USD"):
        routing(provider).answer(call(question, cheapest - 1))
    assert provider.asked == []
    assert routing(provider).answer(call(question, cheapest)).answered[0].status == "answered"


def test_a_remembered_rank_that_is_too_dear_is_not_insisted_on() -> None:
    asked = call(HARD, least(HARD, Tier.SIMPLE))
    here = routing(judging_provider())
    key = decision_key(asked, POLICY.version, here.enabled_providers)
    remembered = CachedDecision(tier=Tier.SIMPLE, rank=20)
    here = replace(here, cache=DictCache(decisions={key: remembered}))
    outcome, _ = here.answer(asked).answered
    assert (outcome.start.strategy, outcome.tier, outcome.degraded) == ("cache", Tier.SIMPLE, True)
    assert isinstance(here.cache, DictCache)
    assert here.cache.decisions == {key: remembered}


def test_a_lowered_start_is_not_remembered() -> None:
    here = routing(judging_provider())
    here.answer(call(HARD, least(HARD, Tier.SIMPLE)))
    assert isinstance(here.cache, DictCache)
    assert here.cache.decisions == {}


@pytest.mark.parametrize("question", [HARD, UNCLEAR])
@pytest.mark.parametrize("tier", list(Tier))
def test_the_decision_alone_starts_where_the_answer_does(question: str, tier: Tier) -> None:
    asked = call(question, least(question, tier) + judging(question))
    decided = decision_object(routing(judging_provider()).decide(asked))
    real = router_object(routing(judging_provider()).answer(asked))
    same = ("tier", "wanted_tier", "strategy")
    assert [decided[name] for name in same] == [real[name] for name in same]
