"""Whatever a vendor sends, the route function answers in the caller's format and books enough."""

import json
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

import anthropic.types
import openai.types.chat
import openai.types.responses
import pytest

from llm_router.domain.policy.models import WIRE_FORMATS
from llm_router.domain.policy.policy import Policy
from tests.support.examples import Seeds
from tests.support.fake_provider_server import Call, ProviderServer, Reply, serving
from tests.support.hostile_vendor import CANARY, HostileVendor
from tests.support.in_process_router import policy_at, real_adapters, router
from tests.support.provider_bills import Bill, prices_of
from tests.support.route_function import RouteFunction

pytestmark = pytest.mark.slow
Json = dict[str, Any]
REQUESTS, PARTS = 1_000, 4
SLOW_SHARE = 0.01
SECRET = "the-canary-of-a-caller"
LOOKUP = {"type": "object", "properties": {"q": {"type": "string"}}, "required": ["q"]}
QUESTIONS = [
    "How many primes are there below 10?", "Hi", "Prove that magnets work.", "Where is Rome?",
    f"{SECRET} Translate: 'I cannot go.'", "1+1=", "Look it up.", "é漢🙂 ?",
]  # fmt: skip
EXPECTED_CODES = {
    400: {"rejected_by_provider", "unsupported_by_provider", "context_length_exceeded"},
    402: {"max_cost_usd_exceeded"},
    429: {"all_models_rate_limited"},
    503: {"all_models_failed", "malformed_tool_call"},
    504: {"deadline_exceeded"},
}


@dataclass(frozen=True)
class Stage:
    """The route function around the real adapters, its vendors, and a host that nothing may ask."""

    function: RouteFunction
    policy: Policy
    vendor: ProviderServer
    elsewhere: ProviderServer
    strayed: list[Call] = field(default_factory=list)
    spoken: Counter[str] = field(default_factory=Counter)


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    """One for all requests; models are quick enough for a short deadline."""
    with serving(lambda _: Reply(500)) as vendor, serving(lambda _: Reply(500)) as elsewhere:
        policy = policy_at(vendor)
        quick = tuple(m.model_copy(update={"typical_latency_ms": 100}) for m in policy.models)
        policy = policy.model_copy(update={"models": quick})
        function = RouteFunction(router(real_adapters(), policy))
        stage = Stage(function, policy, vendor, elsewhere)

        def stray(call: Call) -> Reply:
            stage.strayed.append(call)
            return Reply(500)

        elsewhere.respond = stray
        yield stage


@pytest.mark.parametrize("part", range(PARTS))
def test_any_reply_of_a_vendor_ends_in_an_answer_or_an_honest_error(
    part: int, seeds: Seeds, stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    statuses = Counter(_examine(seed, stage) for seed in seeds(REQUESTS)[part::PARTS])
    assert statuses[200] > sum(statuses.values()) / 4
    assert min(statuses[400], statuses[503]) > 0, statuses
    assert min(stage.spoken[wire] for wire in WIRE_FORMATS) > 0, stage.spoken
    assert not stage.strayed, "a redirect to another host was followed"
    logged = "".join(capsys.readouterr())
    assert CANARY not in logged
    assert SECRET not in logged


def _examine(seed: int, stage: Stage) -> int:
    """Send a random request to a hostile vendor and check its end; return the status."""
    chance = random.Random(seed)
    slow = chance.random() < SLOW_SHARE
    bill = Bill(prices_of(stage.policy))
    vendor = HostileVendor(chance, bill, slow=slow, elsewhere=stage.elsewhere.url)

    def respond(call: Call) -> Reply:
        stage.spoken[call.wire] += 1
        return vendor.respond(call)

    stage.vendor.respond = respond
    app = stage.function.app
    routing = app.use_case
    app.use_case = replace(routing, deadline_ms=700 if slow else 25_000)
    path, body = _request(chance)
    try:
        reply = stage.function.post(path, body, {"Content-Type": "application/json"})
    finally:
        app.use_case = routing
    told = f"seed {seed}: {reply.status} {reply.body[:300]} after {vendor.seen}"
    said = json.loads(reply.body.encode().decode(), parse_constant=_no_json)
    json.dumps(said, ensure_ascii=False).encode()
    if reply.status == 200:
        _check_answer(path, said, told)
    else:
        assert reply.status in EXPECTED_CODES, told
        assert said["error"]["code"] in EXPECTED_CODES[reply.status], told
    record = list(routing.archive.records.values())[-1]
    assert all(not a.failure or a.failure.kind != "platform" for a in record.attempts), told
    cap = Fraction(str(body["router"]["max_cost_usd"])) * 10**9
    assert bill.nano_usd <= record.cost_nano_usd <= cap, told
    return reply.status


def _no_json(constant: str) -> None:
    raise AssertionError(f"{constant} is not JSON")


def _check_answer(path: str, said: Json, told: str) -> None:
    """The reply is what the caller's SDK documents, and holds what it says that it holds."""
    if path == "/v1/chat/completions":
        completion = openai.types.chat.ChatCompletion.model_validate(said)
        choice = completion.choices[0]
        calls = choice.message.tool_calls or []
        assert calls or choice.finish_reason != "tool_calls", told
        assert not calls or choice.finish_reason != "stop", told
        ids = [call.id for call in calls]
    elif path == "/v1/responses":
        response = openai.types.responses.Response.model_validate(said)
        assert response.status in ("completed", "incomplete"), told
        assert (response.status == "incomplete") is (response.incomplete_details is not None), told
        ids = [item.call_id for item in response.output if item.type == "function_call"]
    else:
        message = anthropic.types.Message.model_validate(said)
        used = [block for block in message.content if block.type == "tool_use"]
        assert used or message.stop_reason != "tool_use", told
        assert not used or message.stop_reason != "end_turn", told
        ids = [block.id for block in used]
    assert len(set(ids)) == len(ids), told
    assert all(ids), told


def _request(chance: random.Random) -> tuple[str, Json]:
    """A valid request in any format, whose history may hold what earlier models wrote."""
    question = chance.choice(QUESTIONS)
    odd = chance.choice(['{"q": "x"}', '{"q": "\\ud83d"}', "null", "", "{", '{"q": NaN}'])
    with_tools, in_a_loop = chance.random() < 0.4, chance.random() < 0.2
    body: Json = {
        "model": chance.choice(
            ["auto"] * 6 + ["small-a", "small-o", "middle-o", "middle-o", "large-o"]
        ),
        "router": {"max_cost_usd": float(repr(round(10 ** chance.uniform(-3, 0.3), 6)))},
        "max_tokens": chance.choice([1, 50, 2_000, 20_000]),
    }
    if chance.random() < 0.3:
        body["router"]["model_tier"] = chance.choice(["simple", "moderate", "complex"])
    path = chance.choice(["/v1/chat/completions", "/v1/responses", "/v1/messages"])
    if path == "/v1/responses":
        return path, _responses_body(chance, body, question, odd if in_a_loop else None)
    if path == "/v1/chat/completions":
        called = {"name": "lookup", "arguments": odd}
        loop: list[Json] = [
            {"role": "user", "content": "Go"},
            {"role": "assistant", "content": chance.choice([None, "\n", "I look."]),
             "tool_calls": [{"id": "call_0", "type": "function", "function": called}]},
            {"role": "tool", "tool_call_id": "call_0", "content": "found"},
        ]  # fmt: skip
        body["messages"] = [*loop * in_a_loop, {"role": "user", "content": question}]
        if with_tools or in_a_loop:
            tool = {"name": "lookup", "parameters": LOOKUP}
            body["tools"] = [{"type": "function", "function": tool}]
        elif chance.random() < 0.2:
            schema = {"name": "x", "schema": LOOKUP, "description": "d" * 500}
            body["response_format"] = {"type": "json_schema", "json_schema": schema}
        return "/v1/chat/completions", body
    loop = [
        {"role": "user", "content": "Go"},
        {"role": "assistant", "content": [
            {"type": "tool_use", "id": "call_0", "name": "lookup", "input": {"q": "x"}}]},
        {"role": "user", "content": [
            {"type": "tool_result", "tool_use_id": "call_0", "content": "found"}]},
        {"role": "assistant", "content": "I see."},
    ]  # fmt: skip
    body["messages"] = [*loop * in_a_loop, {"role": "user", "content": question}]
    if with_tools or in_a_loop:
        body["tools"] = [{"name": "lookup", "input_schema": LOOKUP}]
    return "/v1/messages", body


def _responses_body(chance: random.Random, body: Json, question: str, called: str | None) -> Json:
    """A body in the responses format; `called` are the arguments of an earlier call."""
    loop: list[Json] = [
        {"role": "user", "content": "Go"},
        {"type": "function_call", "call_id": "call_0", "name": "lookup", "arguments": called},
        {"type": "function_call_output", "call_id": "call_0", "output": "found"},
    ]
    asked: Json = {
        "model": body["model"], "router": body["router"], "max_output_tokens": body["max_tokens"],
        "input": [*loop * (called is not None), {"role": "user", "content": question}],
    }  # fmt: skip
    if called is not None or chance.random() < 0.4:
        asked["tools"] = [{"type": "function", "name": "lookup", "parameters": LOOKUP}]
    elif chance.random() < 0.2:
        form = {"type": "json_schema", "name": "x", "schema": LOOKUP, "description": "d" * 500}
        asked["text"] = {"format": form}
    return asked
