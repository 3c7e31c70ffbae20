"""The repairs of a request for its vendor, case by case."""

import json
from typing import Any

import pytest

from llm_router.adapters.providers import anthropic, openai
from llm_router.adapters.providers.provider import SdkProvider
from llm_router.domain.conversation.content import Image, Part, Text, ToolCall, ToolResult
from llm_router.domain.conversation.conversation import Conversation, Message, Tool
from llm_router.domain.outcome.failures import ProviderFailure
from tests.support.fakes import asking
from tests.support.provider_adapters import candidate, keys

OPENAI, SERVER = candidate("openai", None), candidate("openai", "http://127.0.0.1:1/v1")
ANTHROPIC = candidate("anthropic", None)
VLLM = "chatcmpl-tool-0123456789abcdef0123456789abcdef"
ASKED = Message(role="user", content="Go")


def calling(*ids: str, arguments: str = "{}") -> Message:
    calls = [ToolCall(id=call_id, name="look", arguments=arguments) for call_id in ids]
    return Message(role="assistant", content=tuple(calls))


def results(*ids: str) -> Message:
    texts = {number: (Text(text=str(number)),) for number in range(len(ids))}
    found = [ToolResult(call_id=call_id, content=texts[n]) for n, call_id in enumerate(ids)]
    return Message(role="tool", content=tuple(found))


def at_openai(*turns: Message, model: Any = OPENAI, **more: Any) -> list[dict[str, Any]]:
    request = openai.request_of(model, Conversation(messages=turns, **more), None)
    sent: list[dict[str, Any]] = request["messages"]
    return sent


def at_anthropic(*turns: Message, **more: Any) -> dict[str, Any]:
    return anthropic.request_of(ANTHROPIC, Conversation(messages=turns, **more), None)


def ids_at_openai(*turns: Message) -> tuple[list[str], list[str]]:
    """The ids of the calls and those of the results."""
    sent = at_openai(*turns)
    calls = [call["id"] for turn in sent for call in turn.get("tool_calls", [])]
    return calls, [turn["tool_call_id"] for turn in sent if turn["role"] == "tool"]


def ids_at_anthropic(*turns: Message) -> tuple[list[str], list[str]]:
    blocks = [
        block
        for turn in at_anthropic(*turns)["messages"]
        for block in turn["content"]
        if isinstance(block, dict)
    ]
    calls = [block["id"] for block in blocks if block["type"] == "tool_use"]
    return calls, [b["tool_use_id"] for b in blocks if b["type"] == "tool_result"]


CALLED = {
    "ids-reused-each-turn": (calling("call_0"), results("call_0")) * 4,
    "ids-reused-within-one-turn": (calling("call_0", "call_0"), results("call_0", "call_0")),
    "id-of-46-characters": (calling(VLLM), results(VLLM)),
    "ids-that-differ-after-40-characters": (
        calling("x" * 95 + "a", "x" * 95 + "b"), results("x" * 95 + "a", "x" * 95 + "b"),
    ),
    "ids-alike-but-for-a-character-that-is-replaced": (
        calling("look:1", "look.1", "look_1"), results("look:1", "look.1", "look_1"),
    ),
    "id-of-other-letters": (calling("späht 🙂"), results("späht 🙂")),
}  # fmt: skip


@pytest.mark.parametrize("turns", CALLED.values(), ids=CALLED)
def test_ids_of_calls_are_unique_and_results_stay_with_them(turns: tuple[Message, ...]) -> None:
    for of_vendor, longest in ((ids_at_openai, 40), (ids_at_anthropic, 64)):
        calls, answered = of_vendor(ASKED, *turns)
        assert calls == answered
        assert len(set(calls)) == len(calls)
        assert max(map(len, calls)) <= longest


def test_an_id_that_fits_and_is_new_stays() -> None:
    for of_vendor in (ids_at_openai, ids_at_anthropic):
        assert of_vendor(ASKED, calling("call_0", VLLM[:40]), results("call_0", VLLM[:40]))[0] == [
            "call_0", VLLM[:40],
        ]  # fmt: skip


def test_results_in_another_order_than_their_calls_belong_to_their_ids() -> None:
    for of_vendor in (ids_at_openai, ids_at_anthropic):
        first = (calling("a", "b"), results("a", "b"))
        calls, answered = of_vendor(ASKED, *first, calling("a", "b"), results("b", "a"))
        assert answered[2:] == [calls[3], calls[2]]


@pytest.mark.parametrize(
    ("user", "at_vendors"),
    [("ann", ("ann", "ann")), ("u" * 64, ("u" * 64, "u" * 64)), ("u" * 65, (None, "u" * 65))],
    ids=["short", "as-long-as-openai-takes", "one-longer"],
)
def test_a_user_is_hashed_where_the_vendor_takes_no_longer_one(
    user: str, at_vendors: tuple[str | None, str | None]
) -> None:
    sent = (
        openai.request_of(OPENAI, asking("?", user=user), None)["user"],
        anthropic.request_of(ANTHROPIC, asking("?", user=user), None)["metadata"]["user_id"],
    )
    for told, kept in zip(sent, at_vendors, strict=True):
        assert told == kept or (kept is None and len(told) == 64)


def test_users_of_one_beginning_stay_apart() -> None:
    users = ["u" * 300 + "a", "u" * 300 + "b"]
    told = [anthropic.request_of(ANTHROPIC, asking("?", user=u), None)["metadata"] for u in users]
    assert told[0] != told[1]
    assert len(told[0]["user_id"]) <= 256


TWO = (Text(text="notes.txt"), Text(text="2024.csv"))
APART = [{"type": "text", "text": "notes.txt"}, {"type": "text", "text": "2024.csv"}]
RESULT = (ToolResult(call_id="c", content=TWO),)


@pytest.mark.parametrize(
    "turns",
    [
        (Message(role="system", content=TWO), ASKED),
        (Message(role="user", content=TWO),),
        (ASKED, Message(role="assistant", content=TWO), ASKED),
        (ASKED, calling("c"), Message(role="tool", content=RESULT)),
    ],
    ids=["system", "user", "assistant", "tool-result"],
)
def test_separate_texts_stay_apart_at_openai_and_are_lines_elsewhere(
    turns: tuple[Message, ...],
) -> None:
    assert APART in [turn["content"] for turn in at_openai(*turns)]
    assert "notes.txt\n2024.csv" in [turn["content"] for turn in at_openai(*turns, model=SERVER)]


def test_separate_instructions_stay_apart_at_anthropic() -> None:
    assert at_anthropic(Message(role="system", content=TWO), ASKED)["system"] == APART


def test_an_error_of_a_tool_in_two_texts_is_one_error() -> None:
    failed = (ToolResult(call_id="c", content=TWO, is_error=True),)
    sent = at_openai(ASKED, calling("c"), Message(role="tool", content=failed))
    assert [part["text"] for part in sent[-1]["content"]] == ["Error: notes.txt", "2024.csv"]


def said(role: str, content: str | tuple[Part, ...]) -> Message:
    return Message.model_validate({"role": role, "content": content})


LOOK = ToolCall(id="c", name="look", arguments="{}")
USED = {"type": "tool_use", "id": "c", "name": "look", "input": {}}
PREFILL = (ASKED, said("assistant", "Yes, \n"))


@pytest.mark.parametrize(
    ("turns", "sent"),
    [
        ((said("user", "Hi"), said("assistant", "\n\n"), said("user", "Go on")), ["Hi", "Go on"]),
        ((said("user", " "), said("assistant", "Yes?"), ASKED), ["Yes?", "Go"]),
        ((ASKED, said("assistant", (Text(text="\n"), LOOK)), results("c")), ["Go", USED, "0"]),
        ((ASKED, said("assistant", "Yes?"), said("user", " ")), ["Go", "Yes?", "(empty message)"]),
        ((said("user", "\u2003"),), ["(empty message)"]),
        (PREFILL, ["Go", "Yes,"]),
        ((ASKED, said("assistant", (Text(text="Yes, "),))), ["Go", "Yes,"]),
        ((said("user", "Go\n"), said("assistant", " ")), ["Go\n"]),
    ],
    ids=[
        "blank-answer", "blank-question", "blank-text-beside-a-call", "blank-last-question",
        "nothing-but-blank", "blank-end-of-an-answer-to-continue", "the-same-in-a-part",
        "blank-answer-to-continue",
    ],
)  # fmt: skip
def test_blank_turns_are_not_sent_to_anthropic(turns: tuple[Message, ...], sent: list[Any]) -> None:
    told: list[Any] = []
    for turn in at_anthropic(*turns)["messages"]:
        content = turn["content"]
        blocks: list[Any] = [{"text": content}] if isinstance(content, str) else content
        told += [block.get("content", [block])[0].get("text", block) for block in blocks]
    assert told == sent


def test_a_blank_system_prompt_is_not_sent_to_anthropic() -> None:
    for blank in (" ", "\n", (Text(text=" "), Text(text="\t"))):
        assert "system" not in at_anthropic(said("system", blank), ASKED)


def test_an_error_without_words_has_some_at_anthropic() -> None:
    for content in ((), (Text(text=" "),)):
        failed = (ToolResult(call_id="c", content=content, is_error=True),)
        sent = at_anthropic(ASKED, calling("c"), Message(role="tool", content=failed))["messages"]
        assert sent[2]["content"][0]["content"] == [{"type": "text", "text": "Error"}]


def test_openai_gets_blank_turns_as_they_are() -> None:
    sent = at_openai(said("system", " "), said("user", "Hi"), said("assistant", "\n\n"), ASKED)
    assert [turn["content"] for turn in sent] == [" ", "Hi", "\n\n", "Go"]


DEEP = '{"a":' * 5_000 + "1" + "}" * 5_000
LONG = f'{{"n": {"9" * 5_000}}}'
ARGUMENTS = {
    "valid": ('{"a": "b"}', '{"a": "b"}', {"a": "b"}),
    "empty": ("", "{}", {}),
    "blank": (" \n", "{}", {}),
    "null": ("null", "{}", {}),
    "no-json": ("city=Rome", "city=Rome", {"arguments": "city=Rome"}),
    "a-list": ("[1]", "[1]", {"arguments": "[1]"}),
    "not-a-number": ('{"a": NaN}', '{"a":null}', {"a": None}),
    "infinite": ('{"a": [-Infinity, 1]}', '{"a":[null,1]}', {"a": [None, 1]}),
    "infinite-when-read": ('{"a": 1e999}', '{"a":null}', {"a": None}),
    "half-an-emoji": ('{"a": "cut \\ud83d"}', '{"a":"cut \ufffd"}', {"a": "cut \ufffd"}),
    "half-an-emoji-as-a-name": ('{"\\ud83d": 1}', '{"\ufffd":1}', {"\ufffd": 1}),
    "a-whole-emoji": ('{"a": "\\ud83d\\ude00"}', '{"a": "\\ud83d\\ude00"}', {"a": "😀"}),
    "nested-5000-deep": (DEEP, DEEP, {"arguments": DEEP}),
    "a-number-of-5000-digits": (LONG, LONG, {"arguments": LONG}),
}


@pytest.mark.parametrize(("given", "as_text", "as_object"), ARGUMENTS.values(), ids=ARGUMENTS)
def test_arguments_in_the_history_are_sent_as_the_vendor_takes_them(
    given: str, as_text: str, as_object: dict[str, Any]
) -> None:
    turns = (ASKED, calling("c", arguments=given), results("c"))
    (call,) = at_openai(*turns)[1]["tool_calls"]
    assert call["function"]["arguments"] == as_text
    (block,) = at_anthropic(*turns)["messages"][1]["content"]
    assert block["input"] == as_object
    for request in (at_openai(*turns), at_anthropic(*turns)):
        json.dumps(request, ensure_ascii=False, allow_nan=False).encode()


@pytest.mark.parametrize("wire", ["openai", "anthropic"])
def test_whatever_holds_half_an_emoji_or_no_number_can_be_encoded(wire: str) -> None:
    cut, endless = "cut \ud83d", {"type": "object", "properties": {"a": {"default": float("inf")}}}
    turns = (
        said("system", cut),
        said("user", (Text(text=cut),)),
        calling(cut),
        results(cut),
        ASKED,
    )
    conversation = Conversation(
        messages=turns, user=cut * 100, stop=(cut,),
        tools=(Tool(name="look", description=cut, parameters=endless),),
    )  # fmt: skip
    translation = openai if wire == "openai" else anthropic
    request = translation.request_of(candidate(wire, None), conversation, None)
    json.dumps(request, ensure_ascii=False, allow_nan=False).encode()


def test_a_name_called_before_is_one_that_vendors_take() -> None:
    called = said("assistant", (ToolCall(id="c", name="functions.look", arguments="{}"),))
    turns = (ASKED, called, results("c"))
    assert at_openai(*turns)[1]["tool_calls"][0]["function"]["name"] == "functions_look"
    request = at_anthropic(*turns)
    assert request["messages"][1]["content"][0]["name"] == "functions_look"
    assert request["tools"][0]["name"] == "functions_look"


def test_a_speaker_s_name_is_one_that_openai_takes() -> None:
    named = Message(role="user", content="?", name="Ann <b> " + "x" * 92)
    assert at_openai(named)[0]["name"] == "Ann__b__" + "x" * 56


@pytest.mark.parametrize("parameters", [{}, {"type": "object"}, {"properties": {}}])
def test_a_tool_without_parameters_has_a_schema_that_vendors_take(
    parameters: dict[str, Any],
) -> None:
    conversation = asking("?", tools=(Tool(name="now", parameters=parameters),))
    (tool,) = openai.request_of(OPENAI, conversation, None)["tools"]
    assert tool["function"]["parameters"] == {"type": "object", "properties": {}}
    (tool,) = anthropic.request_of(ANTHROPIC, conversation, None)["tools"]
    assert tool["input_schema"]["type"] == "object"


CLOSED = {
    "type": "object", "properties": {"n": {"type": "integer", "minimum": 1}}, "required": ["n"],
    "additionalProperties": False,
}  # fmt: skip
OPTIONAL = {**CLOSED, "required": []}
MAP = {"type": "object", "additionalProperties": {"type": "string"}}


@pytest.mark.parametrize(
    ("parameters", "at_vendors"),
    [(CLOSED, (True, True)), (OPTIONAL, (False, True)), (MAP, (False, False))],
    ids=["closed", "with-an-optional-property", "a-map"],
)
def test_a_strict_tool_is_strict_where_the_vendor_can_be(
    parameters: dict[str, Any], at_vendors: tuple[bool, bool]
) -> None:
    conversation = asking("?", tools=(Tool(name="add", parameters=parameters, strict=True),))
    (function,) = (t["function"] for t in openai.request_of(OPENAI, conversation, None)["tools"])
    (tool,) = anthropic.request_of(ANTHROPIC, conversation, None)["tools"]
    assert (function["strict"], tool["strict"]) == at_vendors
    assert "minimum" not in str(tool["input_schema"])
    if not tool["strict"]:
        assert tool["input_schema"] == parameters, "a tool that is not strict takes any schema"


def test_more_strict_tools_than_anthropic_takes_are_not_strict() -> None:
    tools = tuple(Tool(name=f"t{n}", parameters=CLOSED, strict=True) for n in range(21))
    for count, strict in ((20, True), (21, False)):
        request = anthropic.request_of(ANTHROPIC, asking("?", tools=tools[:count]), None)
        assert {tool["strict"] for tool in request["tools"]} == {strict}


def test_a_request_that_cannot_be_built_costs_nothing() -> None:
    broken = asking("?").model_copy(update={"stop": (object(),)})
    with pytest.raises(ProviderFailure) as failed:
        SdkProvider(keys()).answer(candidate("openai", "http://127.0.0.1:1/v1"), broken, 5)
    assert failed.value.failure.code == "request_not_sendable"
    assert not failed.value.maybe_billed


JPEG, PNG, GIF, WEBP = "/9j/4AAA", "iVBORw0KGgoAAAAN", "R0lGODlhAQABAIAA", "UklGRiQAAABXRUJQ"


@pytest.mark.parametrize(
    ("given", "named"),
    [
        (f"data:image/jpg;base64,{JPEG}", "image/jpeg"),
        (f"data:image/png;base64,{JPEG}", "image/jpeg"),
        (f"data:image/PNG;base64,{PNG}", "image/png"),
        (f"data:image/jpeg;charset=utf-8;base64,{JPEG}", "image/jpeg"),
        (f"data:image/jpeg;base64,{GIF}", "image/gif"),
        (f"data:image/png;base64,{WEBP}", "image/webp"),
        (f"data:application/octet-stream;base64,{PNG}", "image/png"),
        (f"data:;base64,{PNG}", "image/png"),
        ("data:image/jpg;base64,AAAA", "image/jpeg"),
        ("data:image/gif;base64,AAAA", "image/gif"),
    ],
    ids=[
        "jpg", "png-label-on-jpeg-bytes", "capitals", "with-a-charset", "gif-bytes", "webp-bytes",
        "label-of-no-picture", "no-label", "jpg-with-unknown-bytes", "unknown-bytes",
    ],
)  # fmt: skip
def test_a_picture_is_named_by_its_first_bytes(given: str, named: str) -> None:
    data = given.partition(",")[2]
    seen = Image(url=given)
    assert at_openai(said("user", (seen,)))[0]["content"] == [
        {"type": "image_url", "image_url": {"url": f"data:{named};base64,{data}"}}
    ]
    shown = (ToolResult(call_id="c", content=(seen,)),)
    turns = at_anthropic(ASKED, calling("c"), Message(role="tool", content=shown))["messages"]
    assert turns[2]["content"][0]["content"][0]["source"] == {
        "type": "base64", "media_type": named, "data": data,
    }  # fmt: skip


def test_the_address_of_a_picture_stays() -> None:
    assert Image(url="https://example.com/data:image/jpg;base64,x").url.startswith("https://")
