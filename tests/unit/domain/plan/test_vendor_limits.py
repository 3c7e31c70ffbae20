"""Models that cannot be sent a request are left out of its plan, or named to the caller."""

from typing import Any

import pytest

from llm_router.domain.conversation.content import ToolCall
from llm_router.domain.conversation.conversation import Conversation, Message, Tool
from llm_router.domain.plan.candidates import NoCandidateError, candidate_for
from llm_router.domain.routing.decision import Decision
from llm_router.domain.tiers import Tier
from tests.support.fakes import PROVIDERS, asking
from tests.support.plans import plan_of
from tests.support.policies import POLICY

LONG = "mcp__plugin_chrome-devtools-mcp_chrome-devtools__get_console_message"
MAP: dict[str, Any] = {
    "type": "object", "required": ["tags"], "additionalProperties": False,
    "properties": {"tags": {"type": "object", "additionalProperties": {"type": "string"}}},
}  # fmt: skip
CALLED = Message(role="assistant", content=(ToolCall(id="c", name=LONG, arguments="{}"),))
ONE_VENDOR_S = {
    "tool-name-of-68-characters": (asking("?", tools=(Tool(name=LONG),)), "anthropic", "tools"),
    "called-name-of-68-characters": (
        Conversation(messages=(CALLED, Message(role="user", content="?"))), "anthropic", "messages",
    ),
    "more-than-128-tools": (
        asking("?", tools=tuple(Tool(name=f"t{n}") for n in range(129))), "anthropic", "tools",
    ),
    "schema-with-a-map": (asking("?", response_schema=MAP), "openai", "response_format"),
}  # fmt: skip
CASES = pytest.mark.parametrize(
    ("conversation", "vendor", "field"), ONE_VENDOR_S.values(), ids=ONE_VENDOR_S
)


@CASES
def test_only_the_vendor_that_takes_the_request_is_in_the_plan(
    conversation: Conversation, vendor: str, field: str
) -> None:
    plan = plan_of(conversation, Decision(tier=None, strategy=None), POLICY, PROVIDERS)
    assert {c.provider for tier in plan.tiers.values() for c in tier.candidates} == {vendor}
    others = tuple(name for name in PROVIDERS if name != vendor)
    with pytest.raises(NoCandidateError) as refused:
        plan_of(conversation, Decision(tier=Tier.SIMPLE, strategy="rule"), POLICY, others)
    assert refused.value.param == field


@CASES
def test_a_model_asked_by_name_that_cannot_take_the_request_is_named_with_the_field(
    conversation: Conversation, vendor: str, field: str
) -> None:
    model = "old-o" if vendor == "anthropic" else "old-a"
    pinned = Decision(tier=Tier.SIMPLE, strategy="override", model=model)
    with pytest.raises(NoCandidateError, match=f"'{model}' cannot take") as refused:
        plan_of(conversation, pinned, POLICY, PROVIDERS)
    assert refused.value.param == field


def test_names_and_tools_at_the_limit_are_taken_by_both() -> None:
    tools = (Tool(name="x" * 64), *(Tool(name=f"t{n}") for n in range(127)))
    decision = Decision(tier=Tier.SIMPLE, strategy="rule")
    plan = plan_of(asking("?", tools=tools), decision, POLICY, PROVIDERS)
    assert {c.provider for c in plan.tiers[Tier.SIMPLE].candidates} == set(PROVIDERS)


@pytest.mark.parametrize("effort", ["none", "minimal"])
def test_an_effort_below_low_goes_to_the_models_that_take_it(effort: str) -> None:
    conversation = asking("?", effort=effort)
    model = POLICY.models_by_id["small-o"]
    able = model.capabilities | {f"effort_{effort}"}
    for capabilities, ignored in ((model.capabilities, ("effort",)), (able, ())):
        candidate = candidate_for(
            model.model_copy(update={"capabilities": capabilities}), conversation, POLICY
        )
        assert candidate.ignored_parameters(conversation) == ignored


def test_stop_sequences_are_left_out_for_a_model_that_refuses_them() -> None:
    conversation, model = asking("?", stop=("END",)), POLICY.models_by_id["old-o"]
    assert candidate_for(model, conversation, POLICY).ignored_parameters(conversation) == ()
    without = candidate_for(model.model_copy(update={"stop": False}), conversation, POLICY)
    assert without.ignored_parameters(conversation) == ("stop",)
    assert conversation.without(["stop"]).stop == ()
