"""`llm-router eval train-classifier`: weights of the local classifier, from recorded rows.

Two runs on the same rows give the same bytes.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from evaluation.command_line import Data, are_recorded, day_in, output
from evaluation.dataset.cascade_model import ModelRoles
from evaluation.dataset.recordings import Row, read_rows
from evaluation.errors import UnusableRowsError
from llm_router.domain.classifier.seen_prompts import SeenPrompts, digest_of
from llm_router.domain.classifier.weights_file import Weights, dump_weights
from operations.command_line import JsonOut, Seed, unusable
from operations.files import replacing, writable

from .examples import Example, examples_of
from .fit import head_for, need_task, tier_task, training_prompts
from .labelled_prompts import LabelledPrompt, labelled_prompts
from .metrics import Interval
from .report import classifier_report


def train(
    examples: Sequence[Example],
    labelled: Sequence[LabelledPrompt],
    *,
    version: str,
    trained: str,
    seed: int = 0,
) -> bytes:
    """A weights file for `LocalClassifier.from_bytes`, fitted to all examples.

    Of the prompts written by hand those kept for testing are left out. `trained` says in words
    when and on what.
    """
    prompts = training_prompts(labelled)
    questions = [example.conversation.question for example in examples]
    digests = sorted({digest_of(text) for text in (*questions, *(p.prompt for p in prompts))})
    weights = Weights(
        version=version,
        trained=trained,
        need=head_for(need_task(examples), seed),
        more_than_simple=head_for(tier_task(0, prompts, examples), seed),
        complex=head_for(tier_task(1, prompts, examples), seed),
        seen=SeenPrompts.of(digests),
    )
    return dump_weights(weights)


def train_command(  # noqa: PLR0913
    data: Data,
    *,
    weak: Annotated[
        list[str], typer.Option(help="The recorded weak model; once, or once for each file.")
    ],
    strong: Annotated[
        list[str], typer.Option(help="The recorded strong model; once, or once for each file.")
    ],
    version: Annotated[
        str, typer.Option(help="By which a policy names the weights: the file's name without .bin.")
    ],
    out: Annotated[Path, typer.Option(help="The weights to write.")],
    day: Annotated[
        str | None, typer.Option("--date", metavar="DAY", help="Written down; left out, today.")
    ] = None,
    seed: Seed = 0,
    json_out: JsonOut = None,
) -> None:
    """Train the local classifier on recorded rows and the prompts written by hand."""
    results, on = output(json_out, beside=data), day_in(day)
    writable(out, results.path, beside=data)
    examples, sources = list[Example](), list[str]()
    pairs = zip(_for_each(data, weak, "--weak"), _for_each(data, strong, "--strong"), strict=True)
    for path, (weak_model, strong_model) in zip(data, pairs, strict=True):
        rows = read_rows([path])
        are_recorded(rows, weak=weak_model, strong=strong_model)
        found = examples_of(rows, weak_model, strong_model)
        sources.append(f"{len(found)} rows of {path.name} ({weak_model} against {strong_model})")
        examples += found
    prompts = labelled_prompts()
    for_training = sum(not prompt.for_testing for prompt in prompts)
    trained = f"{on}: {', '.join(sources)}, {for_training} prompts written by hand"
    weights = train(examples, prompts, version=version, trained=trained, seed=seed)
    with replacing(out) as file:
        file.write(weights)
    results.say(f"{out}: {len(weights)} bytes, {trained}")
    results.json({"out": str(out), "version": version, "bytes": len(weights), "trained": trained})


def _for_each(data: Sequence[Path], models: Sequence[str], option: str) -> Sequence[str]:
    """A model for each file: the one that is named, or the one in its place."""
    if len(models) == 1:
        return [models[0]] * len(data)
    if len(models) != len(data):
        raise unusable(option, f"{len(models)} models for {len(data)} files; once, or for each")
    return models


_CHANCE = 0.5


def retrain(rows: Sequence[Row], roles: ModelRoles, out: Path, *, on: date, seed: int) -> None:
    """Write weights that are trained on the rows with both grades; their name is the file's."""
    examples = examples_of(rows, roles.cheap, roles.strong)
    trained = f"{on}: {len(examples)} rows ({roles.cheap} against {roles.strong})"
    weights = train(examples, labelled_prompts(), version=out.stem, trained=trained, seed=seed)
    with replacing(out) as file:
        file.write(weights)


def retrained_lines(rows: Sequence[Row], roles: ModelRoles, out: Path, seed: int) -> Iterator[str]:
    """Sentences: the trained classifier's quality on unseen questions, and how to use its file."""
    yield f"Local classifier, trained on what {roles.cheap} and {roles.strong} answered: {out}"
    yield from _quality(rows, roles, seed)
    yield (
        f"  to use it: copy it to layers/router/llm_router/policy/, set classifier.weights to "
        f'"{out.stem}" in the policy, then sam build && sam deploy'
    )


def _quality(rows: Sequence[Row], roles: ModelRoles, seed: int) -> Iterator[str]:
    try:
        found = classifier_report(rows, roles.cheap, roles.strong, seed, weights=None)
    except UnusableRowsError as error:
        yield f"  how good it is cannot be said: {error}"
        return
    intervals = found["intervals"]
    yield "  on questions it was not trained on, " + _apgr_sentence(
        found["apgr"], intervals["apgr"]
    )
    if found["within_domains"] is not None:
        yield "  within domains, " + _apgr_sentence(
            found["within_domains"], intervals["within_domains"]
        )


def _apgr_sentence(apgr: float, interval: Interval | None) -> str:
    if interval is None:
        return f"its APGR is {apgr:.3f}; too few questions tell the models apart to know it better"
    low, high = interval
    worth = "better" if low > _CHANCE else "not better"
    return (
        f"its APGR is {apgr:.3f} (95 %: {low:.3f} to {high:.3f}): "
        f"{worth} than chance, which is {_CHANCE}"
    )
