"""OpenAI's format as a provider speaks it: requests out, completions in."""

import json
from typing import Any

import httpx2
import openai
import pytest

from llm_router.adapters.providers.openai import answer_of, method_of, request_of, usage_of
from llm_router.domain.conversation.answer import Usage
from llm_router.domain.conversation.content import Image, Text, ToolCall, ToolResult
from llm_router.domain.conversation.conversation import Conversation, Message, Tool, ToolChoice
from llm_router.domain.outcome.failures import ProviderFailure
from tests.support.fakes import asking
from tests.support.provider_adapters import candidate

MODEL = candidate("openai", None)
SEE = Image(url="https://example.com/cat.png", detail="low")
CALLS = (
    ToolCall(id="call_1", name="weather", arguments='{"city": "Paris"}'),
    ToolCall(id="call_2", name="weather", arguments='{"city": "Rome"}'),
)
CITY: dict[str, Any] = {
    "type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"],
    "additionalProperties": False,
}  # fmt: skip
TOOL = Tool(name="weather", description="Tells it", parameters=CITY, strict=True)


def completion(message: dict[str, Any], finish_reason: Any = "stop", **more: Any) -> dict[str, Any]:
    choice = {"index": 0, "finish_reason": finish_reason, "message": message, **more}
    return {
        "id": "c", "object": "chat.completion", "created": 1, "model": "m",
        "choices": [{**choice, "message": {"role": "assistant", **message}}],
        "usage": {"prompt_tokens": 5, "completion_tokens": 2, "total_tokens": 7},
    }  # fmt: skip


def test_pictures_keep_their_place_among_the_words() -> None:
    turn = Message(role="user", content=(Text(text="a"), SEE, Text(text="b")))
    (sent,) = request_of(MODEL, Conversation(messages=(turn,)), None)["messages"]
    assert sent["content"] == [
        {"type": "text", "text": "a"},
        {"type": "image_url", "image_url": {"url": SEE.url, "detail": "low"}},
        {"type": "text", "text": "b"},
    ]


def test_a_round_of_tool_calls_is_one_turn_and_a_message_for_each_result() -> None:
    results = (
        ToolResult(call_id="call_1", content=(Text(text="sunny"),)),
        ToolResult(call_id="call_2", content=(Text(text="no such city"), SEE), is_error=True),
    )
    conversation = Conversation(
        messages=(
            Message(role="user", content="Weather?"),
            Message(role="assistant", content=(Text(text="Let me see."), *CALLS)),
            Message(role="tool", content=results),
            Message(role="user", content="And?"),
        ),
        tools=(TOOL,),
    )
    sent = request_of(MODEL, conversation, None)["messages"]
    assert [turn["role"] for turn in sent] == ["user", "assistant", "tool", "tool", "user", "user"]
    assert sent[1]["content"] == "Let me see."
    assert [call["function"] for call in sent[1]["tool_calls"]] == [
        {"name": "weather", "arguments": '{"city": "Paris"}'},
        {"name": "weather", "arguments": '{"city": "Rome"}'},
    ]
    assert sent[2] == {"role": "tool", "tool_call_id": "call_1", "content": "sunny"}
    assert sent[3]["content"] == "Error: no such city"
    assert sent[4]["content"][0]["text"] == "Pictures of result call_2:"
    assert sent[4]["content"][1]["image_url"]["url"] == SEE.url


@pytest.mark.parametrize(
    ("choice", "sent"),
    [
        (ToolChoice(mode="auto"), "auto"),
        (ToolChoice(mode="none"), "none"),
        (ToolChoice(mode="required"), "required"),
        (
            ToolChoice(mode="named", name="weather"),
            {"type": "function", "function": {"name": "weather"}},
        ),
    ],
)
def test_tools_are_sent_with_the_choice_among_them(choice: ToolChoice, sent: Any) -> None:
    conversation = asking("?", tools=(TOOL,), tool_choice=choice, parallel_tool_calls=False)
    request = request_of(MODEL, conversation, None)
    assert request["tools"] == [
        {
            "type": "function",
            "function": {
                "name": "weather", "description": "Tells it", "parameters": CITY, "strict": True,
            },
        }
    ]  # fmt: skip
    assert (request["tool_choice"], request["parallel_tool_calls"]) == (sent, False)


def test_without_tools_nothing_is_said_of_them() -> None:
    assert "parallel_tool_calls" not in request_of(
        MODEL, asking("?", parallel_tool_calls=False), None
    )


@pytest.mark.parametrize(
    ("schema", "asked", "strict"),
    [
        ({"type": "object", "properties": {}, "additionalProperties": False}, None, True),
        ({"type": "object", "properties": {"a": {"type": "string"}}}, None, False),
        ({"type": "object", "properties": {"a": {"type": "string"}}}, True, True),
        (
            {
                "type": "object", "required": ["a"], "additionalProperties": False,
                "properties": {"a": {"type": "array", "items": {"type": "object"}}},
            },
            None,
            False,
        ),
    ],
)  # fmt: skip
def test_a_schema_is_strict_if_that_was_asked_or_it_can_be(
    schema: dict[str, Any], asked: bool | None, strict: bool
) -> None:
    conversation = asking("?", response_schema=schema, schema_name="n", schema_strict=asked)
    sent = request_of(MODEL, conversation, schema)["response_format"]
    assert sent["json_schema"] == {"name": "n", "schema": schema, "strict": strict}


def test_everything_that_can_be_set_arrives() -> None:
    conversation = asking(
        "?", max_output_tokens=9, temperature=0.1, top_p=0.2, frequency_penalty=0.3,
        presence_penalty=0.4, seed=5, stop=("x",), user="u", logprobs=True, top_logprobs=3,
        json_object=True,
    )  # fmt: skip
    request = request_of(MODEL, conversation, None)
    assert request["response_format"] == {"type": "json_object"}
    del request["messages"], request["response_format"], request["model"]
    assert request == {
        "max_completion_tokens": 9, "temperature": 0.1, "top_p": 0.2, "frequency_penalty": 0.3,
        "presence_penalty": 0.4, "seed": 5, "stop": ["x"], "user": "u", "logprobs": True,
        "top_logprobs": 3,
    }  # fmt: skip


@pytest.mark.parametrize("reason", ["tool_calls", "stop"])
def test_calls_are_read_with_their_ids_and_arguments(reason: str) -> None:
    calls = [
        {"id": c.id, "type": "function", "function": {"name": c.name, "arguments": c.arguments}}
        for c in CALLS
    ]
    answer = answer_of(completion({"content": None, "tool_calls": calls}, reason))
    assert answer.tool_calls == CALLS
    assert (answer.text, answer.finish_reason) == ("", "tool_calls")


@pytest.mark.parametrize("reason", ["stop", "length", "content_filter"])
def test_reasons_and_logprobs_are_read(reason: str) -> None:
    token = {"token": "hi", "logprob": -0.1, "bytes": None, "top_logprobs": []}
    told = {"content": [token], "refusal": None}
    answer = answer_of(completion({"content": "hi"}, reason, logprobs=told))
    assert (answer.finish_reason, answer.logprobs) == (reason, told)
    assert json.dumps(answer.model_dump(mode="json"))


def test_an_answer_that_did_not_end_is_a_failure() -> None:
    with pytest.raises(ProviderFailure):
        answer_of(completion({"content": "hi"}, None))


def test_what_was_written_to_a_cache_is_told_apart() -> None:
    given = completion({"content": "hi"})
    given["usage"]["prompt_tokens_details"] = {"cached_tokens": 1, "cache_write_tokens": 3}
    assert usage_of(given) == Usage(
        input_tokens=5, cached_input_tokens=1, cache_write_tokens=3, output_tokens=2
    )


def test_thousands_of_messages_go_out_without_the_sdk_s_walk_through_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    walked: list[object] = []
    from openai._utils import _transform as transform

    walk = transform._transform_recursive

    def counted(*given: Any, **options: Any) -> Any:
        walked.append(given)
        return walk(*given, **options)

    monkeypatch.setattr(transform, "_transform_recursive", counted)
    sent: list[bytes] = []

    def reply(request: httpx2.Request) -> httpx2.Response:
        sent.append(request.read())
        return httpx2.Response(200, json={})

    turns = tuple(Message(role="user", content="a") for _ in range(3_000))
    request = request_of(candidate("openai", None), Conversation(messages=turns), None)
    with httpx2.Client(transport=httpx2.MockTransport(reply)) as http_client:
        client = openai.OpenAI(api_key="k", http_client=http_client)
        method_of(client)(**request, timeout=5)
    assert json.loads(sent[0]) == request
    assert len(walked) < 100
