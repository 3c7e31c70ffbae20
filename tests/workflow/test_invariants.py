"""The machine explored: every path at small size, random ones beyond, and proof that this bites."""

from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.asl_interpreter import (
    NOW_MS,
    StateMachine,
    StateMachineError,
    UndefinedResultError,
)
from llm_router.domain.outcome.failures import FailureKind
from llm_router.domain.policy.policy import SecondOpinion
from tests.support.asl_mutants import Mutant
from tests.support.cascade_fixtures import (
    BEHAVIOURS,
    FAILURES,
    LEAST,
    MACHINE,
    TEXTS,
    WORST,
    Json,
    candidate,
    every_path,
    ranked,
    results_of,
    state_input,
)
from tests.support.cascade_invariants import check
from tests.support.examples import examples

from .conftest import Note

pytestmark = pytest.mark.slow

SECOND_OPINIONS: tuple[SecondOpinion, ...] = get_args(SecondOpinion)[1:]
SMALL = [(1, 1), (1, 2), (2, 1), (2, 2), (1, 1, 1)]


@pytest.mark.parametrize("sizes", SMALL, ids=str)
def test_every_path_of_a_small_plan_keeps_the_promises(
    sizes: tuple[int, ...], explored: Note
) -> None:
    models = ranked(sizes)
    paths = [check(models, run) for run in every_path(MACHINE, models, BEHAVIOURS)]
    assert {outcome.status for outcome in paths} == {"answered", "rejected", "failed"}
    explored(f"all behaviours, models per rank {sizes}", f"{len(paths)} paths")


@pytest.mark.parametrize("second_opinion", SECOND_OPINIONS)
@pytest.mark.parametrize("sizes", [(2,), (1, 1), (2, 1), (1, 2)], ids=str)
def test_every_path_with_a_second_opinion_keeps_the_promises(
    sizes: tuple[int, ...], second_opinion: SecondOpinion, explored: Note
) -> None:
    models = [{**model, "provider": "ab"[number % 2]} for number, model in enumerate(ranked(sizes))]
    runs = list(every_path(MACHINE, models, BEHAVIOURS, second_opinion=second_opinion))
    reasons = {a.reason for run in runs for a in check(models, run).attempts}
    assert ("second_opinion" in reasons) == (len(sizes) > 1)
    explored(f"second opinion {second_opinion}, models per rank {sizes}", f"{len(runs)} paths")


@pytest.mark.parametrize("sizes", [(1, 1, 2), (2, 1, 1), (2, 2, 2), (3, 3), (3, 3, 3)], ids=str)
def test_every_path_of_a_larger_plan_keeps_the_promises(
    sizes: tuple[int, ...], explored: Note
) -> None:
    models = ranked(sizes)
    behaviours = ("confident", "doubtful", "unavailable")
    paths = [check(models, run) for run in every_path(MACHINE, models, behaviours)]
    explored(f"{', '.join(behaviours)}, models per rank {sizes}", f"{len(paths)} paths")


def test_every_class_of_failure_keeps_the_promises(explored: Note) -> None:
    models = ranked((2, 1))
    kinds = [kind.value for kind in FailureKind if kind.value in FAILURES]
    paths = [
        check(models, run)
        for kind in kinds
        for run in every_path(MACHINE, models, ["refusing", "unavailable", kind])
    ]
    explored("every class of failure, models per rank (2, 1)", f"{len(paths)} paths")


@st.composite
def plans(draw: st.DrawFn) -> tuple[list[Json], dict[str, Any]]:
    ranks = sorted(draw(st.lists(st.integers(1, 4), min_size=1, max_size=6)))
    names = [f"m{n}" for n in range(len(ranks))]
    models = [
        candidate(
            name,
            draw(st.sampled_from("ab")),
            rank,
            context_window=draw(st.sampled_from([1_000, 2_000, 4_000])),
            minimum_ms=draw(st.sampled_from([100, 100, 180])),
            minimum_nano_usd=draw(st.sampled_from([LEAST, LEAST, WORST])),
            fallback=tuple(n for n, r in zip(names, ranks, strict=True) if r >= rank)[-1:]
            if draw(st.booleans())
            else (),
        )
        for name, rank in zip(names, ranks, strict=True)
    ]
    limits = {
        "budget": draw(st.sampled_from([LEAST - 1, LEAST, WORST, 2 * WORST, 10_000])),
        "left_ms": draw(st.sampled_from([50, 150, 1_000, 60_000])),
        "content_policy": draw(st.sampled_from(["stop", "fall_back"])),
        "second_opinion": draw(st.sampled_from(["off", "when_unsure", "always"])),
    }
    return models, limits


def follow(
    machine: StateMachine, models: list[Json], limits: dict[str, Any], data: st.DataObject
) -> None:
    """One random way through the plan, each call taking some time."""
    execution = machine.start(state_input(models, **limits))
    while execution.state is not None:
        behaviour = data.draw(st.sampled_from([*TEXTS, *FAILURES, "broken"]))
        result = data.draw(st.sampled_from(list(results_of(execution.calls[-1], [behaviour]))))
        took_ms = data.draw(st.sampled_from([0, 40, 200]))
        started = execution.now_ms
        waits = execution.iteration is not None and bool(execution.iteration.outputs)
        paid = execution.calls[-1]["action"] != "compare" and not waits
        needed_ms = execution.calls[-1]["candidate"]["minimum_ms"] if paid else 0
        deadline = NOW_MS + limits["left_ms"]
        assert not paid or started <= deadline - needed_ms, "a call that cannot finish in time"
        execution = machine.resume(execution, result, took_ms)
    check(models, execution, limits["budget"], hurried=limits["left_ms"] < 60_000)


@examples(300)
@given(plans(), st.data())
def test_random_plans_within_random_limits_keep_the_promises(
    plan: tuple[list[Json], dict[str, Any]], data: st.DataObject
) -> None:
    follow(MACHINE, *plan, data)


OPINION_MUTATIONS = {
    "an escalation to the peer's own rank": (
        "$peer.rank > $current.rank ? $peer : $current",
        "$current",
    ),
    "a verdict that is not heard": ("$states.result.Payload.opinion", "$best"),
    "a peer that is left out of the ledger": (
        "[$states.result.attempt]",
        "[$states.result[0].attempt]",
    ),
    "a peer that may be called again": ("[$states.result.attempt.model]", "[$current.id]"),
    "a peer that the plan does not have": (
        "$plan.deadline_epoch_ms - $millis() >= $peer.minimum_ms and "
        "$left >= $peer.minimum_nano_usd",
        "true",
    ),
    "a peer that is asked without end": (
        "$reason = 'first' and $second_opinion = 'always'",
        "true",
    ),
}


@pytest.mark.parametrize("mutation", OPINION_MUTATIONS)
def test_a_machine_that_mishandles_second_opinions_is_caught(mutation: str) -> None:
    broken = Mutant(*OPINION_MUTATIONS[mutation])

    def explore() -> None:
        for sizes, providers in [((1, 1, 1), "ab"), ((2, 1), "ab"), ((1, 1), "aa")]:
            models = [
                {**model, "provider": providers[number % 2]}
                for number, model in enumerate(ranked(sizes))
            ]
            for mode in SECOND_OPINIONS:
                for run in every_path(broken, models, BEHAVIOURS, second_opinion=mode):
                    check(models, run)

    with pytest.raises((AssertionError, StateMachineError, UndefinedResultError)):
        explore()


MUTATIONS = {
    "escalation without a rank": ("rank > $current.rank", "rank > 0"),
    "fallback without a rank": (
        "rank >= $current.rank and $not(id in $tried)",
        "$not(id in $tried)",
    ),
    "fallback without `tried`": (
        "rank >= $current.rank and $not(id in $tried)",
        "rank >= $current.rank",
    ),
    "the best answer forgotten": (
        "(($reason = 'second_opinion' ? $append($best, $states.result.opinion) : "
        "$append($states.result.opinion, $best))^(>confidence))[0]",
        "$append($states.result.opinion, $best)[0]",
    ),
    "a retry without end": ("$not($retried)", "true"),
    "windows forgotten": ("context_window > $max($states.result.window_above)", "true"),
    "a call left out of the ledger": (
        "$append($attempts, [$states.result.attempt])",
        "$attempts",
    ),
    "a format that is asked again": ("$not(format in $states.result.refused_by)", "true"),
    "a climb on form alone": ("$doubts[-1] = 'form' and $doubts[-2] = 'form'", "false"),
    "a single doubt of form that ends it": (
        "$doubts[-1] = 'form' and $doubts[-2] = 'form'",
        "$doubts[-1] = 'form'",
    ),
    "a rejection that goes on": ("'rejected' in $states.input.outcome", "false"),
    "a failure that is taken for an answer": ("'answered' in $states.input.outcome", "true"),
}


@pytest.mark.parametrize("mutation", MUTATIONS)
def test_a_broken_machine_is_caught(mutation: str) -> None:
    broken = Mutant(*MUTATIONS[mutation])

    def explore() -> None:
        for sizes in [(2, 1), (1, 2, 1)]:
            models = ranked(sizes)
            for run in every_path(broken, models, BEHAVIOURS):
                check(models, run)

    with pytest.raises((AssertionError, StateMachineError)):
        explore()


LIMIT_MUTATIONS = {
    "a cap that is not looked at": ("$left < $current.minimum_nano_usd", "false"),
    "a deadline that is not looked at": (
        "$plan.deadline_epoch_ms - $millis() < $current.minimum_ms",
        "false",
    ),
    "a classification that is not booked": (
        "$left - $plan.classify.candidate.worst_case_nano_usd",
        "$left",
    ),
    "a classification that is not limited": (
        "$plan.classify.candidate.worst_case_nano_usd <= $left",
        "true",
    ),
    "money spent that is forgotten": (
        "$left - $sum($states.result.attempt.cost_nano_usd)",
        "$left",
    ),
    "a platform failure that is booked above the cap": (
        "$min([candidate.worst_case_nano_usd, budget_nano_usd])",
        "candidate.worst_case_nano_usd",
    ),
    "two opinions that do not share the money": (
        "$left - $min([$peer.worst_case_nano_usd, $left - $current.minimum_nano_usd])",
        "$left",
    ),
}


def explore_within_limits(machine: StateMachine) -> None:
    models = [
        {**model, "provider": "ab"[number % 2]} for number, model in enumerate(ranked((1, 1, 1)))
    ]
    for budget in (LEAST - 1, LEAST, WORST, WORST + LEAST, 2 * WORST):
        for plan in ({}, {"classifier": candidate("judge", "a", 1)}, {"second_opinion": "always"}):
            behaviours = ["refusing", "timeout", "broken"]
            for run in every_path(machine, models, behaviours, budget=budget, **plan):
                check(models, run, budget)
                assert all(
                    call["budget_nano_usd"] <= budget for call in run.calls if "candidate" in call
                )
    assert machine.start(state_input(models, left_ms=99)).calls == ()


def test_every_path_within_tight_limits_keeps_the_promises() -> None:
    explore_within_limits(MACHINE)


@pytest.mark.parametrize("mutation", LIMIT_MUTATIONS)
def test_a_machine_that_minds_no_limits_is_caught(mutation: str) -> None:
    with pytest.raises((AssertionError, StateMachineError)):
        explore_within_limits(Mutant(*LIMIT_MUTATIONS[mutation]))
