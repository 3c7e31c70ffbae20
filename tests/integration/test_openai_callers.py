"""The current openai package as the caller; behind the router either vendor's package."""

import json
from typing import Any

import openai
import pytest
from openai.types.chat import ChatCompletionMessageParam, ChatCompletionToolParam
from pydantic import BaseModel

from tests.support.caller_fixtures import BOTH, CALLS, CITY, OF_ANTHROPIC, OF_OPENAI, PNG
from tests.support.fake_provider_server import Call, Reply, answer, tool_calls
from tests.support.route_function import CALLER

from .conftest import HttpRouter

WEATHER: list[ChatCompletionToolParam] = [
    {"type": "function", "function": {"name": "weather", "parameters": CITY}}
]
ASKED: list[ChatCompletionMessageParam] = [{"role": "user", "content": "Is it warm?"}]


def by_turn(call: Call) -> Reply:
    """Calls two tools first, and answers when their results are there."""
    told = json.dumps(call.body["messages"])
    return answer(call, "It is warm in both.") if "20 degrees" in told else tool_calls(call, CALLS)


@pytest.mark.parametrize("model", BOTH)
@pytest.mark.parametrize("streamed", [False, True])
def test_a_round_of_parallel_tool_calls(served: HttpRouter, model: str, streamed: bool) -> None:
    served.answering(by_turn)
    messages = [*ASKED]
    client = served.openai
    if streamed:
        with client.chat.completions.stream(model=model, messages=messages, tools=WEATHER) as held:
            message: Any = held.get_final_completion().choices[0].message
    else:
        created = client.chat.completions.create(model=model, messages=messages, tools=WEATHER)
        assert created.choices[0].finish_reason == "tool_calls"
        message = created.choices[0].message
    assert [
        (call.id, (call.function.name, json.loads(call.function.arguments)))
        for call in message.tool_calls
    ] == list(CALLS.items())
    messages.append(message)
    messages += [
        {"role": "tool", "tool_call_id": call.id, "content": "20 degrees"}
        for call in message.tool_calls
    ]
    ended = client.chat.completions.create(model=model, messages=messages, tools=WEATHER)
    assert ended.choices[0].message.content == "It is warm in both."
    turns = served.calls[-1].body["messages"]
    if model == OF_ANTHROPIC:
        assert [turn["role"] for turn in turns] == ["user", "assistant", "user"]
        assert [block["tool_use_id"] for block in turns[2]["content"]] == list(CALLS)
    else:
        assert [turn["tool_call_id"] for turn in turns[2:]] == list(CALLS)


@pytest.mark.parametrize("model", BOTH)
def test_pictures_arrive(served: HttpRouter, model: str) -> None:
    urls = ["https://example.com/cat.png", f"data:image/png;base64,{PNG}"]
    parts: list[Any] = [{"type": "image_url", "image_url": {"url": url}} for url in urls]
    words: Any = {"type": "text", "text": "What is this?"}
    served.openai.chat.completions.create(
        model=model, messages=[{"role": "user", "content": [words, *parts]}]
    )
    (turn,) = served.calls[0].body["messages"]
    if model == OF_OPENAI:
        assert turn["content"][1:] == parts
    else:
        assert turn["content"][1]["source"] == {"type": "url", "url": urls[0]}
        assert turn["content"][2]["source"]["data"] == PNG


class Reply_(BaseModel):
    city: str


@pytest.mark.parametrize("model", BOTH)
def test_an_answer_by_a_schema(served: HttpRouter, model: str) -> None:
    served.answering(lambda call: answer(call, '{"city": "Paris"}'))
    parsed = served.openai.chat.completions.parse(
        model=model, messages=ASKED, response_format=Reply_
    )
    assert parsed.choices[0].message.parsed == Reply_(city="Paris")
    sent = served.calls[0].body
    if model == OF_OPENAI:
        assert sent["response_format"]["json_schema"]["strict"] is True
        assert sent["response_format"]["json_schema"]["name"] == "Reply_"
    else:
        assert sent["output_config"]["format"]["schema"]["properties"]["city"]["type"] == "string"


def test_any_json_object_is_only_asked_of_models_that_have_such_a_mode(served: HttpRouter) -> None:
    served.answering(lambda call: answer(call, '{"city": "Paris"}'))
    created = served.openai.chat.completions.create(
        model="auto", messages=ASKED, response_format={"type": "json_object"},
        extra_body={"router": {"model_tier": "simple"}},
    )  # fmt: skip
    assert {call.wire for call in served.calls} == {"openai"}
    assert created.choices[0].message.content == '{"city": "Paris"}'
    with pytest.raises(openai.BadRequestError, match="json_object"):
        served.openai.chat.completions.create(
            model=OF_ANTHROPIC, messages=ASKED, response_format={"type": "json_object"}
        )


def test_log_probabilities_come_from_models_that_tell_them(served: HttpRouter) -> None:
    token = {"token": "Yes", "logprob": -0.1, "bytes": [89], "top_logprobs": []}

    def telling(call: Call) -> Reply:
        reply = answer(call, "Yes")
        reply.body["choices"][0]["logprobs"] = {"content": [token], "refusal": None}
        return reply

    served.answering(telling)
    created = served.openai.chat.completions.create(
        model="old-o", messages=ASKED, logprobs=True, top_logprobs=1
    )
    assert created.choices[0].logprobs is not None
    assert created.choices[0].logprobs.content is not None
    assert created.choices[0].logprobs.content[0].token == "Yes"
    assert served.calls[0].body["top_logprobs"] == 1


def test_a_refusal_stays_one_also_in_a_stream(served: HttpRouter) -> None:
    def refusing(call: Call) -> Reply:
        reply = answer(call, "")
        reply.body["choices"][0]["message"] |= {"content": None, "refusal": "I will not."}
        return reply

    class City(BaseModel):
        name: str

    served.answering(refusing)
    parsed = served.openai.chat.completions.parse(
        model=OF_OPENAI, messages=ASKED, response_format=City
    )
    message = parsed.choices[0].message
    assert (message.refusal, message.parsed, message.content) == ("I will not.", None, None)
    with served.openai.chat.completions.stream(model=OF_OPENAI, messages=ASKED) as stream:
        said = stream.get_final_completion().choices[0].message
    assert (said.refusal, said.content) == ("I will not.", None)


@pytest.mark.parametrize("model", BOTH)
def test_every_parameter_arrives_or_is_named_as_ignored(served: HttpRouter, model: str) -> None:
    created = served.openai.chat.completions.create(
        model=model, messages=ASKED, temperature=0.5, top_p=0.9, seed=7, stop=["END"],
        max_completion_tokens=50, user="u", metadata={"a": "b"}, store=False, n=1,
        frequency_penalty=0.1, presence_penalty=0.1, service_tier="auto", parallel_tool_calls=True,
    )  # fmt: skip
    assert created.model_extra is not None
    (attempt,) = created.model_extra["router"]["attempts"]
    sent = served.calls[0].body
    assert sent["temperature"] == 0.5
    if model == OF_OPENAI:
        assert attempt["ignored"] == []
        assert (sent["seed"], sent["stop"], sent["frequency_penalty"]) == (7, ["END"], 0.1)
    else:
        assert set(attempt["ignored"]) == {
            "frequency_penalty", "presence_penalty", "seed", "top_p",
        }  # fmt: skip
        assert (sent["stop_sequences"], sent["metadata"]) == (["END"], {"user_id": "u"})
    assert not {"store", "service_tier", "parallel_tool_calls"} & set(sent)


HINTS: list[tuple[str, dict[str, Any]]] = [
    ("verbosity", {"verbosity": "low"}),
    ("service_tier", {"service_tier": "flex"}),
    ("service_tier", {"service_tier": "priority"}),
    ("prediction", {"prediction": {"type": "content", "content": "It is warm." * 50}}),
    ("min_p", {"min_p": 0.1}),
    ("repetition_penalty", {"repetition_penalty": 1.1}),
    ("top_k", {"top_k": 5}),
]


@pytest.mark.parametrize("model", [*BOTH, "small-o", "small-a"])
@pytest.mark.parametrize(("name", "hint"), HINTS, ids=[str(hint) for _, hint in HINTS])
def test_a_hint_is_passed_on_where_it_exists_or_named_as_ignored(
    served: HttpRouter, model: str, name: str, hint: dict[str, Any]
) -> None:
    passed_on = {("verbosity", "small-o"), ("top_k", OF_ANTHROPIC)}
    created = served.openai.chat.completions.create(model=model, messages=ASKED, extra_body=hint)
    assert created.model_extra is not None
    (attempt,) = created.model_extra["router"]["attempts"]
    sent = served.calls[0].body
    if (name, model) in passed_on:
        assert attempt["ignored"] == []
        assert sent[name] == hint[name]
    else:
        assert attempt["ignored"] == [name]
        assert name not in sent


@pytest.mark.parametrize("model", BOTH)
@pytest.mark.parametrize(
    "asked",
    [
        {"n": 1}, {"logit_bias": {}}, {"store": False}, {"modalities": ["text"]}, {"top_k": 0},
        {"top_k": -1}, {"top_logprobs": 0, "logprobs": False}, {"top_logprobs": 0},
        {"service_tier": "auto"}, {"service_tier": "default"}, {"usage": {"include": True}},
        {"stop": []}, {"metadata": {}}, {"tools": []}, {"tool_choice": "none"},
    ],
    ids=str,
)  # fmt: skip
def test_what_asks_for_nothing_is_neither_sent_nor_named(
    served: HttpRouter, model: str, asked: dict[str, Any]
) -> None:
    plain: Any = served.openai.chat.completions.create(model=model, messages=ASKED)
    created: Any = served.openai.chat.completions.create(
        model=model, messages=ASKED, extra_body=asked
    )
    first, second = served.calls
    assert first.body == second.body
    ignored = [reply.model_extra["router"]["attempts"][0]["ignored"] for reply in (plain, created)]
    assert ignored == [[], []]


@pytest.mark.parametrize("model", BOTH)
def test_a_top_p_of_zero_arrives(served: HttpRouter, model: str) -> None:
    served.openai.chat.completions.create(model=model, messages=ASKED, top_p=0)
    assert served.calls[0].body["top_p"] == 0


def test_openrouters_wish_for_usage_holds_for_a_stream(served: HttpRouter) -> None:
    *_, last = served.openai.chat.completions.create(
        model=OF_OPENAI, messages=ASKED, stream=True, extra_body={"usage": {"include": True}}
    )
    assert last.usage is not None


@pytest.mark.parametrize("model", BOTH)
def test_the_name_in_a_tools_result_is_taken_and_dropped(served: HttpRouter, model: str) -> None:
    call = {"id": "c1", "type": "function", "function": {"name": "weather", "arguments": "{}"}}
    messages: Any = [
        *ASKED,
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "c1", "name": "weather", "content": "20 degrees"},
    ]
    created: Any = served.openai.chat.completions.create(
        model=model, messages=messages, tools=WEATHER
    )
    assert created.model_extra["router"]["attempts"][0]["ignored"] == []
    result = served.calls[0].body["messages"][-1]
    assert "name" not in json.dumps(result)


def test_cache_control_of_parts_and_tools_reaches_anthropics_models(served: HttpRouter) -> None:
    cached = {"cache_control": {"type": "ephemeral", "ttl": "1h"}}
    picture = {"type": "image_url", "image_url": {"url": "https://example.com/a.png"}, **cached}
    messages: Any = [
        {"role": "system", "content": [{"type": "text", "text": "Be brief.", **cached}]},
        {"role": "user", "content": [{"type": "text", "text": "Warm?", **cached}, picture]},
    ]
    tools: Any = [{**WEATHER[0], **cached}]
    for model in BOTH:
        created: Any = served.openai.chat.completions.create(
            model=model, messages=messages, tools=tools
        )
        assert created.model_extra["router"]["attempts"][0]["ignored"] == []
    to_openai, to_anthropic = (call.body for call in served.calls)
    assert "cache_control" not in json.dumps(to_openai)
    parts = (*to_anthropic["system"], *to_anthropic["messages"][0]["content"])
    assert [part["cache_control"] for part in (*parts, *to_anthropic["tools"])] == [
        cached["cache_control"]
    ] * 4


@pytest.mark.parametrize(
    "name", ["old-o-2024-05-13", "openai/old-o", "openai/old-o-2024-05-13", "old-o-latest"]
)
def test_a_dated_or_prefixed_name_is_the_policys_model(served: HttpRouter, name: str) -> None:
    created = served.openai.chat.completions.create(model=name, messages=ASKED)
    assert (created.model, served.calls[0].model) == ("old-o", "old-o")
    assert served.openai.models.retrieve(name).id == "old-o"


@pytest.mark.parametrize("name", ["azure/old-o", "anthropic/old-o", "old-o-2024", "old"])
def test_a_name_of_no_model_is_not_found(served: HttpRouter, name: str) -> None:
    with pytest.raises(openai.NotFoundError):
        served.openai.chat.completions.create(model=name, messages=ASKED)
    with pytest.raises(openai.NotFoundError):
        served.openai.models.retrieve(name)


@pytest.mark.parametrize("model", BOTH)
def test_a_deep_schema_arrives_and_a_number_that_json_lacks_costs_nothing(
    served: HttpRouter, model: str
) -> None:
    schema: dict[str, Any] = {"type": "string"}
    for _ in range(85):
        schema = {"type": "object", "properties": {"a": schema}}
    tools: Any = [{"type": "function", "function": {"name": "f", "parameters": schema}}]
    served.openai.chat.completions.create(model=model, messages=ASKED, tools=tools)
    assert json.dumps(served.calls[0].body).count('"properties"') == 85
    for number in ("NaN", "-Infinity", "1e999"):
        raw = json.dumps({"model": model, "messages": ASKED, "tools": tools})
        reply = served.gateway.function.call(
            "POST", "/v1/chat/completions", raw.replace('"string"', number), {}
        )
        assert (reply["statusCode"], len(served.calls)) == (400, 1)
        assert "tools.0.function.parameters: holds a number" in reply["body"]


@pytest.mark.parametrize("model", BOTH)
def test_a_stream_holds_what_a_reply_does(served: HttpRouter, model: str) -> None:
    text = "Grüße, 漢字 and\nlines. " * 200
    served.answering(lambda call: answer(call, text, 11, 7, cached=4))
    chunks = list(
        served.openai.chat.completions.create(
            model=model, messages=ASKED, stream=True, stream_options={"include_usage": True}
        )
    )
    *told, ended, counted = chunks
    assert told[0].choices[0].delta.role == "assistant"
    assert "".join(chunk.choices[0].delta.content or "" for chunk in told) == text
    assert len(told) > 2
    assert {chunk.id for chunk in chunks} == {chunks[0].id}
    assert all(chunk.usage is None for chunk in chunks[:-1])
    assert ended.choices[0].finish_reason == "stop"
    assert ended.model_extra is not None
    assert ended.model_extra["router"]["attempts"][0]["model"] == model
    assert counted.usage is not None
    assert counted.usage.prompt_tokens_details is not None
    assert counted.usage.prompt_tokens_details.cached_tokens == 4
    assert (counted.choices, counted.usage.total_tokens) == ([], 18)


def test_an_error_comes_before_a_stream_and_as_json(served: HttpRouter) -> None:
    served.answering(lambda _: Reply(500, {"error": {"message": "no", "type": "server_error"}}))
    with pytest.raises(openai.InternalServerError) as failed:
        served.openai.chat.completions.create(model="auto", messages=ASKED, stream=True)
    assert failed.value.status_code == 503
    assert failed.value.response.headers["content-type"] == "application/json"
    assert failed.value.response.headers["x-should-retry"] == "false"
    assert failed.value.code == "all_models_failed"


@pytest.mark.parametrize(
    ("status", "body", "headers", "raised"),
    [
        (400, {"message": "bad", "type": "invalid_request_error"}, {}, openai.BadRequestError),
        (429, {"message": "slow", "type": "rate_limit_error"}, {"retry-after": "7"},
         openai.RateLimitError),
    ],
)  # fmt: skip
def test_errors_are_the_clients_own(
    served: HttpRouter, status: int, body: Any, headers: dict[str, str], raised: type[Exception]
) -> None:
    served.answering(lambda _: Reply(status, {"error": body, "type": "error"}, headers))
    with pytest.raises(raised) as failed:
        served.openai.chat.completions.create(model=OF_OPENAI, messages=ASKED)
    error: Any = failed.value
    assert error.response.headers.get("retry-after") == headers.get("retry-after")
    assert error.request_id
    with pytest.raises(openai.NotFoundError):
        served.openai.chat.completions.create(model="gpt-99", messages=ASKED)
    with pytest.raises(openai.APIStatusError) as dear:
        served.openai.chat.completions.create(
            model="auto", messages=ASKED, extra_body={"router": {"max_cost_usd": 1e-9}}
        )
    assert dear.value.status_code == 402


def test_a_call_with_broken_arguments_is_not_trusted(served: HttpRouter) -> None:
    def breaking(call: Call) -> Reply:
        reply = tool_calls(call, {"call_1": ("weather", {"city": "Paris"})})
        if call.wire == "openai" and call.model == "small-o":
            function = reply.body["choices"][0]["message"]["tool_calls"][0]["function"]
            function["arguments"] = '{"city": '
        elif call.wire == "anthropic" and call.model == "small-a":
            reply.body["content"][0]["input"] = {"town": "Paris"}
        return reply

    served.answering(breaking)
    created = served.openai.chat.completions.create(
        model="auto", messages=ASKED, tools=WEATHER,
        extra_body={"router": {"model_tier": "simple"}},
    )  # fmt: skip
    assert created.model_extra is not None
    first, second = created.model_extra["router"]["attempts"]
    assert first["signals"]["structure"] < 0.5
    assert (second["reason"], second["signals"]["structure"]) == ("escalation", 1.0)
    calls = created.choices[0].message.tool_calls
    assert calls is not None
    assert calls[0].type == "function"
    assert json.loads(calls[0].function.arguments) == {"city": "Paris"}


def test_a_body_of_six_megabytes_with_two_pictures(
    served: HttpRouter, capsys: pytest.CaptureFixture[str]
) -> None:
    picture = "QUJD" * 680_000
    parts: list[Any] = [
        {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{picture}"}}
        for _ in range(2)
    ]
    words: Any = {"type": "text", "text": "xylophone " * 50_000}
    served.openai.chat.completions.create(
        model=OF_OPENAI, messages=[{"role": "user", "content": [words, *parts]}]
    )
    assert len(served.calls[0].raw) > 5_900_000
    logged = capsys.readouterr()
    assert "QUJD" not in logged.out + logged.err
    assert "xylophone" not in logged.out + logged.err
    with pytest.raises(openai.APIStatusError, match="6000000 bytes") as refused:
        served.openai.chat.completions.create(
            model=OF_OPENAI, messages=[{"role": "user", "content": "x" * 6_000_001}]
        )
    assert refused.value.status_code == 413


def test_a_reply_over_the_limit_is_an_error_that_says_so(served: HttpRouter) -> None:
    served.answering(lambda call: answer(call, "€" * 1_100_000))
    with pytest.raises(openai.APIStatusError, match="6000000 bytes") as refused:
        served.openai.chat.completions.create(model=OF_OPENAI, messages=ASKED)
    assert (refused.value.status_code, refused.value.code) == (413, "reply_too_large")


def test_a_keys_alias_comes_before_the_name_of_a_model(served: HttpRouter) -> None:
    aliases = {"old-o": "auto", "best": "complex", "old": "old-mini-o", "gone": "gpt-1"}
    served.gateway.function.caller = {**CALLER, "aliases": json.dumps(aliases)}

    def answered_by(model: str) -> tuple[str, str]:
        created = served.openai.chat.completions.create(
            model=model, messages=[{"role": "user", "content": "hi"}]
        )
        assert created.model_extra is not None
        return created.model, created.model_extra["router"]["strategy"]

    assert answered_by("old-o") == ("small-a", "rule")
    assert answered_by("best") == ("large-a", "override")
    assert answered_by("old") == ("old-mini-o", "override")
    with pytest.raises(openai.NotFoundError, match=r"'gpt-1'.*'gone'"):
        answered_by("gone")
    listed = {model.id: model for model in served.openai.models.list()}
    assert listed["best"].model_extra == {"router": {"alias_of": "complex"}}


@pytest.mark.parametrize("model", BOTH)
def test_a_usage_that_was_not_reported_is_estimated_and_said_to_be(
    served: HttpRouter, model: str
) -> None:
    def silent(call: Call) -> Reply:
        reply = answer(call, "Sunny.")
        unknown = None if call.wire == "openai" else {"input_tokens": -1, "output_tokens": -1}
        return Reply(body={**reply.body, "usage": unknown})

    served.answering(silent)
    *_, counted = served.openai.chat.completions.create(
        model=model, messages=ASKED, stream=True, stream_options={"include_usage": True}
    )
    assert counted.usage is not None
    assert counted.usage.model_extra == {"estimated": True}
    assert counted.usage.completion_tokens > 0
