"""Shadow checks, from the caller's answer to the page that shows them."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from llmock.pytest_plugin import LLMock

from llm_router.domain.policy.policy import parse_policy
from llm_router.domain.policy.prices import worst_case_nano_usd
from llm_router.domain.tiers import Tier
from local.deployment import BUCKET, POLICY_KEY
from local.stack import LocalStack
from tests.support.local_models import LOCAL, local_model
from tests.support.stack_requests import ask, eventually

Json = dict[str, Any]
FIRST, STRONG = local_model(Tier.SIMPLE, "openai"), local_model(Tier.COMPLEX, "openai")
MOST_OF_A_DAY = worst_case_nano_usd(3_000, 400, LOCAL.models_by_id[STRONG].prices)
"""Enough to check a short question, of some hundred tokens, and not one of 2,000 words."""
CHECKING = f"""
[shadow]
share = 1.0
max_usd_per_day = {MOST_OF_A_DAY / 10**9}
"""
QUESTION = "What is 6 times 7, says the quokka-in-the-question?"
TOO_DEAR = f"{QUESTION} {'word ' * 2_000}"
"""Its check could cost more than the cap of a day."""
ANSWER = "The answer is 42, says the wombat-in-the-answer."
SECRETS = ("quokka-in-the-question", "wombat-in-the-answer")


@pytest.fixture(scope="module")
def checking(stack: LocalStack, client: httpx.Client) -> Iterator[None]:
    """The policy in force has every accepted answer checked, and nothing runs on a schedule."""
    events, s3 = stack.client("events"), stack.client("s3")
    for rule in events.list_rules()["Rules"]:
        events.disable_rule(Name=rule["Name"])
    before = s3.get_object(Bucket=BUCKET, Key=POLICY_KEY)["Body"].read()
    text = before.decode() + CHECKING
    version = parse_policy(text, "p").version
    s3.put_object(Bucket=BUCKET, Key=POLICY_KEY, Body=text.encode())
    assert eventually(lambda: client.get("/health").json()["policy"] == version, 60)
    yield
    s3.put_object(Bucket=BUCKET, Key=POLICY_KEY, Body=before)


def check(stack: LocalStack) -> Json:
    """What the deployed function returns for one run."""
    found = stack.client("cloudformation").describe_stack_resource(
        StackName=stack.settings.stack_name, LogicalResourceId="ShadowFunction"
    )
    name = found["StackResourceDetail"]["PhysicalResourceId"]
    ended = stack.client("lambda").invoke(FunctionName=name, Payload=b"{}")
    told: Json = json.loads(ended["Payload"].read())
    assert "FunctionError" not in ended, told
    return told


def stored(stack: LocalStack, prefix: str) -> dict[str, bytes]:
    """The ledger bucket's objects under a prefix."""
    s3, bucket = stack.client("s3"), stack.outputs["LedgerBucketName"]
    listed = s3.list_objects_v2(Bucket=bucket, Prefix=prefix).get("Contents", [])
    keys = [found["Key"] for found in listed]
    return {key: s3.get_object(Bucket=bucket, Key=key)["Body"].read() for key in keys}


def everything_logged(stack: LocalStack) -> str:
    """All log groups, and what the stack's processes wrote."""
    logs = stack.client("logs")
    lines = [
        event["message"]
        for group in logs.describe_log_groups()["logGroups"]
        for page in logs.get_paginator("filter_log_events").paginate(
            logGroupName=group["logGroupName"]
        )
        for event in page["events"]
    ]
    files = [file.read_text(errors="replace") for file in stack.settings.logs_dir.glob("*.log")]
    return "\n".join(lines + files)


def certified(stack: LocalStack, out: Path) -> tuple[str, Json]:
    """What the command prints about the stack's bucket, and the figures that it writes."""
    environment = {
        **os.environ, "AWS_ENDPOINT_URL": stack.settings.emulator_url, "COLUMNS": "200",
        "AWS_DEFAULT_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "k", "AWS_SECRET_ACCESS_KEY": "s",
    }  # fmt: skip
    command = [str(Path(sys.executable).parent / "llm-router-eval"), "certificate"]
    command += ["--bucket", stack.outputs["LedgerBucketName"], "--since", "2h"]
    command += ["--json", str(out / "figures.json"), "--report", str(out / "page.html")]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout, json.loads((out / "figures.json").read_text())


@dataclass(frozen=True)
class Checked:
    """Two answered requests and the two runs of the shadow function after them."""

    answered: Json
    too_dear: Json
    asked_while_waiting: int
    """Calls of providers before the first answer was there."""
    queued: set[str]
    first_run: Json
    asked: int
    """All calls of providers until the first run ended."""
    left: dict[str, bytes]
    second_run: Json
    results: dict[str, bytes]

    @property
    def request_id(self) -> str:
        return str(self.answered["router"]["request_id"])

    @property
    def result(self) -> Json:
        key = f"shadow-results/{self.request_id[:8]}/{self.request_id}.json"
        result: Json = json.loads(self.results[key])
        return result


@pytest.fixture(scope="module")
def checked(checking: None, stack: LocalStack, client: httpx.Client, mock: LLMock) -> Checked:
    """An accepted answer is checked, and one whose check is too dear is dropped."""
    mock.reset()
    mock.reply(ANSWER, times=None)
    answered = ask(client, QUESTION, request_type="extraction")
    asked_while_waiting = len(mock.requests)
    too_dear = ask(client, TOO_DEAR, request_type="extraction")
    queued = set(stored(stack, "shadow/"))
    first_run = check(stack)
    return Checked(
        answered=answered,
        too_dear=too_dear,
        asked_while_waiting=asked_while_waiting,
        queued=queued,
        first_run=first_run,
        asked=len(mock.requests),
        left=stored(stack, "shadow/"),
        second_run=check(stack),
        results=stored(stack, "shadow-results/"),
    )


def test_the_strong_model_is_not_asked_while_the_caller_waits(checked: Checked) -> None:
    assert checked.answered["choices"][0]["message"]["content"] == ANSWER
    assert [a["reason"] for a in checked.answered["router"]["attempts"]] == ["first"]
    assert checked.asked_while_waiting == 1


def test_every_accepted_answer_waits_for_its_check(checked: Checked) -> None:
    ids = [reply["router"]["request_id"] for reply in (checked.answered, checked.too_dear)]
    assert checked.queued == {f"shadow/{request_id}.json" for request_id in ids}


def test_a_check_over_the_cap_of_the_day_is_dropped_and_not_asked(checked: Checked) -> None:
    run = checked.first_run
    assert (run["compared"], run["over_cap"], run["failed"]) == (1, 1, 0)
    assert checked.asked == 3, "two answers and one check"


def test_each_check_is_made_once(checked: Checked) -> None:
    assert checked.left == {}
    assert sum(checked.second_run.values()) == 0


def test_the_result_names_both_models_and_says_that_they_agree(checked: Checked) -> None:
    result = checked.result
    assert (result["outcome"], result["agreement"], result["comparable"]) == ("compared", 1, True)
    assert (result["first_model"], result["strong_model"]) == (FIRST, STRONG)


def test_the_spend_of_the_day_is_that_of_its_check_and_below_the_cap(checked: Checked) -> None:
    (spend,) = (
        json.loads(body)
        for key, body in checked.results.items()
        if key.startswith("shadow-results/spend/")
    )
    cost = checked.result["cost_nano_usd"]
    assert 0 < cost <= MOST_OF_A_DAY
    assert spend == {"day": spend["day"], "nano_usd": cost, "asked": 1, "over_cap": 1}


@pytest.mark.usefixtures("checked")
def test_neither_question_nor_answer_is_in_logs_or_results(stack: LocalStack) -> None:
    assert eventually(lambda: "shadow checks finished" in everything_logged(stack), 30)
    kept = stored(stack, "").values()
    written = everything_logged(stack) + "\n".join(body.decode() for body in kept)
    for secret in SECRETS:
        assert secret not in written


def test_the_certificate_shows_the_checks_and_their_cost(
    stack: LocalStack, checked: Checked, tmp_path: Path
) -> None:
    printed, figures = certified(stack, tmp_path)
    checks = figures["checks"]
    assert (checks["compared"], checks["over_cap"], checks["failed"]) == (1, 1, 0)
    assert figures["money"]["checks_nano_usd"] == checked.result["cost_nano_usd"]
    assert figures["quality"]["strong model agrees"]["observed"] == 1
    assert "1 were compared with the strong model's" in printed
    assert "because of the day's cap" in printed
    assert "strong model agrees" in (tmp_path / "page.html").read_text()
