import random
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from evaluation.cli import app
from evaluation.dataset.cascade_model import Observation
from evaluation.dataset.recordings import RecordedAnswer, RecordedClassification, Row
from llm_router.domain.classifier.local_classifier import LocalClassifier
from llm_router.domain.classifier.weights_file import parse_weights
from llm_router.domain.conversation.answer import Usage
from llm_router.domain.policy.policy import parse_policy
from llm_router.domain.tiers import Tier
from tests.support.policies import POLICY_FILE
from tests.support.recorded_evidence import agreeing
from tests.support.recorded_rows import write_rows

ROLES = ("--cheap", "small-o", "--peer", "small-a", "--strong", "large-a")


def row(question: Observation) -> Row:
    """The question as a sum whose answers agree or not, as the evidence says."""
    assert question.peer is not None
    said = random.Random(question.id).randrange(1_000)
    other = said if question.agreement else said + 1
    told = {
        "small-o": (question.cheap, said),
        "small-a": (question.peer, other),
        "large-a": (question.strong, said),
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
    """The command's result, under the tests' policy unless another is given."""
    words = ["calibrate", *map(str, arguments)]
    if "--policy" not in words:
        words += ["--policy", str(POLICY_FILE)]
    return CliRunner().invoke(app, words)


def test_what_is_promised_is_printed_and_written(data: Path, tmp_path: Path) -> None:
    out = tmp_path / "policy.toml"
    result = calibrate(data, *ROLES, "--quality-kept", "0.9,0.999", "--out", out)
    assert result.exit_code == 0, result.output
    assert "quality kept 0.9: certified; saving" in result.output
    assert "quality kept 0.999: not certified" in result.output
    assert "at least 0.9 of the quality of large-a" in result.output
    assert "covers traffic like the calibration data and nothing else" in result.output
    assert "easy: 300 questions tested" in result.output
    policy = parse_policy(out.read_text(), str(out))
    assert policy.calibration is not None
    assert policy.calibration.models == ("small-o", "small-a", "large-a")


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
    answers = {**lacking.answers, "small-a": RecordedAnswer(text="?", correct=None)}
    write_rows(more, [lacking.model_copy(update={"answers": answers})])
    out = tmp_path / "policy.toml"
    result = calibrate(data, more, *ROLES, "--quality-kept", "0.9", "--out", out)
    assert "1 rows are left out: no graded text of small-a" in result.output


def subject(number: int, *, told_apart: bool) -> Row:
    """A question that the cheap model fails if it is about comets, and half of the time if not
    told apart."""
    chance = random.Random(number)
    comet = chance.random() < 0.5
    needed = comet if told_apart else chance.random() < 0.5
    answer = RecordedAnswer(text="The answer is 7.", correct=True)
    return Row(
        id=str(number),
        prompt=f"Case {number}: how far is the {'comet' if comet else 'apple'} away?",
        answers={
            "small-o": answer.model_copy(update={"correct": not needed}),
            "large-a": answer,
        },
    )


SUBJECT_ROLES = ("--cheap", "small-o", "--strong", "large-a", "--date", "2026-11-25")


def retrained(tmp_path: Path, rows: list[Row], *options: str) -> Result:
    """The command with the flag; nothing can be promised of these rows."""
    path = tmp_path / "rows.jsonl"
    write_rows(path, rows)
    out = tmp_path / "policy.toml"
    return calibrate(path, *SUBJECT_ROLES, "--quality-kept", "1", "--out", out, *options)


def test_the_classifier_is_trained_on_the_rows_even_if_nothing_can_be_promised(
    tmp_path: Path,
) -> None:
    rows = [subject(number, told_apart=True) for number in range(200)]
    result = retrained(tmp_path, rows, "--classifier")
    assert result.exit_code == 1, result.output
    assert not (tmp_path / "policy.toml").exists()
    weights = tmp_path / "classifier-2026-11-25.bin"
    trained = LocalClassifier.from_bytes(weights.read_bytes())
    assert trained.version == weights.stem
    assert "200 rows (small-o against large-a)" in trained.trained
    assert all(trained.was_trained_on(row.conversation) for row in rows)
    assert trained.score(rows[0].conversation) != trained.score(rows[1].conversation)
    assert re.search(r"its APGR is 0\.\d+ \(95 %: .*\): better than chance", result.output)
    assert "copy it to layers/router/llm_router/policy/" in result.output
    assert 'set classifier.weights to "classifier-2026-11-25"' in result.output
    assert "sam build && sam deploy" in result.output
    assert "within domains" not in result.output
    assert "said simple" not in result.output


def test_without_the_flag_no_weights_are_written(tmp_path: Path) -> None:
    retrained(tmp_path, [subject(number, told_apart=True) for number in range(50)])
    assert not list(tmp_path.glob("*.bin"))


def test_the_policy_and_the_weights_are_written_side_by_side(data: Path, tmp_path: Path) -> None:
    options = ("--quality-kept", "0.9", "--date", "2026-11-25", "--out", tmp_path / "p.toml")
    result = calibrate(data, *ROLES, *options, "--classifier")
    assert result.exit_code == 0, result.output
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "classifier-2026-11-25.bin",
        "p.toml",
    ]
    assert "within domains, its APGR is" in result.output, "datasets stand for domains"


def test_a_classifier_that_is_not_better_than_chance_is_said_to_be_so(tmp_path: Path) -> None:
    rows = [subject(number, told_apart=False) for number in range(200)]
    result = retrained(tmp_path, rows, "--classifier")
    assert ": not better than chance, which is 0.5" in result.output


def test_where_the_strong_model_is_no_better_the_weights_are_written_all_the_same(
    tmp_path: Path,
) -> None:
    rows = [subject(number, told_apart=True) for number in range(50)]
    same = [r.model_copy(update={"answers": dict.fromkeys(r.answers, r.answers["large-a"])})
            for r in rows]  # fmt: skip
    result = retrained(tmp_path, same, "--classifier")
    assert "how good it is cannot be said: large-a is not better" in result.output
    parse_weights((tmp_path / "classifier-2026-11-25.bin").read_bytes())


def test_what_a_model_said_of_the_rows_is_held_against_their_grades(tmp_path: Path) -> None:
    def classified(row: Row, tier: Tier, *, cheap: bool, strong: bool = True) -> Row:
        usage = Usage(input_tokens=9, output_tokens=50)
        told = RecordedAnswer(text="7", correct=True, usage=usage)
        answers = {
            "small-o": told.model_copy(update={"correct": cheap}),
            "large-a": told.model_copy(
                update={"correct": strong, "usage": usage.model_copy(update={"output_tokens": 20})}
            ),
        }
        said = RecordedClassification(complexity=tier, estimated_tokens=60)
        return row.model_copy(update={"answers": answers, "classification": said})

    rows = [subject(number, told_apart=True) for number in range(60)]
    rows[:4] = [
        classified(rows[0], Tier.SIMPLE, cheap=True),
        classified(rows[1], Tier.SIMPLE, cheap=True, strong=False),
        classified(rows[2], Tier.SIMPLE, cheap=False),
        classified(rows[3], Tier.COMPLEX, cheap=False, strong=False),
    ]
    found = retrained(tmp_path, rows, "--classifier").output
    assert "of 4 questions" in found
    assert (
        "said simple: 3; the cheap model was good enough 2 (67%), "
        "only the strong one was 1 (33%), neither 0 (0%)" in found
    )
    assert "said moderate: none" in found
    assert "said complex: 1; the cheap model was good enough 0 (0%)" in found
    assert "are 1.20 times those of small-o (median); 100% of 4" in found
    assert "are 3.00 times those of large-a (median); 0% of 4" in found


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (("--quality-kept", "0.9,much"), "'much' is not a number"),
        (("--quality-kept", "95"), "95 does not lie between 0 and 1"),
        (("--target-escalation", "0.1"), "is not a band such as 0.10:0.20"),
        (("--target-escalation", "0.2:0.1"), "is not a band such as 0.10:0.20"),
        (("--confidence", "1"), "'--confidence': must lie between 0 and 1"),
        (("--date", "today"), "is not a date such as 2026-11-25"),
        (("--policy", "/nowhere/policy.toml"), "/nowhere/policy.toml"),
        (("--strong", "small-o", "--classifier"), "one model plays two parts"),
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
