"""The unmodified openai package against the deployed stack, answered by either format's models."""

import json
from typing import Any

import openai
import pytest
from llmock.pytest_plugin import LLMock
from openai.types.chat import ChatCompletionMessageParam, ChatCompletionToolParam

from llm_router.domain.tiers import Tier
from local.stack import LocalStack
from tests.support.caller_fixtures import CITY, PNG
from tests.support.local_models import local_model
from tests.support.stack_requests import BOTH, OF_ANTHROPIC, OF_OPENAI

OF_MIDDLE = local_model(Tier.MODERATE, "anthropic")
ASKED: list[ChatCompletionMessageParam] = [{"role": "user", "content": "How is the weather?"}]
WEATHER: list[ChatCompletionToolParam] = [
    {"type": "function", "function": {"name": "weather", "parameters": CITY}}
]


@pytest.mark.parametrize("model", BOTH)
def test_chat(openai_client: openai.OpenAI, mock: LLMock, model: str) -> None:
    mock.reply("Sunny.")
    created = openai_client.chat.completions.create(model=model, messages=ASKED)
    assert (created.model, created.choices[0].message.content) == (model, "Sunny.")
    assert created.choices[0].finish_reason == "stop"
    assert created.usage is not None
    assert created.usage.total_tokens > 0


@pytest.mark.parametrize("model", BOTH)
@pytest.mark.parametrize("streamed", [False, True])
def test_a_tool_is_called_and_answers(
    openai_client: openai.OpenAI, mock: LLMock, model: str, streamed: bool
) -> None:
    turns = [*ASKED]
    asked: Any = {"model": model, "messages": turns, "tools": WEATHER}
    if streamed:
        with openai_client.chat.completions.stream(**asked) as stream:
            choice: Any = stream.get_final_completion().choices[0]
    else:
        choice = openai_client.chat.completions.create(**asked).choices[0]
    assert choice.finish_reason == "tool_calls"
    (call,) = choice.message.tool_calls
    assert call.function.name == "weather"
    assert set(json.loads(call.function.arguments)) == {"city"}
    turns += [choice.message, {"role": "tool", "tool_call_id": call.id, "content": "20 degrees"}]
    ended = openai_client.chat.completions.create(**asked)
    assert ended.choices[0].finish_reason == "stop"
    assert "20 degrees" in json.dumps(mock.last_request.body)


@pytest.mark.parametrize("model", BOTH)
def test_a_schema(openai_client: openai.OpenAI, mock: LLMock, model: str) -> None:
    mock.reply('{"city": "Paris"}')
    created = openai_client.chat.completions.create(
        model=model,
        messages=ASKED,
        response_format={
            "type": "json_schema",
            "json_schema": {"name": "city", "schema": CITY, "strict": True},
        },
    )
    assert json.loads(created.choices[0].message.content or "") == {"city": "Paris"}
    assert "json_schema" in json.dumps(mock.last_request.body)
    assert created.model_extra is not None
    assert created.model_extra["router"]["attempts"][0]["signals"]["structure"] == 1.0


@pytest.mark.parametrize("model", BOTH)
def test_pictures(openai_client: openai.OpenAI, mock: LLMock, model: str) -> None:
    mock.reply("A cat.")
    urls = ["https://example.com/cat.png", f"data:image/png;base64,{PNG}"]
    parts: Any = [{"type": "image_url", "image_url": {"url": url}} for url in urls]
    openai_client.chat.completions.create(
        model=model, messages=[{"role": "user", "content": parts}]
    )
    sent = json.dumps(mock.last_request.body)
    assert PNG in sent
    assert urls[0] in sent


@pytest.mark.parametrize("model", BOTH)
def test_a_stream(openai_client: openai.OpenAI, mock: LLMock, model: str) -> None:
    text = "Grüße, 漢字 and lines. " * 40
    mock.reply(text)
    *told, ended, counted = openai_client.chat.completions.create(
        model=model, messages=ASKED, stream=True, stream_options={"include_usage": True}
    )
    assert "".join(chunk.choices[0].delta.content or "" for chunk in told) == text
    assert ended.choices[0].finish_reason == "stop"
    assert counted.usage is not None
    assert counted.usage.completion_tokens > 0


def test_errors_are_the_clients_own(
    stack: LocalStack, openai_client: openai.OpenAI, mock: LLMock
) -> None:
    create = openai_client.chat.completions.create
    with pytest.raises(openai.BadRequestError, match="modalities"):
        create(model="auto", messages=ASKED, modalities=["audio"])
    with pytest.raises(openai.NotFoundError, match="gpt-99"):
        create(model="gpt-99", messages=ASKED)
    with (
        openai.OpenAI(base_url=stack.api_url, api_key="lr-wrong", max_retries=0) as stranger,
        pytest.raises((openai.AuthenticationError, openai.PermissionDeniedError)),
    ):
        stranger.chat.completions.create(model="auto", messages=ASKED)
    mock.fail(429, times=None, retry_after=7)
    with pytest.raises(openai.RateLimitError) as limited:
        create(model=OF_OPENAI, messages=ASKED)
    assert limited.value.response.headers["retry-after"] == "7"
    mock.reset()
    mock.fail(500, times=None)
    with pytest.raises(openai.InternalServerError) as failed:
        create(model=OF_OPENAI, messages=ASKED, stream=True)
    assert failed.value.status_code == 503
    with pytest.raises(openai.APIStatusError, match="6000000 bytes") as large:
        create(model="auto", messages=[{"role": "user", "content": "x" * 6_050_000}])
    assert large.value.status_code == 413


def test_a_concrete_name_is_pinned_and_its_fallback_is_seen(
    openai_client: openai.OpenAI, mock: LLMock
) -> None:
    mock.reply("I'm not sure, I can't help with that.", times=None)
    created = openai_client.chat.completions.create(model=OF_MIDDLE, messages=ASKED)
    assert created.model_extra is not None
    (attempt,) = created.model_extra["router"]["attempts"]
    assert attempt["model"] == created.model == OF_MIDDLE
    mock.reset()
    mock.fail(500, times=None, provider="anthropic")
    created = openai_client.chat.completions.create(model=OF_ANTHROPIC, messages=ASKED)
    assert created.model_extra is not None
    attempts = created.model_extra["router"]["attempts"]
    assert [a["reason"] for a in attempts] == ["first", "fallback"]
    assert created.model == attempts[1]["model"] != OF_ANTHROPIC


def test_four_megabytes_with_two_pictures_leave_nothing_behind(
    stack: LocalStack, openai_client: openai.OpenAI, mock: LLMock
) -> None:
    mock.reply("Two cats.")
    picture = "QUJD" * 450_000
    parts: Any = [
        {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{picture}"}}
        for _ in range(2)
    ]
    words: Any = {"type": "text", "text": "marzipan " * 40_000}
    created = openai_client.chat.completions.create(
        model=OF_OPENAI, messages=[{"role": "user", "content": [words, *parts]}]
    )
    assert created.choices[0].message.content == "Two cats."
    assert created.usage is not None
    assert created.usage.prompt_tokens > 40_000
    kept = stack.client("s3").list_objects_v2(
        Bucket=stack.outputs["PayloadBucketName"], Prefix="payloads/"
    )
    assert kept["KeyCount"] == 0
    logs = stack.client("logs")
    for group in logs.describe_log_groups()["logGroups"]:
        pages = logs.get_paginator("filter_log_events").paginate(logGroupName=group["logGroupName"])
        for page in pages:
            assert not any(
                word in event["message"] for event in page["events"] for word in ("marz", "QUJDQ")
            )
