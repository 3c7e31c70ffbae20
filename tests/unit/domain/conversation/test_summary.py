"""A conversation's summary: what it holds, and which copies may keep it."""

from typing import Any

import pytest

from llm_router.domain.conversation.content import Image, Text, Thinking, ToolCall, ToolResult
from llm_router.domain.conversation.conversation import Conversation, Message, Tool, ToolChoice

SHORT, HOUR = {"type": "ephemeral"}, {"type": "ephemeral", "ttl": "1h"}
PICTURE = Image(url="https://a.b/c.png")
TOOL = Tool(name="weather", parameters={"type": "object"}, cache_control=SHORT)
TURNS = (
    Message(role="system", content="Be brief."),
    Message(role="user", content=(Text(text="What is "), PICTURE, Text(text="this?"))),
    Message(role="assistant", content=(ToolCall(id="c", name="weather", arguments="{}"),)),
    Message(
        role="tool",
        content=(
            ToolResult(
                call_id="c", content=(PICTURE, Text(text="x", cache_control=HOUR)),
                cache_control=SHORT,
            ),
        ),
    ),
)  # fmt: skip
WHOLE = Conversation(messages=TURNS, tools=(TOOL,), cache_control=SHORT)

CHANGES: dict[str, Any] = {
    "messages": (*TURNS, Message(role="user", content="And that?")),
    "max_output_tokens": 9, "temperature": 0.5, "top_p": 0.5, "top_k": 5,
    "frequency_penalty": 0.5, "presence_penalty": 0.5, "stop": ("END",), "seed": 7, "user": "ann",
    "logprobs": True, "top_logprobs": 2, "tools": (TOOL, TOOL.model_copy(update={"name": "b"})),
    "tool_choice": ToolChoice(mode="required"), "parallel_tool_calls": False, "json_object": True,
    "response_schema": {"type": "object", "title": "reply"}, "schema_name": "other",
    "schema_description": "an answer", "schema_strict": True, "effort": "high",
    "thinking": {"type": "adaptive"}, "cache_control": HOUR, "verbosity": "low",
    "reasoning_summary": "auto", "encrypted_reasoning": True,
    "prompt_cache_key": "a-thread", "left_out": ("prediction",),
}  # fmt: skip
"""A change of every field: a field without one fails the test below."""


@pytest.mark.parametrize("field", Conversation.model_fields)
def test_a_changed_copy_is_summarised_like_a_new_conversation(field: str) -> None:
    whole = WHOLE.model_copy()
    assert whole.summary.images == 2, "summarised before the copy"
    changed = whole.model_copy(update={field: CHANGES[field]})
    new = Conversation(**{name: getattr(changed, name) for name in Conversation.model_fields})
    assert changed != whole
    assert changed.summary == new.summary
    assert (changed.needs, changed.cache_controls) == (new.needs, new.cache_controls)


def test_a_copy_of_the_same_prompt_keeps_the_summary() -> None:
    summary = WHOLE.summary
    limited = WHOLE.model_copy(update={"max_output_tokens": 9, "logprobs": True})
    assert limited.summary is summary
    assert WHOLE.without(["seed", "name"]).summary == WHOLE.summary


def test_a_summary_is_neither_sent_nor_compared() -> None:
    new = Conversation(messages=TURNS, tools=(TOOL,), cache_control=SHORT)
    assert WHOLE.summary.question
    assert new == WHOLE
    assert set(WHOLE.model_dump()) == set(Conversation.model_fields)
    assert WHOLE.model_dump_json() == new.model_dump_json()


def test_what_is_inside_a_tool_result_counts() -> None:
    assert WHOLE.images == 2
    assert WHOLE.cache_controls == (SHORT, HOUR), "each lifetime once"
    assert WHOLE.summary.part_types == {"text", "image", "tool_call", "tool_result"}
    assert WHOLE.needs == {"vision", "tools"}


def test_the_question_is_the_last_user_turn_with_text() -> None:
    assert WHOLE.question == "What is \nthis?"
    silent = Conversation(messages=(Message(role="user", content=(PICTURE,)),))
    assert silent.question == ""


def test_text_and_one_part_with_it_have_about_the_same_size() -> None:
    thought = Thinking(block={"type": "redacted_thinking", "data": "ü"})
    for text in ("", "abc", "Grüße\n🙂", '"quoted"'):
        plain = Conversation(messages=(Message(role="user", content=text),))
        parts = Conversation(messages=(Message(role="user", content=(Text(text=text),)),))
        more = Conversation(messages=(Message(role="user", content=(Text(text=text), thought)),))
        assert 0 <= parts.summary.estimated_tokens - plain.summary.estimated_tokens <= 3
        assert plain.summary[2:] == parts.summary[2:]
        assert more.summary.estimated_tokens > plain.summary.estimated_tokens
