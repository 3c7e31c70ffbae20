"""How providers' APIs fail, replayed to the real SDKs: each is told apart, none is retried."""

import json
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from openai.types.responses import ResponseError

from llm_router.domain.conversation.answer import Usage
from llm_router.domain.outcome.failures import ACTIONS, FailureKind, ProviderFailure
from llm_router.domain.policy.models import WIRE_FORMATS
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


@pytest.mark.parametrize("wire", WIRE_FORMATS)
@pytest.mark.parametrize("reply", [Reply(hang=True), Reply(trickle=True)], ids=["hang", "trickle"])
def test_a_provider_that_never_ends_is_left_in_time(wire: str, reply: Reply) -> None:
    with serving(lambda _: reply) as server:
        started = time.perf_counter()
        with pytest.raises(ProviderFailure) as failed:
            call(wire, server.base_url(wire), timeout=0.5)
        assert time.perf_counter() - started < 5
    assert failed.value.failure.kind is FailureKind.TIMEOUT
    assert failed.value.maybe_billed


@pytest.mark.parametrize("wire", WIRE_FORMATS)
@pytest.mark.parametrize("told", ["error", "abort", "insufficient_system_resource", None])
def test_an_answer_that_its_server_did_not_finish_is_no_answer(
    wire: str, told: str | None, server: ProviderServer
) -> None:
    def respond(call: Call) -> Reply:
        reply = answer(call, "Half of")
        if wire == "openai":
            reply.body["choices"][0]["finish_reason"] = told
        elif wire == "anthropic":
            reply.body["stop_reason"] = told
        else:
            # Some servers have no status for any answer; it is one that says so.
            reply.body["status"] = told or "in_progress"
        return reply

    server.respond = respond
    with pytest.raises(ProviderFailure) as failed:
        call(wire, server.base_url(wire))
    assert failed.value.failure.kind is FailureKind.TRUNCATED_OUTPUT
    assert failed.value.maybe_billed


@pytest.mark.parametrize(
    ("wire", "filtered"),
    [
        ("anthropic", {"stop_reason": "refusal"}),
        (
            "openai-responses",
            {"status": "incomplete", "incomplete_details": {"reason": "content_filter"}},
        ),
    ],
)
def test_an_answer_of_which_a_filter_left_nothing_is_a_matter_of_policy(
    wire: str, filtered: dict[str, Any], server: ProviderServer
) -> None:
    def respond(call: Call) -> Reply:
        reply = answer(call, "")
        reply.body.update(filtered)
        return reply

    server.respond = respond
    with pytest.raises(ProviderFailure) as failed:
        call(wire, server.base_url(wire))
    assert failed.value.failure.kind is FailureKind.CONTENT_POLICY


OF_RESPONSES = {
    "server_error": FailureKind.TRANSIENT,
    "rate_limit_exceeded": FailureKind.RATE_LIMITED,
    "invalid_prompt": FailureKind.CONTENT_POLICY,
    "data_residency_mismatch": FailureKind.REGION,
    "bio_policy": FailureKind.CONTENT_POLICY,
    "misalignment_policy_violation": FailureKind.CONTENT_POLICY,
    "vector_store_timeout": FailureKind.TIMEOUT,
    "invalid_image": FailureKind.NOT_ACCEPTED,
    "invalid_image_format": FailureKind.NOT_ACCEPTED,
    "invalid_base64_image": FailureKind.INVALID_REQUEST,
    "invalid_image_url": FailureKind.NOT_ACCEPTED,
    "image_too_large": FailureKind.NOT_ACCEPTED,
    "image_too_small": FailureKind.NOT_ACCEPTED,
    "image_parse_error": FailureKind.NOT_ACCEPTED,
    "image_content_policy_violation": FailureKind.CONTENT_POLICY,
    "invalid_image_mode": FailureKind.NOT_ACCEPTED,
    "image_file_too_large": FailureKind.NOT_ACCEPTED,
    "unsupported_image_media_type": FailureKind.NOT_ACCEPTED,
    "empty_image_file": FailureKind.INVALID_REQUEST,
    "failed_to_download_image": FailureKind.NOT_ACCEPTED,
    "image_file_not_found": FailureKind.NOT_ACCEPTED,
    # Beyond the SDK's list, as agents of OpenAI's know them.
    "server_is_overloaded": FailureKind.OVERLOADED,
    "slow_down": FailureKind.OVERLOADED,
    "cyber_policy": FailureKind.CONTENT_POLICY,
    "context_length_exceeded": FailureKind.CONTEXT_WINDOW,
    "insufficient_quota": FailureKind.QUOTA_EXHAUSTED,
    "usage_not_included": FailureKind.QUOTA_EXHAUSTED,
    "unheard_of": FailureKind.UNKNOWN,
}
"""The codes of a failed response inside a 200."""


@pytest.mark.parametrize("code", OF_RESPONSES)
def test_a_failed_response_inside_a_success_is_told_by_its_code(
    code: str, server: ProviderServer
) -> None:
    def respond(call: Call) -> Reply:
        reply = answer(call, "Half of")
        error = {"code": code, "message": "The model could not answer."}
        reply.body.update(status="failed", error=error)
        return reply

    server.respond = respond
    with pytest.raises(ProviderFailure) as failed:
        call("openai-responses", server.base_url("openai-responses"))
    assert failed.value.failure.kind is OF_RESPONSES[code]
    assert failed.value.failure.code == code
    assert failed.value.maybe_billed
    assert failed.value.usage == Usage(input_tokens=10, output_tokens=5)


def test_every_code_of_a_failed_response_that_the_sdk_knows_has_its_class() -> None:
    known = get_args(ResponseError.model_fields["code"].annotation)
    assert set(known) <= set(OF_RESPONSES)


def test_the_recordings_cover_all_formats_and_every_class() -> None:
    by_format = Counter(r["format"] for r in RECORDED)
    assert min(by_format["openai"], by_format["anthropic"]) >= 40
    assert by_format["openai-responses"] >= 20
    assert {r["kind"] for r in RECORDED} == set(FailureKind) - {"platform", "throttled"}


def test_every_class_has_an_action() -> None:
    assert set(ACTIONS) == set(FailureKind)
