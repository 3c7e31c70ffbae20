"""Shadow checks, from the caller's answer to the page that shows them."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from llmock.pytest_plugin import LLMock

from llm_router.domain.policy.policy import parse_policy
from local.deployment import BUCKET, POLICY_KEY, STACK_NAME
from local.stack import LocalStack

from .test_api import ask, eventually

Json = dict[str, Any]
CHECKING = """
[shadow]
share = 1.0
max_usd_per_day = 0.02
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
        StackName=STACK_NAME, LogicalResourceId="ShadowFunction"
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


@pytest.mark.usefixtures("checking")
def test_an_accepted_answer_is_checked_afterwards_and_the_certificate_shows_it(
    stack: LocalStack, client: httpx.Client, mock: LLMock, tmp_path: Path
) -> None:
    mock.reply(ANSWER, times=None)
    answered = ask(client, QUESTION, request_type="extraction")
    request_id = answered["router"]["request_id"]
    assert answered["choices"][0]["message"]["content"] == ANSWER
    assert [a["reason"] for a in answered["router"]["attempts"]] == ["first"]
    assert len(mock.requests) == 1, "the strong model was asked while the caller waited"
    dear = ask(client, TOO_DEAR, request_type="extraction")["router"]["request_id"]
    assert set(stored(stack, "shadow/")) == {f"shadow/{i}.json" for i in (request_id, dear)}

    done = check(stack)

    assert (done["compared"], done["over_cap"], done["failed"]) == (1, 1, 0)
    assert len(mock.requests) == 3, "the dropped check was asked too, or none was"
    assert stored(stack, "shadow/") == {}
    day = request_id[:8]
    result = json.loads(stored(stack, "shadow-results/")[f"shadow-results/{day}/{request_id}.json"])
    assert (result["outcome"], result["agreement"], result["comparable"]) == ("compared", 1, True)
    assert (result["first_model"], result["strong_model"]) == ("local-small-a", "local-large-a")
    assert 0 < result["cost_nano_usd"] <= 20_000_000
    (spend,) = stored(stack, "shadow-results/spend/").values()
    booked = {"nano_usd": result["cost_nano_usd"], "asked": 1, "over_cap": 1}
    assert json.loads(spend) == {"day": json.loads(spend)["day"], **booked}
    assert sum(check(stack).values()) == 0

    assert eventually(lambda: "shadow checks finished" in everything_logged(stack), 30)
    kept = stored(stack, "").values()
    written = everything_logged(stack) + "\n".join(body.decode() for body in kept)
    for secret in SECRETS:
        assert secret not in written

    printed, figures = certified(stack, tmp_path)
    checks = figures["checks"]
    assert (checks["compared"], checks["over_cap"], checks["failed"]) == (1, 1, 0)
    assert figures["money"]["checks_nano_usd"] == result["cost_nano_usd"]
    assert figures["quality"]["strong model agrees"]["observed"] == 1
    assert "1 were compared with the strong model's" in printed
    assert "because of the day's cap" in printed
    assert "strong model agrees" in (tmp_path / "page.html").read_text()
