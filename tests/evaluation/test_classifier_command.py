import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import typer
from typer.testing import CliRunner, Result

from evaluation.classifier_command import classifier_command
from evaluation.recordings import Row

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
