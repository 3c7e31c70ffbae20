"""Input items of a responses request become the turns of a conversation."""

from typing import Any

import pytest

from llm_router.domain.conversation.content import Image, Reasoning, Text, ToolCall, ToolResult
from llm_router.domain.conversation.conversation import Message
from tests.support.effort import grows_linearly
from tests.support.responses_bodies import (
    AGENTS_SDK,
    ASKED,
    CODEX_AUTO,
    IMAGE_URL,
    MARKS,
    VERCEL,
    Json,
    call,
    output,
    parsed,
    said,
)


def turns(*items: Json, **fields: Any) -> list[Message]:
    return list(parsed(input=list(items), **fields).conversation.messages)


def test_a_text_is_the_users_message_and_instructions_lead() -> None:
    messages = parsed(input="hi", instructions="Be brief.").conversation.messages
    assert messages == (
        Message(role="system", content="Be brief."),
        Message(role="user", content="hi"),
    )


@pytest.mark.parametrize("instructions", [None, ""])
def test_empty_instructions_are_no_message(instructions: str | None) -> None:
    assert len(parsed(instructions=instructions).conversation.messages) == 1


@pytest.mark.parametrize("role", ["user", "system", "developer"])
@pytest.mark.parametrize("kind", [{}, {"type": "message"}, {"type": None}], ids=str)
@pytest.mark.parametrize(
    "content",
    [
        "Now.",
        [{"type": "input_text", "text": "Now."}],
        [{"type": "text", "text": "Now.", "prompt_cache_breakpoint": {"mode": "explicit"}}],
    ],
    ids=["text", "part", "part-of-chat-completions"],
)
def test_a_message_keeps_its_role_and_text(role: str, kind: Json, content: Any) -> None:
    messages = turns({**kind, "role": role, "content": content}, ASKED)
    assert messages[0] == Message(role=role, content="Now.")


def test_messages_of_the_user_stay_apart() -> None:
    assert [m.text for m in turns(ASKED, {"role": "user", "content": "there"})] == ["hi", "there"]


@pytest.mark.parametrize(
    ("given", "shown"),
    [(None, None), ("low", "low"), ("high", "high"), ("auto", "auto"), ("original", "high")],
)
def test_an_image_keeps_its_detail(given: str | None, shown: str | None) -> None:
    image = {"type": "input_image", "image_url": IMAGE_URL, "detail": given, "file_id": None}
    body = parsed(input=[{"role": "user", "content": [image]}])
    (message,) = body.conversation.messages
    assert message.content == (Image(url=IMAGE_URL, detail=shown),)
    assert body.conversation.left_out == (("input.detail",) if given == "original" else ())


@pytest.mark.parametrize(
    "item",
    [
        {"role": "assistant", "content": "Sure."},
        said("Sure."),
        said("Sure.", phase=None),
        {"role": "assistant", "content": [{"type": "refusal", "refusal": "Sure."}]},
        {"role": "assistant", "content": [{"type": "input_text", "text": "Sure."}]},
    ],
    ids=["text", "as-replied", "null-phase", "refusal", "input-text"],
)
def test_an_assistant_message_is_its_text(item: Json) -> None:
    assert turns(ASKED, item, ASKED)[1] == Message(role="assistant", content="Sure.")


def test_a_phase_stays_with_its_texts() -> None:
    for content in ("So.", [{"type": "output_text", "text": "So."}]):
        item = {"role": "assistant", "content": content, "phase": "final_answer"}
        assert turns(ASKED, item, ASKED)[1].content == (Text(text="So.", phase="final_answer"),)


def test_the_assistants_items_together_are_one_turn_in_their_order() -> None:
    reasoning = {"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": "eHg="}
    messages = turns(
        ASKED,
        reasoning,
        said("First.", phase="commentary"),
        call("1"),
        said("Then."),
        {"type": "custom_tool_call", "call_id": "2", "name": "shell", "input": 'echo "ü"'},
        output("1"),
        {"type": "custom_tool_call_output", "call_id": "2", "output": "ü"},
    )
    encrypted = {"type": "reasoning", "summary": [], "encrypted_content": "eHg="}
    assert messages[1:] == [
        Message(
            role="assistant",
            content=(
                Reasoning(item=encrypted),
                Text(text="First.", phase="commentary"),
                ToolCall(id="1", name="weather", arguments='{"city": "Rome"}'),
                Text(text="Then."),
                ToolCall(id="2", name="shell", arguments='{"input": "echo \\"ü\\""}'),
            ),
        ),
        Message(
            role="tool",
            content=(
                ToolResult(call_id="1", content=(Text(text="20 degrees"),)),
                ToolResult(call_id="2", content=(Text(text="ü"),)),
            ),
        ),
    ]


def test_calls_after_outputs_are_a_turn_of_their_own() -> None:
    messages = turns(ASKED, call("1"), output("1"), call("2"), output("2"))
    roles = [message.role for message in messages]
    assert roles == ["user", "assistant", "tool", "assistant", "tool"]


@pytest.mark.parametrize(
    ("given", "content"),
    [
        ("", (Text(text=""),)),
        ([], ()),
        (
            [
                {"type": "input_text", "text": "a"},
                {"type": "input_image", "image_url": IMAGE_URL, "detail": None},
            ],
            (Text(text="a"), Image(url=IMAGE_URL)),
        ),
    ],
    ids=["empty-text", "no-parts", "text-and-image"],
)
def test_an_output_may_be_a_text_or_parts(given: Any, content: tuple[Any, ...]) -> None:
    messages = turns(ASKED, call("1"), output("1", given, status=None, name="x", namespace="y"))
    assert messages[2].content == (ToolResult(call_id="1", content=content),)


def test_an_empty_text_beside_a_call_is_left_out() -> None:
    messages = turns(ASKED, said(""), call("1"), output("1"))
    assert [part.type for part in messages[1].parts] == ["tool_call"]


def test_an_empty_answer_stays_a_turn() -> None:
    empty = {"role": "assistant", "content": ""}
    assert turns(ASKED, empty, ASKED)[1] == Message(role="assistant", content="")


@pytest.mark.parametrize(
    "item",
    [
        {"type": "reasoning", "id": "rs_1", "summary": []},
        {"type": "reasoning", "summary": [], "content": None, "encrypted_content": None},
        {"type": "reasoning", "summary": None, "encrypted_content": ""},
        {
            "type": "reasoning", "summary": [{"type": "summary_text", "text": "Hm."}],
            "content": [{"type": "reasoning_text", "text": "Hm."}], "status": "completed",
        },
        {"type": "item_reference", "id": "rs_1"},
    ],
    ids=["bare", "nulls", "empty", "readable-alone", "reference"],
)  # fmt: skip
def test_reasoning_that_no_model_can_read_is_no_turn(item: Json) -> None:
    assert [m.role for m in turns(ASKED, item, ASKED)] == ["user", "user"]


def marked(item_id: str, encrypted: str = "eHg=") -> str | None:
    item = {"type": "reasoning", "id": item_id, "summary": [], "encrypted_content": encrypted}
    messages = turns(ASKED, item, said("So."), ASKED)
    (reasoning,) = [part for part in messages[1].parts if isinstance(part, Reasoning)]
    assert "id" not in reasoning.item
    return reasoning.model


def test_a_mark_tells_which_model_wrote_the_reasoning() -> None:
    mark = MARKS.id_of({"encrypted_content": "eHg="}, "small-o")
    assert marked(mark) == "small-o"
    assert marked(mark, encrypted="eXk=") is None
    assert marked("rs_1") is None


def test_a_summary_goes_back_with_its_reasoning() -> None:
    summary = [{"type": "summary_text", "text": "Hm."}]
    item = {"type": "reasoning", "summary": summary, "encrypted_content": "eHg="}
    assert turns(ASKED, item, said("So."), ASKED)[1].parts[0] == Reasoning(
        item={"type": "reasoning", "summary": summary, "encrypted_content": "eHg="}
    )


HOSTED = [
    "web_search_call", "file_search_call", "image_generation_call", "code_interpreter_call",
    "mcp_list_tools", "mcp_call", "tool_search_call", "tool_search_output",
]  # fmt: skip


@pytest.mark.parametrize("kind", HOSTED)
def test_an_item_of_a_hosted_tool_is_dropped_and_named_once(kind: str) -> None:
    hosted = {"type": kind, "id": "x", "status": "completed", "anything": [{"a": 1}], "tools": []}
    conversation = parsed(input=[ASKED, hosted, said("So."), hosted, ASKED]).conversation
    assert [message.role for message in conversation.messages] == ["user", "assistant", "user"]
    assert conversation.left_out == (f"input.{kind}",)


def test_a_dropped_item_does_not_part_the_assistants_turn() -> None:
    messages = turns(ASKED, said("a"), {"type": "web_search_call"}, said("b"), ASKED)
    assert messages[1].content == (Text(text="a"), Text(text="b"))


def test_a_loop_of_the_agents_sdk_goes_on() -> None:
    messages = parsed(**AGENTS_SDK).conversation.messages
    assert messages[2:] == (
        Message(
            role="assistant",
            content=(ToolCall(id="call_1", name="weather", arguments='{"city":"Rome"}'),),
        ),
        Message(
            role="tool",
            content=(ToolResult(call_id="call_1", content=(Text(text="20 degrees"),)),),
        ),
    )


def test_a_loop_of_the_ai_sdk_goes_on_without_the_reasoning_that_it_refers_to() -> None:
    conversation = parsed(**VERCEL).conversation
    assert [m.role for m in conversation.messages] == ["developer", "user", "assistant", "tool"]
    assert conversation.left_out == ("input.item_reference",)


def test_a_loop_of_codex_goes_on() -> None:
    messages = parsed(**CODEX_AUTO).conversation.messages
    assert [m.role for m in messages] == ["system", "developer", "user", "assistant", "tool"]
    assert [part.type for part in messages[3].parts] == [
        "reasoning", "text", "tool_call", "tool_call",
    ]  # fmt: skip


@pytest.mark.parametrize("extra", ["id", "status", "internal_chat_message_metadata_passthrough"])
def test_a_null_where_the_sdk_allows_one_changes_nothing(extra: str) -> None:
    items = [ASKED, said("So."), call("1"), output("1")]
    with_nulls = [{**item, extra: None} for item in items]
    assert turns(*with_nulls) == turns(*items)


def test_a_loop_of_tools_is_read_in_time_that_grows_with_it() -> None:
    def read(sized: str) -> None:
        pairs = [item for n in range(len(sized)) for item in (call(str(n)), output(str(n)))]
        assert len(turns(ASKED, *pairs)) == 2 * len(sized) + 1

    assert grows_linearly(read, "x" * 150, "x" * 1_200, 500)
