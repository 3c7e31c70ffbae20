"""Invariants of every execution of the state machine, whatever the models do."""

from collections.abc import Iterator
from itertools import pairwise

from evaluation.asl_interpreter import Execution
from llm_router.domain.outcome.cascade_outcome import CascadeOutcome
from llm_router.domain.outcome.ledger import Attempt
from tests.support.cascade_fixtures import THRESHOLD, Json

Step = tuple[Attempt, ...]
"""One call, or the two whose answers are compared."""


AMPLE = 10_000
"""A budget that every plan of the tests fits into."""


def check(
    candidates: list[Json], run: Execution, budget: int = AMPLE, *, hurried: bool = False
) -> CascadeOutcome:
    """Raise `AssertionError` if the ended execution violates an invariant; return its outcome."""
    outcome = CascadeOutcome.from_machine(run.output)
    paid = [call for call in run.calls if call["action"] != "compare"]
    called = [call["candidate"]["id"] for call in paid if call["action"] == "answer"]
    attempts = [a for a in outcome.attempts if a.reason != "classification"]
    known = {c["id"]: c for c in candidates}

    assert [a.model for a in outcome.attempts] == [c["candidate"]["id"] for c in paid], (
        "the ledger does not list every call once, in order"
    )
    ranks = [a.rank for a in attempts]
    assert ranks == sorted(ranks), "a rank decreased"
    retries = [a for a in attempts if a.reason == "retry"]
    assert len(retries) <= 1, "more than one retry"
    assert len(set(called)) == len(called) - len(retries), "a model was called twice"
    assert len(called) <= len(candidates) + len(retries), "more calls than the plan holds"
    assert outcome.cost_nano_usd <= budget, "the cap was broken"
    _check_opinions(attempts, known)
    steps = list(_steps(attempts))
    for before, after in pairwise(steps):
        _check_step(before, after, known)
    _check_ending(outcome, run, steps)
    _check_climb(outcome, run, steps)
    if (
        outcome.status == "failed"
        and outcome.stopped_by is None
        and budget == AMPLE
        and not hurried
    ):
        _check_all_were_tried(attempts, known)
    return outcome


def _steps(attempts: list[Attempt]) -> Iterator[Step]:
    waiting: list[Attempt] = []
    for attempt in attempts:
        if attempt.reason != "second_opinion" and waiting:
            yield tuple(waiting)
            waiting = []
        waiting.append(attempt)
    if waiting:
        yield tuple(waiting)


def _outcome(step: Step) -> str:
    outcomes = {attempt.outcome for attempt in step}
    first = step[0].outcome
    if "answered" in outcomes:
        return "answered"
    return "rejected" if "rejected" in outcomes else first


def _check_opinions(attempts: list[Attempt], known: dict[str, Json]) -> None:
    opinions = [n for n, a in enumerate(attempts) if a.reason == "second_opinion"]
    assert len(opinions) <= 1, "more than one second opinion"
    for n in opinions:
        first = attempts[n - 1]
        assert first.reason == "first", "a second opinion on something else"
        assert first.provider != attempts[n].provider, "a second opinion of the same provider"
        top = max(c["rank"] for c in known.values())
        assert first.rank < top, "the last rank was asked to prove itself with an extra call"


def _check_step(before: Step, after: Step, known: dict[str, Json]) -> None:
    outcome, follows = _outcome(before), after[0]
    if follows.reason == "escalation":
        assert outcome == "answered", "an escalation without an answer"
        assert follows.rank > max(a.rank for a in before), "an escalation that does not lead up"
        return
    assert outcome == "unavailable", f"a {follows.reason} without a failure"
    if follows.reason == "retry":
        (again,) = before
        assert follows.model == again.model, "a retry of another model"
        assert again.failure is not None
        assert again.failure.retry_after_ms is not None, "a retry that nobody asked for"
    for attempt in before:
        if attempt.failure is not None and attempt.failure.kind == "context_window":
            own, next_ = known[attempt.model], known[follows.model]
            assert next_["context_window"] > own["context_window"], "a window no larger was asked"
        if _is_not_accepted(attempt):
            own, next_ = known[attempt.model], known[follows.model]
            assert next_["format"] != own["format"], "a format was asked again"


def _check_ending(outcome: CascadeOutcome, run: Execution, steps: list[Step]) -> None:
    last = _outcome(steps[-1]) if steps else "failed"
    trusted = _trusted(run, steps)
    if trusted is not None:
        assert outcome.status == "answered", "an answer was lost"
        assert (outcome.confidence, outcome.answered_by) == trusted, "not the best answer"
        assert outcome.degraded == (trusted[0] < THRESHOLD)
        assert outcome.degraded == (outcome.degraded_because is not None)
        _check_it_stopped_when_satisfied(run, steps)
    elif any(_outcome(step) == "rejected" for step in steps):
        assert outcome.status == "rejected"
        assert last == "rejected", "it went on after a rejection"
    elif any(_is_not_accepted(attempt) for step in steps for attempt in step):
        assert outcome.status == "rejected"
    else:
        assert outcome.status == "failed"


def _trusted(run: Execution, steps: list[Step]) -> tuple[float, str] | None:
    """The answer to be returned: the verdict on two, the more trusted of others, later if equal."""
    best: tuple[float, str] | None = None
    for step in steps:
        answered = [(a.confidence or 0.0, a.model) for a in step if a.outcome == "answered"]
        verdict = _verdict(run) if len(answered) == 2 else None
        if verdict is not None:
            best = verdict
        elif len(answered) == 2:
            best = max(answered, key=lambda a: a[0])
        elif answered and (best is None or answered[0][0] >= best[0]):
            best = answered[0]
    return best


def _verdict(run: Execution) -> tuple[float, str] | None:
    for call, result in zip(run.calls, run.results, strict=True):
        if call["action"] == "compare" and isinstance(result, dict):
            return result["opinion"]["confidence"], result["opinion"]["model"]
    return None


def _check_it_stopped_when_satisfied(run: Execution, steps: list[Step]) -> None:
    for number in range(len(steps) - 1):
        so_far = _trusted(run, steps[: number + 1])
        assert so_far is None or so_far[0] < THRESHOLD, "it went on after a good answer"


def _check_climb(outcome: CascadeOutcome, run: Execution, steps: list[Step]) -> None:
    """A second doubt of form in a row ends the climb, and nothing else of that name does."""
    doubts = {
        result["opinion"]["model"]: result["opinion"].get("doubt")
        for call, result in zip(run.calls, run.results, strict=True)
        if call["action"] == "answer" and isinstance(result, dict) and "opinion" in result
    }
    judged = [{doubts[a.model] for a in s if a.outcome == "answered"} for s in steps]
    judged = [each for each in judged if each]
    for earlier, later in pairwise(judged[:-1]):
        assert not earlier == later == {"form"}, "it climbed on form alone"
    if outcome.stopped_by == "form":
        assert len(judged) >= 2, "one doubt of form ended it"
        assert all("form" in each for each in judged[-2:]), "no doubts of form ended it"


def _is_not_accepted(attempt: Attempt) -> bool:
    return attempt.failure is not None and attempt.failure.kind == "not_accepted"


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
    refused_by = {known[a.model]["format"] for a in attempts if _is_not_accepted(a)}
    left = [
        c["id"]
        for c in known.values()
        if c["id"] not in tried
        and c["rank"] >= attempts[-1].rank
        and c["context_window"] > too_small
        and c["format"] not in refused_by
    ]
    assert not left, f"it gave up with {left} untried"
