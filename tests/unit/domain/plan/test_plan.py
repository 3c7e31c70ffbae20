from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llm_router.domain.conversation.answer import Usage
from llm_router.domain.conversation.capabilities import Capability
from llm_router.domain.conversation.content import Image, Text
from llm_router.domain.conversation.conversation import Conversation, Message, Tool, ToolChoice
from llm_router.domain.plan.candidates import NoCandidateError, candidate_for
from llm_router.domain.plan.plan import Plan
from llm_router.domain.policy.formats import FORMATS
from llm_router.domain.policy.prices import cost_nano_usd, from_usd
from llm_router.domain.routing.decision import Decision
from llm_router.domain.tiers import TIERS, Tier
from tests.support.fakes import PROVIDERS, asking
from tests.support.plans import plan_of
from tests.support.policies import POLICY


def planned(decision: Decision, providers: tuple[str, ...] = PROVIDERS, text: str = "hi") -> Plan:
    return plan_of(asking(text), decision, POLICY, providers)


@given(
    tier=st.sampled_from(TIERS),
    least_rank=st.sampled_from([0, 8, 10, 20, 30]),
    providers=st.sampled_from([("anthropic",), ("openai",), PROVIDERS]),
    size=st.integers(1, 5_000),
)
def test_every_later_candidate_is_at_least_as_strong(
    tier: Tier, least_rank: int, providers: tuple[str, ...], size: int
) -> None:
    decision = Decision(tier=tier, strategy="cache", least_rank=least_rank)
    candidates = planned(decision, providers, "x" * size).tiers[tier].candidates
    ranks = [c.rank for c in candidates]
    assert ranks == sorted(ranks)
    assert ranks[0] >= least_rank
    assert {c.provider for c in candidates} <= set(providers)
    weakest_of_tier = min(m.rank for m in POLICY.models if m.tier == tier)
    assert ranks[0] >= weakest_of_tier


def test_the_cheapest_of_the_tier_comes_first_and_the_dominated_not_at_all() -> None:
    decision = Decision(tier=Tier.SIMPLE, strategy="rule")
    candidates = planned(decision).tiers[Tier.SIMPLE].candidates
    assert [c.id for c in candidates] == [
        "small-a", "small-o", "middle-a", "middle-o", "large-a",
        "large-o",
    ]  # fmt: skip


def test_a_pinned_model_comes_first_and_never_escalates() -> None:
    decision = Decision(tier=Tier.SIMPLE, strategy="override", model="old-o", skip_cascade=True)
    tier = planned(decision).tiers[Tier.SIMPLE]
    assert tier.candidates[0].id == "old-o"
    assert tier.requirements.threshold == 0
    assert all(c.rank >= 8 for c in tier.candidates)


def test_an_open_decision_gets_the_cheapest_model_as_classifier_and_all_tiers() -> None:
    plan = planned(Decision(tier=None, strategy=None))
    assert plan.classifier is not None
    assert plan.classifier.id == "small-a"
    assert set(plan.tiers) == set(TIERS)


def test_the_classifier_is_left_out_rather_than_the_answer() -> None:
    open_decision = Decision(tier=None, strategy=None)
    first = planned(open_decision).tiers[Tier.MODERATE].candidates[0]
    plan = plan_of(asking("hi"), open_decision, budget_nano_usd=first.minimum_nano_usd)
    assert plan.classifier is None


def test_a_prompt_that_fits_nowhere_says_how_large_it_is() -> None:
    with pytest.raises(NoCandidateError, match=r"1250020 tokens.*1000000") as refused:
        planned(Decision(tier=Tier.SIMPLE, strategy="rule"), text="x" * 5_000_064)
    assert refused.value.param == "messages"


IMAGE = Image(url="data:image/png;base64,AA==")
TOOL = Tool(name="lookup", parameters={"type": "object"})
SEEING = {"messages": (Message(role="user", content=(Text(text="What is this?"), IMAGE)),)}


@pytest.mark.parametrize(
    ("request_", "needs"),
    [
        (SEEING, "vision"),
        ({"tools": (TOOL,)}, "tools"),
        ({"response_schema": {"type": "object"}}, "json_schema"),
    ],
)
def test_a_model_never_gets_what_it_cannot_honour(request_: dict[str, Any], needs: str) -> None:
    conversation = asking("hi").model_copy(update=request_)
    unable = {"small-a", "large-a"}
    models = [
        m.model_copy(update={"capabilities": m.capabilities - {needs}}) if m.id in unable else m
        for m in POLICY.models
    ]
    policy = POLICY.model_copy(update={"models": tuple(models)})
    open_decision = Decision(tier=None, strategy=None)
    plan = plan_of(conversation, open_decision, policy, PROVIDERS)
    planned_ids = {c.id for tier in plan.tiers.values() for c in tier.candidates}
    assert planned_ids
    assert not planned_ids & unable
    nobody = [m.model_copy(update={"capabilities": frozenset()}) for m in POLICY.models]
    with pytest.raises(NoCandidateError, match=needs):
        plan_of(
            conversation,
            open_decision,
            POLICY.model_copy(update={"models": tuple(nobody)}),
            PROVIDERS,
        )


def test_a_window_that_cannot_hold_the_prompt_is_not_in_the_plan() -> None:
    decision = Decision(tier=Tier.SIMPLE, strategy="rule")
    pinned = Decision(tier=Tier.SIMPLE, strategy="override", model="old-mini-o")
    text = "word " * 120_000
    candidates = planned(decision, text=text).tiers[Tier.SIMPLE].candidates
    assert all(c.context_window >= 150_000 for c in candidates)
    with pytest.raises(NoCandidateError, match="old-mini-o"):
        planned(pinned, text=text)


def test_where_no_model_of_the_tier_can_the_best_that_can_is_asked() -> None:
    small = {"complex": 128_000, "moderate": 128_000}
    models = [
        m.model_copy(update={"context_window": small.get(m.tier, m.context_window)})
        for m in POLICY.models
    ]
    policy = POLICY.model_copy(update={"models": tuple(models)})
    decision = Decision(tier=Tier.COMPLEX, strategy="local_classifier")
    plan = plan_of(asking("word " * 240_000), decision, policy, PROVIDERS)
    assert plan.tiers[Tier.COMPLEX].candidates[0].id == "small-o"


@pytest.mark.parametrize(("least_rank", "opinion"), [(0, "always"), (20, "off")])
def test_second_opinions_are_a_matter_of_the_tier_that_answers_first(
    least_rank: int, opinion: str
) -> None:
    decision = Decision(tier=Tier.SIMPLE, strategy="cache", least_rank=least_rank)
    assert planned(decision, text="How many are 6 times 7?").tiers[
        Tier.SIMPLE
    ].requirements.second_opinion == (opinion)


def test_token_probabilities_are_asked_of_models_that_tell_them_if_the_policy_wants_them() -> None:
    wanting = POLICY.confidence.model_copy(update={"token_probability": True})
    policy = POLICY.model_copy(update={"confidence": wanting})
    decision = Decision(tier=Tier.SIMPLE, strategy="override", model="old-o")
    for chosen, asked in ((POLICY, set()), (policy, {"logprobs"})):
        plan = plan_of(asking("hi"), decision, chosen, PROVIDERS)
        for candidate in plan.tiers[Tier.SIMPLE].candidates:
            offers = POLICY.models_by_id[candidate.id].capabilities & asked
            assert candidate.ask_logprobs is bool(offers)


def test_the_output_is_bounded_by_what_the_window_leaves() -> None:
    pinned = Decision(tier=Tier.SIMPLE, strategy="override", model="old-mini-o")
    size = (100_000 - 1_000) * 4
    first = planned(pinned, text="x" * size).tiers[Tier.SIMPLE].candidates[0]
    assert first.max_output_tokens == 996


def test_the_output_of_a_schema_is_never_cut_to_fit_a_cap() -> None:
    decision = Decision(tier=Tier.SIMPLE, strategy="rule")
    plain = planned(decision).tiers[Tier.SIMPLE].candidates[0]
    assert plain.min_output_tokens == POLICY.limits.min_output_tokens
    schema = asking("hi", response_schema={"type": "object"})
    strict = plan_of(schema, decision).tiers[Tier.SIMPLE].candidates[0]
    assert strict.min_output_tokens == strict.max_output_tokens


@given(
    budget=st.integers(0, 10**9),
    text=st.text(max_size=300),
    output=st.integers(1, 10_000),
)
def test_a_bounded_call_stays_within_its_budget(budget: int, text: str, output: int) -> None:
    decision = Decision(tier=Tier.SIMPLE, strategy="rule")
    plan = plan_of(asking(text, max_output_tokens=output), decision)
    for candidate in plan.tiers[Tier.SIMPLE].candidates:
        bounded = candidate.capped_at(budget)
        most = max(output, FORMATS[candidate.format].limits.least_output_tokens)
        assert bounded.min_output_tokens <= bounded.max_output_tokens <= most
        assert bounded.worst_case_nano_usd <= max(budget, candidate.minimum_nano_usd)
        worst = Usage(
            input_tokens=bounded.most_input_tokens, output_tokens=bounded.max_output_tokens
        )
        assert cost_nano_usd(worst, bounded.prices) == bounded.worst_case_nano_usd


@pytest.mark.parametrize("providers", [(), ("elsewhere",)])
def test_without_an_enabled_provider_there_is_no_plan(providers: tuple[str, ...]) -> None:
    with pytest.raises(NoCandidateError):
        planned(Decision(tier=Tier.SIMPLE, strategy="rule"), providers)


def test_money_is_exact_and_rounded_against_the_caller_only_below_a_nano() -> None:
    prices = POLICY.models_by_id["old-mini-o"].prices
    usage = Usage(input_tokens=1_001, cached_input_tokens=1, output_tokens=7)
    assert cost_nano_usd(usage, prices) == 1_000 * 500 + 250 + 7 * 3_000
    assert from_usd(Decimal("0.0000000019")) == 1


def test_where_tools_are_given_nobody_else_is_asked_for_an_opinion() -> None:
    decision = Decision(tier=Tier.SIMPLE, strategy="rule")
    question = "How many are 6 times 7?"
    plain = plan_of(asking(question), decision).tiers[Tier.SIMPLE]
    given = asking(question, tools=(TOOL,))
    acting = plan_of(given, decision).tiers[Tier.SIMPLE]
    assert plain.requirements.second_opinion == "always"
    assert (acting.requirements.second_opinion, acting.peer) == ("off", None)


@pytest.mark.parametrize(("name", "tokens"), [("old-mini-o", 50_000), ("old-o", 10_000)])
def test_a_picture_counts_with_what_its_model_may_bill_for_it(name: str, tokens: int) -> None:
    pinned = Decision(tier=Tier.SIMPLE, strategy="override", model=name)
    words, pictures = (
        plan_of(asked, pinned).tiers[Tier.SIMPLE].candidates[0].most_input_tokens
        for asked in (asking("hi"), Conversation.model_validate(SEEING))
    )
    assert tokens < pictures - words < tokens + 1_000


def test_what_anthropic_is_asked_to_cache_may_cost_more() -> None:
    decision = Decision(tier=Tier.SIMPLE, strategy="rule")

    def weights(ttl: str | None) -> dict[str, float]:
        wish = {"type": "ephemeral", **({"ttl": ttl} if ttl else {})}
        words = Text(text="x" * 1_000, cache_control=wish if ttl != "none" else None)
        asked = Conversation(messages=(Message(role="user", content=(words,)),))
        plan = plan_of(asked, decision)
        return {
            c.format: round(c.most_input_tokens / (c.most_text_tokens or 1), 2)
            for c in plan.tiers[Tier.SIMPLE].candidates
            if c.id in {"small-a", "small-o"}
        }

    # OpenAI's models cache by themselves.
    assert weights("none") == {"anthropic": 1.0, "openai": 1.25}
    assert weights(None) == {"anthropic": 1.25, "openai": 1.25}
    assert weights("1h") == {"anthropic": 2.0, "openai": 1.25}


@pytest.mark.parametrize(
    ("more", "param"),
    [
        ({"logprobs": True}, "logprobs"),
        ({"json_object": True}, "response_format"),
        ({"tools": (TOOL,), "tool_choice": ToolChoice(mode="required")}, "tool_choice"),
    ],
)
def test_a_named_model_that_cannot_is_refused_by_the_field(
    more: dict[str, Any], param: str
) -> None:
    pinned = Decision(tier=Tier.COMPLEX, strategy="override", model="large-a")
    with pytest.raises(NoCandidateError, match="large-a") as refused:
        plan_of(asking("hi", **more), pinned)
    assert refused.value.param == param


def test_the_most_that_calls_may_cost_counts_those_that_can_begin_in_time() -> None:
    plan = planned(Decision(tier=Tier.COMPLEX, strategy="rule"))
    costs = [c.worst_case_nano_usd for c in plan.tiers[Tier.COMPLEX].candidates]
    assert plan.most_nano_usd(60_000) == sum(costs) + max(costs)
    assert plan.most_nano_usd(1) == 0
    capped = plan.model_copy(update={"budget_nano_usd": costs[0] + 1})
    assert capped.most_nano_usd(60_000) == costs[0] + 1


def test_the_most_that_a_decision_alone_may_cost_is_its_classifier() -> None:
    open_plan = planned(Decision(tier=None, strategy=None))
    assert open_plan.classifier is not None
    judging = open_plan.classifier.worst_case_nano_usd
    assert open_plan.model_copy(update={"purpose": "classify"}).most_nano_usd(60_000) == judging
    dearest = max(
        planned(Decision(tier=tier, strategy="rule")).most_nano_usd(60_000) for tier in TIERS
    )
    assert open_plan.most_nano_usd(60_000) == judging + dearest


@pytest.mark.parametrize(
    ("asked", "name", "capability"),
    [
        ({"effort": "low"}, "effort", "effort"),
        ({"thinking": {"type": "disabled"}}, "thinking", "thinking_off"),
        ({"temperature": 0.5}, "temperature", "sampling"),
    ],
)
def test_a_parameter_is_left_out_only_for_models_that_do_not_take_it(
    asked: dict[str, Any], name: str, capability: Capability
) -> None:
    conversation = asking("hi", **asked)
    able = {model.id: capability in model.capabilities for model in POLICY.models}
    assert set(able.values()) == {True, False}
    for model in POLICY.models:
        ignored = candidate_for(model, conversation, POLICY).ignored_parameters(conversation)
        assert (name in ignored) != able[model.id], model.id


def test_a_candidate_knows_what_its_model_can_do() -> None:
    for model in POLICY.models:
        candidate = candidate_for(model, asking("hi"), POLICY)
        assert candidate.json_schema == ("json_schema" in model.capabilities)
        assert candidate.adaptive_thinking == ("adaptive_thinking" in model.capabilities)


def test_thinking_that_does_not_fit_into_the_output_is_left_out_unless_it_adapts() -> None:
    wish = {"type": "enabled", "budget_tokens": 1_024}
    model = POLICY.models_by_id["small-a"]
    for most, left_out in [(1_024, True), (1_025, False)]:
        conversation = asking("hi", thinking=wish, max_output_tokens=most)
        fixed = candidate_for(model, conversation, POLICY).model_copy(
            update={"adaptive_thinking": False}
        )
        adaptive = fixed.model_copy(update={"adaptive_thinking": True})
        assert ("thinking" in fixed.ignored_parameters(conversation)) is left_out
        assert "thinking" not in adaptive.ignored_parameters(conversation)


def test_a_blank_stop_sequence_is_left_out_for_anthropic_and_any_in_the_responses_format() -> None:
    for stops, ignored in [(("END",), False), (("END", " \n"), True)]:
        conversation = asking("hi", stop=stops)
        for model in POLICY.models:
            candidate = candidate_for(model, conversation, POLICY)
            left_out = "stop" in candidate.ignored_parameters(conversation)
            has_none = candidate.format == "openai-responses"
            assert left_out is (has_none or (ignored and candidate.format == "anthropic"))


def test_what_no_model_can_do_is_named_and_nothing_else() -> None:
    blind = [
        m.model_copy(update={"capabilities": m.capabilities - {"vision"}}) for m in POLICY.models
    ]
    policy = POLICY.model_copy(update={"models": tuple(blind)})
    conversation = asking("hi").model_copy(update={**SEEING, "tools": (TOOL,)})
    with pytest.raises(NoCandidateError, match=r"the request needs: vision$") as refused:
        plan_of(conversation, Decision(tier=Tier.SIMPLE, strategy="rule"), policy, PROVIDERS)
    assert refused.value.param == "messages"


@pytest.mark.parametrize("tier", TIERS)
def test_a_peer_is_of_the_first_ones_tier_and_of_another_provider(tier: Tier) -> None:
    plan = planned(Decision(tier=tier, strategy="rule"), text="How many are 6 times 7?")
    (first, *_), peer = plan.tiers[tier].candidates, plan.tiers[tier].peer
    assert peer is not None
    known = POLICY.models_by_id
    assert known[peer.id].tier == known[first.id].tier
    assert peer.provider != first.provider
    assert known[peer.id].family != known[first.id].family


def test_what_can_begin_in_exactly_the_time_left_counts() -> None:
    plan = planned(Decision(tier=Tier.COMPLEX, strategy="rule"))
    quickest = min(plan.tiers[Tier.COMPLEX].candidates, key=lambda c: c.minimum_ms)
    assert plan.most_nano_usd(quickest.minimum_ms - 1) == 0
    assert plan.most_nano_usd(quickest.minimum_ms) > 0


def test_a_model_that_tells_probabilities_is_asked_for_them() -> None:
    candidate = candidate_for(POLICY.models_by_id["old-mini-o"], asking("hi"), POLICY)
    for wanted in (True, False):
        asked = candidate.model_copy(update={"ask_logprobs": wanted}).conversation_for(asking("hi"))
        assert (asked.logprobs is True) is wanted
