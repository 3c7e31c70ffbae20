"""Every function with every event, in a container as `sam local invoke` runs it."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from local.invoke import has_engine, invoke
from local.settings import ROOT, StackSettings, free_ports
from local.stack import LocalStack

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not has_engine(), reason="no container engine (Docker or Podman) answers"),
]
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


def run(stack: LocalStack, function: str, event: str) -> dict[str, Any]:
    done = invoke(stack, function, EVENTS / f"{event}.json", IMAGE_IS_THERE)
    assert done.returncode == 0, done.stderr[-2000:]
    reply: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return reply


@pytest.mark.parametrize(
    ("event", "status", "key"),
    [
        ("route-chat", 200, "choices"),
        ("route-chat-tools", 400, "error"),
        ("route-messages", 200, "content"),
        ("route-messages-bad-input", 400, "error"),
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
def test_route_answers(local_stack: LocalStack, event: str, status: int, key: str) -> None:
    reply = run(local_stack, "RouteFunction", event)
    body = json.loads(reply["body"])
    assert reply["statusCode"] == status, body
    assert body[key]
    if key == "choices":
        assert body["choices"][0]["message"]["content"]
    if key == "content":
        assert body["content"][0]["text"]
    if event == "route-health":
        assert body["cache"] == "up"


def test_route_shows_its_page(local_stack: LocalStack) -> None:
    reply = run(local_stack, "RouteFunction", "route-page")
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
def test_invoke_model_calls_the_real_model(
    local_stack: LocalStack, event: str, outcome: str
) -> None:
    reply = run(local_stack, "InvokeModelFunction", event)
    assert reply["outcome"] == outcome, reply
    if outcome == "unavailable":
        assert reply["attempt"]["failure"]["kind"] == "transient"
    else:
        assert reply["attempt"]["usage"]["output_tokens"] > 0


def test_invoke_model_compares_without_calling_anybody(local_stack: LocalStack) -> None:
    reply = run(local_stack, "InvokeModelFunction", "invoke-compare")
    assert (reply["outcome"], reply["agreement"]) == ("compared", 1.0)


def test_shadow_finds_nothing_to_check(local_stack: LocalStack) -> None:
    reply = run(local_stack, "ShadowFunction", "shadow-run")
    assert set(reply.values()) == {0}


def test_authorize_denies_an_unknown_key(local_stack: LocalStack) -> None:
    reply = run(local_stack, "AuthorizeFunction", "authorize-unknown-key")
    assert reply["policyDocument"]["Statement"][0]["Effect"] == "Deny"


def test_every_event_is_run_by_a_test() -> None:
    source = Path(__file__).read_text()
    assert [e.stem for e in EVENTS.glob("*.json") if f'"{e.stem}"' not in source] == []
