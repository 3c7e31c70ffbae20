"""Trains the local classifier on one's own rows; says how good it is there and how to use it."""

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

from .classifier_examples import examples_of
from .classifier_metrics import Interval
from .classifier_report import classifier_report
from .evidence import Roles
from .gathering import GatheringError
from .guard import guard_prompts
from .recordings import Row, replacing
from .train_classifier import train

_CHANCE = 0.5


def retrain(rows: Sequence[Row], roles: Roles, out: Path, *, on: date, seed: int) -> None:
    """Write weights that are trained on the rows with both grades; their name is the file's."""
    examples = examples_of(rows, roles.cheap, roles.strong)
    trained = f"{on}: {len(examples)} rows ({roles.cheap} against {roles.strong})"
    weights = train(examples, guard_prompts(), version=out.stem, trained=trained, seed=seed)
    with replacing(out) as file:
        file.write(weights)


def retrained_lines(rows: Sequence[Row], roles: Roles, out: Path, seed: int) -> Iterator[str]:
    """How well the classifier does on questions it was not trained on, and how to use its file."""
    yield f"Local classifier, trained on what {roles.cheap} and {roles.strong} answered: {out}"
    yield from _quality(rows, roles, seed)
    yield (
        f"  to use it: copy it to layers/router/llm_router/policy/, set classifier.weights to "
        f'"{out.stem}" in the policy, then sam build && sam deploy'
    )


def _quality(rows: Sequence[Row], roles: Roles, seed: int) -> Iterator[str]:
    try:
        found = classifier_report(rows, roles.cheap, roles.strong, seed, weights=None)
    except GatheringError as error:
        yield f"  how good it is cannot be said: {error}"
        return
    intervals = found["intervals"]
    yield "  on questions it was not trained on, " + _told(found["apgr"], intervals["apgr"])
    if found["within_domains"] is not None:
        yield "  within domains, " + _told(found["within_domains"], intervals["within_domains"])


def _told(apgr: float, interval: Interval | None) -> str:
    if interval is None:
        return f"its APGR is {apgr:.3f}; too few questions tell the models apart to know it better"
    low, high = interval
    worth = "better" if low > _CHANCE else "not better"
    return (
        f"its APGR is {apgr:.3f} (95 %: {low:.3f} to {high:.3f}): "
        f"{worth} than chance, which is {_CHANCE}"
    )
