"""The shipped state machine, branch by branch."""

from collections.abc import Mapping
from typing import Any

import pytest

from llm_router.domain.outcome import CascadeOutcome

from .interpreter import Machine, Run
from .worlds import COST, WORST, candidate, invoking, state_input

MACHINE = Machine()
A1 = candidate("a1", "a", 1)
B1 = candidate("b1", "b", 1)
A2 = candidate("a2", "a", 2)
B2 = candidate("b2", "b", 2)
A3 = candidate("a3", "a", 3)
ALL = [A1, B1, A2, B2, A3]


def cascade(
    script: Mapping[str, str | float], candidates: list[dict[str, Any]] = ALL, **plan: Any
) -> tuple[CascadeOutcome, Run]:
    run = MACHINE.run(state_input(candidates, **plan), invoking(lambda name: script[name]))
    return CascadeOutcome.model_validate(run.output), run


def asked(run: Run) -> list[tuple[str, str]]:
    return [(call["candidate"]["id"], call["reason"]) for call in run.calls]


def test_a_confident_answer_of_the_cheapest_ends_it() -> None:
    outcome, run = cascade({"a1": 0.9})
    assert asked(run) == [("a1", "first")]
    assert (outcome.status, outcome.answered_by, outcome.degraded) == ("answered", "a1", False)
    assert outcome.cost_nano_usd == COST


def test_a_doubtful_answer_escalates_to_the_next_rank() -> None:
    outcome, run = cascade({"a1": 0.2, "a2": 0.4, "a3": 0.8})
    assert asked(run) == [("a1", "first"), ("a2", "escalation"), ("a3", "escalation")]
    assert (outcome.answered_by, outcome.degraded, outcome.rank) == ("a3", False, 3)


def test_a_failed_call_falls_back_to_another_provider_of_the_same_rank_first() -> None:
    outcome, run = cascade({"a1": "unavailable", "b1": 0.9})
    assert asked(run) == [("a1", "first"), ("b1", "fallback")]
    assert outcome.fell_back
    assert not outcome.degraded


def test_across_ranks_the_fallback_prefers_another_provider_too() -> None:
    _, run = cascade({"a1": "unavailable", "b2": 0.9}, [A1, A2, B2])
    assert asked(run) == [("a1", "first"), ("b2", "fallback")]


def test_an_equal_rank_of_the_same_provider_comes_before_a_dearer_rank() -> None:
    other = candidate("a1-other", "a", 1)
    _, run = cascade({"a1": "unavailable", "a1-other": 0.9}, [A1, other, B2])
    assert asked(run) == [("a1", "first"), ("a1-other", "fallback")]


def test_a_failed_escalation_returns_the_earlier_answer_as_degraded() -> None:
    outcome, run = cascade({"a1": 0.2, "a2": "unavailable", "b2": "broken", "a3": "unavailable"})
    assert [name for name, _ in asked(run)] == ["a1", "a2", "b2", "a3"]
    assert (outcome.status, outcome.answered_by, outcome.degraded) == ("answered", "a1", True)


def test_the_more_trusted_of_two_doubtful_answers_is_kept() -> None:
    outcome, _ = cascade({"a1": 0.4, "a2": 0.1}, [A1, A2])
    assert (outcome.answered_by, outcome.confidence, outcome.degraded) == ("a1", 0.4, True)
    outcome, _ = cascade({"a1": 0.1, "a2": 0.1}, [A1, A2])
    assert outcome.answered_by == "a2"


def test_a_rejected_request_calls_no_further_model() -> None:
    outcome, run = cascade({"a1": "rejected"})
    assert asked(run) == [("a1", "first")]
    assert (outcome.status, outcome.rejection) == ("rejected", "too odd")


def test_a_rejection_after_an_answer_does_not_lose_the_answer() -> None:
    outcome, _ = cascade({"a1": 0.2, "a2": "rejected"})
    assert (outcome.status, outcome.answered_by, outcome.degraded) == ("answered", "a1", True)


def test_when_all_fail_every_attempt_is_listed() -> None:
    outcome, _ = cascade(dict.fromkeys(["a1", "b1", "a2", "b2"], "unavailable") | {"a3": "broken"})
    assert outcome.status == "failed"
    assert [a.model for a in outcome.attempts] == ["a1", "b1", "a2", "b2", "a3"]
    assert outcome.attempts[-1].failure is not None
    assert outcome.attempts[-1].failure.kind == "platform"
    assert outcome.cost_nano_usd == 4 * COST + WORST


def test_nothing_is_started_that_the_deadline_does_not_allow() -> None:
    outcome, run = cascade({}, left_ms=90)
    assert run.calls == []
    assert (outcome.status, outcome.stopped_by) == ("failed", "deadline")


def test_nothing_is_started_that_could_break_the_cap() -> None:
    outcome, run = cascade({"a1": 0.2}, budget=COST + WORST - 1)
    assert asked(run) == [("a1", "first")]
    assert (outcome.status, outcome.degraded, outcome.stopped_by) == ("answered", True, "budget")
    outcome, run = cascade({}, budget=WORST - 1)
    assert run.calls == []
    assert (outcome.status, outcome.stopped_by) == ("failed", "budget")


JUDGED = {"complexity": "complex", "reasoning": "proof", "estimated_tokens": 321}
CLASSIFIER = candidate("a1", "a", 1)


@pytest.mark.parametrize(
    ("classification", "tier", "strategy", "expected_tokens"),
    [
        (JUDGED, "complex", "llm_classifier", 321),
        (None, "moderate", "default", 50),
        ("unavailable", "moderate", "default", 50),
        ("broken", "moderate", "default", 50),
    ],
)
def test_a_classification_chooses_the_tier_and_its_failure_the_default(
    classification: Any, tier: str, strategy: str, expected_tokens: int
) -> None:
    given = state_input(ALL, classifier=CLASSIFIER)
    run = MACHINE.run(given, invoking(lambda _: 0.9, classification))
    outcome = CascadeOutcome.model_validate(run.output)
    assert (outcome.tier, outcome.strategy) == (tier, strategy)
    assert [a.reason for a in outcome.attempts] == ["classification", "first"]
    assert run.calls[1]["expected_output_tokens"] == expected_tokens
    assert (outcome.classification is not None) == (classification == JUDGED)


def test_only_the_decision_is_paid_for_where_only_the_decision_is_wanted() -> None:
    given = state_input(ALL, classifier=CLASSIFIER, purpose="classify")
    run = MACHINE.run(given, invoking(lambda _: 0.9, JUDGED))
    assert [call["action"] for call in run.calls] == ["classify"]
    assert CascadeOutcome.model_validate(run.output).status == "decided"


@pytest.mark.parametrize("limit", [{"left_ms": 90}, {"budget": WORST - 1}])
def test_a_classification_that_does_not_fit_is_left_out(limit: dict[str, int]) -> None:
    given = state_input(ALL, classifier=CLASSIFIER, **limit)
    run = MACHINE.run(given, invoking(lambda _: 0.9, JUDGED))
    assert run.calls == []
    assert run.output["strategy"] == "default"


def test_every_state_is_covered_and_there_are_few() -> None:
    states = set(MACHINE.definition["States"])
    assert len(states) <= 15
    seen = set[str]()
    for run in (
        MACHINE.run(state_input(ALL, classifier=CLASSIFIER), invoking(lambda _: 0.1, JUDGED)),
        MACHINE.run(state_input(ALL), invoking(lambda _: "unavailable")),
    ):
        seen |= set(run.states)
    assert seen == states
