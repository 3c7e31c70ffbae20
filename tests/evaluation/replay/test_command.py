import json
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from evaluation.cli import app
from evaluation.replay.strategies import NAMES
from tests.support.policies import POLICY_FILE, POLICY_TEXT, replaced
from tests.support.recorded_rows import CHEAP, PEER, STRONG, generated_rows

KEYS = {"quality", "quality_kept", "saving", "escalation_rate", "cost_usd_per_1k", "intervals"}
ROLES = ("--cheap", CHEAP, "--peer", PEER, "--strong", STRONG)


def written(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return written(tmp_path / "data.jsonl", generated_rows(30))


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out.json"


def replay(*arguments: object) -> Result:
    """The command's result, under the tests' policy unless another is given."""
    words = ["replay", *map(str, arguments)]
    if "--policy" not in words:
        words += ["--policy", str(POLICY_FILE)]
    return CliRunner(env={"COLUMNS": "100"}).invoke(app, words)


def test_the_file_holds_every_strategy_with_the_documented_keys(data: Path, out: Path) -> None:
    assert replay(data, *ROLES, "--json", out).exit_code == 0
    content = json.loads(out.read_text())
    assert tuple(content["strategies"]) == NAMES
    for of_one in [content, *content["datasets"].values()]:
        for figures in of_one["strategies"].values():
            assert set(figures) == KEYS
            assert set(figures["intervals"]) == KEYS - {"intervals"}
    assert {name: of_it["n"] for name, of_it in content["datasets"].items()} == {
        "even": 15,
        "odd": 15,
    }
    assert content["roles"] == {"cheap": CHEAP, "peer": PEER, "strong": STRONG}
    assert content["guarantee"] is None
    assert content["prices"]["strong"] == {
        "model": STRONG,
        "input_usd_per_mtok": 3.0,
        "output_usd_per_mtok": 15.0,
        "source": "historic list",
        "as_of": "2024-12-01",
    }


def test_the_table_says_who_plays_which_part_at_what_price(data: Path) -> None:
    shown = replay(data, *ROLES).stdout
    for role, model, price in (("cheap", CHEAP, "0.25"), ("peer", PEER, "0.15")):
        (line,) = (line for line in shown.splitlines() if line.strip().startswith(f"{role} "))
        assert model in line
        assert price in line
        assert "2024-12-01" in line
    assert "30 questions: 15 of even, 15 of odd" in shown
    assert "No guarantee" in shown
    assert all(name.replace("_", " ") in shown for name in NAMES)


def test_the_same_seed_gives_the_same_files(data: Path, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    files = []
    for name in ("a", "b"):
        json_out, page = tmp_path / f"{name}.json", tmp_path / f"{name}.html"
        replay(data, *ROLES, "--json", json_out, "--report", page, "--seed", 3)
        files.append((json_out.read_bytes(), page.read_bytes()))
    assert files[0] == files[1]
    replay(data, *ROLES, "--json", tmp_path / "c.json", "--seed", 4)
    other = json.loads((tmp_path / "c.json").read_text())
    same = json.loads(files[0][0])
    assert other["strategies"]["shipped"]["saving"] == same["strategies"]["shipped"]["saving"]
    assert other["strategies"]["shipped"]["intervals"] != same["strategies"]["shipped"]["intervals"]


def test_the_datas_final_answers_change_nothing(data: Path, tmp_path: Path) -> None:
    rows = generated_rows(30)
    for row in rows:
        for answer in row["answers"].values():
            answer["final"] = "changed"
    changed = written(tmp_path / "changed.jsonl", rows)
    for source, name in ((data, "a"), (changed, "b")):
        replay(source, *ROLES, "--json", tmp_path / name)
    assert (tmp_path / "a").read_text() == (tmp_path / "b").read_text()


def test_the_report_needs_nothing_else(data: Path, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    page = tmp_path / "report.html"
    assert replay(data, *ROLES, "--report", page).exit_code == 0
    text = page.read_text()
    assert text.count('src="data:image/png;base64,') == text.count("src=") == 3
    assert "http" not in text.replace("<!doctype html>", "")
    assert STRONG in text
    assert "<td>even</td>" in text


def test_without_the_plots_library_a_report_is_refused_before_anything_else(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    ended = replay(data, *ROLES, "--report", tmp_path / "report.html")
    assert (ended.exit_code, ended.stdout) == (2, "")
    assert "pip install 'llm-router[eval]'" in ended.stderr
    assert replay(data, *ROLES).exit_code == 0


def test_a_datasets_name_cannot_break_the_report_or_the_table(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    rows = [{**row, "dataset": "<b>[red]x[/b]"} for row in generated_rows(10)]
    page = tmp_path / "report.html"
    shown = replay(written(tmp_path / "data.jsonl", rows), *ROLES, "--report", page)
    assert shown.exit_code == 0
    assert "[red]x" in shown.stdout
    assert "<b>" not in page.read_text()


def test_rows_that_lack_an_answer_are_reported(tmp_path: Path) -> None:
    rows = generated_rows(10)
    del rows[3]["answers"][PEER]
    shown = replay(written(tmp_path / "data.jsonl", rows), *ROLES)
    assert f"Left out: 1 rows without a graded text of {PEER}" in shown.stdout
    assert "9 questions" in shown.stdout


def test_a_policys_own_prices_count_before_historic_ones(data: Path, tmp_path: Path) -> None:
    policy = tmp_path / "policy.toml"
    policy.write_text(replaced('"old-mini-o"', f'"{PEER}"'))
    out = tmp_path / "out.json"
    assert replay(data, *ROLES, "--policy", policy, "--json", out).exit_code == 0
    price = json.loads(out.read_text())["prices"]["peer"]
    assert (price["source"], price["as_of"]) == ("policy", "2026-01-02")


def test_a_guarantee_is_shown_where_every_model_was_calibrated(data: Path, tmp_path: Path) -> None:
    policy, out = tmp_path / "policy.toml", tmp_path / "out.json"
    section = f"""
[calibration]
models = ["{CHEAP}", "{PEER}", "{STRONG}"]
datasets = ["even"]
n = 500
quality_kept = 0.97
delta = 0.05
escalation_rate = 0.2
saving = 0.5
date = 2026-11-24
"""
    policy.write_text(POLICY_TEXT + section)
    shown = replay(data, *ROLES, "--policy", policy, "--json", out)
    assert "97.0 %" in shown.stdout
    assert "covers traffic like the calibration data and nothing else" in shown.stdout
    assert json.loads(out.read_text())["guarantee"]["quality_kept"] == 0.97
    policy.write_text(policy.read_text().replace(f'"{CHEAP}", ', ""))
    assert "No guarantee" in replay(data, *ROLES, "--policy", policy).stdout


def test_without_a_peer_nobody_gives_a_second_opinion(data: Path, out: Path) -> None:
    shown = replay(data, "--cheap", CHEAP, "--strong", STRONG, "--json", out)
    assert "Without --peer" in shown.stdout
    content = json.loads(out.read_text())
    assert content["strategies"]["shipped"]["escalation_rate"] < 1
    assert content["strategies"]["agreement"]["escalation_rate"] == 1


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--cheap", "gpt-5", "--strong", STRONG), "no row has an answer of 'gpt-5'"),
        (("--cheap", STRONG, "--strong", STRONG), "must differ"),
        ((*ROLES, "--policy", "missing.toml"), "missing.toml: No such file or directory"),
        ((*ROLES, "--json", "missing/out.json"), "missing/out.json: its directory does not exist"),
        ((*ROLES, "--report", "."), ".: is a directory"),
        ((*ROLES, "--json", "same", "--report", "same"), "same: is read or written as something"),
    ],
)
def test_what_cannot_be_used_ends_in_one_sentence(
    data: Path, arguments: tuple[str, ...], told: str
) -> None:
    ended = replay(data, *arguments)
    assert ended.exit_code == 2
    assert told in ended.stderr
    assert len(ended.stderr.strip().splitlines()) == 1
    assert ended.stdout == ""


def test_a_policy_whose_classifier_is_not_here_ends_in_one_sentence(
    data: Path, tmp_path: Path
) -> None:
    policy = tmp_path / "policy.toml"
    policy.write_text(replaced('"classifier-1"', '"classifier-of-others"'))
    ended = replay(data, *ROLES, "--policy", policy)
    assert ended.exit_code == 2
    assert f"{policy}: classifier.weights: there is no file" in ended.stderr
    assert len(ended.stderr.strip().splitlines()) == 1


def test_a_broken_row_is_named_and_nothing_is_written(data: Path, out: Path) -> None:
    data.write_text(data.read_text() + '{"id": "x"}\n')
    ended = replay(data, *ROLES, "--json", out)
    assert (ended.exit_code, out.exists()) == (2, False)
    assert f"{data}:31" in ended.stderr


def test_a_recording_is_never_written_over(data: Path) -> None:
    recorded = data.read_bytes()
    ended = replay(data, *ROLES, "--json", data.parent / "." / data.name)
    assert (ended.exit_code, data.read_bytes()) == (2, recorded)
    assert "is read or written as something else already" in ended.stderr


def test_a_model_without_a_price_is_named(tmp_path: Path) -> None:
    rows = [
        {**row, "answers": {name.replace(PEER, "llama-4"): a for name, a in row["answers"].items()}}
        for row in generated_rows(5)
    ]
    data = written(tmp_path / "data.jsonl", rows)
    ended = replay(data, "--cheap", CHEAP, "--peer", "llama-4", "--strong", STRONG)
    assert (ended.exit_code, ended.stdout) == (2, "")
    assert "no price is known for 'llama-4'" in ended.stderr


def test_a_broken_policy_is_refused_with_the_key(data: Path, tmp_path: Path) -> None:
    policy = tmp_path / "policy.toml"
    policy.write_text(replaced("threshold = 0.5", "threshold = 5"))
    ended = replay(data, *ROLES, "--policy", policy)
    assert ended.exit_code == 2
    assert "tiers.simple.threshold" in ended.stderr
    policy.write_bytes(b"\xff")
    assert "not UTF-8" in replay(data, *ROLES, "--policy", policy).stderr
