"""How providers' APIs fail, replayed to the real SDKs: each is told apart, none is retried."""

import json
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from llm_router.domain.outcome.failures import ACTIONS, FailureKind, ProviderFailure
from tests.support.fake_provider_server import Call, ProviderServer, Reply, answer, serving
from tests.support.provider_adapters import call

RECORDED = json.loads((Path(__file__).parents[1] / "data" / "provider_errors.json").read_text())


@pytest.fixture(scope="module")
def server() -> Iterator[ProviderServer]:
    with serving(lambda _: Reply()) as server:
        yield server


@pytest.mark.parametrize("recorded", RECORDED, ids=lambda r: r["name"])
def test_a_recorded_failure_is_classified(recorded: dict[str, Any], server: ProviderServer) -> None:
    calls: list[Call] = []

    def respond(call: Call) -> Reply:
        calls.append(call)
        return Reply(
            status=recorded["status"],
            body=recorded["body"],
            headers=recorded["headers"],
            cut=recorded.get("cut", False),
        )

    server.respond = respond
    with pytest.raises(ProviderFailure) as failed:
        call(recorded["format"], server.base_url(recorded["format"]))
    failure = failed.value.failure
    assert failure.kind == recorded["kind"]
    assert failure.retry_after_ms == recorded.get("retry_after_ms")
    assert len(calls) == 1
    if recorded["status"] < 400:
        assert failed.value.maybe_billed, "a success may have been billed whatever came of it"


@pytest.mark.parametrize("wire", ["openai", "anthropic"])
@pytest.mark.parametrize("reply", [Reply(hang=True), Reply(trickle=True)], ids=["hang", "trickle"])
def test_a_provider_that_never_ends_is_left_in_time(wire: str, reply: Reply) -> None:
    with serving(lambda _: reply) as server:
        started = time.perf_counter()
        with pytest.raises(ProviderFailure) as failed:
            call(wire, server.base_url(wire), timeout=0.5)
        assert time.perf_counter() - started < 5
    assert failed.value.failure.kind is FailureKind.TIMEOUT
    assert failed.value.maybe_billed


@pytest.mark.parametrize("wire", ["openai", "anthropic"])
@pytest.mark.parametrize("told", ["error", "abort", "insufficient_system_resource", None])
def test_an_answer_that_its_server_did_not_finish_is_no_answer(
    wire: str, told: str | None, server: ProviderServer
) -> None:
    def respond(call: Call) -> Reply:
        reply = answer(call, "Half of")
        if wire == "openai":
            reply.body["choices"][0]["finish_reason"] = told
        else:
            reply.body["stop_reason"] = told
        return reply

    server.respond = respond
    with pytest.raises(ProviderFailure) as failed:
        call(wire, server.base_url(wire))
    assert failed.value.failure.kind is FailureKind.TRUNCATED_OUTPUT
    assert failed.value.maybe_billed


def test_an_answer_of_which_a_filter_left_nothing_is_a_matter_of_policy(
    server: ProviderServer,
) -> None:
    def respond(call: Call) -> Reply:
        reply = answer(call, "")
        reply.body["stop_reason"] = "refusal"
        return reply

    server.respond = respond
    with pytest.raises(ProviderFailure) as failed:
        call("anthropic", server.base_url("anthropic"))
    assert failed.value.failure.kind is FailureKind.CONTENT_POLICY


def test_the_recordings_cover_both_formats_and_every_class() -> None:
    by_format = Counter(r["format"] for r in RECORDED)
    assert min(by_format["openai"], by_format["anthropic"]) >= 40
    assert {r["kind"] for r in RECORDED} == set(FailureKind) - {"platform", "throttled"}


def test_every_class_has_an_action() -> None:
    assert set(ACTIONS) == set(FailureKind)
