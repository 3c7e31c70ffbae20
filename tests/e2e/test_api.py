"""The deployed stack, over HTTP."""

import contextlib
import json
import re
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import openai
import pytest
import redis
from llmock.pytest_plugin import LLMock

from llm_router.domain.tiers import Tier
from local.stack import LocalStack
from tests.support.local_models import REAL, local_model
from tests.support.stack_requests import ask, body, eventually

Json = dict[str, Any]


def test_a_real_model_answers_an_unmodified_openai_client(stack: LocalStack) -> None:
    client = openai.OpenAI(base_url=stack.api_url, api_key=stack.api_key, max_retries=0)
    completion = client.chat.completions.create(
        model=REAL, messages=[{"role": "user", "content": "What is the capital of France?"}]
    )
    assert completion.model == REAL
    assert completion.choices[0].message.content
    assert completion.usage is not None
    assert completion.usage.completion_tokens > 0
    assert completion.model_extra is not None
    router = completion.model_extra["router"]
    assert (router["tier"], router["strategy"]) == ("simple", "override")
    assert router["total_cost_usd"] > 0


def test_health_needs_no_key_and_everything_else_does(stack: LocalStack) -> None:
    health = httpx.get(f"{stack.api_url}/health", timeout=30)
    assert (health.status_code, health.json()["cache"]) == (200, "up")
    for headers in ({}, {"Authorization": "Bearer lr-wrong"}, {"x-api-key": "lr-wrong"}):
        refused = httpx.get(f"{stack.api_url}/models", headers=headers, timeout=30)
        assert refused.status_code in (401, 403)
        assert refused.json()["error"]["code"] == "invalid_api_key"


def test_anthropics_key_header_works_too(stack: LocalStack) -> None:
    reply = httpx.get(f"{stack.api_url}/models", headers={"x-api-key": stack.api_key}, timeout=30)
    assert reply.status_code == 200
    assert "auto" in [model["id"] for model in reply.json()["data"]]


def test_an_unplugged_model_falls_back_to_another_provider_of_equal_rank(
    client: httpx.Client,
) -> None:
    router = ask(client, "What is the capital of Peru?", feature="outage-demo")["router"]
    failed, answered = router["attempts"]
    assert (failed["outcome"], failed["failure"]["code"]) == ("unavailable", "not_connected")
    assert (answered["outcome"], answered["reason"]) == ("answered", "fallback")
    assert answered["provider"] != failed["provider"]
    assert answered["rank"] >= failed["rank"]
    assert (router["strategy"], router["rule"]) == ("rule", "outage-demo")


def test_a_doubtful_answer_escalates_and_is_remembered(client: httpx.Client, mock: LLMock) -> None:
    question = "Explain this: why do cats purr?"
    mock.reply("I'm sorry, but I can't answer that.", times=None)
    first = ask(client, question, model_tier="moderate")["router"]
    assert [a["reason"] for a in first["attempts"]] == ["first", "escalation"]
    assert first["attempts"][1]["rank"] > first["attempts"][0]["rank"]
    assert first["degraded"] is True


def test_the_second_time_the_cache_decides(client: httpx.Client) -> None:
    question = "What is the largest lake of Bolivia?"
    assert ask(client, question)["router"]["strategy"] == "local_classifier"
    second = ask(client, question)["router"]
    assert (second["strategy"], second["tier"]) == ("cache", "simple")


def test_an_outage_of_everything_is_a_503_with_every_attempt(
    client: httpx.Client, mock: LLMock
) -> None:
    mock.fail(500, times=None)
    reply = client.post("/chat/completions", json=body("Prove it", model_tier="complex"))
    assert reply.status_code == 503
    assert reply.headers["x-should-retry"] == "false"
    answer = reply.json()
    assert answer["error"]["code"] == "all_models_failed"
    assert [a["failure"]["kind"] for a in answer["router"]["attempts"]] == ["transient"] * 2


def test_what_providers_ask_to_wait_is_waited_for_once_and_handed_on(
    client: httpx.Client, mock: LLMock
) -> None:
    mock.fail(429, times=None, retry_after=1)
    reply = client.post("/chat/completions", json=body("Prove it", model_tier="complex"))
    assert reply.status_code == 429
    assert reply.json()["error"]["code"] == "all_models_rate_limited"
    attempts = reply.json()["router"]["attempts"]
    assert [a["reason"] for a in attempts] == ["first", "fallback", "retry"]
    assert (reply.headers["retry-after"], reply.headers["retry-after-ms"]) == ("1", "1000")
    assert "x-should-retry" not in reply.headers


def test_a_request_that_the_provider_rejects_ends_with_a_400(
    client: httpx.Client, mock: LLMock
) -> None:
    mock.fail(400, times=None)
    reply = client.post("/chat/completions", json=body("Prove it", model_tier="complex"))
    assert reply.status_code == 400
    attempts = reply.json()["router"]["attempts"]
    assert [a["failure"]["kind"] for a in attempts] == ["not_accepted", "not_accepted"]
    assert len({a["provider"] for a in attempts}) == 2


def test_an_answer_can_be_labelled_and_its_figures_are_kept(
    stack: LocalStack, client: httpx.Client
) -> None:
    request_id = ask(client, "What is the capital of Chad?")["router"]["request_id"]
    given = client.post("/feedback", json={"request_id": request_id, "good": False})
    assert (given.status_code, given.json().get("score")) == (200, 0.0), given.text
    s3, bucket = stack.client("s3"), stack.outputs["LedgerBucketName"]
    day = request_id[:8]
    ledger = s3.get_object(Bucket=bucket, Key=f"ledger/{day}/{request_id}.json")["Body"].read()
    label = s3.get_object(Bucket=bucket, Key=f"labels/{day}/{request_id}.json")["Body"].read()
    assert json.loads(label)["score"] == 0.0
    assert json.loads(ledger)["attempts"][0]["signals"]["refusal"] == 1.0
    assert b"Chad" not in ledger
    unknown = client.post("/feedback", json={"request_id": f"{request_id[:-1]}z", "good": True})
    assert (unknown.status_code, unknown.json()["error"]["param"]) == (400, "request_id")
    other = request_id[:-1] + ("0" if request_id[-1] != "0" else "1")
    missing = client.post("/feedback", json={"request_id": other, "good": True})
    assert missing.status_code == 404


@pytest.mark.parametrize(
    ("change", "status", "param"),
    [
        ({"model": "gpt-99"}, 404, "model"),
        ({"messages": []}, 400, "messages"),
        ({"max_tokens": -1}, 400, "max_tokens"),
        ({"router": {"model_tier": "huge"}}, 400, "router.model_tier"),
        ({"router": {"max_cost_usd": -1}}, 400, "router.max_cost_usd"),
        ({"router": {"speed": 1}}, 400, "router.speed"),
        ({"router": {"classify": False}}, 400, "router.classify"),
        ({"router": {"user_tier": "pro"}}, 400, "router.user_tier"),
        ({"router": {"max_cost_usd": 1e-9}}, 402, "router.max_cost_usd"),
        ({"router": {"max_latency_ms": 1}}, 504, None),
    ],
)
def test_bad_input_names_the_field(
    client: httpx.Client, change: Json, status: int, param: str | None
) -> None:
    reply = client.post("/chat/completions", json={**body("hi"), **change})
    assert (reply.status_code, reply.json()["error"]["param"]) == (status, param)


@pytest.mark.parametrize("raw", ["", "{", "[]"])
def test_a_body_that_is_not_json_is_a_400(client: httpx.Client, raw: str) -> None:
    reply = client.post("/chat/completions", content=raw)
    assert reply.status_code == 400
    assert reply.json()["error"]["type"] == "invalid_request_error"


def test_a_tier_that_is_too_dear_is_started_below_and_one_that_was_chosen_is_not(
    client: httpx.Client,
) -> None:
    question = "Design an algorithm for a distributed lock and prove that it is correct"
    chosen = client.post(
        "/chat/completions", json=body(question, model_tier="complex", max_cost_usd=1e-9)
    )
    assert chosen.status_code == 402
    told = re.search(r"up to (\S+) USD", chosen.json()["error"]["message"])
    assert told is not None
    router = ask(client, question, max_cost_usd=0.75 * float(told[1]))["router"]
    assert (router["tier"], router["wanted_tier"]) == ("moderate", "complex")
    assert (router["strategy"], router["degraded_because"]) == ("local_classifier", "budget")


def test_an_execution_that_fails_is_in_the_ledger_with_what_it_may_have_cost(
    client: httpx.Client, stack: LocalStack
) -> None:
    machine, arn = stack.client("stepfunctions"), stack.outputs["StateMachineArn"]
    shipped = machine.describe_state_machine(stateMachineArn=arn)["definition"]
    broken = {"StartAt": "Break", "States": {"Break": {"Type": "Fail", "Error": "Broken"}}}
    machine.update_state_machine(stateMachineArn=arn, definition=json.dumps(broken))
    try:
        reply = client.post("/chat/completions", json=body("What is the capital of Mali?"))
    finally:
        machine.update_state_machine(stateMachineArn=arn, definition=shipped)
    assert (reply.status_code, reply.json()["error"]["code"]) == (503, "cascade_failed")
    request_id = reply.headers["x-router-request-id"]
    found = stack.client("s3").get_object(
        Bucket=stack.outputs["LedgerBucketName"], Key=f"ledger/{request_id[:8]}/{request_id}.json"
    )
    ledger = json.loads(found["Body"].read())
    assert (ledger["status"], ledger["attempts"]) == ("unfinished", [])
    assert 0 < ledger["cost_nano_usd"] == ledger["unknown_nano_usd"]
    assert reply.json()["router"]["total_cost_usd"] == pytest.approx(ledger["cost_nano_usd"] / 1e9)


def test_a_large_conversation_travels_by_reference_and_leaves_nothing(
    client: httpx.Client, stack: LocalStack, mock: LLMock
) -> None:
    mock.reply("Read. " * 20_000)
    text = "word " * 40_000
    model = local_model(Tier.COMPLEX, "openai")
    reply = client.post("/chat/completions", json={**body(text), "model": model})
    assert reply.status_code == 200, reply.text
    assert text in str(mock.last_request.body)
    assert len(reply.json()["choices"][0]["message"]["content"]) > 100_000
    bucket = stack.outputs["PayloadBucketName"]
    assert stack.client("s3").list_objects_v2(Bucket=bucket, Prefix="payloads/")["KeyCount"] == 0


def test_a_body_over_the_limit_is_a_413_that_says_the_limit(client: httpx.Client) -> None:
    reply = client.post("/chat/completions", json=body("x" * 6_100_000))
    assert reply.status_code == 413
    assert "6000000 bytes" in reply.json()["error"]["message"]


def test_a_prompt_that_fits_nowhere_is_a_400_that_says_how_large_it_is(
    client: httpx.Client,
) -> None:
    reply = client.post("/route", json={**body("word " * 20_000), "model": REAL})
    assert reply.status_code == 400


def test_a_decision_that_was_paid_for_is_in_the_ledger(
    client: httpx.Client, stack: LocalStack
) -> None:
    router = client.post("/route", json=body("How do magnets work?")).json()["router"]
    assert [a["reason"] for a in router["attempts"]] == ["classification"]
    request_id = router["request_id"]
    found = stack.client("s3").get_object(
        Bucket=stack.outputs["LedgerBucketName"], Key=f"ledger/{request_id[:8]}/{request_id}.json"
    )
    ledger = json.loads(found["Body"].read())
    assert (ledger["purpose"], ledger["status"]) == ("classify", "decided")
    assert ledger["cost_nano_usd"] / 1e9 == pytest.approx(router["total_cost_usd"])


def test_route_decides_as_the_real_call_does(client: httpx.Client) -> None:
    words = ["capital", "river", "history", "algorithm", "proof"]
    verbs = ["Name the", "Explain the", "Design an", "Prove the", "Compare each"]
    questions = [
        f"{verb} {word} of item {number}{' in detail' * (number % 3)}"
        for number in range(8)
        for verb in verbs
        for word in words
    ]
    assert len(questions) == 200

    def both(question: str) -> tuple[Json, Json]:
        asked = body(question, request_type="equality")
        decision = client.post("/route", json=asked).json()["router"]
        return decision, ask(client, question, request_type="equality")["router"]

    # Each further request at a time starts workers of the emulator that import the SDKs anew: on a
    # slow machine several of these starts together outlast a request's deadline.
    with ThreadPoolExecutor(max_workers=2) as pool:
        pairs = list(pool.map(both, questions))
    same = ("tier", "strategy", "rule", "decision_confidence")
    for decision, real in pairs:
        assert [decision[key] for key in same] == [real[key] for key in same]
    strategies = {real["strategy"] for _, real in pairs}
    assert {"local_classifier", "llm_classifier"} <= strategies


def test_the_fallback_alarm_goes_off_and_back(stack: LocalStack, client: httpx.Client) -> None:
    name = stack.outputs["FallbackRateAlarmName"]
    cloudwatch = stack.client("cloudwatch")

    def state(feature: str) -> str:
        ask(client, "What is the capital of Chile?", feature=feature)
        (alarm,) = cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"]
        return str(alarm["StateValue"])

    assert eventually(lambda: state("none") == "OK", 30)
    assert eventually(lambda: state("outage-demo") == "ALARM", 30)
    assert eventually(lambda: state("none") == "OK", 30)


def test_no_prompt_answer_or_key_is_in_any_log(stack: LocalStack, client: httpx.Client) -> None:
    secret = "xylophone-marmalade"
    answer = ask(client, f"Say {secret} twice")["choices"][0]["message"]["content"]
    logs = stack.client("logs")
    groups = [g["logGroupName"] for g in logs.describe_log_groups()["logGroups"]]
    lines = [
        event["message"]
        for group in groups
        for page in logs.get_paginator("filter_log_events").paginate(logGroupName=group)
        for event in page["events"]
    ]
    text = "\n".join(lines)
    assert "attempt finished" in text
    assert secret not in text
    assert stack.api_key not in text
    assert "a-test-key" not in text
    assert answer[:30] not in text


def test_hanging_providers_end_in_a_typed_answer_in_time(
    stack: LocalStack, client: httpx.Client, mock: LLMock
) -> None:
    allowed_ms, grace_ms, runs = 3_000, 150, 20
    mock.delay(30, times=None)

    def hang(number: int) -> httpx.Response:
        asked = body(f"Say {number}", model_tier="moderate", max_latency_ms=allowed_ms)
        return client.post("/chat/completions", json=asked)

    with ThreadPoolExecutor(max_workers=2) as pool:

        def both_are_warm() -> bool:
            return all(reply.json()["router"]["attempts"] for reply in pool.map(hang, range(2)))

        # A function that is still starting answers nothing before so short a deadline.
        assert eventually(both_are_warm, 120)
        replies = list(pool.map(hang, range(2, runs + 2)))
    for reply in replies:
        assert (reply.status_code, reply.json()["error"]["code"]) == (504, "deadline_exceeded")
        kinds = [a["failure"]["kind"] for a in reply.json()["router"]["attempts"]]
        # What is left then is enough for the one that is always down.
        assert kinds[0] == "timeout"
        assert set(kinds) <= {"timeout", "transient"}
    finished = {reply.headers["x-router-request-id"]: 0 for reply in replies}

    def all_logged() -> bool:
        for line in log_lines(stack, stack.outputs["RouteLogGroup"]):
            if line.get("message") == "request finished" and line["request_id"] in finished:
                finished[line["request_id"]] = line["latency_ms"]
        return all(finished.values())

    assert eventually(all_logged, 30)
    assert max(finished.values()) <= allowed_ms + grace_ms, sorted(finished.values())


def log_lines(stack: LocalStack, group: str) -> Iterator[Json]:
    logs = stack.client("logs")
    for page in logs.get_paginator("filter_log_events").paginate(logGroupName=group):
        for event in page["events"]:
            with contextlib.suppress(ValueError):
                line = json.loads(event["message"])
                if isinstance(line, dict):
                    yield line


def test_without_redis_requests_are_answered_all_the_same(
    stack: LocalStack, client: httpx.Client
) -> None:
    with redis.Redis(port=stack.settings.ports["redis"]) as server:
        server.execute_command("CLIENT", "PAUSE", "4000")
    started = time.perf_counter()
    router = ask(client, "What is the capital of Spain?", feature="no-redis")["router"]
    took = time.perf_counter() - started
    assert router["strategy"] == "local_classifier"
    assert took < 5
    assert json.dumps(router)
