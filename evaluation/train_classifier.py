"""Train the local classifier on recorded rows and the prompts written by hand.

    python -m evaluation.train_classifier --date 2026-11-25 --version classifier-1 \\
      --data mmlu.jsonl.gz mixtral-8x7b-instruct gpt-4-1106-preview [--data …] --out FILE

Two runs on the same rows give the same bytes.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from llm_router.domain.classifier.seen_prompts import SeenPrompts, digest_of
from llm_router.domain.classifier.weights_file import Weights, written_weights

from .classifier_examples import Example, examples_of
from .classifier_fit import above, head_for, need, taught
from .guard import GuardPrompt, guard_prompts
from .recordings import read_rows, replacing


def train(
    examples: Sequence[Example],
    guard: Sequence[GuardPrompt],
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
    guard = guard_prompts()
    teaching = sum(not prompt.for_testing for prompt in guard)
    trained = f"{given.date}: {', '.join(sources)}, {teaching} prompts written by hand"
    weights = train(examples, guard, version=given.version, trained=trained)
    with replacing(given.out) as file:
        file.write(weights)
    sys.stdout.write(f"{given.out}: {len(weights)} bytes, {trained}\n")


if __name__ == "__main__":
    main()
