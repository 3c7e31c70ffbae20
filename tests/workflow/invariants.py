"""What must hold for every execution of the machine, whatever the models do."""

from itertools import pairwise

from evaluation.machine import Execution
from llm_router.domain.ledger import Attempt
from llm_router.domain.outcome import CascadeOutcome

from .worlds import THRESHOLD, Json


def check(candidates: list[Json], run: Execution, budget: int = 10_000) -> CascadeOutcome:
    """Raise `AssertionError` if the ended execution broke a promise; return its outcome."""
    outcome = CascadeOutcome.model_validate(run.output)
    attempts = [a for a in outcome.attempts if a.reason != "classification"]
    calls = [call for call in run.calls if call["action"] == "answer"]
    called = [call["candidate"]["id"] for call in calls]
    known = {c["id"]: c for c in candidates}

    assert [a.model for a in outcome.attempts] == [c["candidate"]["id"] for c in run.calls], (
        "the ledger does not list every call once, in order"
    )
    ranks = [a.rank for a in attempts]
    assert ranks == sorted(ranks), "a rank decreased"
    retries = [n for n, a in enumerate(attempts) if a.reason == "retry"]
    assert len(retries) <= 1, "more than one retry"
    assert len(set(called)) == len(called) - len(retries), "a model was called twice"
    assert len(calls) <= len(candidates) + len(retries), "more calls than the plan holds"
    assert outcome.cost_nano_usd <= budget, "the cap was broken"
    for before, after in pairwise(attempts):
        _check_step(before, after, known)

    trusted = [a for a in attempts if a.outcome == "answered"]
    if trusted:
        best = max(a.confidence or 0 for a in trusted)
        assert outcome.status == "answered", "an answer was lost"
        assert outcome.confidence == best, "not the best answer was returned"
        assert outcome.answered_by in {a.model for a in trusted if a.confidence == best}
        assert outcome.degraded == (best < THRESHOLD)
        assert outcome.degraded == (outcome.degraded_because is not None)
        first_good = next((n for n, a in enumerate(attempts) if (a.confidence or 0) >= 0.5), None)
        assert first_good in (None, len(attempts) - 1), "it went on after a good answer"
    elif any(a.outcome == "rejected" for a in attempts):
        assert outcome.status == "rejected"
        assert attempts[-1].outcome == "rejected", "it went on after a rejection"
    else:
        assert outcome.status == "failed"
        if outcome.stopped_by is None:
            _check_all_were_tried(attempts, known)
    return outcome


def _check_step(before: Attempt, after: Attempt, known: dict[str, Json]) -> None:
    if after.reason == "escalation":
        assert before.outcome == "answered", "an escalation without an answer"
        assert after.rank > before.rank, "an escalation that does not lead up"
        return
    assert before.outcome == "unavailable", f"a {after.reason} without a failure"
    assert before.failure is not None
    if after.reason == "retry":
        assert after.model == before.model, "a retry of another model"
        assert before.failure.retry_after_ms is not None, "a retry that nobody asked for"
    elif before.failure.kind == "context_window":
        larger = known[after.model]["context_window"] > known[before.model]["context_window"]
        assert larger, "a prompt too long was sent to a window no larger"


def _check_all_were_tried(attempts: list[Attempt], known: dict[str, Json]) -> None:
    """Nothing is left that might have answered: not tried, strong enough and large enough."""
    tried = {a.model for a in attempts}
    too_small = max(
        (
            known[a.model]["context_window"]
            for a in attempts
            if a.failure and a.failure.kind == "context_window"
        ),
        default=0,
    )
    left = [
        c["id"]
        for c in known.values()
        if c["id"] not in tried
        and c["rank"] >= attempts[-1].rank
        and c["context_window"] > too_small
    ]
    assert not left, f"it gave up with {left} untried"
