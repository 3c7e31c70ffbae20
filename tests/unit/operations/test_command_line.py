"""The command `llm-router`: help, errors, exit codes, JSON, and what it imports."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command
from typer.testing import CliRunner, Result

from evaluation.cli import COMMANDS
from evaluation.cli import app as evaluation_app
from llm_router.adapters.policy_files import packaged_policy, packaged_policy_text
from llm_router.domain.policy.policy import parse_policy
from operations.cli import GROUPS, app
from operations.command_line import Lazy, _with_json_target
from tests.support.policies import POLICY_TEXT
from tests.support.recorded_rows import CHEAP, STRONG, generated_rows

NOWHERE = {
    "AWS_ENDPOINT_URL": "http://127.0.0.1:9", "AWS_MAX_ATTEMPTS": "1",
    "AWS_EC2_METADATA_DISABLED": "true", "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_ACCESS_KEY_ID": "k", "AWS_SECRET_ACCESS_KEY": "s", "AWS_PROFILE": None,
    "AWS_CONFIG_FILE": "/nowhere", "AWS_SHARED_CREDENTIALS_FILE": "/nowhere",
}  # fmt: skip
HEAVY = {"evaluation", "matplotlib", "numpy", "openai", "anthropic"}


def run(*words: object, **environment: str | None) -> Result:
    return CliRunner(env={**NOWHERE, **environment}).invoke(app, list(map(str, words)))


def one_sentence(ended: Result, *told: str) -> None:
    assert (ended.exit_code, ended.stdout) == (2, "")
    assert re.fullmatch(r"error: [^\n]+\n", ended.stderr), ended.stderr
    assert all(part in ended.stderr for part in told), ended.stderr


def commands() -> Iterator[tuple[str, ...]]:
    """The words that call each command there is."""
    yield ()
    for name, lazy in GROUPS.items():
        yield (name,)
        group: Any = lazy.loaded(name)
        yield from ((name, inner) for inner in getattr(group, "commands", ()))


@pytest.mark.parametrize("words", list(commands()), ids=" ".join)
def test_every_command_explains_itself_within_80_columns(words: tuple[str, ...]) -> None:
    shown = run(*words, "--help", COLUMNS="80", NO_COLOR="1")
    assert (shown.exit_code, shown.stderr) == (0, "")
    assert f"Usage: root {' '.join(words)}".strip() in shown.stdout or words == ()
    assert all(len(line) <= 80 for line in shown.stdout.splitlines())
    assert "\x1b" not in shown.stdout
    if words and "Commands" not in shown.stdout:
        assert "Examples:" in shown.stdout
        assert f"llm-router {' '.join(words)}" in " ".join(shown.stdout.split())


@pytest.mark.parametrize(("name", "lazy"), [*GROUPS.items(), *COMMANDS.items()])
def test_a_list_of_commands_says_of_each_what_its_own_help_says(name: str, lazy: Lazy) -> None:
    assert lazy.loaded(name).help.splitlines()[0] == lazy.help


def test_both_names_of_the_evaluation_have_the_same_commands() -> None:
    group: Any = GROUPS["eval"].loaded("eval")
    other: Any = get_command(evaluation_app)
    assert list(group.commands) == list(other.commands) == list(COMMANDS)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("kys",), ("No such command 'kys'", "'keys'", "see root --help")),
        (("--colour",), ("No such option: --colour",)),
        (("keys", "lst"), ("No such command 'lst'", "see root keys --help")),
        (("keys", "list"), ("Missing option '--table'", "see root keys list --help")),
        (("keys", "list", "--tabel", "t"), ("No such option: --tabel", "--table")),
        (("keys", "list", "--table"), ("--table",)),
        (("keys", "create", "--table", "t", "--tenant", " "), ("'--tenant'",)),
        (
            ("keys", "create", "--table", "t", "--tenant", "a", "--expires-in-days", "x"),
            ("'--expires-in-days'",),
        ),
        (("keys", "revoke", "--table", "t"), ("'KEY_ID'",)),
        (("keys", "revoke", "lr-secret", "--table", "t"), ("'KEY_ID'", "is a key itself")),
        (("keys", "alias", "key-1", "best", "--table", "t"), ("'NAME=TARGET'", "best")),
        (("keys", "alias", "key-1", "gpt-*=auto", "--table", "t"), ("no wildcards",)),
        (("keys", "list", "--table", "t", "--json=none/out"), ("none/out: its directory",)),
        (("doctor", "--stack", "s"), ("--stack s: AWS cannot be reached: ",)),
        (("doctor", "--stack", "s", "--only", "x"), ("'--only'", "no check x; one of stack,")),
        (("doctor", "--stack", "s", "--spend", "-1"), ("'--spend'",)),
        (("doctor", "--stack", "s", "--report", "none/r"), ("none/r: its directory",)),
        (("teardown",), ("Missing option '--stack'", "see root teardown --help")),
        (("teardown", "--stack", "s", "--yes"), ("--stack s: AWS cannot be reached: ",)),
        (("policy", "check", "/nowhere.toml"), ("/nowhere.toml: No such file",)),
        (("policy", "check", "/"), ("/: Is a directory",)),
        (("policy", "show", "/"), ("/: Is a directory",)),
        (("eval", "certificate", "--bucket", "b", "--since", "7"), ("'--since'", "'7'")),
        (("eval", "replay", "/none", "--cheap", "a", "--strong", "b"), ("/none: No such file",)),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_one_sentence_that_names_it(
    words: tuple[str, ...], told: tuple[str, ...]
) -> None:
    ended = run(*words)
    one_sentence(ended, *told)
    assert "lr-secret" not in ended.stderr


@pytest.mark.parametrize(
    ("environment", "told"),
    [
        ({}, "--table t: AWS cannot be reached: "),
        ({"AWS_ACCESS_KEY_ID": None}, "--table t: no AWS credentials were found; set AWS_PROFILE"),
        ({"AWS_DEFAULT_REGION": None}, "--table t: no AWS region is set; set AWS_DEFAULT_REGION"),
        ({"AWS_PROFILE": "mine"}, "AWS_PROFILE mine: there is no such profile"),
        ({"AWS_ENDPOINT_URL": "nonsense"}, "AWS_ENDPOINT_URL"),
    ],
)
def test_an_aws_that_cannot_be_used_is_one_sentence(
    environment: dict[str, str | None], told: str
) -> None:
    environment = {
        "AWS_SECRET_ACCESS_KEY": environment.get("AWS_ACCESS_KEY_ID", "s"),
        **environment,
    }
    one_sentence(run("keys", "list", "--table", "t", **environment), told)


def test_policies_are_checked_with_file_key_and_reason(tmp_path: Path) -> None:
    good, bad, worse = (tmp_path / f"{name}.toml" for name in ("good", "bad", "worse"))
    good.write_text(POLICY_TEXT)
    bad.write_text(POLICY_TEXT.replace("threshold = 0.5", "threshold = 5", 1))
    rule = '[[rules]]\nname = "one"\nwhen.feature.equals = "x"\nthen.tier = "simple"\n'
    worse.write_text(POLICY_TEXT + rule + rule)
    assert "ok, version" in run("policy", "check", good).stdout
    ended = run("policy", "check", bad, good, worse)
    assert ended.exit_code == 2
    assert ended.stdout.startswith(f"{good}: ok")
    first, second = ended.stderr.splitlines()
    assert first.startswith(f"error: {bad}: tiers.simple.threshold: ")
    assert second == f"error: {worse}: rules.one: two rules have this name"


def test_a_policy_is_warned_of_what_does_nothing(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    rule = '[[rules]]\nname = "{}"\nwhen.feature.equals = "x"\nthen.tier = "simple"\n'
    text = POLICY_TEXT.replace("[steering]", "[steering]\nenabled = true")
    file.write_text(text + rule.format("one") + rule.format("two"))
    told = run("policy", "check", file)
    assert (told.exit_code, told.stderr) == (0, "")
    ok, retired, never = told.stdout.splitlines()
    assert ok.startswith(f"{file}: ok, version ")
    assert retired.startswith(f"warning: {file}: steering.enabled: is ignored: ")
    assert never == (
        f"warning: {file}: rules.two.when: can never match: rule 'one' before it matches "
        "whatever it would match"
    )
    strictly = run("policy", "check", "--strict", file, "--json")
    assert strictly.exit_code == 1
    (result,) = json.loads(strictly.stdout)
    assert result["ok"] is True
    assert [f"warning: {file}: {warning}" for warning in result["warnings"]] == [retired, never]
    file.write_text(POLICY_TEXT)
    assert run("policy", "check", "--strict", file).exit_code == 0


def test_the_packaged_policy_can_be_printed_checked_and_shown(tmp_path: Path) -> None:
    printed = run("policy", "default").stdout
    assert printed == packaged_policy_text("default")
    (tmp_path / "mine.toml").write_text(printed)
    shown = run("policy", "show", tmp_path / "mine.toml").stdout
    policy = parse_policy(printed, "default")
    for model in policy.models:
        line = next(row for row in shown.splitlines() if row.strip().startswith(f"{model.id} "))
        assert model.provider in line
    assert all(rule.name in shown for rule in policy.rules)
    assert "\x1b" not in shown


@pytest.mark.parametrize("words", [("--json",), ("--json=-",), ("--json", "-")])
def test_json_on_stdout_is_json_and_nothing_else(words: tuple[str, ...]) -> None:
    shown = run("policy", "show", *words)
    assert (shown.exit_code, shown.stderr) == (0, "")
    assert json.loads(shown.stdout)["default_tier"] == packaged_policy().default_tier
    checked = run("policy", "check", "/nowhere.toml", *words)
    assert checked.exit_code == 2
    assert json.loads(checked.stdout)[0]["ok"] is False


@pytest.mark.parametrize("bare", [True, False])
def test_an_evaluations_json_goes_to_stdout_or_beside_the_tables(
    bare: bool, tmp_path: Path
) -> None:
    data, out = tmp_path / "data.jsonl", tmp_path / "out.json"
    data.write_text("".join(json.dumps(row) + "\n" for row in generated_rows(10)))
    words = ["eval", "replay", data, "--cheap", CHEAP, "--strong", STRONG, "--json"]
    shown = run(*words) if bare else run(*words, out)
    assert shown.exit_code == 0
    text = shown.stdout if bare else out.read_text()
    assert json.loads(text)["n"] == 10
    assert ("quality kept %" in shown.stdout) is not bare


@pytest.mark.parametrize(
    ("words", "spelled"),
    [
        (["--json"], ["--json=-"]),
        (["a", "--json", "--table", "t"], ["a", "--json=-", "--table", "t"]),
        (["--json", "out", "--seed", "1"], ["--json", "out", "--seed", "1"]),
        (["--json=out", "a"], ["--json=out", "a"]),
        (["--json", "-"], ["--json", "-"]),
        (["--", "--json"], ["--", "--json"]),
    ],
)
def test_a_bare_json_option_means_stdout(words: list[str], spelled: list[str]) -> None:
    assert _with_json_target(words) == spelled


def loaded_by(*words: str, blocked: str = "") -> tuple[int, set[str], str]:
    """What the command imports in a process of its own: code, modules, stderr."""
    code = (
        f"import sys; [sys.modules.__setitem__(name, None) for name in {blocked.split()!r}]\n"
        "from operations.cli import app\n"
        "try: app(prog_name='llm-router')\n"
        "finally: print('\\nmodules', *sys.modules, file=sys.stderr)"
    )
    environment = {**os.environ, **{n: v for n, v in NOWHERE.items() if v is not None}}
    environment.pop("AWS_PROFILE", None)
    ended = subprocess.run(
        [sys.executable, "-c", code, *words],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    said, _, modules = ended.stderr.rpartition("\nmodules ")
    return ended.returncode, {name.partition(".")[0] for name in modules.split()}, said


@pytest.mark.parametrize(
    ("words", "unneeded"),
    [
        (("--help",), HEAVY | {"boto3", "botocore", "redis"}),
        (("--version",), HEAVY | {"boto3", "botocore", "redis"}),
        (("keys", "create", "--help"), HEAVY | {"boto3", "botocore", "redis"}),
        (("keys", "list", "--table", "t"), HEAVY | {"redis"}),
        (("policy", "check", "none.toml"), HEAVY | {"redis"}),
        (("doctor", "--help"), HEAVY | {"boto3", "botocore", "httpx2", "redis"}),
        (("doctor", "--stack", "s"), HEAVY | {"redis"}),
        (("teardown", "--help"), HEAVY | {"boto3", "botocore", "redis"}),
        (("eval", "--help"), {"boto3", "jsonata", "matplotlib", "numpy", "openai", "anthropic"}),
        (("eval", "certificate", "--help"), {"jsonata", "matplotlib", "openai", "anthropic"}),
        (("eval", "collect", "--help"), {"matplotlib", "openai", "anthropic"}),
    ],
)
def test_a_command_imports_no_more_than_it_needs(
    words: tuple[str, ...], unneeded: set[str]
) -> None:
    _, modules, _ = loaded_by(*words)
    assert "operations" in modules
    assert not modules & unneeded


def test_without_the_extra_the_evaluation_says_what_to_install() -> None:
    code, _, said = loaded_by("eval", "replay", "--help", blocked="jsonata")
    assert code == 2
    assert said == (
        "error: this command needs jsonata: install it with pip install 'llm-router[eval]'\n"
    )
    assert loaded_by("eval", "--help", blocked="jsonata jsonschema tomlkit matplotlib")[0] == 0


def test_a_reader_that_goes_away_ends_the_command_quietly() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    for words in (("policy", "default"), ("policy", "show"), ("--help",)):
        ended = subprocess.run(
            [sys.executable, "-m", "operations", *words],
            stdout=writing, stderr=subprocess.PIPE, text=True, check=False,
        )  # fmt: skip
        assert (ended.returncode, ended.stderr) == (141, "")
    os.close(writing)


def test_a_fault_of_the_program_keeps_its_traceback() -> None:
    assert isinstance(run_broken().exception, ZeroDivisionError)


def run_broken() -> Result:
    from operations.command_line import command, group

    broken = group("Break.")

    @command(broken, "now")
    def now() -> None:
        """Break."""
        raise ZeroDivisionError

    @command(broken, "later")
    def later() -> None:
        """Interrupt."""
        raise KeyboardInterrupt

    interrupted = CliRunner().invoke(broken, ["later"])
    assert (interrupted.exit_code, interrupted.stderr) == (130, "error: interrupted\n")
    return CliRunner().invoke(broken, ["now"])


def test_exit_codes_are_in_the_help() -> None:
    shown = run("--help").stdout
    assert all(re.search(rf"^ *{code}  ", shown, re.MULTILINE) for code in (0, 1, 2, 3, 130, 141))
