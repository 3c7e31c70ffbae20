"""No request is larger than its estimate, whatever a body holds; one that were is not sent."""

import json
import logging
import random
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from itertools import chain
from typing import Any

import pytest
from pydantic import BaseModel

from llm_router.adapters.providers.formats import TRANSLATIONS
from llm_router.adapters.providers.repairs import sent_bytes
from llm_router.adapters.providers.request_size import check_size
from llm_router.application.errors import InvalidRequestError
from llm_router.application.invoke.invocations import INVOCATION
from llm_router.application.invoke.invoke_model import ModelInvoker
from llm_router.application.ports import ModelProvider, ProviderAnswer
from llm_router.domain.conversation.answer import Answer
from llm_router.domain.conversation.content import Image, Reasoning, Text, ToolCall, ToolResult
from llm_router.domain.conversation.conversation import Conversation, Message, Tool
from llm_router.domain.conversation.summary import json_bytes
from llm_router.domain.plan.candidates import (
    Candidate,
    NoCandidateError,
    candidate_for,
    candidates_for,
)
from llm_router.domain.plan.classifier_choice import classifier_prompt
from llm_router.domain.policy.formats import FORMATS
from llm_router.domain.policy.models import WIRE_FORMATS
from llm_router.wire.anthropic.request import MessagesBody
from llm_router.wire.openai.request import ChatBody
from llm_router.wire.responses.request import ResponsesBody
from tests.support.examples import Seeds
from tests.support.fake_provider_server import Call, Reply, answer, serving
from tests.support.fakes import PROVIDERS, InlinePayloads, asking
from tests.support.hostile_bodies import Bodies, Field, fields_of
from tests.support.in_process_router import policy_at, real_adapters
from tests.support.policies import POLICY

Json = dict[str, Any]
BODIES: tuple[type[ChatBody | MessagesBody | ResponsesBody], ...] = (
    ChatBody,
    MessagesBody,
    ResponsesBody,
)
DRAWN = 80
MODELS = (("small-a", "old-a"), ("small-o", "old-o"), ("middle-o", "middle-o"))
"""Models of each format: current ones, and earlier ones that take other parameters."""
ABLE = POLICY.model_copy(
    update={
        "models": tuple(
            model.model_copy(
                update={
                    "capabilities": FORMATS[POLICY.channel_of(model).format].capabilities,
                    "context_window": 10**9,
                }
            )
            for model in POLICY.models
            if model.id in {name for names in MODELS for name in names}
        )
    }
)


class Weighing:
    """A provider that weighs each request as the real one does, and sends nothing."""

    def __init__(self) -> None:
        self.weighed = Counter[str]()

    def answer(
        self,
        candidate: Candidate,
        conversation: Conversation,
        timeout_seconds: float,
        schema: Json | None = None,
    ) -> ProviderAnswer:
        wanted = schema or conversation.response_schema
        request = TRANSLATIONS[candidate.format].request_of(candidate, conversation, wanted)
        check_size(candidate, conversation, sent_bytes(request))
        self.weighed[candidate.format] += 1
        return ProviderAnswer(Answer(text="Well.", finish_reason="stop"), None)


def invoked(provider: ModelProvider, candidate: Candidate, **more: Any) -> Json:
    """The result of `invoke_model`, from the payloads that the machine hands it."""
    event = {
        "action": "answer", "request_id": "r", "deadline_epoch_ms": 10**13, "attempt_share": 0.5,
        "budget_nano_usd": 10**15, "content_policy": "stop", "reason": "first",
        "expected_output_tokens": 9, "ask_self_rating": True,
        "weights": POLICY.confidence.weights.model_dump(),
        "candidate": candidate.model_dump(mode="json", exclude_none=True), **more,
    }  # fmt: skip
    invoker = ModelInvoker(
        dict.fromkeys(WIRE_FORMATS, provider), InlinePayloads(), lambda: 10**12, lambda _: None
    )
    return invoker.run(INVOCATION.validate_python(event))


def payload_of(conversation: Conversation) -> Json:
    return {"inline": conversation.model_dump(mode="json", exclude_none=True)}


def _with_chosen_tools(body: Json) -> Json:
    """The body; if it is a responses request, its choice is of tools that it has."""
    choice = body.get("tool_choice")
    if "input" not in body or not isinstance(choice, dict):
        return body
    look = {"type": "function", "name": "look"}
    inside = {"type": "namespace", "name": "rooms", "tools": [look]}
    for chosen in choice.get("tools", [choice]):
        chosen.update(look | ({"namespace": "rooms"} if "namespace" in chosen else {}))
    return {**body, "tools": [*body.get("tools", []), look, inside]}


def drawn(model: type[BaseModel], seeds: range) -> Iterator[tuple[int, Conversation, set[Field]]]:
    for seed in seeds:
        bodies = Bodies(random.Random(seed))
        raw = json.dumps(_with_chosen_tools(bodies.body(model)), ensure_ascii=False)
        body = model.model_validate_json(raw)
        with suppress(InvalidRequestError):
            # A responses request may hold no message.
            yield seed, body.conversation, bodies.filled  # type: ignore[attr-defined]


def _candidates(conversation: Conversation, choice: int = 0) -> Iterator[Candidate]:
    """One model of each format that can express the request."""
    for of_format in MODELS:
        named = of_format[choice % 2]
        with suppress(NoCandidateError, KeyError):
            yield candidates_for(conversation, ABLE, PROVIDERS, named)[named]


@pytest.mark.parametrize("model", BODIES)
def test_no_field_of_a_request_makes_it_larger_than_its_estimate(
    model: type[BaseModel], seeds: Seeds
) -> None:
    provider, filled = Weighing(), set[Field]()
    for seed, conversation, fields in drawn(model, seeds(DRAWN)):
        filled |= fields
        for candidate in _candidates(conversation, seed):
            name = candidate.id
            result = invoked(provider, candidate, payload=payload_of(conversation))
            assert result["outcome"] == "answered", f"seed {seed}, {name}: {result}"
    assert filled == fields_of(model), "a field was never filled"
    assert min(provider.weighed[wire] for wire in WIRE_FORMATS) > len(seeds(DRAWN)) / 4


def test_no_classification_is_larger_than_its_estimate(seeds: Seeds) -> None:
    provider = Weighing()
    for _, conversation, _ in drawn(ChatBody, seeds(20)):
        prompt = classifier_prompt(conversation, POLICY)
        for name in chain(*MODELS):
            candidate = candidate_for(POLICY.models_by_id[name], prompt, POLICY)
            asked = INVOCATION.validate_python(
                {
                    "action": "classify", "request_id": "r", "deadline_epoch_ms": 10**13,
                    "attempt_share": 0.5, "budget_nano_usd": 10**15, "content_policy": "stop",
                    "max_prompt_characters": POLICY.classifier.max_prompt_characters,
                    "candidate": candidate.model_dump(mode="json", exclude_none=True),
                    "payload": payload_of(conversation),
                }
            )  # fmt: skip
            invoker = ModelInvoker(
                dict.fromkeys(WIRE_FORMATS, provider), InlinePayloads(), lambda: 0, lambda _: None
            )
            assert invoker.run(asked)["outcome"] == "answered"


def _user(*parts: Any) -> Message:
    return Message(role="user", content=parts or "Well?")


def _called(count: int, arguments: str = "") -> Message:
    calls = (
        ToolCall(id="🙂" * 9 + str(n), name="🙂" * 30 + str(n), arguments=arguments)
        for n in range(count)
    )
    return Message(role="assistant", content=tuple(calls))


MANY = 2_000
CLOSED_OBJECT = {"type": "object", "properties": {"a": {"type": "null"}}, "required": ["a"]}
PICTURE = Image(url="data:image/png;base64," + "A" * 4_000)
SHORT = {"type": "ephemeral", "ttl": "1h"}
X, CACHED = Text(text="x"), Text(text="x", cache_control=SHORT)
COMMENT, FINAL = Text(text="x", phase="commentary"), Text(text="x", phase="final_answer")
THOUGHT = Reasoning(item={"type": "reasoning", "summary": [], "encrypted_content": "e"})
LONG_THOUGHT = Reasoning(
    item={
        "type": "reasoning", "encrypted_content": "e" * 9_000,
        "summary": [{"type": "summary_text", "text": '"\U0001f642\n'}] * MANY,
    }
)  # fmt: skip
RULE = Message(role="developer", content="x")
TOOL = Tool(name="f", parameters={})
GROWING: dict[str, Json] = {
    "messages-of-one-letter": {"messages": [_user(X)] * MANY},
    "messages-of-nothing": {"messages": [Message(role="user", content=""), _user()] * MANY},
    "alternating-instructions": {"messages": [RULE, _user()] * MANY},
    "names-of-a-hundred-emoji": {
        "messages": [Message(role="user", content="x", name="🙂" * 100)] * MANY
    },
    "texts-with-a-wish-to-cache": {"messages": [_user(*[CACHED] * MANY)]},
    "pictures": {"messages": [_user(*[PICTURE, X] * 100)]},
    "calls-of-tools-that-are-not-given": {"messages": [_called(MANY), _user()]},
    "calls-without-json": {"messages": [_called(MANY, "x"), _user()]},
    "numbers-with-exponents": {
        "messages": [_called(1, '{"a":[' + "1e15,-1E15," * MANY + "1]}"), _user()]
    },
    "results-of-one-letter-texts": {
        "messages": [
            Message(role="tool", content=(ToolResult(call_id="c", content=(X,) * MANY),))
        ]
    },
    "failed-results-without-text": {
        "messages": [Message(role="tool", content=(ToolResult(call_id="", is_error=True),) * MANY)]
    },
    "results-with-pictures-and-long-ids": {
        "messages": [
            Message(
                role="tool",
                content=(ToolResult(call_id="🙂" * 300, content=(PICTURE,)),) * 100,
            )
        ]
    },
    "tools-without-anything": {"tools": [TOOL] * MANY},
    "tools-cached-and-strict": {
        "tools": [TOOL.model_copy(update={"cache_control": SHORT, "strict": False})] * MANY
    },
    "as-many-small-tools-as-openai-takes": {
        "tools": [Tool(name="f", description="x", parameters={}, strict=False)] * 128
    },
    "objects-in-a-schema": {
        "response_schema": {
            "type": "object",
            "properties": {f"p{n}": CLOSED_OBJECT for n in range(MANY)},
            "required": [f"p{n}" for n in range(MANY)],
        }
    },
    "schema-described-at-length": {
        "response_schema": CLOSED_OBJECT, "schema_description": "Aé漢🙂" * 30_000,
        "schema_name": "x" * 64,
    },
    "stops-user-and-seed": {"stop": ["🙂" * MANY] * 4, "user": '"' * MANY, "seed": 10**4_000},
    "thinking-of-any-shape": {"thinking": {"type": "adaptive", "display": "x" * MANY}},
    "choice-of-a-long-name": {
        "tools": [TOOL], "tool_choice": {"mode": "named", "name": "🙂" * MANY}
    },
    "words-in-alternating-phases": {
        "messages": [
            Message(role="assistant", content=(COMMENT, X, FINAL) * MANY),
            _user(),
        ]
    },
    "words-between-calls": {
        "messages": [
            Message(
                role="assistant",
                content=(COMMENT, ToolCall(id="c", name="f", arguments="{}"), THOUGHT) * MANY,
            ),
            _user(),
        ]
    },
    "reasoning-that-is-small": {
        "messages": [Message(role="assistant", content=(THOUGHT, FINAL)), _user()] * MANY
    },
    "reasoning-that-is-long": {
        "messages": [Message(role="assistant", content=(LONG_THOUGHT, FINAL)), _user()]
    },
    "summary-verbosity-effort-and-cache-key": {
        "reasoning_summary": "detailed", "verbosity": "medium", "effort": "minimal",
        "prompt_cache_key": '"\U0001f642' * 32, "json_object": True, "logprobs": True,
        "top_logprobs": 20, "tools": [TOOL], "user": "\x01" * 64, "temperature": 1.5,
        "top_p": 0.3333333333333333, "parallel_tool_calls": False,
        "tool_choice": {"mode": "named", "name": "f"},
    },
    "failed-results-of-many-texts-and-pictures": {
        "messages": [
            Message(role="assistant", content=(ToolCall(id="c", name="f", arguments=""),)),
            Message(
                role="tool",
                content=(ToolResult(call_id="c", content=(X, PICTURE) * 100, is_error=True),),
            ),
        ]
    },
    "wish-to-cache-of-any-shape": {"cache_control": {"type": "ephemeral", "x": "y" * MANY}},
}  # fmt: skip


REFUSED = {
    (case, wire)
    for wire in ("openai", "openai-responses")
    for case in (
        "thinking-of-any-shape",
        "tools-without-anything",
        "tools-cached-and-strict",
        "calls-of-tools-that-are-not-given",
        "calls-without-json",
        "choice-of-a-long-name",
    )
} | {("summary-verbosity-effort-and-cache-key", "anthropic")}
"""What a format may not be able to express."""


@pytest.mark.parametrize("wire", WIRE_FORMATS)
@pytest.mark.parametrize("case", GROWING)
def test_what_is_sent_never_outgrows_its_estimate(case: str, wire: str) -> None:
    conversation = Conversation.model_validate({"messages": [_user()], **GROWING[case]})
    candidate = next((c for c in _candidates(conversation) if c.format == wire), None)
    if candidate is None:
        assert (case, wire) in REFUSED
        return
    result = invoked(Weighing(), candidate, payload=payload_of(conversation))
    assert result["outcome"] == "answered", result


def _answering(calls: list[Call]) -> Any:
    def respond(call: Call) -> Reply:
        calls.append(call)
        return answer(call, "Because light is scattered by the air.")

    return respond


SECRET = "Tell nobody: the vault's code is 4711."


@pytest.mark.parametrize("name", ["small-a", "small-o", "middle-o"])
@pytest.mark.parametrize("estimate", [{"most_text_tokens": 200}, {"most_input_tokens": 200}])
def test_a_request_above_its_estimate_is_not_sent_and_costs_nothing(
    name: str, estimate: Json, caplog: pytest.LogCaptureFixture
) -> None:
    calls: list[Call] = []
    asked = asking(SECRET + " Why is the sky blue?" * 10)
    with serving(_answering(calls)) as server, caplog.at_level(logging.ERROR):
        policy = policy_at(server)
        right = candidate_for(policy.models_by_id[name], asked, policy)
        wrong = right.model_copy(update=estimate)
        provider = real_adapters()[right.format]
        result = invoked(provider, wrong, payload=payload_of(asked), ask_self_rating=False)
        assert not calls, "it was sent"
        assert result["outcome"] == "unavailable"
        assert result["attempt"]["cost_nano_usd"] == 0
        assert not result["attempt"]["cost_estimated"]
        assert result["attempt"]["failure"] == {"kind": "platform", "code": "estimate_exceeded"}
        (line,) = caplog.records
        assert "bug of the router" in line.getMessage()
        assert "4711" not in str(vars(line))
        result = invoked(provider, right, payload=payload_of(asked), ask_self_rating=False)
    assert result["outcome"] == "answered"
    assert len(calls) == 1


@pytest.mark.parametrize("name", ["small-a", "small-o", "middle-o"])
def test_what_is_weighed_is_what_travels(name: str) -> None:
    calls: list[Call] = []
    picture = Image(url="data:image/png;base64," + "A" * 4_000)
    asked = Conversation(
        messages=(Message(role="user", content=(Text(text='é漢🙂"\\\n' * 50), picture)),),
        tools=(Tool(name="f", parameters={"enum": [1e15, 0.1, "\x01"]}),),
        stop=("END",), user="u", temperature=0.5,
    )  # fmt: skip
    with serving(_answering(calls)) as server:
        policy = policy_at(server)
        candidate = candidate_for(policy.models_by_id[name], asked, policy)
        sent = asked.model_copy(update={"max_output_tokens": 9})
        real_adapters()[candidate.format].answer(candidate, sent, 5.0)
    request = TRANSLATIONS[candidate.format].request_of(candidate, sent, None)
    around = len('"extra_body":{}') if "extra_body" in request else 0
    assert json_bytes(request) == sent_bytes(request) == len(calls[0].raw) + around
    assert asked.summary.image_bytes == 4_000 + len('""')
