import json
import random
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import typer
from typer.testing import CliRunner, Result

from evaluation.classifier.command import classifier_command
from evaluation.cli import app as commands
from evaluation.dataset.recordings import Row

WEAK, STRONG = "weak-1", "strong-1"


def report(rows: Sequence[Row], weak: str, strong: str, seed: int) -> Mapping[str, Any]:
    """A report that says what it was asked."""
    return {"apgr": 0.61, "random": {"apgr": 0.5}, "asked": [len(rows), weak, strong, seed]}


def classifier(*arguments: object) -> Result:
    app = typer.Typer()
    app.command("classifier")(classifier_command(report))
    return CliRunner(env={"COLUMNS": "100"}).invoke(app, list(map(str, arguments)))


def recording(path: Path, *, ungraded: int = 0) -> Path:
    grades = [{"correct": None}] * ungraded + [{"correct": True}] * 3
    rows = [
        {"id": str(n), "prompt": "x", "answers": {WEAK: grade, STRONG: {"correct": True}}}
        for n, grade in enumerate(grades)
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def test_the_report_is_shown_and_written_as_it_is(tmp_path: Path) -> None:
    data, out = recording(tmp_path / "data.jsonl", ungraded=2), tmp_path / "out.json"
    shown = classifier(data, "--weak", WEAK, "--strong", STRONG, "--seed", 7, "--json", out)
    assert shown.exit_code == 0
    assert json.loads(out.read_text()) == report([None] * 3, WEAK, STRONG, 7)  # type: ignore[list-item]
    assert "random, apgr" in shown.stdout
    assert "0.610" in shown.stdout
    assert "3 questions; 2 left out" in shown.stdout


def test_models_that_cannot_be_used_end_in_one_sentence(tmp_path: Path) -> None:
    data = recording(tmp_path / "data.jsonl")
    for weak, told in (("gpt-5", "no row has an answer of 'gpt-5'"), (STRONG, "must differ")):
        ended = classifier(data, "--weak", weak, "--strong", STRONG)
        assert (ended.exit_code, ended.stdout) == (2, "")
        assert told in ended.stderr
        assert len(ended.stderr.strip().splitlines()) == 1


def subjects(path: Path, *, told_apart: bool, gap: bool = True) -> Path:
    """Questions of two domains: those about comets need the strong model, or any half of them."""
    chance, rows = random.Random(1), []
    for number in range(240):
        comet = chance.random() < 0.5
        needed = comet if told_apart else chance.random() < 0.5
        rows.append(
            {
                "id": str(number),
                "domain": "near" if number % 2 else "far",
                "prompt": f"Case {number}: how far is the {'comet' if comet else 'apple'} away?",
                "answers": {WEAK: {"correct": not (needed and gap)}, STRONG: {"correct": True}},
            }
        )
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def measured(*arguments: object) -> Result:
    """The command as it is registered, with the real report."""
    words = ["classifier", *map(str, arguments), "--weak", WEAK, "--strong", STRONG]
    return CliRunner(env={"COLUMNS": "100"}).invoke(commands, words)


def test_the_registered_command_measures_what_prompts_tell(tmp_path: Path) -> None:
    found = {}
    for told_apart in (True, False):
        data, out = subjects(tmp_path / "data.jsonl", told_apart=told_apart), tmp_path / "out.json"
        shown = measured(data, "--json", out)
        assert shown.exit_code == 0, shown.output
        assert "240 questions; 0 left out" in shown.stdout
        found[told_apart] = json.loads(out.read_text())
    documented = {
        "rows", "method", "apgr", "cpt50", "cpt80", "random", "oracle",
        "cross_fitted_apgr", "within_domains", "leave_domains_out", "intervals",
    }  # fmt: skip
    assert found[True].keys() == documented
    assert found[True]["cross_fitted_apgr"] > 0.65 > found[False]["cross_fitted_apgr"]
    assert found[False]["intervals"]["cross_fitted_apgr"][0] < 0.5
    assert found[True]["cross_fitted_apgr"] <= found[True]["oracle"]["apgr"]


def test_models_without_a_gap_end_the_registered_command_in_one_sentence(tmp_path: Path) -> None:
    ended = measured(subjects(tmp_path / "data.jsonl", told_apart=True, gap=False))
    assert (ended.exit_code, ended.stdout) == (2, "")
    assert ended.stderr == f"error: {STRONG} is not better than {WEAK} on these rows\n"
