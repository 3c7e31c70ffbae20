"""The unmodified anthropic package against the deployed stack, answered by either format."""

import json
from typing import Any

import anthropic
import pytest
from anthropic.types import MessageParam, ToolParam
from llmock.pytest_plugin import LLMock

from local.stack import LocalStack
from tests.support.caller_fixtures import CITY, PNG
from tests.support.stack_requests import BOTH, OF_OPENAI

ASKED: list[MessageParam] = [{"role": "user", "content": "How is the weather?"}]
WEATHER: list[ToolParam] = [{"name": "weather", "input_schema": CITY}]


@pytest.mark.parametrize("model", BOTH)
def test_chat(anthropic_client: anthropic.Anthropic, mock: LLMock, model: str) -> None:
    mock.reply("Sunny.")
    created: Any = anthropic_client.messages.create(
        model=model, max_tokens=100, messages=ASKED, system="Be brief."
    )
    assert (created.model, created.content[0].text) == (model, "Sunny.")
    assert created.stop_reason == "end_turn"
    assert created.usage.input_tokens > 0
    assert "Be brief." in json.dumps(mock.last_request.body)
    assert created.model_extra["router"]["strategy"] == "override"


@pytest.mark.parametrize("model", BOTH)
@pytest.mark.parametrize("streamed", [False, True])
def test_a_tool_is_called_and_answers(
    anthropic_client: anthropic.Anthropic, mock: LLMock, model: str, streamed: bool
) -> None:
    turns = [*ASKED]
    asked: Any = {"model": model, "max_tokens": 100, "messages": turns, "tools": WEATHER}
    if streamed:
        with anthropic_client.messages.stream(**asked) as stream:
            message: Any = stream.get_final_message()
    else:
        message = anthropic_client.messages.create(**asked)
    assert message.stop_reason == "tool_use"
    call = next(block for block in message.content if block.type == "tool_use")
    assert (call.name, set(call.input)) == ("weather", {"city"})
    picture = {"type": "base64", "media_type": "image/png", "data": PNG}
    result: Any = {
        "type": "tool_result", "tool_use_id": call.id,
        "content": [{"type": "text", "text": "20 degrees"}, {"type": "image", "source": picture}],
    }  # fmt: skip
    turns += [
        {"role": "assistant", "content": message.content},
        {"role": "user", "content": [result]},
    ]
    anthropic_client.messages.create(**asked)
    sent = json.dumps(mock.last_request.body)
    assert "20 degrees" in sent
    assert PNG in sent


@pytest.mark.parametrize("model", BOTH)
def test_a_schema(anthropic_client: anthropic.Anthropic, mock: LLMock, model: str) -> None:
    mock.reply('{"city": "Paris"}')
    created: Any = anthropic_client.messages.create(
        model=model, max_tokens=100, messages=ASKED,
        output_config={"format": {"type": "json_schema", "schema": CITY}},
    )  # fmt: skip
    assert json.loads(created.content[0].text) == {"city": "Paris"}
    assert "json_schema" in json.dumps(mock.last_request.body)


@pytest.mark.parametrize("model", BOTH)
def test_a_stream(anthropic_client: anthropic.Anthropic, mock: LLMock, model: str) -> None:
    text = "Grüße, 漢字 and lines. " * 40
    mock.reply(text)
    with anthropic_client.messages.stream(model=model, max_tokens=500, messages=ASKED) as stream:
        assert "".join(stream.text_stream) == text
        message = stream.get_final_message()
    assert (message.model, message.stop_reason) == (model, "end_turn")


def test_the_size_of_a_prompt_is_estimated(anthropic_client: anthropic.Anthropic) -> None:
    counted = anthropic_client.messages.count_tokens(model="auto", messages=ASKED)
    assert counted.input_tokens > 0
    assert counted.model_extra == {"estimated": True}


def test_errors_are_the_clients_own(
    stack: LocalStack, anthropic_client: anthropic.Anthropic, mock: LLMock
) -> None:
    create = anthropic_client.messages.create
    with pytest.raises(anthropic.BadRequestError, match="container"):
        create(model="auto", max_tokens=9, messages=ASKED, container="c")
    with pytest.raises(anthropic.NotFoundError, match="claude-99"):
        create(model="claude-99", max_tokens=9, messages=ASKED)
    base_url = stack.api_url.removesuffix("/v1")
    with (
        anthropic.Anthropic(base_url=base_url, api_key="lr-wrong", max_retries=0) as stranger,
        pytest.raises((anthropic.AuthenticationError, anthropic.PermissionDeniedError)),
    ):
        stranger.messages.create(model="auto", max_tokens=9, messages=ASKED)
    mock.fail(429, times=None, retry_after=7)
    with pytest.raises(anthropic.RateLimitError) as limited:
        create(model=OF_OPENAI, max_tokens=9, messages=ASKED)
    assert limited.value.response.headers["retry-after"] == "7"
    body: Any = limited.value.body
    assert (body["type"], body["error"]["type"]) == ("error", "rate_limit_error")
    mock.reset()
    mock.fail(500, times=None)
    with pytest.raises(anthropic.ServiceUnavailableError):
        create(model=OF_OPENAI, max_tokens=9, messages=ASKED, stream=True)
    with pytest.raises(anthropic.ContentTooLargeError, match="6000000 bytes"):
        create(model="auto", max_tokens=9, messages=[{"role": "user", "content": "x" * 6_050_000}])
