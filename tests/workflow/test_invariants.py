"""What must hold whatever the models do; and proof that these checks bite."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llm_router.domain.outcome import CascadeOutcome

from .interpreter import Machine, Run
from .worlds import candidate, invoking, state_input

MACHINE = Machine()
BEHAVIOURS = st.one_of(
    st.sampled_from(["unavailable", "rejected", "broken"]), st.sampled_from([0.1, 0.3, 0.7])
)


@st.composite
def worlds(draw: st.DrawFn) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    ranks = sorted(draw(st.lists(st.integers(1, 4), min_size=1, max_size=6)))
    models = [
        candidate(f"m{i}", draw(st.sampled_from(["a", "b"])), rank) for i, rank in enumerate(ranks)
    ]
    return models, {m["id"]: draw(BEHAVIOURS) for m in models}


def check(models: list[dict[str, Any]], script: dict[str, Any], run: Run) -> None:
    outcome = CascadeOutcome.model_validate(run.output)
    called = [call["candidate"] for call in run.calls]
    ranks = [c["rank"] for c in called]
    assert ranks == sorted(ranks), "a rank decreased"
    assert len({c["id"] for c in called}) == len(called), "a model was called twice"
    assert [a.model for a in outcome.attempts] == [c["id"] for c in called], "the ledger differs"
    for before, after in zip(run.calls, run.calls[1:], strict=False):
        if after["reason"] == "escalation":
            assert after["candidate"]["rank"] > before["candidate"]["rank"]
        else:
            assert not isinstance(script[before["candidate"]["id"]], float)
    trusted = {c["id"]: script[c["id"]] for c in called if isinstance(script[c["id"]], float)}
    if trusted:
        assert outcome.status == "answered", "an answer was lost"
        assert outcome.confidence == max(trusted.values())
        assert trusted[outcome.answered_by or ""] == outcome.confidence
        assert outcome.degraded == (max(trusted.values()) < 0.5)
    else:
        rejected = any(script[c["id"]] == "rejected" for c in called)
        assert outcome.status == ("rejected" if rejected else "failed")
        if not rejected:
            assert len(called) == len(models), "it gave up with models left"


@settings(max_examples=400, deadline=None)
@given(worlds())
def test_the_invariants_hold_for_random_plans_and_outcomes(
    world: tuple[list[dict[str, Any]], dict[str, Any]],
) -> None:
    models, script = world
    check(models, script, MACHINE.run(state_input(models), invoking(script.__getitem__)))


MUTATIONS = {
    "escalation without a rank": ("rank > $current.rank", "rank > 0"),
    "fallback without a rank": ("rank >= $current.rank and ", ""),
    "fallback without `tried`": (" and $not(id in $tried)", ""),
    "the best answer forgotten": ("$states.result.Payload.confidence >= $best.confidence", "true"),
}


@pytest.mark.parametrize("mutation", MUTATIONS)
def test_a_broken_machine_is_caught(mutation: str) -> None:
    shipped = json.dumps(MACHINE.definition)
    old, new = MUTATIONS[mutation]
    assert old in shipped
    broken = Machine(json.loads(shipped.replace(old, new)))

    @settings(max_examples=400, deadline=None, database=None, report_multiple_bugs=False)
    @given(worlds())
    def explore(world: tuple[list[dict[str, Any]], dict[str, Any]]) -> None:
        models, script = world
        check(models, script, broken.run(state_input(models), invoking(script.__getitem__)))

    with pytest.raises(AssertionError):
        explore()
