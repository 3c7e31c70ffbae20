"""Requests that one vendor would refuse, through the whole router, at vendors that do refuse."""

import json
import urllib.error
import urllib.request
from typing import Any

import pytest

from tests.support.fake_provider_server import Call, Reply, answer
from tests.support.gateway import KEY
from tests.support.vendor_limits import objections

from .conftest import HttpRouter

Json = dict[str, Any]

VLLM = "chatcmpl-tool-0123456789abcdef0123456789abcdef"
CITY = {"type": "object", "properties": {"city": {"type": "string"}}}
LOOK = {"type": "function", "function": {"name": "look", "parameters": CITY}}
LOOK_A = {"name": "look", "input_schema": {"type": "object"}}
USER = "user_" + "a" * 150
LONG_NAME = "mcp__plugin_chrome-devtools-mcp_chrome-devtools__get_console_message"
JPEG = "/9j/4AAA"


def chat(*turns: Json, **more: Any) -> tuple[str, str]:
    return "/v1/chat/completions", json.dumps({"messages": list(turns), **more})


def messages(*turns: Json, **more: Any) -> tuple[str, str]:
    return "/v1/messages", json.dumps({"max_tokens": 100, "messages": list(turns), **more})


def user(content: Any) -> Json:
    return {"role": "user", "content": content}


def assistant(content: Any, **more: Any) -> Json:
    return {"role": "assistant", "content": content, **more}


def called(call_id: str, arguments: str = "{}") -> list[Json]:
    function = {"name": "look", "arguments": arguments}
    call = {"id": call_id, "type": "function", "function": function}
    found = {"role": "tool", "tool_call_id": call_id, "content": "1 degree"}
    return [assistant(None, tool_calls=[call]), found]


def used(call_id: str) -> list[Json]:
    block = {"type": "tool_use", "id": call_id, "name": "look", "input": {}}
    return [
        assistant([block]),
        user([{"type": "tool_result", "tool_use_id": call_id, "content": "1 degree"}]),
    ]


def image(label: str) -> Json:
    return {"type": "image_url", "image_url": {"url": f"data:{label};base64,{JPEG}"}}


MAP = {
    "type": "object", "required": ["tags"], "additionalProperties": False,
    "properties": {"tags": {"type": "object", "additionalProperties": {"type": "string"}}},
}  # fmt: skip
NULLABLE = {
    "type": "object", "required": ["a"],
    "properties": {"a": {"type": ["object", "null"], "properties": {"b": {"type": "string"}}}},
}  # fmt: skip
BY_MAP = {"type": "json_schema", "json_schema": {"name": "x", "schema": MAP}}
BY_NULLABLE = {"type": "json_schema", "json_schema": {"name": "x", "schema": NULLABLE}}
ASKED = user("Warm in A and B?")
EITHER, AUTO = ("old-o", "middle-o", "old-a", "auto"), ("auto",)
NOT_ANTHROPIC, NOT_OPENAI = ("old-o", "middle-o", "auto"), ("old-a", "auto")
CASES: dict[str, tuple[tuple[str, str], tuple[str, ...]]] = {
    "call-0-in-each-turn": (
        chat(ASKED, *called("call_0"), *called("call_0"), tools=[LOOK]), EITHER,
    ),
    "id-of-46-characters": (messages(ASKED, *used(VLLM), tools=[LOOK_A]), EITHER),
    "id-of-96-characters": (messages(ASKED, *used("x" * 96), tools=[LOOK_A]), EITHER),
    "user-id-of-159-characters": (messages(ASKED, metadata={"user_id": USER}), EITHER),
    "user-of-400-characters": (chat(ASKED, user="u" * 400), EITHER),
    "tool-name-of-68-characters": (
        messages(user("hi"), tools=[{"name": LONG_NAME, "input_schema": {"type": "object"}}]),
        NOT_OPENAI,
    ),
    "id-of-64-characters": (messages(ASKED, *used("x" * 64), tools=[LOOK_A]), EITHER),
    "one-output-token": (chat(ASKED, max_tokens=1), EITHER),
    "penalties-stop-and-seed": (
        chat(ASKED, frequency_penalty=1, presence_penalty=1, stop=["END"], seed=1), EITHER,
    ),
    "strict-tool-without-parameters": (
        messages(ASKED, tools=[{**LOOK_A, "strict": True}]), EITHER,
    ),
    "blank-answer": (chat(user("Hi"), assistant("\n\n"), user("Go on")), EITHER),
    "blank-question": (chat(user(" "), assistant("Yes?"), user("Go on")), EITHER),
    "blank-system": (chat({"role": "system", "content": " "}, ASKED), EITHER),
    "blank-last-question": (chat(user("Hi"), assistant("Hello"), user(" ")), EITHER),
    "map-in-a-schema": (chat(ASKED, response_format=BY_MAP), NOT_ANTHROPIC),
    "map-in-a-schema-on-the-moderate-tier": (
        chat(ASKED, response_format=BY_MAP, router={"model_tier": "moderate"}), AUTO,
    ),
    "nullable-object-in-a-schema": (chat(ASKED, response_format=BY_NULLABLE), EITHER),
    "map-in-a-strict-tool": (
        messages(ASKED, tools=[{"name": "tag", "input_schema": MAP, "strict": True}]), EITHER,
    ),
    "jpg-label": (chat(user([{"type": "text", "text": "?"}, image("image/jpg")])), EITHER),
    "png-label-on-a-jpeg": (chat(user([image("image/png")])), EITHER),
    "label-with-a-charset": (chat(user([image("image/jpeg;charset=utf-8")])), EITHER),
    "png-label-on-a-jpeg-in-a-result": (
        messages(
            ASKED,
            used("c")[0],
            user([{
                "type": "tool_result", "tool_use_id": "c",
                "content": [{
                    "type": "image",
                    "source": {"type": "base64", "media_type": "image/png", "data": JPEG},
                }],
            }]),
            tools=[LOOK_A],
        ),
        EITHER,
    ),
    "half-an-emoji-in-earlier-arguments": (
        chat(ASKED, *called("c1", '{"city": "cut \\ud83d"}'), tools=[LOOK]), EITHER,
    ),
    "null-as-earlier-arguments": (chat(ASKED, *called("c1", "null"), tools=[LOOK]), EITHER),
    "not-a-number-in-earlier-arguments": (
        chat(ASKED, *called("c1", '{"n": NaN}'), tools=[LOOK]), EITHER,
    ),
    "infinite-number-in-earlier-arguments": (
        chat(ASKED, *called("c1", '{"n": 1e999}'), tools=[LOOK]), EITHER,
    ),
    "tool-without-parameters": (
        messages(ASKED, tools=[{"name": "now", "input_schema": {"type": "object"}}]), EITHER,
    ),
    "speaker-with-a-space": (chat({**ASKED, "name": "Ann Lee"}), EITHER),
}  # fmt: skip


def refusing(call: Call) -> Reply:
    """A vendor that refuses what its own limits forbid."""
    if against := objections(call.wire, call.raw):
        error = {"type": "invalid_request_error", "message": against[0]}
        return Reply(400, {"type": "error", "error": error})
    if {"response_format", "output_config", "text"} & call.body.keys():
        return answer(call, '{"tags": {"bees": "insects"}, "a": null}')
    return answer(call, "It is warm in A and cold in B today.")


@pytest.mark.parametrize(
    ("request_", "model"),
    [(request, model) for request, models in CASES.values() for model in models],
    ids=[f"{name}-{model}" for name, (_, models) in CASES.items() for model in models],
)
def test_no_vendor_s_own_limit_ends_a_request(
    served: HttpRouter, request_: tuple[str, str], model: str
) -> None:
    served.answering(refusing)
    path, body = request_
    raw = f'{{"model": "{model}", {body[1:]}'
    headers = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"}
    sent = urllib.request.Request(f"{served.gateway.url}{path}", raw.encode(), headers)
    try:
        with urllib.request.urlopen(sent) as replied:
            told = json.load(replied)
    except urllib.error.HTTPError as error:
        pytest.fail(error.read().decode())
    assert [attempt["outcome"] for attempt in told["router"]["attempts"]] == ["answered"] * len(
        told["router"]["attempts"]
    )
    assert not any(objections(call.wire, call.raw) for call in served.calls)


def test_a_tool_s_name_too_long_for_the_model_asked_by_name_is_the_field_in_the_error(
    served: HttpRouter,
) -> None:
    path, body = CASES["tool-name-of-68-characters"][0]
    raw = f'{{"model": "old-o", {body[1:]}'
    headers = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"}
    sent = urllib.request.Request(f"{served.gateway.url}{path}", raw.encode(), headers)
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(sent)
    assert refused.value.code == 400
    assert "more than 64 characters" in refused.value.read().decode()
    assert not served.calls
