"""The shipped state machine, branch by branch."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from evaluation.asl_interpreter import NOW_MS, Execution, StateMachine
from llm_router.adapters.policy_files import packaged_policy
from llm_router.application.invoke.invocations import INVOCATION
from llm_router.application.invoke.invoke_model import ModelInvoker
from llm_router.application.ports import ProviderAnswer
from llm_router.domain.conversation.answer import Answer
from llm_router.domain.outcome.cascade_outcome import CascadeOutcome
from llm_router.domain.outcome.failures import FailureKind
from llm_router.domain.plan.machine_input import machine_input
from llm_router.domain.policy.models import WIRE_FORMATS
from llm_router.domain.routing.decision import Decision
from llm_router.domain.tiers import TIERS, Tier
from tests.support.cascade_fixtures import (
    COST,
    EXPECTED_TOKENS,
    LEAST,
    USAGE,
    WORST,
    candidate,
    invoking,
    state_input,
)
from tests.support.fakes import InlinePayloads, ScriptedProvider, asking
from tests.support.plans import plan_of

MACHINE = StateMachine()
A1 = candidate("a1", "a", 1)
B1 = candidate("b1", "b", 1)
A2 = candidate("a2", "a", 2)
B2 = candidate("b2", "b", 2)
A3 = candidate("a3", "a", 3)
ALL = [A1, B1, A2, B2, A3]


def cascade(
    script: Mapping[str, str], candidates: list[dict[str, Any]] = ALL, **plan: Any
) -> tuple[CascadeOutcome, Execution]:
    run = MACHINE.run(state_input(candidates, **plan), invoking(script))
    return CascadeOutcome.from_machine(run.output), run


def asked(run: Execution) -> list[tuple[str, str]]:
    return [(call["candidate"]["id"], call["reason"]) for call in run.calls]


def test_a_confident_answer_of_the_cheapest_ends_it() -> None:
    outcome, run = cascade({"a1": "confident"})
    assert asked(run) == [("a1", "first")]
    assert (outcome.status, outcome.answered_by, outcome.degraded) == ("answered", "a1", False)
    assert outcome.cost_nano_usd == COST


def test_a_doubtful_answer_escalates_to_the_next_rank() -> None:
    outcome, run = cascade({"a1": "refusing", "a2": "unclosed", "a3": "confident"})
    assert asked(run) == [("a1", "first"), ("a2", "escalation"), ("a3", "escalation")]
    assert (outcome.answered_by, outcome.degraded, outcome.rank) == ("a3", False, 3)


def test_a_failed_call_falls_back_to_another_provider_of_the_same_rank_first() -> None:
    outcome, run = cascade({"a1": "unavailable", "b1": "confident"})
    assert asked(run) == [("a1", "first"), ("b1", "fallback")]
    assert outcome.fell_back
    assert not outcome.degraded


def test_across_ranks_the_fallback_prefers_another_provider_too() -> None:
    _, run = cascade({"a1": "unavailable", "b2": "confident"}, [A1, A2, B2])
    assert asked(run) == [("a1", "first"), ("b2", "fallback")]


def test_an_equal_rank_of_the_same_provider_comes_before_a_dearer_rank() -> None:
    other = candidate("a1-other", "a", 1)
    _, run = cascade({"a1": "unavailable", "a1-other": "confident"}, [A1, other, B2])
    assert asked(run) == [("a1", "first"), ("a1-other", "fallback")]


def test_a_failed_escalation_returns_the_earlier_answer_as_degraded() -> None:
    outcome, run = cascade(
        {"a1": "refusing", "a2": "unavailable", "b2": "broken", "a3": "unavailable"}
    )
    assert [name for name, _ in asked(run)] == ["a1", "a2", "b2", "a3"]
    assert (outcome.status, outcome.answered_by, outcome.degraded) == ("answered", "a1", True)


def test_the_more_trusted_of_two_doubtful_answers_is_kept() -> None:
    outcome, _ = cascade({"a1": "doubtful", "a2": "refusing"}, [A1, A2])
    assert (outcome.answered_by, outcome.confidence, outcome.degraded) == ("a1", 0.31, True)
    outcome, _ = cascade({"a1": "refusing", "a2": "refusing"}, [A1, A2])
    assert outcome.answered_by == "a2"


def test_a_rejected_request_calls_no_further_model() -> None:
    outcome, run = cascade({"a1": "rejected"})
    assert asked(run) == [("a1", "first")]
    assert (outcome.status, outcome.rejection) == ("rejected", "too odd")


OTHER_FORMAT = candidate("other", "b", 2, format="anthropic")


def test_a_request_that_one_format_does_not_accept_is_asked_once_of_another() -> None:
    dearer = candidate("dearer", "b", 3, format="anthropic")
    candidates = [A1, B1, A2, OTHER_FORMAT, dearer]
    outcome, run = cascade({"a1": "not_accepted", "other": "confident"}, candidates)
    assert asked(run) == [("a1", "first"), ("other", "fallback")]
    assert (outcome.status, outcome.answered_by) == ("answered", "other")
    outcome, run = cascade(dict.fromkeys(["a1", "other"], "not_accepted"), candidates)
    assert asked(run) == [("a1", "first"), ("other", "fallback")]
    assert (outcome.status, outcome.rejection) == ("rejected", "too odd")


def test_a_request_that_the_only_format_does_not_accept_is_rejected() -> None:
    outcome, run = cascade({"a1": "not_accepted"})
    assert asked(run) == [("a1", "first")]
    assert (outcome.status, outcome.rejection) == ("rejected", "too odd")


def test_what_one_model_does_not_support_is_asked_of_the_next() -> None:
    outcome, run = cascade({"a1": "not_supported", "b1": "confident"})
    assert asked(run) == [("a1", "first"), ("b1", "fallback")]
    assert (outcome.answered_by, outcome.cost_nano_usd) == ("b1", COST)


def test_a_peer_in_another_format_answers_what_the_first_did_not_accept() -> None:
    peer = candidate("peer", "b", 1, format="anthropic")
    outcome, run = cascade(
        {"a1": "not_accepted", "peer": "confident"}, [A1, peer, A2], second_opinion="always"
    )
    assert asked(run) == [("a1", "first"), ("peer", "second_opinion")]
    assert (outcome.status, outcome.answered_by) == ("answered", "peer")


def test_no_request_climbs_further_on_its_answers_form_alone() -> None:
    outcome, run = cascade({"a1": "doubtful", "a2": "refusing", "a3": "confident"})
    assert asked(run) == [("a1", "first"), ("a2", "escalation")]
    assert (outcome.answered_by, outcome.degraded_because) == ("a1", "form")


@pytest.mark.parametrize("other", ["unclosed", "unavailable"])
def test_only_doubts_of_form_in_a_row_end_the_climb(other: str) -> None:
    script = {"a1": "refusing", "a2": other, "b2": other, "a3": "confident"}
    outcome, run = cascade(script)
    assert asked(run)[-1] == ("a3", "fallback" if other == "unavailable" else "escalation")
    assert (outcome.answered_by, outcome.degraded) == ("a3", False)


def test_the_doubts_of_two_answers_asked_together_count_as_one() -> None:
    script = dict.fromkeys(["a1", "b1", "a2"], "refusing")
    run = MACHINE.run(
        state_input(ALL, second_opinion="always"), invoking(script, verdict="disagree")
    )
    outcome = CascadeOutcome.from_machine(run.output)
    paid = [call["candidate"]["id"] for call in run.calls if "candidate" in call]
    assert paid == ["a1", "b1", "a2"]
    assert outcome.degraded_because == "form"


def test_a_rejection_after_an_answer_does_not_lose_the_answer() -> None:
    outcome, _ = cascade({"a1": "refusing", "a2": "rejected"})
    assert (outcome.status, outcome.answered_by, outcome.degraded) == ("answered", "a1", True)


def test_when_all_fail_every_attempt_is_listed() -> None:
    outcome, _ = cascade(dict.fromkeys(["a1", "b1", "a2", "b2"], "unavailable") | {"a3": "broken"})
    assert outcome.status == "failed"
    assert [a.model for a in outcome.attempts] == ["a1", "b1", "a2", "b2", "a3"]
    assert outcome.attempts[-1].failure is not None
    assert outcome.attempts[-1].failure.kind == "platform"
    assert outcome.cost_nano_usd == WORST


def test_nothing_is_started_that_the_deadline_does_not_allow() -> None:
    outcome, run = cascade({}, left_ms=90)
    assert run.calls == ()
    assert (outcome.status, outcome.stopped_by) == ("failed", "deadline")


def test_nothing_is_started_that_could_break_the_cap() -> None:
    outcome, run = cascade({"a1": "refusing"}, budget=COST + LEAST - 1)
    assert asked(run) == [("a1", "first")]
    assert (outcome.status, outcome.degraded, outcome.stopped_by) == ("answered", True, "budget")
    outcome, run = cascade({}, budget=LEAST - 1)
    assert run.calls == ()
    assert (outcome.status, outcome.stopped_by) == ("failed", "budget")


def test_a_call_is_given_what_is_left_of_the_money() -> None:
    _, run = cascade({"a1": "refusing", "a2": "confident"}, budget=1_000)
    assert [call["budget_nano_usd"] for call in run.calls] == [1_000, 1_000 - COST]


def test_an_amount_that_may_have_been_billed_counts_against_the_cap() -> None:
    outcome, run = cascade({"a1": "timeout", "b1": "confident"}, budget=WORST + LEAST)
    assert [(a.model, a.cost_estimated) for a in outcome.attempts] == [("a1", True), ("b1", False)]
    assert run.calls[1]["budget_nano_usd"] == LEAST
    outcome, _ = cascade({"a1": "broken", "b1": "confident"}, budget=WORST + LEAST - 1)
    assert outcome.stopped_by == "budget"
    assert outcome.cost_nano_usd == WORST


def test_a_platform_failure_is_never_booked_above_the_cap() -> None:
    outcome, _ = cascade({"a1": "broken"}, budget=WORST - 1)
    assert outcome.cost_nano_usd == WORST - 1


def test_a_throttled_call_costs_nothing_and_leaves_the_money_to_others() -> None:
    outcome, run = cascade({"a1": "throttled", "b1": "confident"}, budget=WORST + LEAST - 1)
    assert asked(run) == [("a1", "first"), ("b1", "fallback")]
    assert (outcome.answered_by, outcome.cost_nano_usd) == ("b1", COST)
    throttled = outcome.attempts[0]
    assert throttled.failure is not None
    assert throttled.failure.kind == "throttled"
    assert (throttled.cost_nano_usd, throttled.cost_estimated) == (0, False)


def test_when_every_call_is_throttled_nothing_is_booked_and_no_limit_is_to_blame() -> None:
    outcome, _ = cascade(dict.fromkeys(["a1", "b1", "a2", "b2", "a3"], "throttled"), budget=LEAST)
    assert (outcome.status, outcome.stopped_by, outcome.cost_nano_usd) == ("failed", None, 0)
    assert outcome.failures == {FailureKind.THROTTLED}


@pytest.mark.parametrize("breakage", ["no_function", "throttled"])
def test_a_call_that_never_began_costs_nothing(breakage: str) -> None:
    outcome, _ = cascade({"a1": breakage, "b1": "confident"}, budget=WORST + LEAST - 1)
    assert outcome.attempts[0].failure is not None
    assert outcome.attempts[0].failure.kind == (
        "throttled" if breakage == "throttled" else "platform"
    )
    assert (outcome.answered_by, outcome.cost_nano_usd) == ("b1", COST)


@pytest.mark.parametrize("first", ["confident", "throttled"])
@pytest.mark.parametrize("peer", ["confident", "throttled"])
def test_a_throttled_opinion_costs_nothing(first: str, peer: str) -> None:
    script = {"a1": first, "b1": peer, "a2": "confident"}
    outcome, _ = cascade(script, [A1, B1, A2], second_opinion="always")
    assert outcome.status == "answered"
    paid = [a for a in outcome.attempts if a.outcome == "answered"]
    assert outcome.cost_nano_usd == COST * len(paid)
    assert not outcome.cost_estimated


def test_a_throttled_comparison_keeps_the_better_answer() -> None:
    given = state_input([A1, B1, A2], second_opinion="always")
    script = {"a1": "confident", "b1": "doubtful"}
    run = MACHINE.run(given, invoking(script, verdict="throttled"))
    assert CascadeOutcome.from_machine(run.output).answered_by == "a1"


def test_a_throttled_classification_costs_nothing() -> None:
    classifier = candidate("judge", "a", 1)
    given = state_input(ALL, classifier=classifier)
    run = MACHINE.run(given, invoking({"a1": "confident"}, classifier="throttled"))
    outcome = CascadeOutcome.from_machine(run.output)
    assert (outcome.start.strategy, outcome.cost_nano_usd) == ("default", COST)
    assert [a.cost_nano_usd for a in outcome.attempts] == [0, COST]


def test_a_call_leaves_the_time_that_the_quickest_model_after_it_needs() -> None:
    b1, b2 = candidate("b1", "b", 1, usual_ms=3_000), candidate("b2", "b", 2, usual_ms=2_000)
    _, run = cascade(dict.fromkeys(["a1", "b1", "b2"], "unavailable"), [A1, b1, b2])
    assert [call["reserved_ms"] for call in run.calls] == [2_000, 2_000, 0]


@pytest.mark.parametrize("tier", TIERS)
@pytest.mark.parametrize("model", [None, "claude-opus-5-5"], ids=["auto", "chosen"])
def test_an_answer_of_seventeen_seconds_is_waited_for_by_default(
    tier: Tier, model: str | None
) -> None:
    asked_for, policy = asking("How many primes are there below 10?"), packaged_policy()
    decision = Decision(tier=tier, strategy="override", model=model)
    deadline = NOW_MS + 24_800
    plan = plan_of(asked_for, decision, policy, policy.providers, deadline_epoch_ms=deadline)
    answer = Answer(text="There are 4 of them.", finish_reason="stop")
    provider = ScriptedProvider(ProviderAnswer(answer, USAGE))
    invoker = ModelInvoker(
        dict.fromkeys(WIRE_FORMATS, provider), InlinePayloads(), lambda: NOW_MS, lambda _: None
    )
    payload = {"inline": asked_for.model_dump(mode="json", exclude_none=True)}
    MACHINE.run(
        machine_input(plan, payload), lambda event: invoker.run(INVOCATION.validate_python(event))
    )
    assert all(timeout >= 17 for _, _, timeout, _ in provider.asked)
    if model is not None:
        assert [timeout for _, _, timeout, _ in provider.asked] == [24.65]


def test_two_calls_at_once_leave_time_for_a_third() -> None:
    a2 = candidate("a2", "a", 2, usual_ms=2_000)
    script = dict.fromkeys(["a1", "b1", "a2"], "unclosed")
    given = state_input([A1, B1, a2], second_opinion="always")
    run = MACHINE.run(given, invoking(script, verdict="disagree"))
    paid = [call for call in run.calls if call["action"] == "answer"]
    assert [call["reserved_ms"] for call in paid] == [2_000, 2_000, 0]


def test_a_prompt_too_long_goes_only_to_larger_windows() -> None:
    larger = candidate("large", "b", 2, context_window=2_000)
    script = {"a1": "window", "large": "refusing"}
    outcome, run = cascade(script, [A1, B1, A2, larger, A3])
    assert asked(run) == [("a1", "first"), ("large", "fallback")]
    assert (outcome.status, outcome.answered_by) == ("answered", "large")
    outcome, run = cascade({"a1": "window"}, [A1, B1, A2])
    assert asked(run) == [("a1", "first")]
    assert outcome.status == "failed"


def test_a_fallback_that_the_policy_prefers_comes_first() -> None:
    picky = candidate("picky", "a", 1, fallback=("a3",))
    _, run = cascade({"picky": "unavailable", "a3": "confident"}, [picky, B1, A2, A3])
    assert asked(run) == [("picky", "first"), ("a3", "fallback")]


def test_a_short_wait_is_waited_for_before_a_dearer_rank_is_paid() -> None:
    outcome, run = cascade(
        dict.fromkeys(["a1", "b1"], "short_wait") | {"a2": "confident"}, [A1, B1, A2]
    )
    assert asked(run) == [
        ("a1", "first"), ("b1", "fallback"), ("b1", "retry"), ("a2", "fallback"),
    ]  # fmt: skip
    assert run.calls[2]["not_before_epoch_ms"] == run.now_ms + 500
    assert outcome.answered_by == "a2"


@pytest.mark.parametrize("limit", [{"retry_within_ms": 499}, {"left_ms": 599}])
def test_a_wait_that_is_too_long_is_not_waited_for(limit: dict[str, int]) -> None:
    _, run = cascade({"a1": "short_wait", "a2": "confident"}, [A1, A2], **limit)
    assert asked(run) == [("a1", "first"), ("a2", "fallback")]


def test_a_model_that_does_not_fit_gives_way_to_one_that_does() -> None:
    slow = candidate("slow", "a", 1, minimum_ms=5_000)
    outcome, run = cascade({"b1": "confident"}, [slow, B1], left_ms=1_000)
    assert asked(run) == [("b1", "first")]
    assert not outcome.fell_back
    dear = candidate("dear", "a", 2, minimum_nano_usd=5_000)
    script = {"a1": "refusing", "a3": "confident"}
    outcome, run = cascade(script, [A1, dear, A3], budget=1_000)
    assert asked(run) == [("a1", "first"), ("a3", "escalation")]


def test_a_classification_leaves_time_for_an_answer() -> None:
    given = state_input(ALL, classifier=CLASSIFIER, left_ms=199)
    assert "Classify" not in MACHINE.start(given).states
    given = state_input(ALL, classifier=CLASSIFIER, left_ms=1_000)
    (call,) = MACHINE.start(given).calls
    assert call["action"] == "classify"
    assert call["deadline_epoch_ms"] == given["plan"]["deadline_epoch_ms"] - A1["minimum_ms"]


def test_what_the_policy_lets_fall_back_does() -> None:
    script = {"a1": "content_policy", "b1": "confident"}
    assert cascade(script)[0].status == "rejected"
    assert cascade(script, content_policy="fall_back")[0].answered_by == "b1"


BOTH = ["a1", "b1"]


def test_two_that_agree_end_it_with_the_cheaper_ones_answer() -> None:
    script = dict.fromkeys(BOTH, "confident")
    outcome, run = cascade(script, second_opinion="always")
    assert run.states.count("Call Model") == 2
    assert run.states.count("Call Models") == 1
    assert [(a.model, a.reason) for a in outcome.attempts] == [
        ("a1", "first"), ("b1", "second_opinion"),
    ]  # fmt: skip
    assert (outcome.answered_by, outcome.degraded) == ("a1", False)
    assert outcome.comparison is not None
    assert outcome.comparison.agreement == 1
    assert (outcome.confidence or 0) > 0.9
    assert not outcome.fell_back


def test_two_that_disagree_lead_to_the_next_rank() -> None:
    script = {"a1": "confident", "b1": "confident", "a2": "confident"}
    given = state_input(ALL, second_opinion="always")
    run = MACHINE.run(given, invoking(script, verdict="disagree"))
    outcome = CascadeOutcome.from_machine(run.output)
    assert [a.reason for a in outcome.attempts] == ["first", "second_opinion", "escalation"]
    assert outcome.answered_by == "a2"


def test_with_nothing_left_a_disagreement_is_returned_as_degraded() -> None:
    given = state_input([A1, B1, A2], second_opinion="always")
    script = {"a1": "confident", "b1": "confident", "a2": "unavailable"}
    run = MACHINE.run(given, invoking(script, verdict="disagree"))
    outcome = CascadeOutcome.from_machine(run.output)
    assert (outcome.status, outcome.degraded, outcome.degraded_because) == (
        "answered", True, "failures",
    )  # fmt: skip


def test_the_last_rank_is_not_asked_to_prove_itself() -> None:
    outcome, _ = cascade({"a1": "confident"}, [A1, B1], second_opinion="always")
    assert [a.model for a in outcome.attempts] == ["a1"]


@pytest.mark.parametrize("failing", BOTH)
def test_if_one_of_two_fails_the_other_goes_on_with_its_own_confidence(failing: str) -> None:
    script = dict.fromkeys(BOTH, "confident") | {failing: "unavailable"}
    outcome, run = cascade(script, second_opinion="always")
    assert "Compare" not in run.states
    assert (outcome.status, outcome.confidence) == ("answered", 0.9)
    assert outcome.answered_by != failing
    assert outcome.fell_back


def test_if_both_of_two_fail_the_next_stands_in() -> None:
    script = {"a1": "unavailable", "b1": "broken", "b2": "confident"}
    outcome, _ = cascade(script, second_opinion="always")
    assert [a.reason for a in outcome.attempts] == ["first", "second_opinion", "fallback"]


def test_only_in_the_grey_zone_is_another_asked_when_unsure() -> None:
    sure, _ = cascade({"a1": "confident"}, second_opinion="when_unsure", unsure=(0.2, 0.8))
    assert [a.reason for a in sure.attempts] == ["first"]
    script = {"a1": "confident", "b1": "confident"}
    unsure, run = cascade(script, second_opinion="when_unsure", unsure=(0.2, 0.95))
    assert [a.reason for a in unsure.attempts] == ["first", "second_opinion"]
    assert "Compare" in run.states
    hopeless, _ = cascade(
        {"a1": "refusing", "a2": "confident"}, second_opinion="when_unsure", unsure=(0.5, 0.95)
    )
    assert [a.reason for a in hopeless.attempts] == ["first", "escalation"]


def test_a_peer_that_fails_leaves_the_first_answer_as_it_is() -> None:
    script = {"a1": "confident", "b1": "rejected"}
    outcome, _ = cascade(script, second_opinion="when_unsure")
    assert (outcome.status, outcome.answered_by, outcome.degraded) == ("answered", "a1", False)


def test_two_opinions_share_what_is_left_of_the_money() -> None:
    script = dict.fromkeys(BOTH, "timeout")
    outcome, run = cascade(script, second_opinion="always", budget=WORST + LEAST)
    assert [call["budget_nano_usd"] for call in run.calls] == [LEAST, WORST]
    assert outcome.cost_nano_usd == WORST + LEAST
    outcome, run = cascade({"a1": "confident"}, second_opinion="always", budget=2 * LEAST - 1)
    assert [a.model for a in outcome.attempts] == ["a1"]


@pytest.mark.parametrize("second_opinion", ["always", "when_unsure"])
def test_a_plan_without_a_peer_goes_on_without_a_second_opinion(second_opinion: str) -> None:
    script = {"a1": "doubtful", "a2": "confident"}
    outcome, run = cascade(script, [A1, A2], second_opinion=second_opinion)
    assert asked(run) == [("a1", "first"), ("a2", "escalation")]
    assert outcome.answered_by == "a2"


@pytest.mark.parametrize("second_opinion", ["always", "when_unsure"])
def test_the_peer_of_a_model_that_is_passed_over_gives_no_second_opinion(
    second_opinion: str,
) -> None:
    slow = candidate("slow", "a", 1, minimum_ms=5_000)
    script = {"b1": "doubtful", "a2": "confident"}
    _, run = cascade(script, [slow, B1, A2], second_opinion=second_opinion, left_ms=1_000)
    assert asked(run) == [("b1", "first"), ("a2", "escalation")]
    script = {"b2": "doubtful", "a3": "confident"}
    lower = candidate("b1", "b", 1, minimum_nano_usd=5_000)
    _, run = cascade(
        script, [slow, lower, B2, A3], second_opinion=second_opinion, left_ms=1_000, budget=1_000
    )
    assert asked(run) == [("b2", "first"), ("a3", "escalation")]


@pytest.mark.parametrize("second_opinion", ["always", "when_unsure"])
@pytest.mark.parametrize("limit", [{"minimum_ms": 5_000}, {"minimum_nano_usd": 5_000}], ids=str)
def test_a_peer_that_does_not_fit_is_not_asked_and_nobody_in_its_place(
    second_opinion: str, limit: dict[str, int]
) -> None:
    script = {"a1": "doubtful", "a2": "confident"}
    models = [A1, candidate("b1", "b", 1, **limit), A2]
    _, run = cascade(script, models, second_opinion=second_opinion, left_ms=1_000, budget=1_000)
    assert asked(run) == [("a1", "first"), ("a2", "escalation")]


JUDGED = {"complexity": "complex", "reasoning": "proof", "estimated_tokens": 321}
CLASSIFIER = candidate("a1", "a", 1)


@pytest.mark.parametrize(
    ("classifier", "text", "tier", "strategy", "expected_tokens"),
    [
        ("confident", json.dumps(JUDGED), "complex", "llm_classifier", 321),
        ("confident", "complex, I think", "moderate", "default", EXPECTED_TOKENS),
        ("unavailable", "", "moderate", "default", EXPECTED_TOKENS),
        ("broken", "", "moderate", "default", EXPECTED_TOKENS),
    ],
)
def test_a_classification_chooses_the_tier_and_its_failure_the_default(
    classifier: str, text: str, tier: str, strategy: str, expected_tokens: int
) -> None:
    invoke = invoking({"a1": "confident"}, classifier, text)
    run = MACHINE.run(state_input(ALL, classifier=CLASSIFIER), invoke)
    outcome = CascadeOutcome.from_machine(run.output)
    assert (outcome.tier, outcome.start.strategy) == (tier, strategy)
    assert [a.reason for a in outcome.attempts] == ["classification", "first"]
    assert run.calls[1]["expected_output_tokens"] == expected_tokens
    assert (outcome.classification is not None) == (strategy == "llm_classifier")


def test_only_the_decision_is_paid_for_where_only_the_decision_is_wanted() -> None:
    given = state_input(ALL, classifier=CLASSIFIER, purpose="classify")
    run = MACHINE.run(given, invoking({}, "confident", json.dumps(JUDGED)))
    assert [call["action"] for call in run.calls] == ["classify"]
    assert CascadeOutcome.from_machine(run.output).status == "decided"


@pytest.mark.parametrize("limit", [{"left_ms": 90}, {"budget": LEAST - 1}])
def test_a_classification_that_does_not_fit_is_left_out(limit: dict[str, Any]) -> None:
    run = MACHINE.run(state_input(ALL, classifier=CLASSIFIER, **limit), invoking({}))
    assert run.calls == ()
    assert CascadeOutcome.from_machine(run.output).start.strategy == "default"


def states_of(definition: dict[str, Any]) -> set[str]:
    """All states, those of item processors included."""
    inner = (s["ItemProcessor"] for s in definition["States"].values() if "ItemProcessor" in s)
    return set(definition["States"]).union(*map(states_of, inner))


def test_every_state_is_covered_and_there_are_few() -> None:
    states = set(MACHINE.definition["States"])
    assert len(states_of(MACHINE.definition)) <= 15
    seen = set[str]()
    for run in (
        MACHINE.run(
            state_input(ALL, classifier=CLASSIFIER),
            invoking(dict.fromkeys(["a1", "a2", "a3"], "doubtful")),
        ),
        MACHINE.run(
            state_input(ALL, second_opinion="always"),
            invoking(dict.fromkeys(["a1", "b1", "a2"], "confident")),
        ),
        MACHINE.run(
            state_input(ALL, second_opinion="when_unsure"),
            invoking({"a1": "broken", "b1": "short_wait", "a2": "confident"}),
        ),
        MACHINE.run(
            state_input(ALL, second_opinion="when_unsure"),
            invoking(dict.fromkeys(["a1", "b1", "a2"], "confident")),
        ),
    ):
        seen |= set(run.states)
    processed = states_of(MACHINE.definition) - states
    assert processed <= seen
    assert seen - processed == states
