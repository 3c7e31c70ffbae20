"""`llm-router eval`, also called `llm-router-eval`: one line for each command.

A command's module is imported when it is called: what one needs, another does without.
"""

from collections.abc import Mapping
from typing import ClassVar

from operations.command_line import Group, Lazy, group

COMMANDS: Mapping[str, Lazy] = {
    "collect": Lazy(
        "evaluation.collect.command",
        "Ask models your own questions once each, grade the answers and record them.",
        "collect_command",
        (
            "llm-router eval collect questions.jsonl --out recorded.jsonl"
            " --max-cost-usd 5 --model claude-haiku-5-5 --model gpt-6-luna",
        ),
    ),
    "replay": Lazy(
        "evaluation.replay.command",
        "Replay recorded answers through the router and compare ways to choose a model.",
        "replay_command",
        (
            "llm-router eval replay recorded.jsonl --cheap M --peer M --strong M",
            "llm-router eval replay recorded.jsonl --cheap M --strong M --json",
        ),
    ),
    "calibrate": Lazy(
        "evaluation.calibrate.command",
        "Find the cheapest setting whose quality can be promised, and write a policy.",
        "calibrate_command",
        (
            "llm-router eval calibrate recorded.jsonl --cheap M --peer M --strong M"
            " --out policy.toml",
        ),
    ),
    "coverage-check": Lazy(
        "evaluation.calibrate.coverage_check",
        "Count how often calibration promises what is false, on many resamples.",
        "coverage_check_command",
        ("llm-router eval coverage-check recorded.jsonl --cheap M --peer M --strong M",),
    ),
    "classifier": Lazy(
        "evaluation.classifier.command",
        "Measure how well the prompt alone tells which questions need the strong model.",
        "classifier_command",
        ("llm-router eval classifier recorded.jsonl --weak M --strong M",),
    ),
    "train-classifier": Lazy(
        "evaluation.classifier.train",
        "Train the local classifier on recorded rows and the prompts written by hand.",
        "train_command",
        (
            "llm-router eval train-classifier recorded.jsonl --weak M --strong M"
            " --version classifier-2 --out classifier-2.bin",
        ),
    ),
    "certificate": Lazy(
        "evaluation.certificate.command",
        "Print a period's saving, escalation, bound of quality and advice on thresholds.",
        "certificate_command",
        (
            "llm-router eval certificate --bucket my-ledgers --since 7d",
            "llm-router eval certificate --bucket my-ledgers --policy policy.toml"
            " --report page.html",
        ),
    ),
}
_EXTRA = "Needs the extra: pip install 'llm-router[eval]'"


class _Commands(Group):
    table: ClassVar[Mapping[str, Lazy]] = COMMANDS


app = group("Measure and calibrate the router on recorded answers.", epilog=_EXTRA, cls=_Commands)


@app.callback()
def _no_options() -> None:
    """Take no options: all belong to the commands."""


def main() -> None:
    """The console script `llm-router-eval`."""
    app(prog_name="llm-router-eval")
