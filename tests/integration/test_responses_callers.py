"""The current openai package as the caller of responses; behind the router all three formats."""

import asyncio
import json
from typing import Any

import openai
import pytest
from pydantic import BaseModel

from tests.support.caller_fixtures import CALLS, CITY
from tests.support.fake_provider_server import Call, Json, Reply, answer, tool_calls
from tests.support.gateway import KEY

from .conftest import HttpRouter

OF_CHAT, OF_RESPONSES, OF_ANTHROPIC = "small-o", "middle-o", "small-a"
ALL = [OF_CHAT, OF_RESPONSES, OF_ANTHROPIC]
"""A model of each format, called by its name: no cascade."""
ASKED = "Is it warm?"
WEATHER: Any = {"type": "function", "name": "weather", "parameters": CITY, "strict": True}
SEALED: Json = {"type": "reasoning", "encrypted_content": "c2VhbGVk", "summary": []}


def sent_turns(call: Call) -> list[Json]:
    """The conversation as a vendor got it."""
    turns: list[Json] = call.body["input" if call.wire == "openai-responses" else "messages"]
    return turns


def by_turn(call: Call) -> Reply:
    """Calls two tools first, and answers when their results are there."""
    if "20 degrees" in json.dumps(sent_turns(call)):
        return answer(call, "It is warm in both.")
    return tool_calls(call, CALLS, "Let me see.")


def with_outputs(items: list[Any], response: Any) -> list[Any]:
    """The next turn's input: all that was said, and an output for each call."""
    calls = [item for item in response.output if item.type == "function_call"]
    outputs = [
        {"type": "function_call_output", "call_id": call.call_id, "output": "20 degrees"}
        for call in calls
    ]
    return [*items, *response.output, *outputs]


def ignored_in(response: Any) -> list[str]:
    (attempt,) = response.model_extra["router"]["attempts"]
    names: list[str] = attempt["ignored"]
    return names


@pytest.mark.parametrize("model", ALL)
def test_a_reply_says_what_happened(served: HttpRouter, model: str) -> None:
    served.answering(lambda call: answer(call, "It is.", 11, 7, cached=4))
    created = served.openai.responses.create(
        model=model, input=ASKED, instructions="Be brief.", metadata={"a": "b"}, store=False,
        max_output_tokens=900, prompt_cache_key="k", safety_identifier="s",
    )  # fmt: skip
    assert (created.model, created.status, created.output_text) == (model, "completed", "It is.")
    assert (created.id[:5], created.output[0].id[:4]) == ("resp_", "msg_")  # type: ignore[index]
    assert (created.metadata, created.max_output_tokens) == ({"a": "b"}, 900)
    assert (created.prompt_cache_key, created.safety_identifier) == ("k", "s")
    assert (created.instructions, created.tools, created.to_dict()["store"]) == (None, [], False)
    assert created.usage is not None
    assert (created.usage.input_tokens, created.usage.output_tokens) == (11, 7)
    assert created.usage.total_tokens == 18
    assert created.usage.input_tokens_details.cached_tokens == 4
    assert created.model_extra is not None
    assert created.model_extra["router"]["attempts"][0]["model"] == model
    assert ignored_in(created) == []
    assert "Be brief." in json.dumps(served.calls[0].body)


@pytest.mark.parametrize("model", ALL)
@pytest.mark.parametrize("streamed", [False, True])
def test_a_round_of_parallel_tool_calls(served: HttpRouter, model: str, streamed: bool) -> None:
    served.answering(by_turn)
    items: list[Any] = [{"role": "user", "content": ASKED}]
    client = served.openai
    if streamed:
        with client.responses.stream(model=model, input=items, tools=[WEATHER]) as stream:
            first: Any = stream.get_final_response()
    else:
        first = client.responses.create(model=model, input=items, tools=[WEATHER])
    said, *calls = first.output
    assert (first.status, said.content[0].text) == ("completed", "Let me see.")
    assert [(c.call_id, (c.name, json.loads(c.arguments))) for c in calls] == list(CALLS.items())
    ended = client.responses.create(model=model, input=with_outputs(items, first), tools=[WEATHER])
    assert ended.output_text == "It is warm in both."
    assert ignored_in(ended) == []
    sent = json.dumps(sent_turns(served.calls[-1]))
    assert sent.index("Let me see.") < sent.index("call_1") < sent.index("20 degrees")
    assert sent.count("call_2") == 2


def reasoning_first(call: Call) -> Reply:
    """Like `by_turn`; a model of the responses format reasons before its calls."""
    reply = by_turn(call)
    if call.wire == "openai-responses":
        reply.body["output"].insert(0, {"id": "rs_1", **SEALED})
        reply.body["usage"]["output_tokens_details"] = {"reasoning_tokens": 3}
    return reply


@pytest.mark.parametrize("streamed", [False, True])
def test_reasoning_goes_back_to_the_model_that_wrote_it(served: HttpRouter, streamed: bool) -> None:
    served.answering(reasoning_first)
    client = served.openai
    asked: Any = {"model": OF_RESPONSES, "tools": [WEATHER]}
    items: list[Any] = [{"role": "user", "content": ASKED}]
    if streamed:
        with client.responses.stream(**asked, input=items) as stream:
            first: Any = stream.get_final_response()
    else:
        first = client.responses.create(**asked, input=items)
    assert [item.type for item in first.output[:2]] == ["reasoning", "message"]
    assert first.output[0].encrypted_content == SEALED["encrypted_content"]
    assert first.usage.output_tokens_details.reasoning_tokens == 3
    ended = client.responses.create(**asked, input=with_outputs(items, first))
    assert ignored_in(ended) == []
    assert SEALED in sent_turns(served.calls[-1])


@pytest.mark.parametrize("other", [OF_CHAT, OF_ANTHROPIC])
def test_reasoning_that_another_model_cannot_read_is_named_as_ignored(
    served: HttpRouter, other: str
) -> None:
    served.answering(reasoning_first)
    items: list[Any] = [{"role": "user", "content": ASKED}]
    first = served.openai.responses.create(model=OF_RESPONSES, input=items, tools=[WEATHER])
    ended = served.openai.responses.create(
        model=other, input=with_outputs(items, first), tools=[WEATHER]
    )
    assert (ended.output_text, ignored_in(ended)) == ("It is warm in both.", ["reasoning"])
    assert SEALED["encrypted_content"] not in json.dumps(served.calls[-1].body)


def test_reasoning_of_anthropics_models_is_shown_as_a_summary_if_one_is_asked_for(
    served: HttpRouter,
) -> None:
    def thinking(call: Call) -> Reply:
        reply = by_turn(call)
        thought = {"type": "thinking", "thinking": "Hm, warm?", "signature": "c2ln"}
        hidden = {"type": "redacted_thinking", "data": "eHg="}
        return Reply(body={**reply.body, "content": [thought, hidden, *reply.body["content"]]})

    served.answering(thinking)
    asked: Any = {"model": OF_ANTHROPIC, "tools": [WEATHER]}
    items: list[Any] = [{"role": "user", "content": ASKED}]
    plain = served.openai.responses.create(**asked, input=items)
    assert [item.type for item in plain.output] == ["message", "function_call", "function_call"]
    told: Any = served.openai.responses.create(**asked, input=items, reasoning={"summary": "auto"})
    assert [item.type for item in told.output[:2]] == ["reasoning", "message"]
    assert told.output[0].summary[0].text == "Hm, warm?"
    ended = served.openai.responses.create(**asked, input=with_outputs(items, told))
    assert ended.output_text == "It is warm in both."


GROUPED: Any = [
    WEATHER,
    {"type": "custom", "name": "apply", "description": "Takes a patch."},
    {
        "type": "namespace", "name": "mail", "description": "Mail",
        "tools": [{"type": "function", "name": "weather", "parameters": CITY}],
    },
]  # fmt: skip
PATCH = "*** Begin\n+ a\n*** End"


@pytest.mark.parametrize("model", ALL)
def test_tools_of_namespaces_and_custom_tools_are_called_by_the_callers_names(
    served: HttpRouter, model: str
) -> None:
    def calling_all(call: Call) -> Reply:
        if "20 degrees" in json.dumps(sent_turns(call)):
            return answer(call, "Done.")
        tools = [tool.get("function", tool)["name"] for tool in call.body["tools"]]
        mails = next(name for name in tools if name not in ("weather", "apply"))
        called: dict[str, tuple[str, Json]] = {
            "c1": ("weather", {"city": "Rome"}),
            "c2": (mails, {"city": "Bonn"}),
            "c3": ("apply", {"input": PATCH}),
            "c4": ("apply", {"patch": PATCH}),
        }
        return tool_calls(call, called)

    served.answering(calling_all)
    items: list[Any] = [{"role": "user", "content": ASKED}]
    created: Any = served.openai.responses.create(model=model, input=items, tools=GROUPED)
    plain, mail, patch, odd = created.output
    assert (plain.type, plain.name, plain.namespace) == ("function_call", "weather", None)
    assert (mail.type, mail.name, mail.namespace) == ("function_call", "weather", "mail")
    assert (patch.type, patch.name, patch.input) == ("custom_tool_call", "apply", PATCH)
    assert json.loads(odd.input) == {"patch": PATCH}
    custom: list[Any] = [
        {"type": "custom_tool_call_output", "call_id": call.call_id, "output": "applied"}
        for call in (patch, odd)
    ]
    ended = served.openai.responses.create(
        model=model, input=[*with_outputs(items, created), *custom], tools=GROUPED
    )
    assert ended.output_text == "Done."
    assert json.dumps(served.calls[-1].body).count("applied") == 2


@pytest.mark.parametrize("model", ALL)
@pytest.mark.parametrize(
    ("choice", "repeated"),
    [
        (None, "auto"),
        ("required", "required"),
        ({"type": "function", "name": "weather"}, {"type": "function", "name": "weather"}),
        ({"type": "custom", "name": "apply"}, {"type": "custom", "name": "apply"}),
    ],
    ids=["unset", "required", "a-function", "a-custom-tool"],
)
def test_the_tool_choice_is_repeated_as_the_caller_wrote_it(
    served: HttpRouter, model: str, choice: Any, repeated: Any
) -> None:
    served.answering(lambda call: tool_calls(call, {"c1": ("weather", {"city": "Rome"})}))
    created = served.openai.responses.create(
        model=model, input=ASKED, tools=GROUPED, tool_choice=choice or openai.omit
    )
    assert created.to_dict()["tool_choice"] == repeated


class City(BaseModel):
    city: str


@pytest.mark.parametrize("model", ALL)
@pytest.mark.parametrize("streamed", [False, True])
def test_an_answer_by_a_schema(served: HttpRouter, model: str, streamed: bool) -> None:
    served.answering(lambda call: answer(call, '{"city": "Paris"}'))
    if streamed:
        with served.openai.responses.stream(model=model, input=ASKED, text_format=City) as stream:
            parsed = stream.get_final_response()
    else:
        parsed = served.openai.responses.parse(model=model, input=ASKED, text_format=City)
    assert parsed.output_parsed == City(city="Paris")
    assert parsed.text is not None
    assert parsed.text.to_dict()["format"]["name"] == "City"  # type: ignore[index]
    assert '"city"' in json.dumps(served.calls[0].body)


@pytest.mark.parametrize("model", [OF_CHAT, OF_RESPONSES])
@pytest.mark.parametrize("streamed", [False, True])
def test_a_refusal_stays_one(served: HttpRouter, model: str, streamed: bool) -> None:
    def refusing(call: Call) -> Reply:
        reply = answer(call, "")
        if call.wire == "openai":
            reply.body["choices"][0]["message"] |= {"content": None, "refusal": "I will not."}
        else:
            refusal = {"type": "refusal", "refusal": "I will not."}
            reply.body["output"][0]["content"] = [refusal]
        return reply

    served.answering(refusing)
    if streamed:
        with served.openai.responses.stream(model=model, input=ASKED) as stream:
            said: Any = stream.get_final_response()
    else:
        said = served.openai.responses.create(model=model, input=ASKED)
    (part,) = said.output[0].content
    assert (part.type, part.refusal, said.output_text) == ("refusal", "I will not.", "")


def cut_off(call: Call) -> Reply:
    """An answer that ended at the output limit."""
    reply = answer(call, "It is wa")
    if call.wire == "openai":
        reply.body["choices"][0]["finish_reason"] = "length"
    elif call.wire == "anthropic":
        reply.body["stop_reason"] = "max_tokens"
    else:
        details = {"reason": "max_output_tokens"}
        reply.body.update({"status": "incomplete", "incomplete_details": details})
    return reply


@pytest.mark.parametrize("model", ALL)
def test_an_answer_that_was_cut_off_is_incomplete(served: HttpRouter, model: str) -> None:
    served.answering(cut_off)
    created: Any = served.openai.responses.create(model=model, input=ASKED)
    assert (created.status, created.output_text) == ("incomplete", "It is wa")
    assert created.incomplete_details.reason == "max_output_tokens"
    assert created.output[-1].status == "incomplete"
    *_, last = served.openai.responses.create(model=model, input=ASKED, stream=True)
    assert last.type == "response.incomplete"
    assert last.response.output_text == "It is wa"


@pytest.mark.parametrize("model", ALL)
def test_a_stream_holds_what_a_reply_does(served: HttpRouter, model: str) -> None:
    text = "Grüße, 漢字 and\nlines. " * 200
    served.answering(lambda call: answer(call, text, 11, 7, cached=4))
    events = list(served.openai.responses.create(model=model, input=ASKED, stream=True))
    assert [event.sequence_number for event in events] == list(range(len(events)))
    assert [event.type for event in events[:4]] == [
        "response.created", "response.in_progress", "response.output_item.added",
        "response.content_part.added",
    ]  # fmt: skip
    deltas = [event.delta for event in events if event.type == "response.output_text.delta"]
    assert (len(deltas) > 2, "".join(deltas)) == (True, text)
    last: Any = events[-1]
    assert (last.type, last.response.output_text) == ("response.completed", text)
    assert last.response.usage.input_tokens_details.cached_tokens == 4
    assert last.response.model_extra["router"]["attempts"][0]["model"] == model


def test_log_probabilities_come_where_they_are_asked_for(served: HttpRouter) -> None:
    token: Json = {"token": "Yes", "logprob": -0.1, "bytes": None, "top_logprobs": []}

    def telling(call: Call) -> Reply:
        reply = answer(call, "Yes")
        reply.body["choices"][0]["logprobs"] = {"content": [token], "refusal": None}
        return reply

    served.answering(telling)
    created: Any = served.openai.responses.create(
        model="old-o", input=ASKED, include=["message.output_text.logprobs"], top_logprobs=1
    )
    (told,) = created.output[0].content[0].logprobs
    assert (told.token, told.logprob, told.bytes) == ("Yes", -0.1, [])


async def _ask_at_once(url: str) -> tuple[Any, Any]:
    async with openai.AsyncOpenAI(base_url=f"{url}/v1", api_key=KEY, max_retries=0) as client:

        async def streamed() -> Any:
            async with client.responses.stream(model=OF_ANTHROPIC, input=ASKED) as stream:
                return await stream.get_final_response()

        return await asyncio.gather(client.responses.create(model=OF_CHAT, input=ASKED), streamed())


def test_the_asynchronous_client(served: HttpRouter) -> None:
    created, streamed = asyncio.run(_ask_at_once(served.gateway.url))
    assert created.output_text == streamed.output_text == "All is well, thank you."


@pytest.mark.parametrize(
    ("model", "asked", "param"),
    [
        (OF_ANTHROPIC, {"text": {"format": {"type": "json_object"}}}, "text.format"),
        (OF_CHAT, {"include": ["message.output_text.logprobs"]}, "include"),
        (OF_CHAT, {"previous_response_id": "resp_1"}, "previous_response_id"),
        (OF_CHAT, {"input": [{"role": "assistant", "content": "Hello"}]}, "input"),
        (OF_CHAT, {"input": [{"type": "function_call_output", "call_id": "c", "output": "x"}]},
         "input"),
        (OF_CHAT, {"messages": []}, "messages"),
    ],
    ids=["format", "logprobs", "stored-response", "nothing-to-answer", "output-of-no-call",
         "field-of-another-format"],
)  # fmt: skip
def test_an_error_names_the_field_as_this_format_does(
    served: HttpRouter, model: str, asked: Json, param: str
) -> None:
    with pytest.raises(openai.BadRequestError) as refused:
        served.openai.responses.create(model=model, input=ASKED, extra_body=asked)
    body: Any = refused.value.body
    assert refused.value.param == param
    assert body["message"].startswith(f"{param}: ")
    assert served.calls == []


def test_a_prompt_that_is_too_long_is_the_inputs_fault(served: HttpRouter) -> None:
    error = {"message": "too long", "code": "context_length_exceeded", "type": "invalid_request"}
    served.answering(lambda _: Reply(400, {"error": error}))
    with pytest.raises(openai.BadRequestError) as refused:
        served.openai.responses.create(model="old-o", input=ASKED)
    assert (refused.value.param, refused.value.code) == ("input", "context_length_exceeded")


@pytest.mark.parametrize(
    ("status", "raised"), [(429, openai.RateLimitError), (500, openai.InternalServerError)]
)
def test_errors_are_the_clients_own_and_come_before_a_stream(
    served: HttpRouter, status: int, raised: type[openai.APIStatusError]
) -> None:
    error = {"message": "no", "type": "an_error"}
    served.answering(lambda _: Reply(status, {"error": error, "type": "error"}))
    with pytest.raises(raised) as failed:
        served.openai.responses.create(model=OF_RESPONSES, input=ASKED, stream=True)
    assert failed.value.response.headers["content-type"] == "application/json"
    assert failed.value.request_id
    with pytest.raises(openai.NotFoundError):
        served.openai.responses.create(model="gpt-99", input=ASKED)


NOT_SERVED: list[tuple[str, Any]] = [
    ("completions", lambda client: client.completions.create(model="auto", prompt="hi")),
    ("embeddings", lambda client: client.embeddings.create(model="auto", input="hi")),
    ("moderations", lambda client: client.moderations.create(input="hi")),
    ("images", lambda client: client.images.generate(prompt="hi")),
    ("files", lambda client: client.files.list()),
    ("batches", lambda client: client.batches.list()),
    ("a-stored-response", lambda client: client.responses.retrieve("resp_1")),
    ("cancelling", lambda client: client.responses.cancel("resp_1")),
    ("input-items", lambda client: client.responses.input_items.list("resp_1")),
    ("compacting", lambda client: client.responses.compact(model="auto", input="hi")),
    ("counting", lambda client: client.responses.input_tokens.count(model="auto", input="hi")),
]


@pytest.mark.parametrize("call", [c for _, c in NOT_SERVED], ids=[name for name, _ in NOT_SERVED])
def test_an_endpoint_that_is_not_there_says_what_to_use(served: HttpRouter, call: Any) -> None:
    with pytest.raises(openai.NotFoundError, match=r"use POST .*/v1/responses .*No response is st"):
        call(served.openai)
