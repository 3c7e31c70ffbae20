"""The unmodified openai package calls responses of the deployed stack, answered by any format."""

import json
import random
from typing import Any

import openai
import pytest
from llmock.pytest_plugin import LLMock
from openai.types.responses import Response
from pydantic import BaseModel

from llm_router.domain.policy.models import WIRE_FORMATS, WireFormat
from tests.support.caller_fixtures import CITY
from tests.support.weather_provider import CITY as PARIS
from tests.support.weather_provider import (
    REASONING,
    TOKENS_PER_ANSWER,
    WeatherProvider,
    weather_model,
)

ASKED = "How is the weather in Paris?"
WEATHER: Any = {"type": "function", "name": "weather", "parameters": CITY, "strict": True}


class Place(BaseModel):
    name: str


def respond(client: openai.OpenAI, streamed: bool, **request: Any) -> Response:
    if not streamed:
        created: Response = client.responses.create(**request)
        return created
    text = arguments = ""
    with client.responses.stream(**request) as stream:
        for event in stream:
            if event.type == "response.output_text.delta":
                text += event.delta
            elif event.type == "response.function_call_arguments.delta":
                arguments += event.delta
        final = stream.get_final_response()
    called = [item.arguments for item in final.output if item.type == "function_call"]
    assert (text, arguments) == (final.output_text, "".join(called))
    return final


@pytest.mark.parametrize("wire", WIRE_FORMATS)
@pytest.mark.parametrize("streamed", [False, True], ids=["create", "stream"])
def test_a_tool_loop(
    openai_client: openai.OpenAI, weather: WeatherProvider, wire: WireFormat, streamed: bool
) -> None:
    weather.calls.clear()
    result = f"{random.randrange(10**6)} degrees"
    turns: list[Any] = [{"role": "user", "content": ASKED}]
    asked: Any = {"model": weather_model(wire), "input": turns, "tools": [WEATHER]}
    called = respond(openai_client, streamed, **asked)
    assert called.usage is not None
    assert (called.model, called.usage.total_tokens) == (asked["model"], TOKENS_PER_ANSWER)
    (call,) = [item for item in called.output if item.type == "function_call"]
    assert (call.name, json.loads(call.arguments)) == ("weather", {"city": PARIS})
    output = {"type": "function_call_output", "call_id": call.call_id, "output": result}
    turns += [*called.output, output]
    assert respond(openai_client, streamed, **asked).output_text == f"It is {result}."
    first, second = weather.calls
    assert {first.wire, second.wire} == {wire}
    sealed = str(REASONING["encrypted_content"])
    assert (sealed in second.raw.decode()) == (wire == "openai-responses")


@pytest.mark.parametrize("wire", WIRE_FORMATS)
def test_an_answer_is_parsed(openai_client: openai.OpenAI, wire: WireFormat) -> None:
    parsed = openai_client.responses.parse(
        model=weather_model(wire), input=ASKED, text_format=Place
    )
    assert parsed.output_parsed == Place(name=PARIS)


@pytest.mark.parametrize("streamed", [False, True], ids=["create", "stream"])
def test_the_router_chooses(openai_client: openai.OpenAI, mock: LLMock, streamed: bool) -> None:
    mock.reply("Sunny, at twenty degrees.", times=None)
    answered = respond(openai_client, streamed, model="auto", input=ASKED)
    assert answered.output_text == "Sunny, at twenty degrees."
    assert answered.model_extra is not None
    assert answered.model_extra["router"]["attempts"][-1]["model"] == answered.model
