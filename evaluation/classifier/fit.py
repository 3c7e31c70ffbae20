"""Fits the heads of the local classifier: the examples and targets of each, its calibration."""

from collections.abc import Sequence
from dataclasses import dataclass

from llm_router.domain.classifier.features import features_of
from llm_router.domain.classifier.weights_file import Head

from .examples import FOLDS, Example, folds_by_question
from .labelled_prompts import LabelledPrompt
from .linear_model import Line, Linear, Recipe, Sparse, fit, log_odds_line, sparse

NEED = Recipe(ngrams=1, structure=0.2, ridge=10, sweeps=8)
TIER = Recipe(ngrams=3, structure=1, ridge=3, sweeps=8)
RECORDED_COUNT = 0.03
"""Weight of a recorded row for the tiers; a prompt written by hand has weight 1."""
WRAPPED_COUNT = 0.5
"""Weight of a prompt's second example, which has the prompt inside a template."""

_LARGEST = 127


@dataclass(frozen=True)
class Task:
    """Training data of one head: targets to fit, and outcomes (0 to 1) to calibrate its log odds.

    The calibration skips examples whose outcome is None.
    """

    questions: Sequence[str]
    features: Sequence[Sparse]
    targets: Sequence[float]
    outcomes: Sequence[float | None]
    counts: Sequence[float]
    recipe: Recipe


def fitted_need(examples: Sequence[Example], seed: int) -> Linear:
    """Fit the model that ranks questions by the gain of the strong model's answer."""
    gains = [example.gain for example in examples]
    return fit([example.features for example in examples], gains, NEED, seed)


def need_task(examples: Sequence[Example]) -> Task:
    """The task of ranking by gain, calibrated as the probability that the strong model is needed.

    A question that only the weak model answers counts against calling the strong one.
    """
    return Task(
        questions=[example.conversation.question for example in examples],
        features=[example.features for example in examples],
        targets=[example.gain for example in examples],
        outcomes=[example.need for example in examples],
        counts=[1.0] * len(examples),
        recipe=NEED,
    )


@dataclass(frozen=True)
class TrainingPrompt:
    """A prompt written by hand with its features; `count` is its weight in the fit."""

    prompt: str
    level: int
    features: Sparse
    count: float


def training_prompts(prompts: Sequence[LabelledPrompt]) -> list[TrainingPrompt]:
    """The training prompts, each as it is and once more inside a template.

    Prompts kept for testing are left out.
    """
    return [
        TrainingPrompt(prompt.prompt, prompt.tier.level, sparse(features_of(asking)), count)
        for prompt in prompts
        if not prompt.for_testing
        for asking, count in ((prompt.conversation, 1.0), (prompt.wrapped, WRAPPED_COUNT))
    ]


def tier_task(level: int, prompts: Sequence[TrainingPrompt], examples: Sequence[Example]) -> Task:
    """The task of predicting that a prompt belongs to a tier above this level.

    Recorded questions that the weak model fails are more than simple; those that only the strong
    one answers are complex. Their weight is small: they show the tiers on traffic like the recorded
    one, and leave everything else to the prompts written by hand.
    """
    outcomes = [float(prompt.level > level) for prompt in prompts]
    shown = [(e, features) for e in examples for features in (e.features, *e.otherwise)]
    recorded = [1 - e.weak if level == 0 else e.need for e, _ in shown]
    return Task(
        questions=[prompt.prompt for prompt in prompts]
        + [example.conversation.question for example, _ in shown],
        features=[*(prompt.features for prompt in prompts), *(found for _, found in shown)],
        targets=[2 * outcome - 1 for outcome in (*outcomes, *recorded)],
        outcomes=[*outcomes, *(None for _ in recorded)],
        counts=[prompt.count for prompt in prompts] + [RECORDED_COUNT] * len(shown),
        recipe=TIER,
    )


def head_for(task: Task, seed: int) -> Head:
    """Fit a head to the whole task and calibrate it by cross-fitting.

    Its n-gram weights are rounded to one signed byte each.
    """
    model = _fitted(task, range(len(task.questions)), seed)
    return _rounded(model, _calibration(task, seed))


def _calibration(task: Task, seed: int) -> Line:
    values, outcomes = list[float](), list[float]()
    folds = folds_by_question(task.questions, seed)
    for fold in range(FOLDS):
        kept = [n for n, other in enumerate(folds) if other != fold]
        if not kept or len(kept) == len(folds):
            continue
        model = _fitted(task, kept, seed)
        for features, outcome, place in zip(task.features, task.outcomes, folds, strict=True):
            if place == fold and outcome is not None:
                values.append(model.of(features))
                outcomes.append(outcome)
    return log_odds_line(values, outcomes)


def _fitted(task: Task, kept: Sequence[int], seed: int) -> Linear:
    return fit(
        [task.features[n] for n in kept],
        [task.targets[n] for n in kept],
        task.recipe,
        seed,
        [task.counts[n] for n in kept],
    )


def _rounded(model: Linear, line: Line) -> Head:
    largest = max(map(abs, model.table)) or 1.0
    return Head(
        table=[round(weight / largest * _LARGEST) for weight in model.table],
        scale=line.slope * largest / _LARGEST,
        structure=[line.slope * weight for weight in model.structure],
        offset=line.slope * model.bias + line.offset,
    )
