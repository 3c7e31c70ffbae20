"""`Idempotency-Key` on the deployed stack: what is paid for once is not paid for again."""

import httpx
import redis
from llmock.pytest_plugin import LLMock

from local.stack import LocalStack
from tests.support.stack_requests import body


def test_the_same_key_is_answered_again_and_billed_once(
    stack: LocalStack, client: httpx.Client, mock: LLMock
) -> None:
    mock.reply("Paid for once.", times=None)
    asked, key = body("Prove it once", model_tier="moderate"), {"Idempotency-Key": "order-42"}
    first, second = (client.post("/chat/completions", json=asked, headers=key) for _ in range(2))
    assert (first.status_code, second.status_code) == (200, 200), first.text + second.text
    assert first.content == second.content
    assert "x-router-replayed" not in first.headers
    assert second.headers["x-router-replayed"] == "true"
    assert second.headers["x-router-request-id"] == first.headers["x-router-request-id"]
    as_anthropics_clients_do = httpx.post(
        f"{stack.api_url}/chat/completions",
        json=asked,
        headers={"x-api-key": stack.api_key, **key},
        timeout=60,
    )
    assert as_anthropics_clients_do.headers["x-router-replayed"] == "true"
    assert len(mock.requests) == len(first.json()["router"]["attempts"])
    other = client.post("/chat/completions", json={**asked, "max_tokens": 5}, headers=key)
    assert (other.status_code, other.json()["error"]["code"]) == (422, "idempotency_key_reused")


def test_nothing_is_billed_while_redis_is_silent(
    stack: LocalStack, client: httpx.Client, mock: LLMock
) -> None:
    mock.reply("Paid for once.", times=None)
    asked, key = body("Prove it later", model_tier="moderate"), {"Idempotency-Key": "order-43"}
    with redis.Redis(port=stack.settings.ports["redis"]) as server:
        server.execute_command("CLIENT", "PAUSE", "2000")
        refused = client.post("/chat/completions", json=asked, headers=key)
        assert (refused.status_code, refused.headers["retry-after"]) == (503, "1")
        assert refused.json()["error"]["code"] == "idempotency_unavailable"
        assert mock.requests == []
        server.ping()
    assert client.post("/chat/completions", json=asked, headers=key).status_code == 200
