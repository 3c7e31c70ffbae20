"""OpenAI's responses format as a provider speaks it: requests out, responses in."""

import json
from typing import Any

import httpx2
import openai
import pytest

from llm_router.adapters.providers import anthropic as anthropic_format
from llm_router.adapters.providers import openai as chat_format
from llm_router.adapters.providers import openai_responses as responses_format
from llm_router.adapters.providers.openai_responses import (
    answer_of,
    method_of,
    request_of,
    usage_of,
)
from llm_router.domain.conversation.answer import Usage
from llm_router.domain.conversation.content import (
    Image,
    Phase,
    Reasoning,
    Text,
    ToolCall,
    ToolResult,
)
from llm_router.domain.conversation.conversation import Conversation, Message, Tool, ToolChoice
from llm_router.domain.outcome.failures import FailureKind, ProviderFailure
from llm_router.domain.plan.candidates import candidate_for
from tests.support.fakes import asking
from tests.support.policies import POLICY
from tests.support.provider_adapters import candidate

Json = dict[str, Any]

MODEL = candidate("openai-responses", None, effort=True)
SERVER = candidate("openai-responses", "http://127.0.0.1:1/v1")
SEE = Image(url="https://example.com/cat.png", detail="low")
CALLS = (
    ToolCall(id="call_1", name="weather", arguments='{"city": "Paris"}'),
    ToolCall(id="call_2", name="weather", arguments='{"city": "Rome"}'),
)
CITY: Json = {
    "type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"],
    "additionalProperties": False,
}  # fmt: skip
TOOL = Tool(name="weather", description="Tells it", parameters=CITY)
USER, RULE = Message(role="user", content="Weather?"), Message(role="developer", content="Rhyme.")


def said(content: Any, *, by: Any = "assistant") -> Message:
    return Message(role=by, content=content)


def items_of(*turns: Message, model: Any = MODEL, **more: Any) -> list[Json]:
    items: list[Json] = request_of(model, Conversation(messages=turns, **more), None)["input"]
    return items


def thought(text: str, model: str | None = "m") -> Reasoning:
    return Reasoning(
        item={"type": "reasoning", "summary": [], "encrypted_content": text}, model=model
    )


def response(*output: Json, **more: Any) -> Json:
    return {
        "id": "resp_1", "object": "response", "created_at": 1, "model": "m", "status": "completed",
        "error": None, "incomplete_details": None, "output": list(output),
        "usage": {"input_tokens": 5, "output_tokens": 2, "total_tokens": 7}, **more,
    }  # fmt: skip


def message(*parts: Json, **more: Any) -> Json:
    return {"id": "msg_1", "type": "message", "role": "assistant", "content": list(parts), **more}


def output_text(text: str, **more: Any) -> Json:
    return {"type": "output_text", "text": text, "annotations": [], "logprobs": [], **more}


def function_call(call: ToolCall) -> Json:
    return {
        "id": f"fc_{call.id}", "type": "function_call", "status": "completed", "call_id": call.id,
        "name": call.name, "arguments": call.arguments,
    }  # fmt: skip


def reasoning(encrypted: Any, *summary: str) -> Json:
    told = [{"type": "summary_text", "text": text} for text in summary]
    return {"id": "rs_1", "type": "reasoning", "summary": told, "encrypted_content": encrypted}


def test_roles_arrive_as_they_are() -> None:
    turns = (said("Be kind.", by="system"), RULE, USER, said("Where?"), said("Rome", by="user"))
    assert items_of(*turns) == [
        {"role": "system", "content": "Be kind."},
        {"role": "developer", "content": "Rhyme."},
        {"role": "user", "content": "Weather?"},
        {"role": "assistant", "content": "Where?"},
        {"role": "user", "content": "Rome"},
    ]


def test_a_compatible_server_is_spoken_to_in_words_it_knows() -> None:
    texts = (Text(text="a"), Text(text="b", phase=None))
    turns = (RULE, said(texts, by="user"), said((Text(text="c", phase="commentary"),)))
    assert items_of(*turns, model=SERVER) == [
        {"role": "system", "content": "Rhyme."},
        {"role": "user", "content": "a\nb"},
        {"role": "assistant", "content": "c"},
    ]


@pytest.mark.parametrize(
    ("role", "text_type"),
    [("user", "input_text"), ("developer", "input_text"), ("assistant", "output_text")],
)
def test_several_texts_stay_apart_at_openai(role: str, text_type: str) -> None:
    (item,) = items_of(said((Text(text="a"), Text(text=""), Text(text="b")), by=role))
    assert item["content"] == [{"type": text_type, "text": "a"}, {"type": text_type, "text": "b"}]


def test_an_answer_without_words_is_left_out_and_a_question_without_words_stays() -> None:
    sent = items_of(said("", by="user"), said(""), said((), by="user"))
    assert sent == [{"role": "user", "content": ""}]


@pytest.mark.parametrize("model", [MODEL, SERVER], ids=["openai", "server"])
def test_pictures_keep_their_place_among_the_words(model: Any) -> None:
    turn = said(
        (Text(text="a"), SEE, Text(text="b"), Image(url="data:image/png;base64,AA")), by="user"
    )
    (item,) = items_of(turn, model=model)
    assert item["content"] == [
        {"type": "input_text", "text": "a"},
        {"type": "input_image", "image_url": SEE.url, "detail": "low"},
        {"type": "input_text", "text": "b"},
        {"type": "input_image", "image_url": "data:image/png;base64,AA", "detail": "auto"},
    ]


def test_a_round_of_tool_calls_is_an_item_for_each_call_and_each_result() -> None:
    results = (
        ToolResult(call_id="call_1", content=(Text(text="sunny"),)),
        ToolResult(call_id="call_2", content=(Text(text="no such city"), SEE), is_error=True),
    )
    turns = (USER, said((Text(text="I look."), *CALLS)), said(results, by="tool"), USER)
    assert items_of(*turns, tools=(TOOL,))[1:-1] == [
        {"role": "assistant", "content": "I look."},
        {
            "type": "function_call", "call_id": "call_1", "name": "weather",
            "arguments": '{"city": "Paris"}',
        },
        {
            "type": "function_call", "call_id": "call_2", "name": "weather",
            "arguments": '{"city": "Rome"}',
        },
        {"type": "function_call_output", "call_id": "call_1", "output": "sunny"},
        {
            "type": "function_call_output", "call_id": "call_2",
            "output": [
                {"type": "input_text", "text": "Error: no such city"},
                {"type": "input_image", "image_url": SEE.url, "detail": "low"},
            ],
        },
    ]  # fmt: skip


def test_words_between_calls_stay_there_with_their_phase() -> None:
    comment, final = Text(text="First.", phase="commentary"), Text(text="Ok.", phase="final_answer")
    (_, first, _, second, third, fourth) = items_of(
        USER, said((comment, CALLS[0], Text(text="Then."), comment, final))
    )
    assert first == {"role": "assistant", "content": "First.", "phase": "commentary"}
    assert second == {"role": "assistant", "content": "Then."}
    assert third == first
    assert fourth == {"role": "assistant", "content": "Ok.", "phase": "final_answer"}


def test_a_result_without_content_is_an_empty_output() -> None:
    (*_, result) = items_of(USER, said(CALLS[:1]), said((ToolResult(call_id="call_1"),), by="tool"))
    assert result == {"type": "function_call_output", "call_id": "call_1", "output": ""}


@pytest.mark.parametrize(
    ("given", "kept"),
    [("c" * 64, True), ("c" * 65, False), ("chatcmpl-tool-" + "a" * 40, True), ("", False)],
    ids=["64-characters", "65-characters", "vllm", "empty"],
)
def test_ids_of_calls_have_up_to_64_characters(given: str, kept: bool) -> None:
    call, result = CALLS[0].model_copy(update={"id": given}), ToolResult(call_id=given)
    (_, called, output) = items_of(USER, said((call,)), said((result,), by="tool"))
    assert called["call_id"] == output["call_id"]
    assert 0 < len(called["call_id"]) <= 64
    assert (called["call_id"] == given) is kept


LOOP = (
    USER,
    said((thought("r1"), Text(text="I look."), CALLS[0])),
    said((ToolResult(call_id="call_1"),), by="tool"),
    said((thought("r2"), CALLS[1])),
    said((ToolResult(call_id="call_2"),), by="tool"),
)


def thoughts_in(items: list[Json]) -> list[str]:
    return [item["encrypted_content"] for item in items if item.get("type") == "reasoning"]


def test_reasoning_goes_back_in_its_place_to_the_model_that_wrote_it() -> None:
    items = items_of(*LOOP, tools=(TOOL,))
    assert thoughts_in(items) == ["r1", "r2"]
    assert [item.get("type", item.get("role")) for item in items] == [
        "user", "reasoning", "assistant", "function_call", "function_call_output",
        "reasoning", "function_call", "function_call_output",
    ]  # fmt: skip


def test_reasoning_of_no_known_model_goes_to_any_model_of_the_format() -> None:
    assert thoughts_in(items_of(USER, said((thought("r1", None), CALLS[0])))) == ["r1"]


def test_reasoning_of_another_model_is_left_out() -> None:
    other = candidate("openai-responses", None, id="other")
    mixed = (*LOOP, said((thought("r3", "other"), Text(text="Sunny."))), USER)
    assert thoughts_in(items_of(*mixed, model=other)) == ["r3"]
    assert thoughts_in(items_of(*mixed)) == ["r1", "r2"]


def test_reasoning_that_nothing_follows_is_left_out() -> None:
    turns = (
        USER,
        said((thought("r1"), Text(text="A"), thought("r2"))),
        said((thought("r3"),)),
        USER,
    )
    items = items_of(*turns)
    assert thoughts_in(items) == ["r1"]
    assert [item.get("role") for item in items] == ["user", None, "assistant", "user"]


@pytest.mark.parametrize("translation", [chat_format, anthropic_format])
def test_no_other_format_is_given_reasoning(translation: Any) -> None:
    wire = "openai" if translation is chat_format else "anthropic"
    request = translation.request_of(candidate(wire, None), Conversation(messages=LOOP), None)
    assert "encrypted_content" not in json.dumps(request)
    assert "call_2" in json.dumps(request)


@pytest.mark.parametrize(
    ("choice", "sent"),
    [
        (ToolChoice(mode="auto"), "auto"),
        (ToolChoice(mode="none"), "none"),
        (ToolChoice(mode="required"), "required"),
        (ToolChoice(mode="named", name="weather"), {"type": "function", "name": "weather"}),
    ],
    ids=["auto", "none", "required", "named"],
)
def test_tools_are_sent_with_the_choice_among_them(choice: ToolChoice, sent: Any) -> None:
    conversation = asking("?", tools=(TOOL,), tool_choice=choice, parallel_tool_calls=False)
    request = request_of(MODEL, conversation, None)
    assert request["tools"] == [
        {
            "type": "function", "name": "weather", "description": "Tells it", "parameters": CITY,
            "strict": False,
        }
    ]  # fmt: skip
    assert (request["tool_choice"], request["parallel_tool_calls"]) == (sent, False)


@pytest.mark.parametrize(
    ("asked", "parameters", "sent"),
    [(None, CITY, False), (False, CITY, False), (True, CITY, True), (True, {}, False)],
    ids=["unsaid", "not-strict", "strict", "strict-without-a-schema"],
)
def test_a_tool_is_strict_only_if_the_caller_asks_and_its_schema_can_be(
    asked: bool | None, parameters: Json, sent: bool
) -> None:
    tool = TOOL.model_copy(update={"strict": asked, "parameters": parameters})
    (described,) = request_of(MODEL, asking("?", tools=(tool,)), None)["tools"]
    assert described["strict"] is sent


def test_without_tools_nothing_is_said_of_them() -> None:
    request = request_of(MODEL, asking("?", parallel_tool_calls=False), None)
    assert not {"tools", "tool_choice", "parallel_tool_calls", "include"} & request.keys()


@pytest.mark.parametrize(
    ("asked", "strict"), [(None, True), (True, True), (False, False)], ids=["unsaid", "yes", "no"]
)
def test_a_schema_arrives_with_its_name_and_strictness(asked: bool | None, strict: bool) -> None:
    conversation = asking(
        "?", response_schema=CITY, schema_name="n", schema_strict=asked, schema_description="d"
    )
    assert request_of(MODEL, conversation, CITY)["text"] == {
        "format": {
            "type": "json_schema", "name": "n", "schema": CITY, "strict": strict,
            "description": "d",
        }
    }  # fmt: skip


def test_a_model_that_takes_no_schema_is_given_none() -> None:
    unable = candidate("openai-responses", None, json_schema=False)
    assert "text" not in request_of(unable, asking("?", response_schema=CITY), CITY)


def test_everything_that_can_be_set_arrives_and_nothing_is_stored() -> None:
    conversation = asking(
        "?", max_output_tokens=90, temperature=0.1, top_p=0.2, user="u", logprobs=True,
        top_logprobs=3, json_object=True, effort="high", reasoning_summary="detailed",
        verbosity="low", prompt_cache_key="k", tools=(TOOL,),
    )  # fmt: skip
    request = request_of(MODEL, conversation, None)
    del request["tools"]
    assert request == {
        "model": "model-1", "input": [{"role": "user", "content": "?"}], "store": False,
        "include": ["reasoning.encrypted_content", "message.output_text.logprobs"],
        "max_output_tokens": 90, "temperature": 0.1, "top_p": 0.2, "top_logprobs": 3, "user": "u",
        "prompt_cache_key": "k", "reasoning": {"effort": "high", "summary": "detailed"},
        "text": {"verbosity": "low", "format": {"type": "json_object"}},
    }  # fmt: skip


def test_a_plain_question_is_sent_with_nothing_beside_it() -> None:
    assert request_of(MODEL, asking("?"), None) == {
        "model": "model-1", "input": [{"role": "user", "content": "?"}], "store": False,
    }  # fmt: skip


def test_what_the_format_does_not_know_is_named_as_ignored() -> None:
    conversation = Conversation(
        messages=(Message(role="user", content="?", name="ann"),),
        top_k=3, frequency_penalty=0.3, presence_penalty=0.4, seed=5, stop=("x",),
    )  # fmt: skip
    assert set(MODEL.ignored_parameters(conversation)) == {
        "top_k", "frequency_penalty", "presence_penalty", "seed", "stop", "name",
    }  # fmt: skip


@pytest.mark.parametrize("model", ["m", "other"])
def test_reasoning_that_is_lost_is_named_as_ignored(model: str) -> None:
    asked = candidate("openai-responses", None, id=model)
    ignored = asked.ignored_parameters(Conversation(messages=LOOP))
    assert ignored == (("reasoning",) if model == "other" else ())


def test_a_cache_key_longer_than_openai_takes_is_a_hash_of_it() -> None:
    longest, longer = (
        [
            translation.request_of(MODEL, asking("?", prompt_cache_key="k" * n), None)
            for translation in (chat_format, responses_format)
        ]
        for n in (64, 65)
    )
    assert [sent["prompt_cache_key"] for sent in longest] == ["k" * 64] * 2
    assert {len(sent["prompt_cache_key"]) for sent in longer} == {64}
    assert {sent["prompt_cache_key"] for sent in longer} != {"k" * 64}
    assert "prompt_cache_key" not in request_of(SERVER, asking("?", prompt_cache_key="k"), None)


@pytest.mark.parametrize(("asked", "sent"), [(1, 16), (15, 16), (16, 16), (17, 17)], ids=str)
def test_the_least_output_limit_that_openai_takes_is_planned_and_priced(
    asked: int, sent: int
) -> None:
    limits = POLICY.limits.model_copy(update={"min_output_tokens": 1})
    policy = POLICY.model_copy(update={"limits": limits})
    model = policy.models_by_id["middle-o"]
    conversation = asking("?", max_output_tokens=asked)
    planned = candidate_for(model, conversation, policy)
    assert planned.max_output_tokens == sent
    dearer = candidate_for(model, conversation.model_copy(update={"max_output_tokens": 99}), policy)
    cheapest = dearer.capped_at(1)
    assert cheapest.max_output_tokens == cheapest.min_output_tokens == 16
    tokens = planned.worst_case_nano_usd - cheapest.worst_case_nano_usd
    assert tokens == (sent - 16) * 20_000
    named = "max_output_tokens" in planned.ignored_parameters(conversation)
    assert named is (asked < sent)


def test_calls_are_read_with_their_ids_and_arguments() -> None:
    answer = answer_of(response(*map(function_call, CALLS)))
    assert answer.tool_calls == CALLS
    assert (answer.text, answer.finish_reason) == ("", "tool_calls")


@pytest.mark.parametrize("phase", ["commentary", "final_answer", None, "unheard-of"])
def test_reasoning_phases_and_calls_are_read_in_their_order(phase: str | None) -> None:
    made = response(
        reasoning("e1", "Hm.", "So."), message(output_text("I look."), phase=phase),
        function_call(CALLS[0]), reasoning(None, "Not encrypted."), reasoning("e2"),
    )  # fmt: skip
    answer = answer_of(made).written_by("m")
    known: Phase | None = phase if phase in ("commentary", "final_answer") else None  # type: ignore[assignment]
    told = [{"type": "summary_text", "text": text} for text in ("Hm.", "So.")]
    assert answer.parts == (
        Reasoning(
            item={"type": "reasoning", "summary": told, "encrypted_content": "e1"}, model="m"
        ),
        Text(text="I look.", phase=known),
        CALLS[0],
        Reasoning(
            item={
                "type": "reasoning",
                "summary": [{"type": "summary_text", "text": "Not encrypted."}],
            },
            model="m",
        ),
        thought("e2"),
    )


@pytest.mark.parametrize(
    "wish",
    [{"tools": (TOOL,)}, {"reasoning_summary": "auto"}, {"encrypted_reasoning": True}],
    ids=["tools", "summary", "include"],
)
def test_encrypted_reasoning_is_asked_for_where_it_is_of_use(wish: Json) -> None:
    included = ["reasoning.encrypted_content"]
    assert request_of(MODEL, asking("?", **wish), None)["include"] == included
    plain = candidate("openai-responses", None, effort=False)
    assert "include" not in request_of(plain, asking("?", **wish), None)


def test_several_texts_are_one_answer() -> None:
    answer = answer_of(response(message(output_text("Be"), output_text("cause."))))
    assert (answer.text, answer.finish_reason, answer.refused) == ("Because.", "stop", False)


@pytest.mark.parametrize(
    ("parts", "text", "refused"),
    [
        ([{"type": "refusal", "refusal": "I won't."}], "I won't.", True),
        ([output_text("Well: "), {"type": "refusal", "refusal": "no."}], "Well: ", False),
    ],
    ids=["alone", "after-words"],
)
def test_a_refusal_is_the_answer_if_nothing_else_is(
    parts: list[Json], text: str, refused: bool
) -> None:
    answer = answer_of(response(message(*parts)))
    assert (answer.text, answer.refused, answer.finish_reason) == (text, refused, "stop")


@pytest.mark.parametrize(
    ("details", "read"),
    [
        ({"reason": "max_output_tokens"}, "length"),
        ({"reason": "content_filter"}, "content_filter"),
        ({"reason": "unheard_of"}, "length"),
        ({"reason": 5}, "length"),
        ({}, "length"),
        (None, "length"),
        ("content_filter", "length"),
        ([], "length"),
    ],
    ids=["length", "filter", "unknown", "number", "missing", "null", "text", "list"],
)
def test_an_incomplete_answer_is_cut_short_or_filtered(details: Any, read: str) -> None:
    made = response(
        message(output_text("Half of")), status="incomplete", incomplete_details=details
    )
    answer = answer_of(made)
    assert (answer.text, answer.finish_reason) == ("Half of", read)


@pytest.mark.parametrize("status", ["failed", "in_progress", "cancelled", "queued", 5])
def test_a_response_that_is_not_complete_is_no_answer(status: Any) -> None:
    made = response(message(output_text("Half of")), status=status)
    with pytest.raises(ProviderFailure) as failed:
        answer_of(made)
    assert failed.value.failure.kind is FailureKind.TRUNCATED_OUTPUT


def test_logprobs_are_read_as_chat_completions_have_them() -> None:
    token = {"token": "hi", "logprob": -0.1, "bytes": [104], "top_logprobs": []}
    made = response(
        message(output_text("hi", logprobs=[token]), output_text("!", logprobs=[token]))
    )
    assert answer_of(made).logprobs == {"content": [token, token], "refusal": None}


def test_items_of_tools_that_the_server_runs_itself_are_left_out() -> None:
    other = [
        {"type": kind, "id": "x", "status": "completed"} for kind in ("web_search_call", "mcp")
    ]
    answer = answer_of(response(*other, message(output_text("Rome."))))
    assert (answer.text, answer.parts) == ("Rome.", ())


def test_the_usage_is_read_with_what_was_cached_written_and_thought() -> None:
    usage = {
        "input_tokens": 50, "output_tokens": 20, "total_tokens": 70,
        "input_tokens_details": {"cached_tokens": 10, "cache_write_tokens": 30},
        "output_tokens_details": {"reasoning_tokens": 15},
    }  # fmt: skip
    assert usage_of(response(usage=usage)) == Usage(
        input_tokens=50, cached_input_tokens=10, cache_write_tokens=30, output_tokens=20,
        reasoning_tokens=15,
    )  # fmt: skip


def test_a_total_beyond_the_other_counts_is_billed_as_output() -> None:
    usage = {"input_tokens": 5, "output_tokens": 2, "total_tokens": 70}
    assert usage_of(response(usage=usage)) == Usage(input_tokens=5, output_tokens=65)


def test_tens_of_thousands_of_messages_go_out_without_the_sdk_s_walk_through_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    walked: list[object] = []
    from openai._utils import _transform as transform

    walk = transform._transform_recursive

    def counted(*given: Any, **options: Any) -> Any:
        walked.append(given)
        return walk(*given, **options)

    monkeypatch.setattr(transform, "_transform_recursive", counted)
    sent: list[bytes] = []

    def reply(request: httpx2.Request) -> httpx2.Response:
        sent.append(request.read())
        return httpx2.Response(200, json={})

    turns = tuple(said("a", by="user") for _ in range(30_000))
    request = request_of(MODEL, Conversation(messages=turns), None)
    with httpx2.Client(transport=httpx2.MockTransport(reply)) as http_client:
        client = openai.OpenAI(api_key="k", http_client=http_client)
        method_of(client)(**request, timeout=5)
    assert json.loads(sent[0]) == request
    assert len(walked) < 100
