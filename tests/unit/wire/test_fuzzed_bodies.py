"""Thousands of bodies that hold almost what they should, against the handler of the function."""

import copy
import json
from collections import Counter
from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llm_router.application.ports import Json
from llm_router.application.route.route_request import Router
from llm_router.domain.outcome.cascade_outcome import CascadeOutcome
from llm_router.domain.plan.plan import Plan
from tests.support.caller_fixtures import CITY, PNG
from tests.support.changed_bodies import places
from tests.support.examples import examples, times
from tests.support.in_process_router import router
from tests.support.policies import POLICY
from tests.support.responses_bodies import FULL
from tests.support.route_function import RouteFunction

BODIES = 1_000
CALL = {"type": "tool_call", "id": "call_1", "name": "weather", "arguments": '{"city": "Rome"}'}
ANSWERS: list[Json] = [
    {"text": "Paris", "finish_reason": "stop"},
    {"text": "", "finish_reason": "length"},
    {"text": "", "finish_reason": "tool_calls", "parts": [CALL]},
    {
        "text": "So", "finish_reason": "stop", "stop_sequence": "\n",
        "parts": [
            {"type": "thinking", "block": {"type": "redacted_thinking", "data": "eHg="}},
            {"type": "text", "text": "So"},
        ],
    },
]  # fmt: skip

CHAT: Json = {
    "model": "auto",
    "messages": [
        {"role": "system", "content": "Be brief."},
        {
            "role": "user", "name": "ann",
            "content": [
                {"type": "text", "text": "Weather?"},
                {
                    "type": "image_url",
                    "image_url": {"url": f"data:image/png;base64,{PNG}", "detail": "low"},
                },
            ],
        },
        {
            "role": "assistant", "content": None, "refusal": None,
            "tool_calls": [
                {
                    "id": "call_1", "type": "function",
                    "function": {"name": "weather", "arguments": "{}"},
                }
            ],
        },
        {"role": "tool", "tool_call_id": "call_1", "content": "20 degrees"},
    ],
    "tools": [{"type": "function", "function": {"name": "weather", "parameters": CITY}}],
    "tool_choice": {"type": "function", "function": {"name": "weather"}},
    "parallel_tool_calls": True, "max_completion_tokens": 100, "temperature": 1, "top_p": 0.5,
    "frequency_penalty": 0, "presence_penalty": 0, "stop": ["END"], "seed": 1, "n": 1,
    "stream": True, "stream_options": {"include_usage": True}, "metadata": {"a": "b"},
    "response_format": {
        "type": "json_schema", "json_schema": {"name": "city", "schema": CITY, "strict": True},
    },
    "user": "u", "store": False, "service_tier": "flex", "verbosity": "low", "top_k": 5,
    "prediction": {"type": "content", "content": "x"}, "usage": {"include": True}, "min_p": 0.1,
    "router": {"request_type": "chat", "model_tier": "simple", "max_cost_usd": 0.5},
}  # fmt: skip
MESSAGES: Json = {
    "model": "auto", "max_tokens": 2_000, "system": [{"type": "text", "text": "Be brief."}],
    "messages": [
        {
            "role": "user",
            "content": [
                {"type": "text", "text": "Weather?", "cache_control": {"type": "ephemeral"}},
                {
                    "type": "image",
                    "source": {"type": "base64", "media_type": "image/png", "data": PNG},
                },
            ],
        },
        {
            "role": "assistant",
            "content": [
                {"type": "thinking", "thinking": "Hm.", "signature": "c2ln"},
                {"type": "tool_use", "id": "call_1", "name": "weather", "input": {"city": "Rome"}},
            ],
        },
        {
            "role": "user",
            "content": [
                {
                    "type": "tool_result", "tool_use_id": "call_1", "is_error": False,
                    "content": [{"type": "text", "text": "20 degrees"}],
                }
            ],
        },
    ],
    "tools": [{"name": "weather", "input_schema": CITY}],
    "tool_choice": {"type": "tool", "name": "weather"},
    "thinking": {"type": "enabled", "budget_tokens": 1_024}, "stop_sequences": ["END"],
    "context_management": {"edits": []}, "temperature": 1.0, "top_k": 5,
    "metadata": {"user_id": "u"}, "stream": True,
    "output_config": {"format": {"type": "json_schema", "schema": CITY}},
    "router": {"feature": "x", "max_latency_ms": 5_000},
}  # fmt: skip
COUNTED = {
    name: value
    for name, value in MESSAGES.items()
    if name in {"model", "system", "messages", "tools", "thinking"}
}
FEEDBACK = {"request_id": "20261125-00000000-0000-0000-0000-000000000000", "good": True}
ENDPOINTS: dict[str, Json] = {
    "/v1/chat/completions": CHAT,
    "/v1/messages": MESSAGES,
    "/v1/responses": {**FULL, "include": ["reasoning.encrypted_content"], "top_logprobs": 0},
    "/v1/messages/count_tokens": COUNTED,
    "/v1/route": CHAT,
    "/v1/feedback": FEEDBACK,
}
WORDS = st.sampled_from(
    ["text", "auto", "none", "user", "assistant", "tool", "system", "image", "", "\x00", "🙂",
     "1", "old-o", "small-a", "x" * 200, "https://a.b/c.png", "data:image/png;base64,"]
)  # fmt: skip
JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | WORDS | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(WORDS | st.sampled_from(["type", "role", "content"]), inner, max_size=3)
    ),
    max_leaves=5,
)


@dataclass
class AnsweringCascade:
    """Ends at once with an answer of the first candidate."""

    answer: Json

    def run(self, plan: Plan, payload: Json) -> CascadeOutcome:
        tier = plan.tier or plan.default_tier
        first = plan.tiers[tier].candidates[0]
        attempt = {
            "model": first.id, "provider": first.provider, "rank": first.rank, "reason": "first",
            "outcome": "answered", "latency_ms": 1, "cost_nano_usd": 1,
        }  # fmt: skip
        return CascadeOutcome.model_validate(
            {
                "status": "answered" if plan.purpose == "answer" else "decided",
                "start": plan.tiers[tier].start, "attempts": [attempt], "rank": first.rank,
                "answer": {"inline": self.answer}, "answered_by": first.id, "confidence": 0.9,
            }
        )  # fmt: skip


@st.composite
def almost_right(draw: st.DrawFn) -> tuple[str, str]:
    """An endpoint and a body of its, changed in a few places."""
    path = draw(st.sampled_from(sorted(ENDPOINTS)))
    body = copy.deepcopy(ENDPOINTS[path])
    for name in draw(st.lists(st.sampled_from(sorted(body)), max_size=len(body))):
        if name not in {"model", "messages", "input", "max_tokens"}:
            body.pop(name, None)
    for _ in range(draw(st.integers(0, 2))):
        if not places(body):
            break
        container, key = draw(st.sampled_from(places(body)))
        change = draw(st.sampled_from(["replace", "remove", "add", "double"]))
        if change == "replace":
            container[key] = draw(JUNK)
        elif change == "remove":
            del container[key]
        elif isinstance(container, list):
            container.append(draw(JUNK) if change == "add" else copy.deepcopy(container[key]))
        else:
            container[draw(WORDS) if change == "add" else f"{key}s"] = draw(JUNK)
    raw = json.dumps(body, ensure_ascii=draw(st.booleans()))
    return path, draw(st.sampled_from([raw] * 20 + [raw[:-1], f"[{raw}]", "", "null"]))


@pytest.fixture(scope="module")
def served() -> RouteFunction:
    routing: Router = router({}, POLICY)
    return RouteFunction(routing)


@pytest.mark.slow
@pytest.mark.hypothesis
def test_any_body_is_answered_or_refused_by_name(served: RouteFunction) -> None:
    ended = Counter[int]()

    @examples(BODIES)
    @given(asked=almost_right(), answer=st.sampled_from(ANSWERS))
    def ask(asked: tuple[str, str], answer: Json) -> None:
        path, raw = asked
        served.app.use_case = replace(served.app.use_case, cascade=AnsweringCascade(answer))
        reply = served.call("POST", path, raw)
        ended[reply["statusCode"]] += 1
        if reply["statusCode"] != 200:
            _check_refusal(reply)

    ask()
    assert min(ended[200], ended[400]) > times(BODIES) / 10, "all of one kind"


def _check_refusal(reply: Json) -> None:
    assert 400 <= reply["statusCode"] < 500, reply["body"]
    error = json.loads(reply["body"])["error"]
    assert error["message"]
    if error["code"] in {"invalid_json", "request_not_found"}:
        return
    if error["param"] is None:
        assert error["message"].startswith("body: ")
        return
    assert error["message"].startswith(f"{error['param']}: ")


def test_the_bodies_are_right_where_nothing_is_changed(served: RouteFunction) -> None:
    served.app.use_case = replace(served.app.use_case, cascade=AnsweringCascade(ANSWERS[0]))
    for path, body in ENDPOINTS.items():
        if path != "/v1/feedback":
            reply = served.call("POST", path, json.dumps(body))
            assert reply["statusCode"] == 200, (path, reply["body"])
