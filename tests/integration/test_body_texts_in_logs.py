"""Names and texts of a caller's request never reach the log, wherever in the request they stand."""

import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.support.in_process_router import router
from tests.support.policies import POLICY
from tests.support.route_function import RouteFunction

CANARY = "CANARY secret words"
REQUEST_ID = "20261125-00000000-0000-0000-0000-000000000000"
TEXT = {"type": "text", "text": "hi"}
CALL = {"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}


def chat(*content: Any, **fields: Any) -> dict[str, Any]:
    return {"model": "auto", "messages": [{"role": "user", "content": [*content, TEXT]}], **fields}


def message(*content: Any, **fields: Any) -> dict[str, Any]:
    return {**chat(*content), "max_tokens": 9, **fields}


ODD = {CANARY: 1}
CHAT = {
    "field": chat(**ODD),
    "field-of-a-message": {"model": "auto", "messages": [{"role": "user", "content": "x", **ODD}]},
    "field-of-a-part": chat({**TEXT, **ODD}),
    "field-of-an-image": chat({"type": "image_url", "image_url": {"url": "https://a.b/c", **ODD}}),
    "address-of-an-image": chat({"type": "image_url", "image_url": {"url": f"ftp://{CANARY}"}}),
    "type-of-a-part": chat({"type": CANARY}),
    "field-of-a-tool": chat(tools=[{"type": "function", "function": {"name": "f", **ODD}}]),
    "name-of-a-tool": chat(tools=[{"type": "function", "function": {"name": CANARY}}]),
    "type-of-a-tool": chat(tools=[{"type": CANARY}]),
    "name-of-a-chosen-tool": chat(
        tools=[{"type": "function", "function": {"name": "f"}}],
        tool_choice={"type": "function", "function": {"name": "CANARY"}},
    ),
    "name-in-the-metadata": chat(metadata={CANARY: 1}),
    "name-in-the-bias": chat(logit_bias={CANARY: 1}),
    "hint-of-the-router": chat(router=ODD),
    "role": {"model": "auto", "messages": [{"role": CANARY, "content": "x"}]},
    "id-of-a-call": {
        "model": "auto",
        "messages": [
            {"role": "user", "content": "x"},
            {"role": "tool", "tool_call_id": CANARY, "content": "x"},
        ],
    },
    "model": {**chat(), "model": CANARY},
    "user-tier": chat(router={"user_tier": CANARY}),
    "service-tier": chat(service_tier=CANARY),
}
MESSAGES = {
    "field": message(**ODD),
    "field-of-a-block": message({**TEXT, **ODD}),
    "field-of-cache-control": message({**TEXT, "cache_control": {"type": "ephemeral", **ODD}}),
    "field-of-a-source": message({"type": "image", "source": {"type": "url", "url": "x", **ODD}}),
    "field-of-thinking": message(thinking={"type": "adaptive", **ODD}),
    "field-of-the-metadata": message(metadata=ODD),
    "name-of-a-tool": message(tools=[{"name": CANARY, "input_schema": {}}]),
    "type-of-a-tool": message(tools=[{"type": CANARY}]),
    "thread": message(thread=ODD),
    "model": {**message(), "model": CANARY},
}
WORDS = {"type": "input_text", "text": "hi"}
LOOK = {"type": "function", "name": "look"}


def asked(*items: Any, **fields: Any) -> dict[str, Any]:
    question = {"role": "user", "content": [WORDS]}
    return {"model": "auto", "input": [question, *items], **fields}


RESPONSES = {
    "field": asked(**ODD),
    "field-of-an-item": asked({"role": "user", "content": "x", **ODD}),
    "field-of-a-part": asked({"role": "user", "content": [{**WORDS, **ODD}]}),
    "type-of-an-item": asked({"type": CANARY}),
    "type-of-a-part": asked({"role": "user", "content": [{"type": CANARY}]}),
    "role": asked({"role": CANARY, "content": "x"}),
    "id-of-a-call": asked({"type": "function_call_output", "call_id": CANARY, "output": "x"}),
    "id-of-a-stored-item": asked({"type": "item_reference", "id": CANARY}),
    "field-of-a-tool": asked(tools=[{**LOOK, **ODD}]),
    "name-of-a-tool": asked(tools=[{"type": "function", "name": CANARY}]),
    "type-of-a-tool": asked(tools=[{"type": CANARY}]),
    "field-of-a-namespace": asked(
        tools=[{"type": "namespace", "name": "n", "tools": [{**LOOK, **ODD}]}]
    ),
    "name-of-a-chosen-tool": asked(
        tools=[LOOK], tool_choice={"type": "function", "name": "CANARY"}
    ),
    "type-of-a-choice": asked(tools=[LOOK], tool_choice={"type": CANARY}),
    "name-in-the-metadata": asked(metadata={CANARY: 1}),
    "hint-of-the-router": asked(router=ODD),
    "stored-response": asked(previous_response_id=CANARY),
    "field-of-the-format": asked(text={"format": {"type": "text", **ODD}}),
    "included": asked(include=[CANARY]),
    "model": {**asked(), "model": CANARY},
}
FEEDBACK: dict[str, dict[str, Any]] = {
    "field": {"request_id": REQUEST_ID, "good": True, **ODD},
    "field-instead-of-a-score": {"request_id": REQUEST_ID, **ODD},
    "request-id": {"request_id": CANARY, "good": True},
    "score": {"request_id": REQUEST_ID, "score": CANARY},
}
OF_PATH: dict[str, dict[str, dict[str, Any]]] = {
    "/v1/chat/completions": CHAT,
    "/v1/route": CHAT,
    "/v1/responses": RESPONSES,
    "/v1/messages": MESSAGES,
    "/v1/messages/count_tokens": {"field": MESSAGES["field"], "thread": MESSAGES["thread"]},
    "/v1/feedback": FEEDBACK,
}
BODIES = {
    f"{path} {where}": (path, json.dumps(body))
    for path, bodies in OF_PATH.items()
    for where, body in bodies.items()
} | {f"{path} no-json": (path, f'{{"{CANARY}": ') for path in OF_PATH}


@pytest.fixture(scope="module")
def function() -> RouteFunction:
    return RouteFunction(router({}, POLICY))


@contextmanager
def log_of(function: RouteFunction) -> Iterator[io.StringIO]:
    """Every line that the function logs in the block."""
    handler = function.app.logger.registered_handler
    before, lines = handler.stream, io.StringIO()
    handler.setStream(lines)
    try:
        yield lines
    finally:
        handler.setStream(before)


@pytest.mark.parametrize("where", BODIES)
def test_nothing_of_a_refused_body_is_logged(function: RouteFunction, where: str) -> None:
    path, raw = BODIES[where]
    with log_of(function) as lines:
        reply = function.call("POST", path, raw)
    assert 400 <= reply["statusCode"] < 500, reply["body"]
    assert "request ended without answer" in lines.getvalue()
    assert "CANARY" not in lines.getvalue()


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/v1/CANARY", {}),
        ("/v1/models/CANARY", {}),
        ("/v1/health", {"x-canary": "CANARY", "user-agent": "CANARY"}),
        ("/v1/models", {"anthropic-version": "CANARY", "anthropic-beta": "CANARY"}),
    ],
)
def test_nothing_of_a_path_or_a_header_is_logged(
    function: RouteFunction, path: str, headers: dict[str, str]
) -> None:
    with log_of(function) as lines:
        function.call("GET", path, None, headers)
    assert "request finished" in lines.getvalue()
    assert "CANARY" not in lines.getvalue()


def test_a_field_of_ours_is_logged_by_name(function: RouteFunction) -> None:
    with log_of(function) as lines:
        function.call("POST", "/v1/chat/completions", json.dumps(chat(temperature="CANARY")))
    assert '"param":"temperature"' in lines.getvalue()
