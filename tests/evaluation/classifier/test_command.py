import json
import random
import re
from pathlib import Path

from typer.testing import CliRunner, Result

from evaluation.cli import app

WEAK, STRONG = "weak-1", "strong-1"


def classifier(*arguments: object) -> Result:
    words = ["classifier", *map(str, arguments), "--strong", STRONG]
    return CliRunner(env={"COLUMNS": "100"}).invoke(app, words)


def recording(path: Path) -> Path:
    rows = [
        {"id": str(n), "prompt": "x", "answers": {WEAK: grade, STRONG: {"correct": True}}}
        for n, grade in enumerate([{"correct": None}, {"correct": None}, {"correct": True}])
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def test_models_that_cannot_be_used_end_in_one_sentence(tmp_path: Path) -> None:
    data = recording(tmp_path / "data.jsonl")
    for weak, told in (
        ("gpt-5", "--weak: no row has an answer of 'gpt-5'"),
        (STRONG, "must differ"),
    ):
        ended = classifier(data, "--weak", weak)
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


def test_it_measures_what_prompts_tell(tmp_path: Path) -> None:
    found = {}
    for told_apart in (True, False):
        data, out = subjects(tmp_path / "data.jsonl", told_apart=told_apart), tmp_path / "out.json"
        shown = classifier(data, "--weak", WEAK, "--json", out)
        assert shown.exit_code == 0, shown.output
        assert "240 questions; 0 left out" in shown.stdout
        assert re.search(r"random, apgr\s+0\.500", shown.stdout)
        found[told_apart] = json.loads(out.read_text())
    documented = {
        "rows", "method", "apgr", "cpt50", "cpt80", "random", "oracle",
        "cross_fitted_apgr", "within_domains", "leave_domains_out", "intervals",
    }  # fmt: skip
    assert found[True].keys() == documented
    assert found[True]["cross_fitted_apgr"] > 0.65 > found[False]["cross_fitted_apgr"]
    assert found[False]["intervals"]["cross_fitted_apgr"][0] < 0.5
    assert found[True]["cross_fitted_apgr"] <= found[True]["oracle"]["apgr"]


def test_models_without_a_gap_end_in_one_sentence(tmp_path: Path) -> None:
    ended = classifier(
        subjects(tmp_path / "data.jsonl", told_apart=True, gap=False), "--weak", WEAK
    )
    assert (ended.exit_code, ended.stdout) == (2, "")
    assert ended.stderr == f"error: {STRONG} is not better than {WEAK} on these rows\n"


def test_rows_without_both_grades_are_counted(tmp_path: Path) -> None:
    data = subjects(tmp_path / "data.jsonl", told_apart=True)
    ungraded = {"id": "x", "prompt": "x", "answers": {WEAK: {"correct": None}}}
    data.write_text(data.read_text() + json.dumps(ungraded) + "\n")
    shown = classifier(data, "--weak", WEAK, "--seed", 7)
    assert "240 questions; 1 left out" in shown.stdout
