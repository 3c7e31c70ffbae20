"""Measures the local classifier on a user's rows: the report of `llm-router eval classifier`.

Every figure is of questions that the weights in use were not trained on. The shipped weights score
the rows if none of them was used to train these. Otherwise each fifth of the rows is scored by
weights trained on the other four, which also shows the effect of training on the rows.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import llm_router
from evaluation.dataset.recordings import Row
from evaluation.errors import UnusableRowsError
from llm_router.domain.classifier.local_classifier import LocalClassifier

from .examples import Example, examples_of, folds_by_domain, folds_by_question
from .fit import fitted_need
from .metrics import apgr, cpt, from_the_top, interval, interval_within, oracle, within_domains

WEIGHTS = Path(llm_router.__file__).parent / "policy" / "classifier-1.bin"


SHIPPED = "shipped weights: none of the rows was used to train them"
CROSS_FITTED = "cross-fitting: each fifth of the rows by weights trained on the other four"

_MISTAKEN = 0.05
"""Up to this share of rows may be recognised by mistake; of unknown rows about 0.01 are."""

_FIGURES: Mapping[str, Callable[[Sequence[float]], float]] = {
    "apgr": apgr,
    "cpt50": partial(cpt, recovered=0.5),
    "cpt80": partial(cpt, recovered=0.8),
}
_RANDOM = {"apgr": 0.5, "cpt50": 0.5, "cpt80": 0.8}


def classifier_report(
    rows: Sequence[Row], weak: str, strong: str, seed: int = 0, *, weights: Path | None = WEIGHTS
) -> dict[str, Any]:
    """The figures as JSON, with their 95 % intervals under `intervals`.

    `apgr`, `cpt50` and `cpt80` are the classifier's, measured by `method`; `random` and `oracle`
    have the same three. `cross_fitted_apgr` is the APGR after training on these rows.
    `within_domains` is the APGR where recognising a domain does not help. `leave_domains_out` is
    the APGR on domains absent from the training. Both are None if all rows are of one domain.

    An interval is None if the models differ on too few questions. `UnusableRowsError` if the strong
    model is not better. With `weights` None the method is cross-fitting.
    """
    examples = examples_of(rows, weak, strong)
    gains = [example.gain for example in examples]
    if sum(gains) <= 0:
        raise UnusableRowsError(f"{strong} is not better than {weak} on these rows")
    questions = [example.conversation.question for example in examples]
    cross_fitted = _held_out(examples, folds_by_question(questions, seed), seed)
    shipped = LocalClassifier.from_bytes(weights.read_bytes()) if weights else None
    fresh = shipped is not None and _not_trained_on(shipped, examples)
    scores = (
        [shipped.score(e.conversation) for e in examples] if shipped and fresh else cross_fitted
    )
    ordered, trained = from_the_top(scores, gains), from_the_top(cross_fitted, gains)
    domains, intervals = _of_domains(examples, scores, seed)
    return {
        "rows": len(examples),
        "method": SHIPPED if fresh else CROSS_FITTED,
        **_figures(ordered),
        "random": dict(_RANDOM),
        "oracle": _figures(oracle(gains)),
        "cross_fitted_apgr": apgr(trained),
        **domains,
        "intervals": {
            **{name: interval(figure, ordered, seed) for name, figure in _FIGURES.items()},
            "cross_fitted_apgr": interval(apgr, trained, seed),
            **intervals,
        },
    }


def _figures(ordered: Sequence[float]) -> dict[str, float]:
    return {name: figure(ordered) for name, figure in _FIGURES.items()}


def _of_domains(
    examples: Sequence[Example], scores: Sequence[float], seed: int
) -> tuple[dict[str, float | None], dict[str, tuple[float, float] | None]]:
    """`within_domains` and `leave_domains_out` with their intervals."""
    names = [example.domain for example in examples]
    if len(set(names)) < 2:
        nothing = dict.fromkeys(("within_domains", "leave_domains_out"), None)
        return {**nothing}, {**nothing}
    gains = [example.gain for example in examples]
    places = defaultdict[str, list[int]](list)
    for place, name in enumerate(names):
        places[name].append(place)
    by_domain = {
        name: from_the_top([scores[n] for n in inside], [gains[n] for n in inside])
        for name, inside in sorted(places.items())
    }
    left_out = from_the_top(_held_out(examples, folds_by_domain(names, seed), seed), gains)
    return (
        {"within_domains": within_domains(by_domain), "leave_domains_out": apgr(left_out)},
        {
            "within_domains": interval_within(by_domain, seed),
            "leave_domains_out": interval(apgr, left_out, seed),
        },
    )


def _not_trained_on(shipped: LocalClassifier, examples: Sequence[Example]) -> bool:
    known = sum(shipped.was_trained_on(example.conversation) for example in examples)
    return known <= _MISTAKEN * len(examples)


def _held_out(examples: Sequence[Example], folds: Sequence[int], seed: int) -> list[float]:
    """A score for each example by weights trained on the other folds; 0 without other folds."""
    values = [0.0] * len(examples)
    for fold in sorted(set(folds)):
        kept = [e for e, other in zip(examples, folds, strict=True) if other != fold]
        model = fitted_need(kept, seed) if kept else None
        for place, (example, other) in enumerate(zip(examples, folds, strict=True)):
            if other == fold and model is not None:
                values[place] = model.of(example.features)
    return values
