"""Requests to the deployed stack, and the models of either wire format that its policy names."""

import time
from collections.abc import Callable
from typing import Any

import httpx

from llm_router.domain.tiers import Tier
from tests.support.local_models import local_model

Json = dict[str, Any]
OF_OPENAI = local_model(Tier.COMPLEX, "openai")
OF_ANTHROPIC = local_model(Tier.COMPLEX, "anthropic")
BOTH = [OF_OPENAI, OF_ANTHROPIC]


def body(question: str, **router: Any) -> Json:
    return {
        "model": "auto",
        "max_tokens": 24,
        "messages": [{"role": "user", "content": question}],
        **({"router": router} if router else {}),
    }


def ask(client: httpx.Client, question: str, **router: Any) -> Json:
    reply = client.post("/chat/completions", json=body(question, **router))
    assert reply.status_code == 200, reply.text
    answer: Json = reply.json()
    return answer


def eventually(holds: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(0.2)
    return False
