"""What an unmodified client learns without reading the body's `router` object."""

import openai
import pytest
from llmock.pytest_plugin import LLMock

from llm_router.wire.shared.headers import ROUTER_HEADERS
from local.stack import LocalStack


@pytest.fixture
def client(stack: LocalStack) -> openai.OpenAI:
    return openai.OpenAI(base_url=stack.api_url, api_key=stack.api_key, max_retries=0)


def test_headers_say_who_answered_and_for_how_much(client: openai.OpenAI) -> None:
    reply = client.chat.completions.with_raw_response.create(
        model="auto", messages=[{"role": "user", "content": "What is the capital of Kenya?"}]
    )
    told = {name: reply.headers[name] for name in ROUTER_HEADERS}
    router = (reply.parse().model_extra or {})["router"]
    assert told["x-router-model"] == reply.parse().model
    assert told["x-router-tier"] == router["tier"]
    assert told["x-router-strategy"] == router["strategy"]
    assert float(told["x-router-cost-usd"]) == router["total_cost_usd"]
    assert float(told["x-router-saved-usd"]) == router["saved_usd"]
    assert int(told["x-router-attempts"]) == len(router["attempts"])
    assert reply.headers["x-router-request-id"] == router["request_id"]


def test_an_errors_headers_say_what_was_tried(client: openai.OpenAI, mock: LLMock) -> None:
    mock.fail(500, times=None)
    with pytest.raises(openai.InternalServerError) as failed:
        client.chat.completions.create(
            model="auto",
            messages=[{"role": "user", "content": "Prove it"}],
            extra_body={"router": {"model_tier": "complex"}},
        )
    headers = failed.value.response.headers
    assert (headers["x-router-tier"], headers["x-router-attempts"]) == ("complex", "2")
    assert "x-router-model" not in headers


def test_a_single_model_can_be_looked_up(client: openai.OpenAI) -> None:
    for model in client.models.list():
        assert client.models.retrieve(model.id) == model
    with pytest.raises(openai.NotFoundError) as missing:
        client.models.retrieve("no such")
    assert (missing.value.code, missing.value.param) == ("model_not_found", "model")
