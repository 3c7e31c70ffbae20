"""Marks for Anthropic's cache on long prompts of callers that set none."""

import json
from decimal import Decimal
from typing import Any

import pytest

from llm_router.adapters.providers.anthropic import request_of
from llm_router.domain.conversation.content import Text, ToolCall, ToolResult
from llm_router.domain.conversation.conversation import Conversation, Message, Tool
from llm_router.domain.plan.candidates import Candidate, candidate_for
from llm_router.domain.policy.policy import Policy
from tests.support.policies import POLICY, read, replaced

MARK = {"type": "ephemeral"}
LONG = "You are the clerk of a library and answer politely. " * 100
SYSTEM = Message(role="system", content=LONG)
TOOL = Tool(name="lookup", description=LONG, parameters={"type": "object", "properties": {}})
QUESTION, SHORT = Message(role="user", content="Any news?"), Message(role="user", content="Hi.")
ANSWER = Message(role="assistant", content="None.")
LONG_QUESTION = Message(role="user", content=LONG)
CALL = Message(role="assistant", content=(ToolCall(id="c1", name="lookup", arguments="{}"),))
RESULT = Message(
    role="tool", content=(ToolResult(call_id="c1", content=(Text(text="a"), Text(text="b"))),)
)
UNPRICED = read(replaced("cache_write_usd_per_mtok = 0.25\n", "", count=1))
UNMARKING = read(replaced("mark_prompts = true", "mark_prompts = false"))


def planned(*turns: Message, policy: Policy = POLICY, model: str = "small-a", **more: Any) -> Any:
    conversation = Conversation(messages=turns, **more)
    return candidate_for(policy.models_by_id[model], conversation, policy), conversation


def marked(candidate: Candidate, conversation: Conversation) -> list[str]:
    """The places of the marks in the request: system, tools, or the number of a turn."""
    request = request_of(candidate, conversation, None)
    places = [("system", request.get("system") or []), ("tools", request.get("tools") or [])]
    places += [(str(n), turn["content"]) for n, turn in enumerate(request["messages"])]
    found = []
    for place, blocks in places:
        marks = [b.get("cache_control") for b in blocks if isinstance(b, dict)]
        assert not any(marks[:-1]), "only the last block of a place is marked"
        found += [place] if marks and marks[-1] == MARK else []
    return found


@pytest.mark.parametrize(
    ("turns", "more", "places"),
    [
        pytest.param((SYSTEM, QUESTION), {}, ["system"], id="first-turn-with-long-instructions"),
        pytest.param((QUESTION,), {"tools": (TOOL,)}, ["tools"], id="long-tools-alone"),
        pytest.param(
            (SYSTEM, QUESTION), {"tools": (TOOL,)}, ["system"], id="instructions-after-tools"
        ),
        pytest.param(
            (SYSTEM, SHORT, ANSWER, QUESTION), {}, ["system", "0", "2"], id="second-turn"
        ),
        pytest.param(
            (SYSTEM, SHORT, ANSWER, QUESTION, ANSWER, QUESTION), {}, ["system", "2", "4"],
            id="the-last-two-user-turns",
        ),
        pytest.param(
            (LONG_QUESTION, CALL, RESULT), {"tools": (Tool(name="lookup"),)}, ["0", "2"],
            id="tool-loop-after-its-first-result",
        ),
        pytest.param(
            (LONG_QUESTION, CALL, RESULT, ANSWER, QUESTION), {"tools": (Tool(name="lookup"),)},
            ["2", "4"], id="results-are-the-user's-turn",
        ),
        pytest.param((LONG_QUESTION,), {}, [], id="a-long-question-alone-may-never-come-again"),
        pytest.param((SHORT, ANSWER, QUESTION), {}, [], id="short-conversation"),
        pytest.param((SHORT, ANSWER, LONG_QUESTION), {}, ["2"], id="what-is-short-is-not-cached"),
    ],
)  # fmt: skip
def test_the_beginning_that_comes_again_is_marked(
    turns: tuple[Message, ...], more: dict[str, Any], places: list[str]
) -> None:
    assert marked(*planned(*turns, **more)) == places


def test_a_marked_turn_keeps_its_content() -> None:
    candidate, conversation = planned(SYSTEM, SHORT, ANSWER, QUESTION)
    request = request_of(candidate, conversation, None)
    assert request["system"] == [{"type": "text", "text": LONG, "cache_control": MARK}]
    assert request["messages"] == [
        {"role": "user", "content": [{"type": "text", "text": "Hi.", "cache_control": MARK}]},
        {"role": "assistant", "content": "None."},
        {"role": "user", "content": [{"type": "text", "text": "Any news?", "cache_control": MARK}]},
    ]


@pytest.mark.parametrize(
    "own",
    [
        pytest.param({"tools": (TOOL.model_copy(update={"cache_control": MARK}),)}, id="a-tool"),
        pytest.param({"cache_control": MARK}, id="the-request"),
    ],
)
def test_a_caller_who_marks_anything_marks_all(own: dict[str, Any]) -> None:
    candidate, conversation = planned(SYSTEM, SHORT, ANSWER, QUESTION, **own)
    assert not candidate.mark_prompt
    assert not {"system", "0"} & set(marked(candidate, conversation))


def test_the_policy_turns_marks_off() -> None:
    candidate, conversation = planned(SYSTEM, SHORT, ANSWER, QUESTION, policy=UNMARKING)
    assert marked(candidate, conversation) == []
    assert POLICY.cache.mark_prompts
    assert read(replaced("mark_prompts = true\n", "")).cache.mark_prompts


@pytest.mark.parametrize("model", ["small-o", "middle-o"])
def test_other_vendors_cache_without_marks(model: str) -> None:
    candidate, _ = planned(SYSTEM, SHORT, ANSWER, QUESTION, model=model)
    assert not candidate.mark_prompt


def test_what_may_be_written_to_a_cache_is_estimated_at_its_price() -> None:
    written, _ = planned(SYSTEM, QUESTION)
    plain, _ = planned(SYSTEM, QUESTION, policy=UNMARKING)
    dearer = Decimal(written.most_input_tokens) / plain.most_input_tokens
    prices = POLICY.models_by_id["small-a"].prices
    assert prices.cache_write_usd_per_mtok
    assert dearer.quantize(Decimal("0.01")) == Decimal("1.25")
    assert prices.cache_write_usd_per_mtok / prices.input_usd_per_mtok == Decimal("1.25")


def test_a_model_without_a_price_of_writing_is_sent_no_marks() -> None:
    assert UNPRICED.models_by_id["small-a"].cache_write_usd_per_mtok is None
    candidate, conversation = planned(SYSTEM, SHORT, ANSWER, QUESTION, policy=UNPRICED)
    assert marked(candidate, conversation) == []


def test_a_prompt_without_marks_is_estimated_at_its_plain_price() -> None:
    asked, _ = planned(LONG_QUESTION)
    plain, _ = planned(LONG_QUESTION, policy=UNMARKING)
    assert asked.worst_case_nano_usd == plain.worst_case_nano_usd


LOOK_BACK = 20
"""Blocks before a mark in which Anthropic looks for what an earlier request wrote."""


class Cache:
    """Anthropic's prompt cache, by its documented rules, in bytes."""

    def __init__(self) -> None:
        self.written = set[str]()

    def price(self, request: dict[str, Any]) -> float:
        """What the prompt costs, with one for a byte that is neither read nor written."""
        turns = [turn["content"] for turn in request["messages"]]
        places = [request.get("tools", []), request.get("system", []), *turns]
        blocks = [
            block
            for place in places
            for block in ([{"text": place}] if isinstance(place, str) else place)
        ]
        marks = [n for n, block in enumerate(blocks) if block.pop("cache_control", None)]
        sizes = [len(json.dumps(block)) for block in blocks]
        ends = [json.dumps(blocks[: n + 1]) for n in range(len(blocks))]
        near = {n for mark in marks for n in range(max(0, mark - LOOK_BACK), mark + 1)}
        read = max((n + 1 for n in near if ends[n] in self.written), default=0)
        write = max(marks, default=-1) + 1
        self.written |= {ends[mark] for mark in marks}
        between = max(0, write - read)
        after = len(blocks) - max(read, write)
        assert read + between + after == len(blocks)
        return (
            0.1 * sum(sizes[:read])
            + 1.25 * sum(sizes[read : read + between])
            + sum(sizes[read + between :])
        )


@pytest.mark.parametrize("calls", [1, 12], ids="{}-calls-a-turn".format)
def test_a_tool_loop_costs_less_than_half_of_what_it_does_without_marks(calls: int) -> None:
    def loop(policy: Policy) -> float:
        cache, turns, cost = Cache(), [SYSTEM, QUESTION], 0.0
        for turn in range(10):
            candidate, conversation = planned(*turns, policy=policy, tools=(TOOL,))
            cost += cache.price(request_of(candidate, conversation, None))
            ids = [f"c{turn}_{n}" for n in range(calls)]
            made = tuple(ToolCall(id=n, name="lookup", arguments="{}") for n in ids)
            told = (Text(text="Nothing of that name is in the catalogue. " * (36 // calls)),)
            results = tuple(ToolResult(call_id=n, content=told) for n in ids)
            turns += [Message(role="assistant", content=made)]
            turns += [Message(role="tool", content=results)]
        return cost

    assert loop(POLICY) < 0.5 * loop(UNMARKING)
