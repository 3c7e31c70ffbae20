"""Starts that were learned, through the use cases around the shipped machine."""

import json
from dataclasses import replace
from typing import Any

import pytest

from evaluation.asl_interpreter import NOW_MS
from llm_router.application.route.request import RouteRequest
from llm_router.application.route.route_request import Router
from llm_router.domain.conversation.answer import Usage
from llm_router.domain.policy.models import WIRE_FORMATS
from llm_router.domain.policy.policy import LearningSettings
from llm_router.domain.routing.hints import RouterHints
from llm_router.domain.routing.pass_rates import PassCount
from llm_router.wire.shared.router_object import decision_object, router_object
from tests.support.fakes import AnsweringProvider, DictCache, asking
from tests.support.in_process_router import router
from tests.support.policies import POLICY

Json = dict[str, Any]
LEARNING = LearningSettings(enabled=True, explore=0, margin=0.02, min_requests=20)
POLICY = POLICY.model_copy(update={"learning": LEARNING})
CLEAR, UNCLEAR = "How many legs do {} spiders have?", "How do magnets work?"
NEVER = {10: PassCount(tried=100)}


def disagreeing() -> AnsweringProvider:
    """Finds every question simple and answers it with another number each time."""
    found = json.dumps({"complexity": "simple", "reasoning": "short", "estimated_tokens": 20})
    return AnsweringProvider(
        lambda number, schema: found if schema else f"The answer is {number}.",
        Usage(input_tokens=30, output_tokens=60),
    )


def call(question: str) -> RouteRequest:
    return RouteRequest("r", "t", asking(question), RouterHints(), NOW_MS)


def routing(provider: AnsweringProvider, passing: dict[int, PassCount]) -> Router:
    here = router(dict.fromkeys(WIRE_FORMATS, provider), POLICY)
    return replace(here, cache=DictCache(known_passing=passing))


def test_first_tries_that_always_escalate_are_given_up() -> None:
    provider = disagreeing()
    here = routing(provider, {})
    calls = []
    for number in range(2, 62):
        before = len(provider.asked)
        here.answer(call(CLEAR.format(number)))
        calls.append(len(provider.asked) - before)
    assert calls[0] == 3
    assert calls[-1] == 1
    assert calls == sorted(calls, reverse=True)


@pytest.mark.parametrize(
    ("question", "strategy", "asked"),
    [(CLEAR.format(8), "cache", 0), (UNCLEAR, "llm_classifier", 1)],
)
def test_what_was_learned_decides_and_is_told(question: str, strategy: str, asked: int) -> None:
    provider = disagreeing()
    told = router_object(routing(provider, NEVER).answer(call(question)))
    assert (told["tier"], told["strategy"]) == ("moderate", strategy)
    assert (told["learned"]["tier"], told["learned"]["tried"]) == ("simple", 100)
    assert [a["rank"] for a in told["attempts"]] == [10] * asked + [20]
    decided = decision_object(routing(provider, NEVER).decide(call(question)))
    same = ("tier", "wanted_tier", "strategy", "learned", "decision_confidence")
    assert {name: told[name] for name in same} == {name: decided[name] for name in same}
