"""The data format: what is read, what is refused and how, and that files are whole or untouched."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.dataset.recordings import (
    Question,
    RecordedClassification,
    Row,
    encoded,
    parsed,
    read_questions,
    read_rows,
)
from evaluation.errors import RecordingError
from llm_router.domain.conversation.answer import Usage
from llm_router.domain.tiers import Tier
from tests.support.recorded_rows import write_rows

SECRET = "the text that no message may show"
GOOD = {"id": "1", "prompt": SECRET, "answers": {"m": {"text": SECRET, "correct": True}}}
SHARED = Path(__file__).parents[4] / "shared" / "data"


def written(path: Path, *rows: object) -> Path:
    lines = [row if isinstance(row, str) else json.dumps(row) for row in rows]
    content = "\n".join(lines).encode()
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)
    return path


def row_with(**changes: Any) -> dict[str, Any]:
    return {name: value for name, value in {**GOOD, **changes}.items() if value is not ...}


def answer_with(**answer: Any) -> dict[str, Any]:
    return row_with(answers={"m": answer})


def classified_as(**changes: Any) -> dict[str, Any]:
    said = {"complexity": "simple", "estimated_tokens": 60, **changes}
    kept = {name: value for name, value in said.items() if value is not ...}
    return row_with(classification=kept)


@pytest.mark.parametrize("name", ["rows.jsonl", "rows.jsonl.gz"])
def test_rows_are_read_plain_or_gzipped(name: str, tmp_path: Path) -> None:
    [row] = read_rows([written(tmp_path / name, GOOD, "", "  ")])
    assert (row.key, row.conversation.question) == (("default", "1"), SECRET)
    assert row.answers["m"].quality == 1.0
    assert row.graded_by("m")
    assert not row.graded_by("m", "another")


def test_messages_become_the_conversation(tmp_path: Path) -> None:
    messages = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Why?"}]
    [row] = read_rows([written(tmp_path / "r.jsonl", row_with(prompt=..., messages=messages))])
    assert [m.role for m in row.conversation.messages] == ["system", "user"]


@pytest.mark.parametrize(
    ("answer", "quality"),
    [
        ({"correct": False}, 0.0),
        ({"correct": True}, 1.0),
        ({"score": 1}, 1.0),
        ({"text": "", "score": 0.25, "usage": {"input_tokens": 3, "output_tokens": 4}}, 0.25),
    ],
)
def test_quality_is_correct_or_the_score(
    answer: dict[str, Any], quality: float, tmp_path: Path
) -> None:
    [row] = read_rows([written(tmp_path / "r.jsonl", answer_with(**answer))])
    assert row.answers["m"].quality == quality


@pytest.mark.parametrize("answer", [{"score": None}, {"correct": None}])
def test_an_answer_that_is_not_graded_has_no_quality(
    answer: dict[str, Any], tmp_path: Path
) -> None:
    [row] = read_rows([written(tmp_path / "r.jsonl", answer_with(text="x", **answer))])
    assert not row.graded_by("m")
    with pytest.raises(RecordingError):
        _ = row.answers["m"].quality


def test_other_keys_of_an_answer_are_tolerated_and_never_shown(tmp_path: Path) -> None:
    usage = {"input_tokens": 3, "output_tokens": 4, "total_tokens": 7}
    row = answer_with(text="x", correct=True, final="18", usage=usage)
    [read] = read_rows([written(tmp_path / "r.jsonl", row)])
    assert not hasattr(read.answers["m"], "final")
    assert "final" not in read.model_dump_json()
    assert read.answers["m"].usage == Usage(input_tokens=3, output_tokens=4)


def test_a_classification_is_read_and_its_other_keys_are_left_out(tmp_path: Path) -> None:
    path = written(tmp_path / "r.jsonl", classified_as(reasoning="easy"), row_with(id="2"))
    first, second = read_rows([path])
    assert first.classification == RecordedClassification(
        complexity=Tier.SIMPLE, estimated_tokens=60
    )
    assert "easy" not in first.model_dump_json()
    assert second.classification is None


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("{", "Invalid JSON: EOF"),
        ("[]", "should be an object"),
        (f'{{"id": "{SECRET}', "Invalid JSON: EOF"),
        (row_with(promt=SECRET), "promt: Extra inputs are not permitted"),
        (row_with(**{f"{SECRET}! " * 9: 1}), "…: Extra inputs"),
        (row_with(id=...), "id: Field required"),
        (row_with(id=""), "id: "),
        (row_with(prompt=...), "either prompt or messages"),
        (row_with(messages=[{"role": "user", "content": SECRET}]), "either prompt or messages"),
        (row_with(prompt=""), "prompt: "),
        (row_with(prompt=..., messages=[]), "messages: "),
        (row_with(prompt=..., messages=[{"role": SECRET, "content": ""}]), "messages.0.role: "),
        (row_with(answers=...), "answers: Field required"),
        (answer_with(text=SECRET), "answers.m: needs either correct or score"),
        (answer_with(correct=True, score=1), "answers.m: needs either correct or score"),
        (answer_with(text=SECRET, corect=True), "answers.m: needs either correct or score"),
        (answer_with(correct="yes"), "answers.m.correct: "),
        (answer_with(correct=1), "answers.m.correct: "),
        (answer_with(score=True), "answers.m.score: "),
        (answer_with(score=1.5), "answers.m.score: "),
        (answer_with(score=float("nan")), "answers.m.score: "),
        (answer_with(correct=True, text=5), "answers.m.text: "),
        (answer_with(correct=True, usage={"input_tokens": 1}), "answers.m.usage.output_tokens: "),
        (answer_with(correct=True, logprob=0.5), "answers.m.logprob: "),
        (answer_with(correct=True, finish_reason=SECRET), "answers.m.finish_reason: "),
        (row_with(failed={"m": SECRET}), "failed.m: "),
        (row_with(classification=SECRET), "classification: "),
        (classified_as(complexity=SECRET), "classification.complexity: "),
        (classified_as(complexity=...), "classification.complexity: Field required"),
        (classified_as(estimated_tokens=...), "classification.estimated_tokens: Field required"),
        (classified_as(estimated_tokens="60"), "classification.estimated_tokens: "),
        (classified_as(estimated_tokens=60.0), "classification.estimated_tokens: "),
        (classified_as(estimated_tokens=0), "classification.estimated_tokens: "),
        (row_with(grader=SECRET), "grader: names no grader; there are exact, numeric"),
        (row_with(grader="exact"), "the grader exact needs a reference"),
        (row_with(grader="numeric", reference=SECRET), "needs a number"),
        (row_with(grader="regex", reference="(a"), "unclosed group"),
        (row_with(grader="regex", reference=7), "needs a regular expression"),
        (row_with(grader="json_schema", reference={"type": SECRET}), "not a JSON schema: see $"),
        (row_with(grader="json_schema", reference={"pattern": "(?=a)"}), "look-around"),
        (row_with(grader="json_schema", reference={"patternProperties": {}}), "not supported"),
        (row_with(grader="json_schema", reference="x"), "needs a JSON schema"),
        (row_with(grader="unit_test"), "command: Field required"),
        (row_with(grader={"name": "unit_test", "command": []}), "command: "),
        (row_with(grader={"name": "unit_test", "command": ["a"]}, reference=[1]), "text of a test"),
        (row_with(grader={"name": "llm_judge", "modle": "x"}), "modle: Extra inputs"),
    ],
)
def test_a_row_that_does_not_fit_is_named_by_file_line_and_reason_but_not_quoted(
    row: object, reason: str, tmp_path: Path
) -> None:
    path = written(tmp_path / "r.jsonl", {**GOOD, "id": "0"}, "", row)
    with pytest.raises(RecordingError) as refused:
        read_rows([path])
    message = str(refused.value)
    assert message.startswith(f"{path}:3: ")
    assert reason in message
    assert SECRET not in message
    assert refused.value.__cause__ is None


def test_bytes_that_are_not_text_are_refused_with_their_line(tmp_path: Path) -> None:
    path = tmp_path / "r.jsonl"
    path.write_bytes(json.dumps(GOOD).encode() + b'\n{"id": "\xff"}')
    with pytest.raises(RecordingError, match=r":2: Invalid JSON"):
        read_rows([path])


def test_an_id_that_comes_twice_in_a_dataset_is_refused(tmp_path: Path) -> None:
    first = written(tmp_path / "a.jsonl", GOOD, {**GOOD, "dataset": "another"})
    second = written(tmp_path / "b.jsonl", {**GOOD, "id": 1})
    assert len(read_rows([first])) == 2
    with pytest.raises(RecordingError) as refused:
        read_rows([first, second])
    assert str(refused.value) == f"{second}:1: has the id and the dataset of {first}:1"


@pytest.mark.parametrize("kept", [0, 20, 60])
def test_a_broken_gzip_is_one_sentence(kept: int, tmp_path: Path) -> None:
    path = written(tmp_path / "r.jsonl.gz", *[{**GOOD, "id": n} for n in range(50)])
    path.write_bytes(b"x" * 9 if not kept else path.read_bytes()[:kept])
    with pytest.raises(RecordingError, match=r"r\.jsonl\.gz: broken gzip"):
        read_rows([path])


def test_a_missing_file_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match="No such file"):
        read_rows([tmp_path / "none.jsonl"])


def test_a_file_that_begins_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    path = tmp_path / "r.jsonl"
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps(GOOD).encode() + b"\r\n")
    assert len(read_rows([path])) == 1


def test_questions_are_read_with_answers_or_without(tmp_path: Path) -> None:
    path = written(tmp_path / "q.jsonl", GOOD, {"id": 2, "prompt": "Why?"})
    assert [question.id for question in read_questions(path)] == ["1", "2"]


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
TEXT = st.text(min_size=1)
ANSWERS = st.fixed_dictionaries(
    {"text": st.none() | st.text(), "score": st.none() | st.floats(0, 1)},
    optional={
        "usage": st.just({"input_tokens": 1, "output_tokens": 2}),
        "logprob": st.floats(-9, 0),
    },
)
ROWS = st.fixed_dictionaries(
    {"id": TEXT, "prompt": TEXT, "answers": st.dictionaries(st.text(), ANSWERS, max_size=2)},
    optional={
        "dataset": TEXT,
        "domain": st.text(),
        "reference": JSON,
        "failed": st.just({"m": "timeout"}),
        "classification": st.just({"complexity": "complex", "estimated_tokens": 9}),
        "grader": st.sampled_from(["llm_judge", {"name": "llm_judge", "criteria": "c"}]),
    },
)


@given(ROWS)
def test_what_is_written_is_read_back_as_it_was(content: dict[str, Any]) -> None:
    row = Row.model_validate(content)
    line = encoded(row)
    assert line.count(b"\n") == 1
    assert parsed(line, Row, "here") == row


@pytest.mark.parametrize("name", ["rows.jsonl", "rows.jsonl.gz"])
def test_equal_rows_make_equal_files(name: str, tmp_path: Path) -> None:
    rows = [Row.model_validate({**GOOD, "id": str(number)}) for number in range(3)]
    paths = tmp_path / name, tmp_path / f"again-{name}"
    for path in paths:
        write_rows(path, rows)
    assert read_rows([paths[0]]) == rows
    assert paths[0].read_bytes() == paths[1].read_bytes()
    assert (paths[0].read_bytes()[:2] == b"\x1f\x8b") == name.endswith(".gz")


@pytest.mark.parametrize("name", ["rows.jsonl", "rows.jsonl.gz"])
def test_a_write_that_fails_leaves_what_was_there(name: str, tmp_path: Path) -> None:
    path = written(tmp_path / name, GOOD)
    before = path.read_bytes()

    def rows() -> Iterator[Question]:
        yield Row.model_validate({**GOOD, "id": "new"})
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_rows(path, rows())
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_a_link_to_a_recording_stays_a_link(tmp_path: Path) -> None:
    target = written(tmp_path / "target.jsonl", GOOD)
    link = tmp_path / "link.jsonl"
    link.symlink_to(target)
    write_rows(link, [Row.model_validate({**GOOD, "id": "new"})])
    assert link.is_symlink()
    assert read_rows([target])[0].id == "new"


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared data is not on this machine")
@pytest.mark.parametrize(("name", "rows"), [("gsm", 825), ("crux", 488), ("mmlu", 8535)])
def test_the_data_that_the_router_was_measured_on_is_read(name: str, rows: int) -> None:
    read = read_rows([SHARED / f"{name}.jsonl.gz"])
    assert len(read) == rows
    assert all(answer.quality in {0.0, 1.0} for row in read for answer in row.answers.values())
    assert all(row.graded_by(*row.answers) for row in read)
