"""Train the local classifier on recorded rows and the prompts written by hand.

    python -m evaluation.train_classifier --date 2026-11-25 --version classifier-1 \\
      --data mmlu.jsonl.gz mixtral-8x7b-instruct gpt-4-1106-preview [--data …] --out FILE

Two runs on the same rows give the same bytes.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

from evaluation.dataset.cascade_model import ModelRoles
from evaluation.dataset.recordings import Row, read_rows, replacing
from evaluation.errors import UnusableRowsError
from llm_router.domain.classifier.seen_prompts import SeenPrompts, digest_of
from llm_router.domain.classifier.weights_file import Weights, written_weights

from .examples import Example, examples_of
from .fit import above, head_for, need, taught
from .labelled_prompts import LabelledPrompt, labelled_prompts
from .metrics import Interval
from .report import classifier_report


def train(
    examples: Sequence[Example],
    guard: Sequence[LabelledPrompt],
    *,
    version: str,
    trained: str,
    seed: int = 0,
) -> bytes:
    """A weights file for `LocalClassifier.from_bytes`, fitted to all examples.

    Of the prompts written by hand those kept for testing are left out. `trained` says in words
    when and on what.
    """
    prompts = taught(guard)
    questions = [example.conversation.question for example in examples]
    digests = sorted({digest_of(text) for text in (*questions, *(p.prompt for p in prompts))})
    weights = Weights(
        version=version,
        trained=trained,
        need=head_for(need(examples), seed),
        more_than_simple=head_for(above(0, prompts, examples), seed),
        complex=head_for(above(1, prompts, examples), seed),
        seen=SeenPrompts.of(digests),
    )
    return written_weights(weights)


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the files, train, write the weights."""
    parser = argparse.ArgumentParser(prog="python -m evaluation.train_classifier")
    parser.add_argument(
        "--data", nargs=3, action="append", required=True, metavar=("FILE", "WEAK", "STRONG")
    )
    parser.add_argument("--date", required=True, help="written into the file")
    parser.add_argument("--version", required=True)
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args(arguments)
    examples, sources = list[Example](), list[str]()
    for path, weak, strong in given.data:
        found = examples_of(read_rows([path]), weak, strong)
        sources.append(f"{len(found)} rows of {Path(path).name} ({weak} against {strong})")
        examples += found
    guard = labelled_prompts()
    teaching = sum(not prompt.for_testing for prompt in guard)
    trained = f"{given.date}: {', '.join(sources)}, {teaching} prompts written by hand"
    weights = train(examples, guard, version=given.version, trained=trained)
    with replacing(given.out) as file:
        file.write(weights)
    sys.stdout.write(f"{given.out}: {len(weights)} bytes, {trained}\n")


if __name__ == "__main__":
    main()


_CHANCE = 0.5


def retrain(rows: Sequence[Row], roles: ModelRoles, out: Path, *, on: date, seed: int) -> None:
    """Write weights that are trained on the rows with both grades; their name is the file's."""
    examples = examples_of(rows, roles.cheap, roles.strong)
    trained = f"{on}: {len(examples)} rows ({roles.cheap} against {roles.strong})"
    weights = train(examples, labelled_prompts(), version=out.stem, trained=trained, seed=seed)
    with replacing(out) as file:
        file.write(weights)


def retrained_lines(rows: Sequence[Row], roles: ModelRoles, out: Path, seed: int) -> Iterator[str]:
    """How well the classifier does on questions it was not trained on, and how to use its file."""
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
