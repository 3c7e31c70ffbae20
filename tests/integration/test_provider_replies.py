"""Answers as servers really write them: other words, other types, no Unicode, no end, no bill."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from llm_router.adapters.providers.provider import SdkProvider
from llm_router.application.invoke.invocations import INVOCATION
from llm_router.application.invoke.invoke_model import ModelInvoker
from llm_router.domain.conversation.answer import Answer
from llm_router.domain.conversation.conversation import Tool
from llm_router.domain.outcome.failures import FailureKind, ProviderFailure
from llm_router.domain.policy.models import WIRE_FORMATS
from tests.support.fake_provider_server import Call, ProviderServer, Reply, answer, serving
from tests.support.fakes import InlinePayloads, asking
from tests.support.policies import POLICY
from tests.support.provider_adapters import call, candidate, keys, provider

Json = dict[str, Any]
INPUT, OUTPUT = 10, 5
WORST = 1_000 * 100 + 1_000 * 50
AS_BILLED = 1_000 * INPUT + 1_000 * OUTPUT
LOOK = Tool(name="look", parameters={"type": "object", "properties": {"city": {}}})
ADAPTER = SdkProvider(keys())
INVOKER = ModelInvoker(
    dict.fromkeys(WIRE_FORMATS, ADAPTER), InlinePayloads(), lambda: 0, lambda _: None
)
HALF = "\ud83d"
"""Half an emoji, which no encoder takes."""


@pytest.fixture(scope="module")
def server() -> Iterator[ProviderServer]:
    with serving(lambda _: Reply(500)) as server:
        yield server


@pytest.fixture
def say(server: ProviderServer) -> Iterator[Callable[..., None]]:
    """Let the server answer with a body in which a test changed something."""
    broken: list[Exception] = []

    def say(change: Callable[[Json], Any], text: str = "Because it is so.") -> None:
        def respond(call: Call) -> Reply:
            reply = answer(call, text, INPUT, OUTPUT)
            try:
                change(reply.body)
            except Exception as error:
                broken.append(error)
                raise
            return reply

        server.respond = respond

    yield say
    assert broken == []


def invoke(wire: str, server: ProviderServer, **more: Any) -> Json:
    """The result of `invoke_model` for one question."""
    model = candidate(wire, server.base_url(wire), worst_case_nano_usd=WORST)
    event: Json = {
        "action": "answer", "request_id": "r", "deadline_epoch_ms": 60_000, "attempt_share": 0.5,
        "candidate": model.model_dump(mode="json"), "budget_nano_usd": 10**9,
        "content_policy": "fall_back", "reason": "first", "expected_output_tokens": 10,
        "ask_self_rating": False, "weights": POLICY.confidence.weights.model_dump(),
        "payload": {"inline": asking("Why?", **more).model_dump(mode="json")},
    }  # fmt: skip
    result = INVOKER.run(INVOCATION.validate_python(event))
    # What leaves the function is JSON in UTF-8.
    json.dumps(result, ensure_ascii=False, allow_nan=False).encode()
    return result


def message_of(body: Json) -> Json:
    message: Json = body["choices"][0]["message"]
    return message


def calling(of_function: Json | None = None, **changes: Any) -> Callable[[Json], None]:
    """A completion that calls one tool, in which a test changed something."""

    def change(body: Json) -> None:
        function = {"name": "look", "arguments": '{"city": "Rome"}', **(of_function or {})}
        function = {name: value for name, value in function.items() if value is not ...}
        made = {"id": "x1", "type": "function", "function": function, **changes}
        made = {name: value for name, value in made.items() if value is not ...}
        message_of(body).update({"content": None, "tool_calls": [made]})
        body["choices"][0]["finish_reason"] = "tool_calls"

    return change


def using(**changes: Any) -> Callable[[Json], None]:
    """A message that uses one tool, in which a test changed something."""

    def change(body: Json) -> None:
        block = {"type": "tool_use", "id": "x1", "name": "look", "input": {"city": "Rome"}}
        made = {k: v for k, v in {**block, **changes}.items() if v is not ...}
        body.update({"content": [made], "stop_reason": "tool_use"})

    return change


def responding(**changes: Any) -> Callable[[Json], None]:
    """A response that calls one function, in which a test changed something."""

    def change(body: Json) -> None:
        item = {
            "type": "function_call", "id": "fc_1", "call_id": "x1", "name": "look",
            "arguments": '{"city": "Rome"}', "status": "completed",
        }  # fmt: skip
        made = {name: value for name, value in {**item, **changes}.items() if value is not ...}
        body["output"] = [made]

    return change


def called(wire: str, **changes: Any) -> Callable[[Json], None]:
    """An answer with one call, in which a test changed the id, the name or the arguments."""
    if wire == "openai":
        call_id = {"id": changes.pop("id")} if "id" in changes else {}
        return calling(changes, **call_id)
    own = {"id": "call_id"} if wire == "openai-responses" else {"arguments": "input"}
    renamed = {own.get(name, name): value for name, value in changes.items()}
    return using(**renamed) if wire == "anthropic" else responding(**renamed)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(calling(type=...), id="without-type"),
        pytest.param(calling(type=None), id="type-null"),
        pytest.param(calling(type=""), id="type-empty"),
        pytest.param(calling(type="null"), id="type-null-in-words"),
        pytest.param(calling(type="Function"), id="type-with-a-capital"),
        pytest.param(calling(index=0, type=...), id="with-an-index"),
        pytest.param(calling({"arguments": {"city": "Rome"}}), id="arguments-as-object"),
    ],
)
def test_tool_calls_of_other_servers_are_read(
    change: Callable[[Json], None], say: Callable[..., None], server: ProviderServer
) -> None:
    say(change)
    given = call("openai", server.base_url("openai")).answer
    assert [(c.id, c.name, json.loads(c.arguments)) for c in given.tool_calls] == [
        ("x1", "look", {"city": "Rome"})
    ]
    assert given.finish_reason == "tool_calls"


def test_a_tool_call_in_the_form_before_tool_calls_is_read(
    say: Callable[..., None], server: ProviderServer
) -> None:
    def legacy(body: Json) -> None:
        function = {"name": "look", "arguments": '{"city": "Rome"}'}
        message_of(body).update({"content": None, "function_call": function})
        body["choices"][0]["finish_reason"] = "function_call"

    say(legacy)
    given = call("openai", server.base_url("openai")).answer
    assert (given.tool_calls[0].name, given.finish_reason) == ("look", "tool_calls")
    assert given.tool_calls[0].id.startswith("call_")


NOTHING: list[Any] = ["", " ", "\n", "null", None, ..., [], {}]


@pytest.mark.parametrize("nothing", NOTHING, ids=repr)
@pytest.mark.parametrize("wire", WIRE_FORMATS)
def test_a_call_without_arguments_has_an_empty_object(
    wire: str, nothing: Any, say: Callable[..., None], server: ProviderServer
) -> None:
    say(called(wire, arguments=nothing))
    (made,) = call(wire, server.base_url(wire)).answer.tool_calls
    assert made.arguments == "{}"


@pytest.mark.parametrize(
    ("wire", "change"),
    [
        ("anthropic", using(type=...)),
        ("anthropic", using(type=None)),
        ("anthropic", using(input='{"city": "Rome"}')),
    ],
    ids=["without-type", "type-null", "input-as-text"],
)
def test_tool_uses_of_other_servers_are_read(
    wire: str, change: Callable[[Json], None], say: Callable[..., None], server: ProviderServer
) -> None:
    say(change)
    (made,) = call(wire, server.base_url(wire)).answer.tool_calls
    assert json.loads(made.arguments) == {"city": "Rome"}


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(responding(type=...), id="without-type"),
        pytest.param(responding(type=None), id="type-null"),
        pytest.param(responding(type=""), id="type-empty"),
        pytest.param(responding(id=...), id="without-an-id-of-the-item"),
        pytest.param(responding(status=...), id="without-status"),
        pytest.param(responding(status=None, namespace=None), id="status-null"),
        pytest.param(responding(arguments={"city": "Rome"}), id="arguments-as-object"),
    ],
)
def test_function_calls_of_other_servers_are_read(
    change: Callable[[Json], None], say: Callable[..., None], server: ProviderServer
) -> None:
    say(change)
    given = call("openai-responses", server.base_url("openai-responses")).answer
    assert [(c.id, c.name, json.loads(c.arguments)) for c in given.tool_calls] == [
        ("x1", "look", {"city": "Rome"})
    ]
    assert given.finish_reason == "tool_calls"


THOUGHTS_BEFORE: dict[str, Json] = {
    "vllm": {
        "type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": None,
        "content": [{"type": "reasoning_text", "text": "Hm."}],
    },
    "llama-cpp": {
        "type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": "",
        "content": [{"type": "reasoning_text", "text": "Hm."}], "status": "completed",
    },
    "lm-studio": {"type": "reasoning", "id": "rs_1", "summary": [{"text": "Hm."}]},
    "search": {"type": "web_search_call", "id": "ws_1", "status": "completed"},
    "content-null": {"type": "message", "role": "assistant", "content": None},
}  # fmt: skip


@pytest.mark.parametrize("before", THOUGHTS_BEFORE.values(), ids=THOUGHTS_BEFORE)
@pytest.mark.parametrize(
    "content",
    [
        [{"type": "output_text", "text": "Be"}, {"type": "output_text", "text": "cause"}],
        [{"type": "output_text", "text": "Because", "annotations": None, "logprobs": None}],
        [{"type": "text", "text": "Because"}],
        [{"type": None, "text": "Because"}],
        [{"text": "Because"}],
        [{"type": "reasoning_text", "text": "Hm."}, {"type": "output_text", "text": "Because"}],
        "Because",
        [{"type": "refusal", "refusal": None}, {"type": "output_text", "text": "Because"}],
    ],
    ids=[
        "two-texts", "nulls", "text", "type-null", "without-type", "thought", "string",
        "refusal-null",
    ],
)  # fmt: skip
@pytest.mark.parametrize("of_type", ["message", None, ...], ids=["message", "null", "without"])
def test_messages_of_other_servers_are_read(
    of_type: Any, content: Any, before: Json, say: Callable[..., None], server: ProviderServer
) -> None:
    message = {"type": of_type, "role": "assistant", "content": content}
    message = {name: value for name, value in message.items() if value is not ...}
    say(lambda body: body.update(output=[before, message]))
    given = call("openai-responses", server.base_url("openai-responses")).answer
    assert (given.text, given.finish_reason) == ("Because", "stop")
    assert {part.type for part in given.parts} <= {"reasoning", "text"}


@pytest.mark.parametrize(
    ("end", "ending"),
    [
        ({}, "stop"),
        ({"status": None}, "stop"),
        ({"status": None, "incomplete_details": {"reason": "max_output_tokens"}}, "length"),
        ({"incomplete_details": {"reason": "content_filter"}}, "content_filter"),
    ],
    ids=["no-status", "null", "null-and-cut", "no-status-and-filtered"],
)
def test_an_answer_without_a_status_is_complete_unless_it_says_why_not(
    end: Json, ending: str, say: Callable[..., None], server: ProviderServer
) -> None:
    def respond(body: Json) -> None:
        body.pop("status")
        body.update(end)

    say(respond)
    given = call("openai-responses", server.base_url("openai-responses")).answer
    assert (given.text, given.finish_reason) == ("Because it is so.", ending)


@pytest.mark.parametrize("call_id", [..., None, "", " ", 5, {}], ids=repr)
@pytest.mark.parametrize("wire", WIRE_FORMATS)
def test_ids_that_are_missing_are_new_in_each_turn(
    wire: str, call_id: Any, say: Callable[..., None], server: ProviderServer
) -> None:
    say(called(wire, id=call_id))
    ids = {call(wire, server.base_url(wire)).answer.tool_calls[0].id for _ in range(2)}
    assert len(ids) == 2
    assert all(len(i) <= 40 and i.startswith("call_") and i[5:].isalnum() for i in ids)


CALLS_IN = {"openai": "tool_calls", "openai-responses": "output", "anthropic": "content"}


@pytest.mark.parametrize("wire", WIRE_FORMATS)
def test_ids_within_a_reply_are_made_unique(
    wire: str, say: Callable[..., None], server: ProviderServer
) -> None:
    def twice(body: Json) -> None:
        called(wire)(body)
        held = message_of(body) if wire == "openai" else body
        calls = held[CALLS_IN[wire]]
        calls += [dict(calls[0]), dict(calls[0])]

    say(twice)
    ids = [c.id for c in call(wire, server.base_url(wire)).answer.tool_calls]
    assert (ids[0], len(set(ids))) == ("x1", 3)


@pytest.mark.parametrize(
    ("content", "text", "refused"),
    [
        ([{"type": "text", "text": "Be"}, {"type": "text", "text": "cause"}], "Because", False),
        (["Be", {"text": "cause"}], "Because", False),
        ([{"type": None, "text": "Because"}], "Because", False),
        ([{"type": "output_text", "text": "Because"}], "Because", False),
        (
            [
                {"type": "thinking", "thinking": [{"type": "text", "text": "Hm."}]},
                {"type": "text", "text": "Because"},
                {"type": "reference", "reference_ids": [1]},
            ],
            "Because",
            False,
        ),
        ([{"type": "refusal", "refusal": "I won't."}], "I won't.", True),
        ([], "", False),
    ],
    ids=["text-parts", "strings", "type-null", "output-text", "mistral", "refusal", "empty"],
)
def test_content_as_a_list_is_read(
    content: Any, text: str, refused: bool, say: Callable[..., None], server: ProviderServer
) -> None:
    say(lambda body: message_of(body).update(content=content))
    given = call("openai", server.base_url("openai")).answer
    assert (given.text, given.refused) == (text, refused)


REASONS = {
    "stop": "stop", "end_turn": "stop", "stop_sequence": "stop", "STOP": "stop", "eos": "stop",
    "done": "stop", "stop_token": "stop", "eos_found": "stop", "stop_str": "stop",
    "stopped": "stop", "max_tokens_reached": "length", "length_limit": "length",
    "COMPLETE": "stop", "eos_token": "stop", "End_Turn": "stop", "FINISH_REASON_STOP": "stop",
    "length": "length", "max_tokens": "length", "MAX_TOKENS": "length", "model_length": "length",
    "max-tokens": "length", "max_output_tokens": "length", "token_limit": "length",
    "content_filter": "content_filter", "SAFETY": "content_filter", "refusal": "content_filter",
    "guardrail_intervened": "content_filter", "sensitive": "content_filter",
}  # fmt: skip
CALLING_REASONS = ["tool_calls", "tool_use", "function_call", "TOOL_CALL", "tool-calls", "stop"]


def ending(
    wire: str, reason: Any, change: Callable[[Json], None] = lambda _: None
) -> Callable[[Json], None]:
    def ended(body: Json) -> None:
        change(body)
        if wire == "openai":
            body["choices"][0]["finish_reason"] = reason
        else:
            body["stop_reason" if wire == "anthropic" else "status"] = reason

    return ended


@pytest.mark.parametrize("wire", WIRE_FORMATS)
@pytest.mark.parametrize(("reason", "read"), REASONS.items(), ids=REASONS)
def test_finish_reasons_of_other_servers_are_read(
    wire: str, reason: str, read: str, say: Callable[..., None], server: ProviderServer
) -> None:
    say(ending(wire, reason))
    assert call(wire, server.base_url(wire)).answer.finish_reason == read


@pytest.mark.parametrize("wire", WIRE_FORMATS)
@pytest.mark.parametrize("reason", CALLING_REASONS)
def test_a_call_is_one_by_any_word(
    wire: str, reason: str, say: Callable[..., None], server: ProviderServer
) -> None:
    say(ending(wire, reason, called(wire)))
    given = call(wire, server.base_url(wire)).answer
    assert (given.finish_reason, len(given.tool_calls)) == ("tool_calls", 1)


@pytest.mark.parametrize("wire", WIRE_FORMATS)
@pytest.mark.parametrize("reason", [r for r in CALLING_REASONS if r != "stop"])
def test_an_answer_that_announces_calls_and_holds_none_is_malformed(
    wire: str, reason: str, say: Callable[..., None], server: ProviderServer
) -> None:
    say(ending(wire, reason))
    attempt = invoke(wire, server, tools=(LOOK,))["attempt"]
    assert (attempt["outcome"], attempt["failure"]["kind"]) == ("unavailable", "malformed_output")
    assert (attempt["cost_nano_usd"], attempt["cost_estimated"]) == (AS_BILLED, False)


def filtered(wire: str) -> Callable[[Json], None]:
    def change(body: Json) -> None:
        if wire == "openai":
            message_of(body)["content"] = None
        elif wire == "anthropic":
            body["content"] = []
        else:
            body.update(output=[], incomplete_details={"reason": "content_filter"})

    return ending(wire, "incomplete" if wire == "openai-responses" else "refusal", change)


def with_error(wire: str) -> Callable[[Json], None]:
    return lambda body: body.update(error={"message": "broken", "type": "api_error"})


def without_content(wire: str) -> Callable[[Json], None]:
    changed: dict[str, Json] = {
        "openai": {"choices": []}, "openai-responses": {"output": 5}, "anthropic": {"content": 5},
    }  # fmt: skip
    return lambda body: body.update(changed[wire])


def nameless(wire: str) -> Callable[[Json], None]:
    return called(wire, name="" if wire == "anthropic" else None)


def unended(wire: str) -> Callable[[Json], None]:
    """An answer that has no end; in the responses format, one without a word for it has."""
    return ending(wire, "in_progress" if wire == "openai-responses" else None)


@pytest.mark.parametrize("wire", WIRE_FORMATS)
@pytest.mark.parametrize(
    ("change", "kind"),
    [
        (lambda wire: ending(wire, "weird"), "truncated_output"),
        (unended, "truncated_output"),
        (lambda wire: ending(wire, 3), "truncated_output"),
        (filtered, "content_policy"),
        (with_error, "transient"),
        (without_content, "malformed_output"),
        (nameless, "malformed_output"),
    ],
    ids=["unknown-reason", "no-reason", "reason-3", "refusal-without-text", "error", "no-content",
         "nameless-call"],
)  # fmt: skip
def test_a_failure_whose_body_told_its_usage_is_booked_by_it(
    wire: str,
    change: Callable[[str], Any],
    kind: str,
    say: Callable[..., None],
    server: ProviderServer,
) -> None:
    say(change(wire))
    attempt = invoke(wire, server)["attempt"]
    assert attempt["failure"]["kind"] == kind
    assert (attempt["cost_nano_usd"], attempt["cost_estimated"]) == (AS_BILLED, False)
    assert attempt["usage"]["output_tokens"] == OUTPUT


HUGE = [10**30, 2**53, 100_001, 1e30, -1, "7", None, True, float("nan"), float("inf"), {}, [1]]


@pytest.mark.parametrize("wire", WIRE_FORMATS)
@pytest.mark.parametrize("count", HUGE, ids=repr)
@pytest.mark.parametrize("side", ["input", "output"])
def test_a_usage_that_cannot_be_is_an_estimate(
    wire: str, count: Any, side: str, say: Callable[..., None], server: ProviderServer
) -> None:
    names = {"openai": {"input": "prompt_tokens", "output": "completion_tokens"}}
    name = names.get(wire, {}).get(side, f"{side}_tokens")

    def change(body: Json) -> None:
        body["usage"].pop("total_tokens", None)
        body["usage"][name] = count

    say(change)
    attempt = invoke(wire, server)["attempt"]
    assert (attempt["outcome"], attempt["cost_estimated"]) == ("answered", True)
    assert attempt["cost_nano_usd"] == WORST


def told_zero(wire: str) -> Callable[[Json], None]:
    return lambda body: body.update(usage=dict.fromkeys(body["usage"], 0))


def told_no_output(wire: str) -> Callable[[Json], None]:
    counts = {"completion_tokens" if wire == "openai" else "output_tokens": 0}
    total = {} if wire == "anthropic" else {"total_tokens": INPUT}
    return lambda body: body["usage"].update(counts | total)


def served_by(tier: Any) -> Callable[[str], Callable[[Json], None]]:
    def change(wire: str) -> Callable[[Json], None]:
        return lambda body: (body["usage"] if wire == "anthropic" else body).update(
            service_tier=tier
        )

    return change


def usage_is(value: Any) -> Callable[[str], Callable[[Json], None]]:
    return lambda wire: lambda body: body.update(usage=value)


def cached_more_than_read(wire: str) -> Callable[[Json], None]:
    more: dict[str, Json] = {
        "openai": {"prompt_tokens_details": {"cached_tokens": INPUT + 1}},
        "openai-responses": {"input_tokens_details": {"cached_tokens": INPUT + 1}},
        "anthropic": {"cache_creation": {"ephemeral_1h_input_tokens": 7}},
    }
    return lambda body: body["usage"].update(more[wire])


@pytest.mark.parametrize("wire", WIRE_FORMATS)
@pytest.mark.parametrize(
    ("change", "estimated"),
    [
        pytest.param(told_zero, True, id="all-zero"),
        pytest.param(told_no_output, True, id="no-output-beside-an-answer"),
        pytest.param(served_by("priority"), True, id="priority"),
        pytest.param(served_by("flex"), True, id="flex"),
        pytest.param(served_by({"a": 1}), True, id="tier-an-object"),
        pytest.param(served_by("default"), False, id="default"),
        pytest.param(served_by("standard"), False, id="standard"),
        pytest.param(served_by(None), False, id="tier-null"),
        pytest.param(usage_is("x"), True, id="usage-a-string"),
        pytest.param(usage_is([]), True, id="usage-a-list"),
        pytest.param(usage_is(None), True, id="usage-null"),
        pytest.param(usage_is({}), True, id="usage-empty"),
        pytest.param(cached_more_than_read, True, id="more-cached-than-read"),
        pytest.param(lambda _: lambda body: None, False, id="as-billed"),
    ],
)
def test_a_usage_is_booked_only_if_it_can_be_the_bill(
    wire: str,
    change: Callable[[str], Any],
    estimated: bool,
    say: Callable[..., None],
    server: ProviderServer,
) -> None:
    changed = change(wire)
    say(changed)
    attempt = invoke(wire, server)["attempt"]
    assert attempt["outcome"] == "answered"
    assert attempt["cost_nano_usd"] == (WORST if estimated else AS_BILLED)
    assert attempt["cost_estimated"] is estimated


def fast(body: Json) -> None:
    body["usage"]["speed"] = "fast"


def test_a_faster_mode_than_asked_is_an_estimate(
    say: Callable[..., None], server: ProviderServer
) -> None:
    say(fast)
    assert invoke("anthropic", server)["attempt"]["cost_estimated"] is True


def said_in(body: Json) -> Json:
    part: Json = body["output"][0]["content"][0]
    return part


def thinking(**changes: Any) -> Callable[[Json], None]:
    """A response with reasoning before its message, in which a test changed something."""
    item: Json = {"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": "e"}
    return lambda body: body["output"].insert(0, {**item, **changes})


WRONG: list[Any] = [None, 5, "x", [], {}, [None], [[]], {"a": 1}, [{"type": []}]]
OPENAI_PLACES: dict[str, Callable[[Json, Any], Any]] = {
    "choices": lambda body, wrong: body.update(choices=wrong),
    "choice": lambda body, wrong: body.update(choices=[wrong]),
    "message": lambda body, wrong: body["choices"][0].update(message=wrong),
    "content": lambda body, wrong: message_of(body).update(content=wrong),
    "refusal": lambda body, wrong: message_of(body).update(refusal=wrong),
    "tool_calls": lambda body, wrong: message_of(body).update(tool_calls=wrong),
    "function": lambda body, wrong: message_of(body).update(tool_calls=[{"function": wrong}]),
    "name": lambda body, wrong: calling({"name": wrong})(body),
    "arguments": lambda body, wrong: calling({"arguments": wrong})(body),
    "function_call": lambda body, wrong: message_of(body).update(function_call=wrong),
    "finish_reason": lambda body, wrong: body["choices"][0].update(finish_reason=wrong),
    "logprobs": lambda body, wrong: body["choices"][0].update(logprobs=wrong),
    "logprobs.content": lambda body, wrong: body["choices"][0].update(logprobs={"content": wrong}),
    "usage": lambda body, wrong: body.update(usage=wrong),
    "details": lambda body, wrong: body["usage"].update(prompt_tokens_details=wrong),
    "service_tier": lambda body, wrong: body.update(service_tier=wrong),
    "error": lambda body, wrong: body.update(error=wrong),
    "error.code": lambda body, wrong: body.update(error={"code": wrong, "message": wrong}),
    "error.details": lambda body, wrong: body.update(error={"a": 1, "details": wrong}),
}
ANTHROPIC_PLACES: dict[str, Callable[[Json, Any], Any]] = {
    "content": lambda body, wrong: body.update(content=wrong),
    "block": lambda body, wrong: body.update(content=[wrong]),
    "text": lambda body, wrong: body["content"][0].update(text=wrong),
    "thinking": lambda body, wrong: body["content"].append({"type": "thinking", "thinking": wrong}),
    "name": lambda body, wrong: using(name=wrong)(body),
    "input": lambda body, wrong: using(input=wrong)(body),
    "stop_reason": lambda body, wrong: body.update(stop_reason=wrong),
    "stop_sequence": lambda body, wrong: body.update(stop_sequence=wrong),
    "usage": lambda body, wrong: body.update(usage=wrong),
    "cache_creation": lambda body, wrong: body["usage"].update(cache_creation=wrong),
    "service_tier": lambda body, wrong: body["usage"].update(service_tier=wrong),
    "error": lambda body, wrong: body.update(error=wrong),
}
RESPONSES_PLACES: dict[str, Callable[[Json, Any], Any]] = {
    "output": lambda body, wrong: body.update(output=wrong),
    "item": lambda body, wrong: body.update(output=[wrong]),
    "item.type": lambda body, wrong: body["output"][0].update(type=wrong),
    "item.status": lambda body, wrong: body["output"][0].update(status=wrong),
    "phase": lambda body, wrong: body["output"][0].update(phase=wrong),
    "content": lambda body, wrong: body["output"][0].update(content=wrong),
    "part": lambda body, wrong: body["output"][0].update(content=[wrong]),
    "text": lambda body, wrong: said_in(body).update(text=wrong),
    "refusal": lambda body, wrong: said_in(body).update(type="refusal", refusal=wrong),
    "annotations": lambda body, wrong: said_in(body).update(annotations=wrong),
    "logprobs": lambda body, wrong: said_in(body).update(logprobs=wrong),
    "logprob": lambda body, wrong: said_in(body).update(logprobs=[wrong]),
    "logprob.value": lambda body, wrong: said_in(body).update(logprobs=[{"logprob": wrong}]),
    "call_id": lambda body, wrong: responding(call_id=wrong)(body),
    "name": lambda body, wrong: responding(name=wrong)(body),
    "arguments": lambda body, wrong: responding(arguments=wrong)(body),
    "summary": lambda body, wrong: thinking(summary=wrong)(body),
    "summary.text": lambda body, wrong: thinking(summary=[{"text": wrong}])(body),
    "encrypted_content": lambda body, wrong: thinking(encrypted_content=wrong)(body),
    "status": lambda body, wrong: body.update(status=wrong),
    "incomplete_details": lambda body, wrong: body.update(
        status="incomplete", incomplete_details=wrong
    ),
    "incomplete_details.reason": lambda body, wrong: body.update(
        status="incomplete", incomplete_details={"reason": wrong}
    ),
    "usage": lambda body, wrong: body.update(usage=wrong),
    "input_tokens_details": lambda body, wrong: body["usage"].update(input_tokens_details=wrong),
    "output_tokens_details": lambda body, wrong: body["usage"].update(output_tokens_details=wrong),
    "service_tier": lambda body, wrong: body.update(service_tier=wrong),
    "error": lambda body, wrong: body.update(error=wrong),
    "error.code": lambda body, wrong: body.update(error={"code": wrong, "message": wrong}),
}
PLACES = [
    (wire, *place)
    for wire, places in (
        ("openai", OPENAI_PLACES),
        ("openai-responses", RESPONSES_PLACES),
        ("anthropic", ANTHROPIC_PLACES),
    )
    for place in places.items()
]


@pytest.mark.parametrize(
    ("wire", "change"),
    [pytest.param(wire, change, id=f"{wire}-{name}") for wire, name, change in PLACES],
)
def test_values_of_any_type_anywhere_end_in_an_answer_or_a_failure(
    wire: str,
    change: Callable[[Json, Any], Any],
    say: Callable[..., None],
    server: ProviderServer,
) -> None:
    for wrong in WRONG:

        def with_wrong(body: Json, wrong: Any = wrong) -> None:
            change(body, wrong)

        say(with_wrong)
        attempt = invoke(wire, server)["attempt"]
        assert attempt["outcome"] == "answered" or attempt["failure"]["kind"], wrong


@pytest.mark.parametrize(
    ("wire", "change"),
    [
        ("openai", lambda body: body.update(choices={})),
        ("openai", lambda body: body["choices"][0].update(message=None)),
        ("openai", lambda body: message_of(body).update(content=5)),
        ("openai", lambda body: message_of(body).update(tool_calls={})),
        ("openai", calling(function="look")),
        ("openai", calling(type="custom", function=..., custom={"name": "look"})),
        ("openai", calling({"arguments": 5})),
        ("openai", calling({"arguments": ["Rome"]})),
        ("openai-responses", lambda body: body.update(output={})),
        ("openai-responses", lambda body: body.update(output=None)),
        ("openai-responses", lambda body: body.update(output=["Because."])),
        ("openai-responses", lambda body: body["output"][0].update(content=[None])),
        ("openai-responses", lambda body: said_in(body).update(text=None)),
        ("openai-responses", lambda body: said_in(body).update(type="refusal", refusal=5)),
        ("openai-responses", responding(arguments=5)),
        ("openai-responses", responding(arguments=["Rome"])),
        ("openai-responses", responding(name={"name": "look"})),
        ("anthropic", using(input=5)),
        ("anthropic", using(input=["Rome"])),
        ("anthropic", lambda body: body.update(content="Because.")),
        ("anthropic", lambda body: body.update(content=[{"type": "text", "text": None}])),
    ],
    ids=["choices-an-object", "message-null", "content-5", "tool-calls-an-object",
         "function-a-string", "custom-tool", "arguments-5", "arguments-a-list", "output-an-object",
         "output-null", "item-a-string", "part-null", "output-text-null",
         "refusal-5", "responses-arguments-5", "responses-arguments-a-list", "name-an-object",
         "input-5",
         "input-a-list", "content-a-string", "text-null"],
)  # fmt: skip
def test_wrong_types_are_malformed_output(
    wire: str, change: Callable[[Json], Any], say: Callable[..., None], server: ProviderServer
) -> None:
    say(change)
    with pytest.raises(ProviderFailure) as failed:
        call(wire, server.base_url(wire))
    assert failed.value.failure.kind is FailureKind.MALFORMED_OUTPUT


OPENAI_TEXTS: dict[str, Callable[[Json], Any]] = {
    "words": lambda body: message_of(body).update(content=f"It is {HALF} cut."),
    "words-in-a-list": lambda body: message_of(body).update(content=[f"It is {HALF} cut."]),
    "refusal": lambda body: message_of(body).update(content=None, refusal=f"No {HALF}."),
    "tool-name": calling({"name": f"lo{HALF}ok"}),
    "tool-arguments": calling({"arguments": json.dumps({"city": HALF, HALF: 1})}),
    "tool-arguments-unescaped": calling({"arguments": '{"city": "' + HALF + '"}'}),
    "tool-arguments-as-object": calling({"arguments": {"city": HALF, HALF: 1}}),
    "tool-id": calling(id=f"x{HALF}"),
    "logprobs": lambda body: body["choices"][0].update(
        logprobs={"content": [{"token": HALF, "logprob": -1.0, "bytes": None, "top_logprobs": []}]}
    ),
    "finish-reason": lambda body: body["choices"][0].update(finish_reason=HALF),
    "error": lambda body: body.update(error={"message": HALF, "code": HALF, "type": HALF}),
}
ANTHROPIC_TEXTS: dict[str, Callable[[Json], Any]] = {
    "words": lambda body: body.update(content=[{"type": "text", "text": f"It is {HALF} cut."}]),
    "tool-name": using(name=f"lo{HALF}ok"),
    "tool-input": using(input={"city": [HALF], HALF: 1}),
    "tool-id": using(id=f"x{HALF}"),
    "thinking": lambda body: body["content"].append({"type": "thinking", "thinking": HALF}),
    "stop-sequence": lambda body: body.update(stop_sequence=HALF),
    "error": lambda body: body.update(error={"message": HALF, "type": HALF}),
}
RESPONSES_TEXTS: dict[str, Callable[[Json], Any]] = {
    "words": lambda body: said_in(body).update(text=f"It is {HALF} cut."),
    "refusal": lambda body: said_in(body).update(type="refusal", refusal=f"No {HALF}."),
    "tool-name": responding(name=f"lo{HALF}ok"),
    "tool-arguments": responding(arguments=json.dumps({"city": HALF, HALF: 1})),
    "tool-arguments-unescaped": responding(arguments='{"city": "' + HALF + '"}'),
    "tool-id": responding(call_id=f"x{HALF}"),
    "reasoning": thinking(summary=[{"type": "summary_text", "text": HALF}]),
    "encrypted-reasoning": thinking(encrypted_content=HALF),
    "logprobs": lambda body: said_in(body).update(
        logprobs=[{"token": HALF, "logprob": -1.0, "bytes": None, "top_logprobs": []}]
    ),
    "status": lambda body: body.update(status=HALF),
    "error": lambda body: body.update(error={"message": HALF, "code": HALF, "type": HALF}),
}
HALVES = [
    (wire, *text)
    for wire, texts in (
        ("openai", OPENAI_TEXTS),
        ("openai-responses", RESPONSES_TEXTS),
        ("anthropic", ANTHROPIC_TEXTS),
    )
    for text in texts.items()
]


@pytest.mark.parametrize(
    ("wire", "change"),
    [pytest.param(wire, change, id=f"{wire}-{name}") for wire, name, change in HALVES],
)
def test_half_an_emoji_anywhere_is_replaced(
    wire: str, change: Callable[[Json], Any], say: Callable[..., None], server: ProviderServer
) -> None:
    say(change)
    result = invoke(wire, server, tools=(LOOK,), logprobs=wire != "anthropic")
    if result["outcome"] == "answered":
        assert "\N{REPLACEMENT CHARACTER}" in json.dumps(result, ensure_ascii=False)
        given = Answer.model_validate(result["opinion"]["answer"]["inline"])
        for made in given.tool_calls:
            json.dumps(json.loads(made.arguments), ensure_ascii=False).encode()


def test_a_whole_emoji_in_two_escapes_is_kept(
    say: Callable[..., None], server: ProviderServer
) -> None:
    say(lambda body: message_of(body).update(content="Fine \U0001f600."))
    assert call("openai", server.base_url("openai")).answer.text == "Fine \U0001f600."


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "-1e999"])
@pytest.mark.parametrize("wire", WIRE_FORMATS)
def test_numbers_that_are_not_json_never_leave_as_arguments(
    wire: str, number: str, server: ProviderServer
) -> None:
    def respond(call: Call) -> Reply:
        reply = answer(call, "x", INPUT, OUTPUT)
        called(wire, arguments={"n": "@"})(reply.body)
        return Reply(body=json.dumps(reply.body).replace('"@"', number))

    server.respond = respond
    attempt = invoke(wire, server, tools=(LOOK,))["attempt"]
    assert attempt["failure"]["kind"] == "malformed_output"
    assert attempt["cost_nano_usd"] == AS_BILLED


@pytest.mark.parametrize("number", ["NaN", "-Infinity", "1e999"])
@pytest.mark.parametrize("wire", ["openai", "openai-responses"])
def test_numbers_that_are_not_json_elsewhere_cost_no_answer(
    wire: str, number: str, server: ProviderServer
) -> None:
    def respond(call: Call) -> Reply:
        reply = answer(call, "Because it is so.", INPUT, OUTPUT)
        token: Json = {"token": "x", "logprob": "@", "bytes": None, "top_logprobs": []}
        tokens = [{**token, "top_logprobs": [token]}]
        if wire == "openai":
            reply.body["choices"][0]["logprobs"] = {"content": tokens}
        else:
            said_in(reply.body)["logprobs"] = tokens
        reply.body["timings"] = {"per_second": "@"}
        return Reply(body=json.dumps(reply.body).replace('"@"', number))

    server.respond = respond
    result = invoke(wire, server, logprobs=True)
    (token,) = result["opinion"]["answer"]["inline"]["logprobs"]["content"]
    assert (token["logprob"], token["top_logprobs"][0]["logprob"]) == (-9999.0, -9999.0)


DEPTH = 100_000
DEEP_BODIES: dict[str, Callable[[str], str]] = {
    "lists": lambda _: "[" * DEPTH,
    "closed-lists": lambda _: "[" * DEPTH + "]" * DEPTH,
    "objects": lambda _: '{"a":' * DEPTH + "1" + "}" * DEPTH,
    "error": lambda _: '{"error": {"message": ' + "[" * DEPTH + "]" * DEPTH + "}}",
    "unused-field": lambda body: body[:-1] + ', "x": ' + "[" * DEPTH + "]" * DEPTH + "}",
    "less-deep": lambda body: body[:-1] + ', "x": ' + "[" * 400 + "]" * 400 + "}",
    "long-number": lambda body: body[:-1] + ', "x": ' + "9" * 10_000 + "}",
}


@pytest.mark.parametrize("status", [200, 400, 500])
@pytest.mark.parametrize("wire", WIRE_FORMATS)
@pytest.mark.parametrize("deep", DEEP_BODIES.values(), ids=DEEP_BODIES)
def test_json_nested_without_end_is_a_failure(
    wire: str, status: int, deep: Callable[[str], str], server: ProviderServer
) -> None:
    server.respond = lambda call: Reply(status, deep(json.dumps(answer(call, "x").body)))
    attempt = invoke(wire, server)["attempt"]
    kinds = {200: "malformed_output", 400: "unknown", 500: "transient"}
    assert attempt["failure"]["kind"] == kinds[status]


@pytest.mark.parametrize("wire", WIRE_FORMATS)
def test_arguments_nested_without_end_are_not_trusted(
    wire: str, say: Callable[..., None], server: ProviderServer
) -> None:
    deep = "[" * DEPTH + "]" * DEPTH
    say(called(wire, arguments=deep))
    result = invoke(wire, server, tools=(LOOK,))
    assert result["opinion"]["confidence"] < 0.5


BODIES: dict[str, bytes | str] = {
    "latin-1": '{"choices": "é"}'.encode("latin-1"),
    "utf-16": '{"choices": []}'.encode("utf-16"),
    "zeros": bytes(100),
    "byte-order-mark-alone": b"\xef\xbb\xbf",
    "number": "5",
    "two-values": "{} {}",
}


@pytest.mark.parametrize("wire", WIRE_FORMATS)
@pytest.mark.parametrize("charset", ["utf-8", "zlib"])
@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_bytes_that_are_no_answer_are_malformed(
    wire: str, charset: str, body: str | bytes, server: ProviderServer
) -> None:
    headers = {"content-type": f"application/json; charset={charset}"}
    text = body if isinstance(body, str) else body.decode("latin-1")
    server.respond = lambda _: Reply(200, text, headers)
    with pytest.raises(ProviderFailure) as failed:
        call(wire, server.base_url(wire))
    assert failed.value.failure.kind is FailureKind.MALFORMED_OUTPUT


@pytest.mark.parametrize("wire", WIRE_FORMATS)
def test_a_byte_order_mark_costs_no_answer(wire: str, server: ProviderServer) -> None:
    server.respond = lambda call: Reply(body="\ufeff" + json.dumps(answer(call, "Yes.").body))
    assert call(wire, server.base_url(wire)).answer.text == "Yes."


THOUGHTS = {
    "think": '<think>Is {"a": 2} right?</think>\n\n{"a": 1}',
    "blank-before": '\n<think>\nHm.\n</think>{"a": 1}',
    "thinking": '<thinking>Hm.</thinking>{"a": 1}',
    "opened-by-the-template": 'Hm, let me see.\n</think>\n{"a": 1}',
    "reflection": '<reflection>Hm.</reflection>{"a": 1}',
    "upper-case": '<THINK>Hm.</Think>{"a": 1}',
    "brackets": '[THINK]Is {"a": 2} right?[/THINK]{"a": 1}',
    "brackets-opened-by-the-template": 'Hm.\n[/THINK]\n{"a": 1}',
    "another-tag-inside": '<think>Is </thought> a tag?</think>{"a": 1}',
    "none": '{"a": 1}',
}
SCHEMA = {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]}


@pytest.mark.parametrize("wire", WIRE_FORMATS)
@pytest.mark.parametrize("text", THOUGHTS.values(), ids=THOUGHTS)
def test_thoughts_before_an_answer_in_a_form_are_left_out(
    wire: str, text: str, say: Callable[..., None], server: ProviderServer
) -> None:
    say(lambda _: None, text)
    result = invoke(wire, server, response_schema=SCHEMA)
    assert result["opinion"]["answer"]["inline"]["text"] == '{"a": 1}'
    assert result["opinion"]["confidence"] > 0.5


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("<think>Hm.</think>Because.", {}),
        ('{"a": "</think>"}', {"json_object": True}),
        ("<think>Hm, unfinished", {"json_object": True}),
        ('["[/THINK]"]', {"json_object": True}),
        ("[THINK]Hm.</think>{}", {"json_object": True}),
    ],
    ids=["no-form-asked", "inside-the-json", "never-closed", "inside-a-list", "closed-otherwise"],
)
def test_other_text_is_kept_as_it_is(
    text: str, form: Json, say: Callable[..., None], server: ProviderServer
) -> None:
    say(lambda _: None, text)
    model = candidate("openai", server.base_url("openai"))
    assert (
        provider().answer(model, asking("Why?", max_output_tokens=9, **form), 5).answer.text == text
    )


def test_thoughts_are_left_out_of_the_parts_as_well(
    say: Callable[..., None], server: ProviderServer
) -> None:
    def change(body: Json) -> None:
        body["content"] = [
            {"type": "redacted_thinking", "data": "eHg="},
            {"type": "text", "text": '<think>Hm.</think>{"a": 1}'},
        ]

    say(change)
    model = candidate("anthropic", server.base_url("anthropic"))
    given = provider().answer(model, asking("?", max_output_tokens=9, json_object=True), 5).answer
    assert [part.type for part in given.parts] == ["thinking", "text"]
    assert given.parts[1].model_dump()["text"] == given.text == '{"a": 1}'
