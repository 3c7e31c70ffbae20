import random
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from evaluation.cli import app
from evaluation.evidence import Evidence
from evaluation.recordings import RecordedAnswer, Row, write_rows
from llm_router.domain.policy import parse_policy
from tests.support.recorded_worlds import agreeing

ROLES = ("--cheap", "gpt-6-luna", "--peer", "claude-haiku-5-5", "--strong", "claude-opus-5-5")


def row(question: Evidence) -> Row:
    """The question as a sum whose answers agree or not, as the evidence says."""
    assert question.peer is not None
    said = random.Random(question.id).randrange(1_000)
    other = said if question.agreement else said + 1
    told = {
        "gpt-6-luna": (question.cheap, said),
        "claude-haiku-5-5": (question.peer, other),
        "claude-opus-5-5": (question.strong, said),
    }
    return Row(
        id=question.id,
        dataset=question.dataset,
        prompt=f"How much is {said} + 0?",
        answers={
            model: RecordedAnswer(
                text=f"That makes {number} in all. The answer is {number}.",
                correct=bool(answer.quality),
            )
            for model, (answer, number) in told.items()
        },
    )


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("data") / "rows.jsonl.gz"
    easy = agreeing(500, 1, right_if_agreed=0.99, dataset="easy")
    write_rows(path, map(row, [*easy, *agreeing(100, 2, dataset="hard")]))
    return path


def calibrate(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["calibrate", *map(str, arguments)])


def test_what_is_promised_is_printed_and_written(data: Path, tmp_path: Path) -> None:
    out = tmp_path / "policy.toml"
    result = calibrate(data, *ROLES, "--quality-kept", "0.9,0.999", "--out", out)
    assert result.exit_code == 0, result.output
    assert "quality kept 0.9: certified; saving" in result.output
    assert "quality kept 0.999: not certified" in result.output
    assert "at least 0.9 of the quality of claude-opus-5-5" in result.output
    assert "covers traffic like the calibration data and nothing else" in result.output
    assert "easy: 300 questions tested" in result.output
    policy = parse_policy(out.read_text(), str(out))
    assert policy.calibration is not None
    assert policy.calibration.models == ("gpt-6-luna", "claude-haiku-5-5", "claude-opus-5-5")


def test_the_same_call_writes_the_same_policy(data: Path, tmp_path: Path) -> None:
    first, second = tmp_path / "1.toml", tmp_path / "2.toml"
    for out in (first, second):
        calibrate(data, *ROLES, "--quality-kept", "0.9", "--date", "2026-11-25", "--out", out)
    assert first.read_bytes() == second.read_bytes()


def test_an_escalation_rate_that_is_not_to_be_had_is_said_to_be_so(
    data: Path, tmp_path: Path
) -> None:
    out = tmp_path / "policy.toml"
    options = ("--quality-kept", "0.9", "--target-escalation", "0.01:0.02", "--out", out)
    result = calibrate(data, *ROLES, *options)
    assert result.exit_code == 0
    assert "No certified setting escalates between 0.01 and 0.02 of them." in result.output


def test_where_nothing_can_be_promised_no_policy_is_written(data: Path, tmp_path: Path) -> None:
    out = tmp_path / "policy.toml"
    result = calibrate(data, *ROLES, "--quality-kept", "1", "--out", out)
    assert result.exit_code == 1
    assert "Nothing can be promised" in result.output
    assert not out.exists()


def test_rows_without_every_answer_are_counted_and_left_out(data: Path, tmp_path: Path) -> None:
    more = tmp_path / "more.jsonl"
    lacking = row(agreeing(1, 9)[0])
    answers = {**lacking.answers, "claude-haiku-5-5": RecordedAnswer(text="?", correct=None)}
    write_rows(more, [lacking.model_copy(update={"answers": answers})])
    out = tmp_path / "policy.toml"
    result = calibrate(data, more, *ROLES, "--quality-kept", "0.9", "--out", out)
    assert "1 rows are left out: no graded text of claude-haiku-5-5" in result.output


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (("--quality-kept", "0.9,much"), "'much' is not a number"),
        (("--quality-kept", "95"), "95 does not lie between 0 and 1"),
        (("--target-escalation", "0.1"), "is not a band such as 0.10:0.20"),
        (("--target-escalation", "0.2:0.1"), "is not a band such as 0.10:0.20"),
        (("--confidence", "1"), "the confidence must lie between 0 and 1"),
        (("--date", "today"), "is not a date such as 2026-11-25"),
        (("--policy", "/nowhere/policy.toml"), "/nowhere/policy.toml"),
        (("--strong", "unheard-of"), "no row has an answer of 'unheard-of'"),
        (("--out", "/nowhere/policy.toml"), "/nowhere/policy.toml"),
    ],
)
def test_what_cannot_be_used_is_said_in_one_sentence(
    data: Path, tmp_path: Path, options: tuple[str, ...], reason: str
) -> None:
    result = calibrate(data, *ROLES, "--out", tmp_path / "policy.toml", *options)
    assert result.exit_code == 2
    assert reason in result.stderr
    assert result.stderr.startswith("error: ")
    assert result.stderr.count("\n") == 1
