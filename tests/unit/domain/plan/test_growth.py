"""Work grows with the request, and no part of it is repeated for each model.

Function calls are counted, not time: they are the same on every machine.
"""

import json
import sys
from collections.abc import Callable
from dataclasses import replace
from types import FrameType
from typing import Any

import pytest

from llm_router.application.ports import Json, KeyRecord
from llm_router.application.route.request import RouteRequest
from llm_router.application.route.route_request import Router
from llm_router.domain.conversation import conversation, summary
from llm_router.domain.conversation.conversation import Conversation
from llm_router.domain.conversation.summary import PromptSummary
from llm_router.domain.plan import candidates
from llm_router.domain.policy.models import Model
from llm_router.domain.policy.policy import Policy
from llm_router.domain.routing.decision import Decision
from llm_router.wire.anthropic.request import parse_messages
from llm_router.wire.openai.request import parse_chat
from llm_router.wire.shared.router_options import ParsedBody, to_route_request
from tests.support.in_process_router import router
from tests.support.plans import plan_of
from tests.support.policies import POLICY, POLICY_TEXT, read

KEY = KeyRecord("key-1", "tenant", "free", may_set_user_tier=False, created_at=0)
TEXT = {"type": "text", "text": "And then?", "cache_control": {"type": "ephemeral"}}
PICTURE = {"type": "image", "source": {"type": "url", "url": "https://a.b/c.png"}}
USE = {"type": "tool_use", "id": "c", "name": "f", "input": {}}
LAST = {"role": "user", "content": "How many are 6 times 7?"}
LIMITED = (
    POLICY_TEXT
    + """
[[rules]]
name = "shorter answers"
when = { messages = { gte = 100 } }
then = { tier = "simple", limits = { max_output_tokens = 99 } }
"""
)


def with_messages(count: int) -> ParsedBody:
    turns = [{"role": ("user", "assistant")[n % 2], "content": "Well?"} for n in range(count)]
    return parse_chat(json.dumps({"model": "auto", "messages": [*turns, LAST]}), POLICY.limits)


def with_tools(count: int) -> ParsedBody:
    tools = [{"type": "function", "function": {"name": f"f{n}"}} for n in range(count)]
    body = {"model": "auto", "messages": [LAST], "tools": tools}
    return parse_chat(json.dumps(body), POLICY.limits)


def _prompt(*turns: Json) -> ParsedBody:
    body = {"model": "auto", "max_tokens": 99, "messages": [*turns, LAST]}
    return parse_messages(json.dumps(body), POLICY.limits)


def with_parts(count: int) -> ParsedBody:
    return _prompt({"role": "user", "content": [TEXT] * (count + 1)})


def with_images(count: int) -> ParsedBody:
    return _prompt({"role": "user", "content": [PICTURE] * (count // 10 + 1)})


def with_results(count: int) -> ParsedBody:
    result = {"type": "tool_result", "tool_use_id": "c", "content": [TEXT] * count}
    return _prompt({"role": "assistant", "content": [USE]}, {"role": "user", "content": [result]})


SHAPES = (with_messages, with_tools, with_parts, with_images, with_results)
every_shape = pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.__name__)


def calls_of(action: Callable[[], object]) -> int:
    """The calls of functions, those of C included, that an action makes."""
    calls = 0

    def count(_frame: FrameType, event: str, _argument: Any) -> None:
        nonlocal calls
        calls += event in {"call", "c_call"}

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        action()
    finally:
        sys.setprofile(before)
    return calls


def unclassified(body: ParsedBody) -> RouteRequest:
    request = to_route_request(body, KEY, "r", 1)
    return replace(request, hints=request.hints.model_copy(update={"classify": False}))


def work(shape: Callable[[int], ParsedBody], count: int, routing: Router) -> int:
    """Calls from the body's text to the plan."""
    return calls_of(lambda: routing.decide(unclassified(shape(count))))


def with_more_models(policy: Policy, times: int) -> Policy:
    """The policy with every model that many times, under other names."""
    models = [
        m.model_copy(update={"id": f"{m.id}-{n}"}) for n in range(1, times) for m in policy.models
    ]
    kept = {name: getattr(policy, name) for name in Policy.model_fields}
    return Policy.model_validate({**kept, "models": (*policy.models, *models)})


@every_shape
def test_twice_the_request_is_twice_the_work(shape: Callable[[int], ParsedBody]) -> None:
    routing = router({}, POLICY)
    work(shape, 1, routing)
    small, middle, large = (work(shape, count, routing) for count in (200, 400, 800))
    assert large - middle <= 2.05 * (middle - small)
    assert large - middle <= 400 * 100, "calls for each message, part or tool"


@every_shape
def test_more_models_do_not_repeat_the_work_on_the_request(
    shape: Callable[[int], ParsedBody],
) -> None:
    added = []
    for policy in (POLICY, with_more_models(POLICY, 3)):
        routing = router({}, policy)
        work(shape, 1, routing)
        added.append(work(shape, 500, routing) - work(shape, 100, routing))
    assert added[1] <= 1.02 * added[0]


@pytest.mark.parametrize("policy", [POLICY, read(LIMITED)], ids=["plain", "limited by a rule"])
def test_a_prompt_is_summarised_once(policy: Policy, monkeypatch: pytest.MonkeyPatch) -> None:
    summarised: list[int] = []
    summary_of = summary.summary_of

    def noting(whole: Conversation) -> PromptSummary:
        summarised.append(len(whole.messages))
        return summary_of(whole)

    monkeypatch.setattr(conversation, "summary_of", noting)
    router({}, policy).decide(unclassified(with_messages(200)))
    assert summarised.count(201) == 1


def test_a_model_is_one_candidate_in_all_tiers(monkeypatch: pytest.MonkeyPatch) -> None:
    built: list[tuple[str, int]] = []
    candidate_for = candidates.candidate_for

    def noting(model: Model, asked: Conversation, policy: Policy) -> candidates.Candidate:
        built.append((model.id, len(asked.messages)))
        return candidate_for(model, asked, policy)

    monkeypatch.setattr(candidates, "candidate_for", noting)
    plan_of(with_messages(20).conversation, Decision(tier=None, strategy=None))
    unnamed = [model.id for model in POLICY.models if not model.only_if_named]
    assert sorted(name for name, turns in built if turns == 21) == sorted(unnamed)
