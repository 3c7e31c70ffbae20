"""Collecting through the real SDKs: resumed, capped, graded, and never paid for twice."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from evaluation.cli import app
from evaluation.collect.collect import Collected
from evaluation.collect.environment_keys import environment_keys
from evaluation.collect.recording_file import RecordingFile
from evaluation.collect.run import TOO_MANY_IN_A_ROW
from evaluation.dataset.recordings import RecordedClassification, Row, encoded, read_rows
from evaluation.errors import CollectError, RecordingError
from llm_router.adapters.providers.endpoints import endpoint_of
from llm_router.domain.outcome.failures import FailureKind, ProviderFailure
from llm_router.domain.policy.policy import parse_policy
from llm_router.domain.policy.prices import NANO_USD
from llm_router.domain.tiers import Tier
from local.settings import ROOT
from tests.support.collect_fixtures import (
    LARGE,
    SIMPLE,
    SMALL,
    ChargingResponder,
    ProgressLog,
    asks_to_classify,
    closing_clients,
    dataset,
    policy_at,
    policy_text,
    question_in,
    questions,
    right_answer,
    run_collect,
)
from tests.support.fake_provider_server import Call, ProviderServer, Reply, answer, serving
from tests.support.policies import POLICY_TEXT

JUDGE = "middle-a"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return questions(tmp_path / "data.jsonl", 6)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out.jsonl"


def rightly(call: Call) -> Reply:
    return answer(call, f"It is {right_answer(call)}.")


def test_every_model_is_asked_once_and_its_answer_graded(data: Path, out: Path) -> None:
    progress = ProgressLog()

    def respond(call: Call) -> Reply:
        return rightly(call) if call.model == SMALL else answer(call, "It is 3.", 20, 7)

    with serving(respond) as server:
        collected = run_collect(server, data, out, progress=progress)
    rows = {row.id: row for row in read_rows([out])}
    assert collected.complete
    assert (collected.answered, progress.answers, progress.advanced) == (12, 12, 12)
    assert [rows[f"q{n}"].answers[SMALL].quality for n in range(6)] == [1.0] * 6
    assert [rows[f"q{n}"].answers[LARGE].quality for n in range(6)] == [0, 0, 1, 0, 0, 0]
    given = rows["q2"].answers[LARGE]
    assert given.usage is not None
    assert (given.text, given.finish_reason) == ("It is 3.", "stop")
    assert (given.usage.input_tokens, given.usage.output_tokens) == (20, 7)
    assert rows["q2"].reference == 3
    assert collected.spent_usd == progress.spent_usd > 0
    assert sorted(path.name for path in out.parent.iterdir()) == ["data.jsonl", "out.jsonl"]


def test_what_is_recorded_is_not_asked_again(data: Path, out: Path) -> None:
    with serving(rightly) as server:
        charging = ChargingResponder(policy_at(server), 1, failing=False)
        server.respond = charging
        run_collect(server, data, out, [SMALL])
        again = run_collect(server, data, out, [SMALL])
        assert (again.answered, again.spent_usd) == (0, Decimal(0))
        more = run_collect(server, questions(data, 8), out)
    assert more.answered == 2 + 8
    assert set(charging.asked.values()) == {1}
    assert all(row.graded_by(SMALL, LARGE) for row in read_rows([out]))


@pytest.mark.parametrize("seed", range(6))
def test_the_bill_stays_below_the_cap_and_nothing_paid_for_is_lost(
    seed: int, tmp_path: Path
) -> None:
    data, out = questions(tmp_path / "data.jsonl", 25), tmp_path / "out.jsonl"
    cap = Decimal("0.08")
    runs: list[Collected] = []
    with serving(rightly) as server:
        charging = ChargingResponder(policy_at(server), seed)
        server.respond = charging
        while not runs or (not runs[-1].complete and len(runs) < 30):
            before = charging.bill.nano_usd
            runs.append(run_collect(server, data, out, max_cost_usd=cap, concurrency=8))
            billed = charging.bill.nano_usd - before
            assert billed <= runs[-1].spent_usd * NANO_USD <= cap * NANO_USD
    assert runs[-1].complete
    assert runs[0].stopped == "cost cap"
    assert sum(run.answered for run in runs) == 50
    assert all(row.graded_by(SMALL, LARGE) and not row.failed for row in read_rows([out]))


def test_a_cap_that_no_call_fits_asks_nothing(data: Path, out: Path) -> None:
    with serving(rightly) as server:
        collected = run_collect(server, data, out, max_cost_usd="0.0000001")
    assert (collected.answered, collected.left, collected.stopped) == (0, 12, "cost cap")
    assert read_rows([out]) == []


def test_money_that_calls_under_way_give_back_is_used(data: Path, out: Path) -> None:
    """A cap for the worst cases of two calls is enough for six that cost much less."""
    with serving(rightly) as server:
        alone = run_collect(server, questions(data, 1), out, [LARGE], max_cost_usd=1)
        worst_usd = Decimal("0.04")
        data = questions(data, 6)
        collected = run_collect(server, data, out, [LARGE], max_cost_usd=worst_usd, concurrency=6)
    assert alone.spent_usd * 6 < worst_usd
    assert collected.complete


def test_a_torn_last_line_is_dropped_with_a_notice_and_asked_again(data: Path, out: Path) -> None:
    progress = ProgressLog()
    with serving(rightly) as server:
        run_collect(server, data, out)
        content = out.read_bytes()
        for cut in (1, 5, 100, len(content.splitlines()[-1])):
            out.write_bytes(content[:-cut])
            collected = run_collect(server, data, out, progress=progress)
            assert collected.complete
            assert collected.answered == (0 if cut == 1 else 2)
            assert len(read_rows([out])) == 6
    assert sum("dropped" in notice for notice in progress.notices) == 3


@pytest.mark.parametrize("content", ["shopping list", '{"id": 1}\n{"id"', '{"a": 1}\nx'])
def test_a_file_that_is_no_recording_is_left_alone(content: str, data: Path, out: Path) -> None:
    out.write_text(content)
    with serving(rightly) as server, pytest.raises(RecordingError, match=r"out\.jsonl"):
        run_collect(server, data, out)
    assert out.read_text() == content
    assert not out.with_name("out.jsonl.changes").exists()


def test_failures_are_recorded_beside_the_answers_and_tried_again(data: Path, out: Path) -> None:
    with serving(rightly) as server:

        def respond(call: Call) -> Reply:
            return Reply(500) if call.model == SMALL else rightly(call)

        server.respond = respond
        first = run_collect(server, data, out)
        rows = read_rows([out])
        assert (first.answered, first.left) == (6, 6)
        assert first.failed == {FailureKind.TRANSIENT: 6}
        assert all(row.failed == {SMALL: FailureKind.TRANSIENT} for row in rows)
        assert all(set(row.answers) == {LARGE} for row in rows)
        server.respond = rightly
        second = run_collect(server, data, out)
    assert (second.answered, second.complete) == (6, True)
    assert all(row.graded_by(SMALL, LARGE) and not row.failed for row in read_rows([out]))


@pytest.mark.parametrize("headers", [{}, {"retry-after-ms": "2"}, {"retry-after": "0"}])
def test_a_rate_limit_is_waited_out(headers: dict[str, str], data: Path, out: Path) -> None:
    progress, refused = ProgressLog(), set[str]()

    def respond(call: Call) -> Reply:
        key = call.model + question_in(call)
        if key not in refused:
            refused.add(key)
            return Reply(429, headers=headers)
        return rightly(call)

    with serving(respond) as server:
        collected = run_collect(server, data, out, progress=progress)
    assert collected.complete
    assert sum("limits the rate" in notice for notice in progress.notices) == 12


@pytest.mark.parametrize(("after", "calls"), [("0", 4), ("3600", 1)])
def test_waiting_for_a_rate_limit_has_an_end(
    after: str, calls: int, tmp_path: Path, out: Path
) -> None:
    data, asked = questions(tmp_path / "data.jsonl", 1), list[Call]()

    def respond(call: Call) -> Reply:
        asked.append(call)
        return Reply(429, headers={"retry-after": after})

    with serving(respond) as server:
        collected = run_collect(server, data, out, [SMALL])
    assert len(asked) == calls
    assert collected.failed == {FailureKind.RATE_LIMITED: 1}


def test_a_call_that_hangs_is_booked_at_its_worst_case(tmp_path: Path, out: Path) -> None:
    data = questions(tmp_path / "data.jsonl", 1)
    with serving(lambda _: Reply(hang=True)) as server:
        collected = run_collect(server, data, out, [SMALL], timeout_seconds=0.3)
    assert collected.failed == {FailureKind.TIMEOUT: 1}
    assert collected.spent_usd > 0


def test_a_provider_that_is_down_is_not_asked_for_ever(tmp_path: Path, out: Path) -> None:
    data, asked = questions(tmp_path / "data.jsonl", 60), list[Call]()

    def respond(call: Call) -> Reply:
        asked.append(call)
        return Reply(503)

    with (
        serving(respond) as server,
        pytest.raises(CollectError, match=f"{TOO_MANY_IN_A_ROW} calls of {SMALL} have failed"),
    ):
        run_collect(server, data, out, [SMALL], concurrency=2)
    assert len(asked) <= TOO_MANY_IN_A_ROW + 1
    assert read_rows([out])


def test_a_prompt_that_a_model_cannot_hold_is_its_failure_alone(tmp_path: Path, out: Path) -> None:
    rows = [{"id": "long", "prompt": "word " * 100_000}, {"id": "short", "prompt": "1 + 1 = ?"}]
    with serving(rightly) as server:
        collected = run_collect(server, dataset(tmp_path / "d.jsonl", rows), out, ["old-mini-o"])
    assert collected.failed == {FailureKind.CONTEXT_WINDOW: 1}
    assert collected.answered == 1


def test_other_questions_are_not_mixed_into_a_recording(data: Path, out: Path) -> None:
    with serving(rightly) as server:
        run_collect(server, data, out)
        before = out.read_bytes()
        with pytest.raises(CollectError, match="something else under the id q0"):
            run_collect(server, questions(data, 6, prompt="2 + 2 = ?"), out)
    assert out.read_bytes() == before


def test_a_corrected_reference_grades_the_recorded_answers_again(data: Path, out: Path) -> None:
    with serving(rightly) as server:
        run_collect(server, data, out)
        again = run_collect(server, questions(data, 6, reference=1), out)
    assert (again.answered, again.spent_usd, again.complete) == (0, Decimal(0), True)
    rows = {row.id: row for row in read_rows([out])}
    assert [rows[f"q{n}"].answers[SMALL].quality for n in range(6)] == [1, 0, 0, 0, 0, 0]


def test_a_recording_gains_a_model_in_place(data: Path, out: Path) -> None:
    content = {"text": "2", "correct": True, "final": "2"}
    dataset(out, [{"id": "q", "prompt": "1 + 1 = ?", "answers": {"another": content}}])
    with serving(rightly) as server:
        run_collect(server, out, out, [SMALL])
    [row] = read_rows([out])
    assert set(row.answers) == {"another", SMALL}
    assert row.graded_by("another")
    assert not row.graded_by(SMALL)


def judged(call: Call, word: str) -> Reply:
    if call.model != JUDGE:
        return answer(call, "Because.")
    case = re.search(r'"case": "(\w+)"', call.body["system"])
    assert case is not None
    assert json.loads(question_in(call))["answer_to_grade"] == "Because."
    return answer(call, json.dumps({"case": case[1], "reason": "so", "verdict": word}))


def test_a_judge_grades_and_what_it_fails_to_grade_is_graded_later(
    tmp_path: Path, out: Path
) -> None:
    rows = [{"id": n, "prompt": f"Why {n}?", "grader": "llm_judge"} for n in range(3)]
    data = dataset(tmp_path / "data.jsonl", rows)
    with serving(lambda call: judged(call, "certainly correct")) as server:
        first = run_collect(server, data, out, [SMALL], judge=JUDGE)
        assert (first.answered, first.left, first.ungraded) == (3, 0, 3)
        assert not any(row.graded_by(SMALL) for row in read_rows([out]))
        server.respond = lambda call: judged(call, "partly")
        second = run_collect(server, data, out, [SMALL], judge=JUDGE)
    assert (second.answered, second.complete) == (0, True)
    assert [row.answers[SMALL].quality for row in read_rows([out])] == [0.5] * 3


def test_an_answer_whose_judge_the_cap_forbids_is_kept(tmp_path: Path, out: Path) -> None:
    row = {"id": 1, "prompt": "Why?", "grader": {"name": "llm_judge", "model": JUDGE}}
    data = dataset(tmp_path / "data.jsonl", [row])
    with serving(lambda call: judged(call, "correct")) as server:
        collected = run_collect(server, data, out, [SMALL], max_cost_usd="0.001")
    assert (collected.answered, collected.ungraded, collected.stopped) == (1, 1, "cost cap")
    assert read_rows([out])[0].answers[SMALL].text == "Because."


def classifying(call: Call) -> Reply:
    return answer(call, SIMPLE) if asks_to_classify(call) else rightly(call)


def test_the_cheapest_model_is_asked_the_routers_question_about_each_row(
    data: Path, out: Path
) -> None:
    asked, progress = list[Call](), ProgressLog()

    def respond(call: Call) -> Reply:
        if asks_to_classify(call):
            asked.append(call)
        return classifying(call)

    with serving(respond) as server:
        collected = run_collect(server, data, out, [LARGE], progress=progress, classify=True)
    assert collected.complete
    assert (collected.answered, progress.answers, progress.advanced) == (6, 12, 12)
    assert [call.model for call in asked] == [SMALL] * 6
    assert {json.loads(question_in(call))["request_to_judge"] for call in asked} == {
        f"{n} + 1 = ?" for n in range(6)
    }
    assert {call.most_output_tokens for call in asked} == {200}
    rows = read_rows([out])
    assert all(row.graded_by(LARGE) for row in rows)
    assert [row.classification for row in rows] == [
        RecordedClassification(complexity=Tier.SIMPLE, estimated_tokens=7)
    ] * 6
    assert "a sum" not in out.read_text()


def test_a_recording_is_classified_afterwards_and_only_once(data: Path, out: Path) -> None:
    with serving(classifying) as server:
        charging = ChargingResponder(policy_at(server), 1, failing=False)
        server.respond = charging.classifying
        run_collect(server, data, out, [SMALL])
        assert not any(row.classification for row in read_rows([out]))
        later = run_collect(server, data, out, [SMALL], classify=True)
        assert (later.answered, later.complete) == (0, True)
        assert later.spent_usd > 0
        again = run_collect(server, data, out, [SMALL], classify=True)
        assert again.spent_usd == 0
        run_collect(server, data, out)
    assert set(charging.asked.values()) == {1}
    rows = read_rows([out])
    assert all(row.classification and row.graded_by(SMALL, LARGE) for row in rows)


@pytest.mark.parametrize("reply", ["moderately complex", None])
def test_a_question_that_was_not_classified_keeps_its_answers_and_is_asked_again(
    reply: str | None, data: Path, out: Path
) -> None:
    def respond(call: Call) -> Reply:
        if not asks_to_classify(call):
            return rightly(call)
        return Reply(500) if reply is None else answer(call, reply)

    with serving(respond) as server:
        first = run_collect(server, data, out, [LARGE], classify=True)
        rows = read_rows([out])
        assert (first.left, first.ungraded, first.unclassified) == (0, 0, 6)
        assert first.failed == ({} if reply else {FailureKind.TRANSIENT: 6})
        assert all(row.graded_by(LARGE) and not row.failed for row in rows)
        assert not first.complete
        server.respond = classifying
        second = run_collect(server, data, out, [LARGE], classify=True)
    assert (second.answered, second.complete) == (0, True)
    assert all(row.classification and row.graded_by(LARGE) for row in read_rows([out]))


@pytest.mark.parametrize("seed", range(2))
def test_classifications_are_paid_for_under_the_same_cap(seed: int, out: Path) -> None:
    data, cap = questions(out.with_name("data.jsonl"), 20), Decimal("0.002")
    runs: list[Collected] = []
    with serving(classifying) as server:
        charging = ChargingResponder(policy_at(server), seed)
        server.respond = charging.classifying
        while not runs or (not runs[-1].complete and len(runs) < 60):
            before = charging.bill.nano_usd
            runs.append(run_collect(server, data, out, [SMALL], max_cost_usd=cap, classify=True))
            billed = charging.bill.nano_usd - before
            assert billed <= runs[-1].spent_usd * NANO_USD <= cap * NANO_USD
    assert runs[0].stopped == "cost cap"
    assert runs[-1].complete
    assert all(row.classification and row.graded_by(SMALL) for row in read_rows([out]))


def test_a_judge_that_fails_now_and_then_is_not_taken_for_gone(out: Path) -> None:
    """Only failures in a row end a run."""
    number = TOO_MANY_IN_A_ROW * 2 + 2
    data = questions(out.with_name("data.jsonl"), number)

    def respond(call: Call) -> Reply:
        if not asks_to_classify(call):
            return rightly(call)
        even = int(json.loads(question_in(call))["request_to_judge"].split()[0]) % 2 == 0
        return Reply(500) if even else answer(call, SIMPLE)

    with serving(respond) as server:
        collected = run_collect(server, data, out, [LARGE], concurrency=1, classify=True)
    assert collected.unclassified == number // 2 > TOO_MANY_IN_A_ROW


@pytest.mark.parametrize(
    ("row", "models", "options", "reason"),
    [
        ({}, [], {}, "name at least one model"),
        ({}, ["gpt-7"], {}, "the policy has no model gpt-7; it has small-a"),
        ({"grader": "llm_judge"}, [SMALL], {}, "choose one with --judge"),
        ({"grader": "llm_judge"}, [SMALL], {"judge": "gpt-7"}, "no model gpt-7"),
        ({"grader": {"name": "unit_test", "command": ["rm"]}}, [SMALL], {}, "would run rm"),
        (
            {"grader": {"name": "unit_test", "command": ["no-such"]}},
            [SMALL],
            {"allow_commands": True},
            "no command no-such",
        ),
    ],
)
def test_what_cannot_be_done_is_said_before_anything_is_asked(
    row: dict[str, Any],
    models: list[str],
    options: dict[str, Any],
    reason: str,
    out: Path,
) -> None:
    data = dataset(out.with_name("data.jsonl"), [{"id": 1, "prompt": "Why?", **row}])
    with serving(lambda _: Reply(500)) as server, pytest.raises(CollectError, match=reason):
        run_collect(server, data, out, models, **options)
    assert not out.exists()


def test_code_is_run_where_it_is_allowed(tmp_path: Path, out: Path) -> None:
    grader = {"name": "unit_test", "command": ["python3", "{answer}"]}
    data = dataset(tmp_path / "d.jsonl", [{"id": 1, "prompt": "Code?", "grader": grader}])
    with serving(lambda call: answer(call, "```python\nassert 1 + 1 == 2\n```")) as server:
        run_collect(server, data, out, [SMALL], allow_commands=True)
    assert read_rows([out])[0].answers[SMALL].quality == 1.0


def test_two_runs_do_not_write_one_recording(data: Path, out: Path) -> None:
    recording = RecordingFile(out, lambda _: None)
    with serving(rightly) as server, pytest.raises(CollectError, match=r"out\.jsonl: is being"):
        run_collect(server, data, out)
    recording.close()


def test_rows_changed_by_a_run_that_was_killed_are_found(data: Path, out: Path) -> None:
    with serving(rightly) as server:
        run_collect(server, data, out, [SMALL])
        changed = [
            row.model_copy(update={"answers": {**row.answers, LARGE: row.answers[SMALL]}})
            for row in read_rows([out])[:2]
        ]
        lines = b"".join(
            encoded(Row.model_validate(row.model_dump(exclude_unset=True))) for row in changed
        )
        out.with_name("out.jsonl.changes").write_bytes(lines + b'{"id":"q5","prom')
        collected = run_collect(server, data, out)
    assert collected.answered == 4
    assert all(row.graded_by(SMALL, LARGE) for row in read_rows([out]))


def test_a_key_goes_only_where_it_belongs() -> None:
    text = POLICY_TEXT.replace(
        '[providers.openai]\n', '[providers.my-host]\nbase_url = "https://models.example/v1"\n'
    ).replace('provider = "openai"', 'provider = "my-host"')  # fmt: skip
    environment = {
        "ANTHROPIC_API_KEY": "sk-a\n",
        "MY_HOST_API_KEY": "sk-m",
        "MY_HOST_BASE_URL": "https://models.example/v1",
    }
    policy = parse_policy(text, "test.toml")
    keys = environment_keys(policy, policy.providers, environment)
    vendor, host = "https://api.anthropic.com", environment["MY_HOST_BASE_URL"]
    its_vendor = endpoint_of("anthropic").vendor
    assert keys.key_for("anthropic", vendor, its_vendor) == "sk-a"
    assert keys.key_for("my-host", host, its_vendor) == "sk-m"
    for provider, place in (("anthropic", host), ("my-host", vendor)):
        with pytest.raises(ProviderFailure):
            keys.key_for(provider, place, its_vendor)
    assert "sk-" not in repr(keys)


@dataclass(frozen=True)
class Ended:
    """How the command ended."""

    exit_code: int
    output: str


def run(words: list[str]) -> Ended:
    """Run the command in this process."""

    def invoke() -> Ended:
        result = CliRunner().invoke(app, ["collect", *words])
        return Ended(result.exit_code, result.output)

    return closing_clients(invoke)


def arguments(
    server: ProviderServer, data: Path, out: Path, *more: str, cap: str = "1"
) -> list[str]:
    policy = out.with_name("policy.toml")
    policy.write_text(policy_text(server))
    models = ["--model", SMALL, "--model", LARGE]
    return [str(data), "--out", str(out), "--policy", str(policy), "--max-cost-usd", cap,
            *models, *more]  # fmt: skip


def test_the_command_says_how_far_it_came_and_what_is_left(data: Path, out: Path) -> None:
    with serving(rightly) as server:
        capped = run(arguments(server, data, out, cap="0.000001"))
        done = run(arguments(server, data, out))
    assert capped.exit_code == 3
    assert "0 answers recorded" in capped.output
    assert "left: 12 answers; run it again to go on" in capped.output
    assert done.exit_code == 0, done.output
    assert f"12 answers recorded in {out} for $0.00" in done.output
    assert "nothing is left" in done.output


def test_the_command_says_what_could_not_be_classified(data: Path, out: Path) -> None:
    def respond(call: Call) -> Reply:
        return answer(call, "hm") if asks_to_classify(call) else rightly(call)

    with serving(respond) as server:
        words = arguments(server, data, out, "--classify")
        some, server.respond = run(words), classifying
        done = run(words)
    assert some.exit_code == 3
    assert "12 answers and 6 classifications to get" in some.output
    assert "left: 6 classifications; run it again to go on" in some.output
    assert done.exit_code == 0, done.output


@pytest.mark.parametrize("status", [401, 403])
def test_a_wrong_key_is_one_clear_sentence(
    status: int, data: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = list[Call]()

    def respond(call: Call) -> Reply:
        asked.append(call)
        return Reply(status, {"error": {"message": "Incorrect API key: sk-wrong"}})

    monkeypatch.setenv("HOST_A_API_KEY", "sk-wrong")
    with serving(respond) as server:
        result = run(arguments(server, data, out, "--concurrency", "1"))
    assert result.exit_code == 2
    [sentence] = [line for line in result.output.splitlines() if line.startswith("error")]
    assert sentence == (
        f"error: host-a does not accept the key it was sent: check HOST_A_API_KEY (status {status})"
    )
    assert len(asked) == 1
    assert "sk-wrong" not in result.output + out.read_text()


@pytest.mark.parametrize(
    ("environment", "base_url", "sentence"),
    [
        ({}, None, "there is no key for openai: set OPENAI_API_KEY"),
        ({"OPENAI_API_KEY": "a b"}, None, "OPENAI_API_KEY holds characters that no key has"),
        (
            {"OPENAI_API_KEY": "sk-mine"},
            "https://models.example/v1",
            "sends openai's key to models.example: set OPENAI_BASE_URL to its base_url",
        ),
    ],
)
def test_a_key_that_is_missing_or_would_go_elsewhere_is_said(
    environment: dict[str, str],
    base_url: str | None,
    sentence: str,
    out: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    data = questions(out.with_name("data.jsonl"), 1)
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with serving(rightly) as server:
        words = arguments(server, data, out)
        policy = out.with_name("policy.toml")
        url = f'base_url = "{base_url}"\n' if base_url else ""
        text = policy.read_text().replace("host-o", "openai")
        policy.write_text(text.replace(f'base_url = "{server.url}/v1"\n', url))
        result = run(words)
    assert result.exit_code == 2
    assert sentence in result.output
    assert not any(value in result.output for value in environment.values())


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ('{"id": 1, "prompt": "Why?", "colour": "red"}', "data.jsonl:1: colour: Extra inputs"),
        (None, "No such file"),
    ],
)
def test_a_data_set_that_does_not_fit_is_one_sentence(
    content: str | None, sentence: str, data: Path, out: Path
) -> None:
    data.unlink() if content is None else data.write_text(content)
    with serving(rightly) as server:
        result = run(arguments(server, data, out))
    assert result.exit_code == 2
    assert sentence in result.output
    assert not out.exists()


@pytest.mark.parametrize("cap", ["-1", "much", "nan"])
def test_a_cap_must_be_an_amount(cap: str, data: Path, out: Path) -> None:
    with serving(rightly) as server:
        result = run(arguments(server, data, out, cap=cap))
    assert result.exit_code == 2


COMMAND = (
    "import signal; from evaluation.cli import app; "
    # A shell that starts pytest in the background would have the signal ignored.
    "signal.signal(signal.SIGINT, signal.default_int_handler); app()"
)


def signalled_at(
    call_number: int, wanted: signal.Signals, data: Path, out: Path, then: Callable[[Call], Reply]
) -> tuple[int, str, int]:
    """Collect in a process of its own that gets a signal during a call; status, words, calls."""
    counting, calls = threading.Lock(), list[Call]()
    process: subprocess.Popen[str]
    started, noticed = threading.Event(), threading.Event()
    said = ""

    def respond(call: Call) -> Reply:
        started.wait()
        with counting:
            calls.append(call)
            if len(calls) == call_number:
                os.kill(process.pid, wanted)
            late = len(calls) > call_number
        # Nothing later is answered before the process has noticed.
        return then(call) if not late or noticed.wait() else Reply(500)

    with serving(respond) as server:
        words = [sys.executable, "-c", COMMAND, "collect", *arguments(server, data, out)]
        words += ["--concurrency", "3", "--timeout-seconds", "20"]
        with subprocess.Popen(words, cwd=ROOT, stderr=subprocess.PIPE, text=True) as process:
            started.set()
            assert process.stderr is not None
            for line in process.stderr:
                said += line
                if "Ctrl-C again gives up" in line:
                    noticed.set()
            noticed.set()
    return process.returncode, said, len(calls)


def test_after_a_kill_it_goes_on_where_it_was(tmp_path: Path, out: Path) -> None:
    data = questions(tmp_path / "data.jsonl", 12)
    status, _, calls = signalled_at(11, signal.SIGKILL, data, out, rightly)
    assert status == -signal.SIGKILL
    with serving(rightly) as server:
        charging = ChargingResponder(policy_at(server), 1, failing=False)
        server.respond = charging
        collected = run_collect(server, data, out)
    assert collected.complete
    assert len(read_rows([out])) == 12
    lost = calls + sum(charging.asked.values()) - 24
    assert 0 <= lost <= 3 * 2, "more than the rows under way were asked again"


def test_ctrl_c_leaves_a_valid_file_with_all_that_was_paid_for(tmp_path: Path, out: Path) -> None:
    data = questions(tmp_path / "data.jsonl", 12)
    status, said, calls = signalled_at(8, signal.SIGINT, data, out, rightly)
    assert status == 130
    assert "run it again to go on" in said
    assert "Traceback" not in said
    recorded = sum(len(row.answers) for row in read_rows([out]))
    assert 8 <= recorded == calls < 24
    assert not out.with_name("out.jsonl.changes").exists()


def test_a_second_ctrl_c_does_not_wait(tmp_path: Path, out: Path) -> None:
    data = questions(tmp_path / "data.jsonl", 3)
    asked = threading.Event()

    def respond(call: Call) -> Reply:
        if question_in(call).startswith("0"):
            return rightly(call)
        asked.set()
        return Reply(hang=True)

    with serving(respond) as server:
        words = [sys.executable, "-c", COMMAND, "collect", *arguments(server, data, out)]
        words += ["--concurrency", "2", "--timeout-seconds", "600"]
        with subprocess.Popen(words, cwd=ROOT, stderr=subprocess.PIPE, text=True) as process:
            assert asked.wait(30)
            process.send_signal(signal.SIGINT)
            assert process.stderr is not None
            assert any("Ctrl-C again gives up" in line for line in process.stderr)
            process.send_signal(signal.SIGINT)
            assert "run it again to go on" in process.stderr.read()
    assert process.returncode == 130
    assert {row.id for row in read_rows([out])} <= {"q0"}
    assert not out.with_name("out.jsonl.changes").exists()
