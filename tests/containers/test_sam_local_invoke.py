"""Every function with every event, in containers as `sam local` runs them."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config

from local.invoke import event_text, has_engine, invoke, lambda_service
from local.settings import ROOT, StackSettings, free_ports
from local.stack import LocalStack

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not has_engine(), reason="no container engine (Docker or Podman) answers"),
]
Json = dict[str, Any]
EVENTS = ROOT / "events"
IMAGE_IS_THERE = "--skip-pull-image"


@pytest.fixture(scope="session")
def local_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalStack]:
    """The stack as `make up` starts it, with the real model."""
    settings = StackSettings(state_dir=tmp_path_factory.mktemp("invoke"), ports=free_ports())
    stack = LocalStack(replace(settings, alarm_period_seconds=1))
    stack.up()
    yield stack
    stack.down()


@pytest.fixture(scope="session")
def service(local_stack: LocalStack) -> Iterator[Any]:
    """A client of Lambda whose functions run in containers, each of which takes many events."""
    with lambda_service(local_stack, IMAGE_IS_THERE) as url:
        yield boto3.client(
            "lambda",
            endpoint_url=url,
            region_name="us-east-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",
            config=Config(read_timeout=120, retries={"total_max_attempts": 1}),
        )


Run = Callable[[str, str], Json]


@pytest.fixture(scope="session")
def run(local_stack: LocalStack, service: Any) -> Run:
    """Run a function with a file of `events/`."""

    def run(function: str, event: str) -> Json:
        text = event_text(local_stack, EVENTS / f"{event}.json")
        done = service.invoke(FunctionName=function, Payload=text.encode())
        reply: Json = json.loads(done["Payload"].read())
        assert "FunctionError" not in done, reply
        return reply

    return run


@pytest.mark.parametrize(
    ("function", "event", "key"),
    [
        ("RouteFunction", "route-chat", "statusCode"),
        ("InvokeModelFunction", "invoke-answer-anthropic", "outcome"),
    ],
)
def test_sam_local_invoke_runs_a_function_with_an_event(
    local_stack: LocalStack, function: str, event: str, key: str
) -> None:
    done = invoke(local_stack, function, EVENTS / f"{event}.json", IMAGE_IS_THERE)
    assert done.returncode == 0, done.stderr[-2000:]
    reply: Json = json.loads(done.stdout.strip().splitlines()[-1])
    assert key in reply
    assert reply.get("statusCode", 200) == 200


@pytest.mark.parametrize(
    ("event", "status", "key"),
    [
        ("route-chat", 200, "choices"),
        ("route-chat-tools", 400, "error"),
        ("route-messages", 200, "content"),
        ("route-messages-bad-input", 400, "error"),
        ("route-responses", 200, "output"),
        ("route-count-tokens", 200, "input_tokens"),
        ("route-outage", 200, "choices"),
        ("route-decision", 200, "router"),
        ("route-bad-input", 400, "error"),
        ("route-models", 200, "data"),
        ("route-model", 200, "id"),
        ("route-openapi", 200, "paths"),
        ("route-health", 200, "status"),
    ],
)
def test_route_answers(run: Run, event: str, status: int, key: str) -> None:
    reply = run("RouteFunction", event)
    body = json.loads(reply["body"])
    assert reply["statusCode"] == status, body
    assert body[key]
    if key == "choices":
        assert body["choices"][0]["message"]["content"]
    if key == "content":
        assert body["content"][0]["text"]
    if key == "output":
        assert body["output"][-1]["content"][0]["text"]
    if event == "route-health":
        assert body["cache"] == "up"


def test_route_shows_its_page(run: Run) -> None:
    reply = run("RouteFunction", "route-page")
    assert (reply["statusCode"], reply["body"][:15]) == (200, "<!doctype html>")


@pytest.mark.parametrize(
    ("event", "outcome"),
    [
        ("invoke-answer", "answered"),
        ("invoke-answer-anthropic", "answered"),
        ("invoke-classify", "answered"),
        ("invoke-unplugged", "unavailable"),
    ],
)
def test_invoke_model_calls_the_real_model(run: Run, event: str, outcome: str) -> None:
    reply = run("InvokeModelFunction", event)
    assert reply["outcome"] == outcome, reply
    if outcome == "unavailable":
        assert reply["attempt"]["failure"]["kind"] == "transient"
    else:
        assert reply["attempt"]["usage"]["output_tokens"] > 0


def test_invoke_model_compares_without_calling_anybody(run: Run) -> None:
    reply = run("InvokeModelFunction", "invoke-compare")
    assert (reply["outcome"], reply["comparison"]["agreement"]) == ("compared", 1.0)


def test_shadow_finds_nothing_to_check(run: Run) -> None:
    reply = run("ShadowFunction", "shadow-run")
    assert set(reply.values()) == {0}


def test_authorize_denies_an_unknown_key(run: Run) -> None:
    reply = run("AuthorizeFunction", "authorize-unknown-key")
    assert reply["policyDocument"]["Statement"][0]["Effect"] == "Deny"


def test_every_event_is_run_by_a_test() -> None:
    source = Path(__file__).read_text()
    assert [e.stem for e in EVENTS.glob("*.json") if f'"{e.stem}"' not in source] == []
