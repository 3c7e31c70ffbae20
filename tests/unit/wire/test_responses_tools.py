"""Tools and tool choice of a responses request: models are given functions with flat names."""

import re
from typing import Any

import pytest

from llm_router.domain.conversation.content import ToolCall
from llm_router.domain.conversation.conversation import ToolChoice
from llm_router.wire.responses.caller_tools import CallerTool
from tests.support.caller_fixtures import CITY
from tests.support.effort import takes_less_than
from tests.support.responses_bodies import (
    ASKED,
    CODEX_AUTO,
    CODEX_LITE,
    Json,
    call,
    function,
    output,
    parsed,
)


def namespace(name: str, *tools: Json, description: str | None = None) -> Json:
    return {"type": "namespace", "name": name, "tools": list(tools), "description": description}


def custom(name: str, **more: Any) -> Json:
    return {"type": "custom", "name": name, **more}


def names(*tools: Json, **fields: Any) -> list[str]:
    return [tool.name for tool in parsed(tools=list(tools), **fields).conversation.tools]


def test_a_function_keeps_name_description_parameters_and_strictness() -> None:
    given = function("f" * 128, description="Does it.", strict=True)
    (tool,) = parsed(tools=[given]).conversation.tools
    assert (tool.name, tool.description, tool.strict) == ("f" * 128, "Does it.", True)
    assert tool.parameters == CITY


@pytest.mark.parametrize("left", [{}, {"parameters": None, "strict": None, "description": None}])
def test_a_function_may_leave_out_all_but_its_name(left: Json) -> None:
    (tool,) = parsed(tools=[{"type": "function", "name": "f", **left}]).conversation.tools
    assert (tool.description, tool.strict) == ("", None)
    assert tool.parameters == {"type": "object", "properties": {}}


@pytest.mark.parametrize(
    ("format_", "description"),
    [
        (None, "Runs it."),
        ({"type": "text"}, "Runs it."),
        (
            {"type": "grammar", "syntax": "lark", "definition": "start: /.+/"},
            "Runs it.\n\nThe input must follow this lark grammar:\nstart: /.+/",
        ),
        (
            {"type": "grammar", "syntax": "regex", "definition": "a+"},
            "Runs it.\n\nThe input must follow this regex grammar:\na+",
        ),
    ],
    ids=["none", "text", "lark", "regex"],
)
def test_a_custom_tool_is_a_function_with_one_text(format_: Json | None, description: str) -> None:
    given = custom("shell", description="Runs it.", format=format_)
    (tool,) = parsed(tools=[given]).conversation.tools
    assert tool.description == description
    assert tool.parameters["required"] == ["input"]
    assert tool.parameters["properties"] == {"input": {"type": "string"}}


def test_a_namespace_is_flattened_and_told_of_once() -> None:
    body = parsed(
        tools=[namespace("maps", function("find"), custom("draw"), description="All of maps.")]
    )
    tools = body.conversation.tools
    assert [tool.name for tool in tools] == ["maps__find", "maps__draw"]
    assert [tool.description for tool in tools] == ["maps: All of maps.", ""]
    assert body.caller_tools == {
        "maps__find": CallerTool("function", "find", "maps"),
        "maps__draw": CallerTool("custom", "draw", "maps"),
    }


PLAIN = {"f": CallerTool("function", "f")}


@pytest.mark.parametrize(
    ("tools", "kept"),
    [
        (
            [namespace("a", function("b")), function("a__b")],
            {"a__b": CallerTool("function", "a__b")},
        ),
        ([custom("f"), function("f")], PLAIN),
        (
            [custom("f"), namespace("f", custom("f"), function("f")), function("f")],
            {**PLAIN, "f__f": CallerTool("custom", "f", "f")},
        ),
        (
            [namespace("a__b", function("c")), namespace("a", function("b__c"))],
            {"a__b__c": CallerTool("function", "c", "a__b")},
        ),
        ([namespace("a.b", function("c")), namespace("a:b", function("c"))], {}),
        ([namespace("n" * 70, function("f")), namespace("n" * 70 + "m", function("f"))], {}),
        ([custom("c" * 65), custom("c" * 66)], {}),
    ],
    ids=["flat-name-taken", "custom-and-function", "four-of-a-name", "joined-alike",
         "other-characters", "long-namespaces", "long-custom-tools"],
)  # fmt: skip
def test_no_two_tools_share_a_name(tools: list[Json], kept: dict[str, CallerTool]) -> None:
    body = parsed(tools=tools)
    given = [tool.name for tool in body.conversation.tools]
    assert len(set(given)) == len(given) == len(body.caller_tools)
    assert all(re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", name) for name in given)
    assert kept.items() <= body.caller_tools.items()


def test_a_name_does_not_depend_on_the_order_of_the_tools() -> None:
    tools = [namespace("a" * 80, function("f")), custom("g"), namespace("m", function("g"))]
    assert sorted(names(*tools)) == sorted(names(*reversed(tools)))


def test_of_two_definitions_of_a_tool_the_later_counts() -> None:
    later = {"type": "additional_tools", "tools": [function("f", description="Later.")]}
    body = parsed(input=[ASKED, later], tools=[function("f", description="Earlier.")])
    assert [tool.description for tool in body.conversation.tools] == ["Later."]


def test_earlier_calls_have_the_names_of_their_tools() -> None:
    items = [
        ASKED,
        call("1", "find", namespace="maps"),
        call("2", "find"),
        {"type": "custom_tool_call", "call_id": "3", "name": "f", "input": "", "namespace": None},
        output("1"),
        output("2"),
        output("3"),
    ]
    body = parsed(input=items, tools=[namespace("maps", function("find")), function("f")])
    called = [part.name for part in body.conversation.parts if isinstance(part, ToolCall)]
    assert called[:2] == ["maps__find", "find"]
    assert body.caller_tools[called[2]] == CallerTool("custom", "f")
    assert called[2] != "f"


def test_a_call_of_a_tool_that_is_gone_keeps_its_flat_name() -> None:
    items = [ASKED, call("1", "find", namespace="maps"), output("1")]
    offered = parsed(input=items, tools=[namespace("maps", function("find"))])
    gone = parsed(input=items)
    assert gone.conversation.messages == offered.conversation.messages
    assert gone.conversation.tools == ()
    assert gone.caller_tools == offered.caller_tools


def test_a_call_that_is_gone_takes_no_name_from_a_tool_that_is_offered() -> None:
    items = [ASKED, call("1", "maps__find"), output("1")]
    body = parsed(input=items, tools=[namespace("maps", function("find"))])
    assert [tool.name for tool in body.conversation.tools] == ["maps__find"]
    (called,) = [part.name for part in body.conversation.parts if isinstance(part, ToolCall)]
    assert body.caller_tools[called] == CallerTool("function", "maps__find")


HOSTED = [
    "web_search", "web_search_2025_08_26", "web_search_preview", "web_search_preview_2025_03_11",
    "image_generation", "tool_search",
]  # fmt: skip


@pytest.mark.parametrize("kind", HOSTED)
def test_a_tool_that_clients_offer_unasked_is_dropped_and_named(kind: str) -> None:
    hosted = {"type": kind, "anything": {"of": ["its", "own"]}}
    conversation = parsed(tools=[hosted, function("f"), hosted]).conversation
    assert [tool.name for tool in conversation.tools] == ["f"]
    assert conversation.left_out == (f"tools.{kind}",)


@pytest.mark.parametrize(
    ("field", "value", "is_named"),
    [
        ("defer_loading", True, True),
        ("defer_loading", False, False),
        ("allowed_callers", ["programmatic"], True),
        ("allowed_callers", ["direct"], False),
        ("output_schema", CITY, True),
        ("async", True, True),
        ("async", False, False),
        ("output_schema", None, False),
    ],
)
@pytest.mark.parametrize("place", ["tools", "namespace", "item"])
def test_a_wish_that_other_models_do_not_know_is_named(
    field: str, value: Any, is_named: bool, place: str
) -> None:
    tool = function("f", **{field: value})
    if place == "item":
        more: Json = {"input": [ASKED, {"type": "additional_tools", "tools": [tool]}]}
    else:
        more = {"tools": [tool if place == "tools" else namespace("n", tool)]}
    conversation = parsed(**more).conversation
    assert len(conversation.tools) == 1
    assert conversation.left_out == ((f"tools.{field}",) if is_named else ())


TOOLS = [function("f"), custom("c"), namespace("n", function("f"), function("g"))]


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        (None, None),
        ("none", ToolChoice(mode="none")),
        ("auto", ToolChoice(mode="auto")),
        ("required", ToolChoice(mode="required")),
        ({"type": "function", "name": "f"}, ToolChoice(mode="named", name="f")),
        ({"type": "custom", "name": "c"}, ToolChoice(mode="named", name="c")),
        ({"type": "function", "name": "g"}, ToolChoice(mode="named", name="n__g")),
        (
            {"type": "function", "name": "f", "namespace": "n"},
            ToolChoice(mode="named", name="n__f"),
        ),
    ],
    ids=str,
)
def test_a_choice_names_the_flat_tool(choice: Any, expected: ToolChoice | None) -> None:
    assert parsed(tools=TOOLS, tool_choice=choice).conversation.tool_choice == expected


@pytest.mark.parametrize(
    ("allowed", "left"),
    [
        ([], []),
        ([{"type": "function", "name": "f"}], ["f", "n__f"]),
        ([{"type": "function", "name": "f", "namespace": "n"}], ["n__f"]),
        ([{"type": "namespace", "name": "n"}], ["n__f", "n__g"]),
        ([{"type": "custom", "name": "c"}, {"type": "web_search"}], ["c"]),
    ],
    ids=["none", "a-name-twice", "with-namespace", "a-namespace", "with-a-hosted-one"],
)
def test_only_allowed_tools_are_offered(allowed: list[Json], left: list[str]) -> None:
    choice = {"type": "allowed_tools", "mode": "auto", "tools": allowed}
    conversation = parsed(tools=TOOLS, tool_choice=choice).conversation
    assert [tool.name for tool in conversation.tools] == left
    assert conversation.tool_choice == ToolChoice(mode="auto")


def test_a_choice_of_as_many_tools_as_a_body_holds_is_read_in_time() -> None:
    tools = [namespace(f"n{n}", function("f")) for n in range(960)]
    named = [{"type": "function", "name": "f", "namespace": f"n{n % 960}"} for n in range(40_000)]
    choice = {"type": "allowed_tools", "mode": "auto", "tools": named}

    def read() -> None:
        assert len(parsed(tools=tools, tool_choice=choice).conversation.tools) == 960

    assert takes_less_than(500, read)


def test_an_allowed_tool_may_be_required() -> None:
    choice = {
        "type": "allowed_tools", "mode": "required", "tools": [{"type": "custom", "name": "c"}],
    }  # fmt: skip
    assert parsed(tools=TOOLS, tool_choice=choice).conversation.tool_choice == ToolChoice(
        mode="required"
    )


@pytest.mark.parametrize(
    ("given", "expected"), [(None, None), (True, True), (False, False)], ids=str
)
def test_parallel_calls_are_as_the_caller_wants(given: bool | None, expected: bool | None) -> None:
    body = parsed(tools=TOOLS, parallel_tool_calls=given)
    assert body.conversation.parallel_tool_calls is expected


def test_codex_gets_its_tools_with_a_model_that_it_does_not_know() -> None:
    body = parsed(**CODEX_AUTO)
    assert len(body.conversation.tools) == 9
    assert body.conversation.left_out == ("tools.web_search",)
    (spawned,) = [
        part
        for part in body.conversation.parts
        if isinstance(part, ToolCall) and part.id == "call_2"
    ]
    assert spawned.name == "multi_agent_v1__spawn_agent"
    assert body.caller_tools[spawned.name] == CallerTool(
        "function", "spawn_agent", "multi_agent_v1"
    )


def test_codex_gets_its_tools_from_an_item_of_the_input() -> None:
    body = parsed(**CODEX_LITE)
    assert body.caller_tools == {
        "functions__exec_command": CallerTool("function", "exec_command", "functions"),
        "functions__apply_patch": CallerTool("custom", "apply_patch", "functions"),
    }
    assert body.conversation.left_out == ("tools.tool_search", "reasoning.context")


def test_five_hundred_tools_are_read() -> None:
    tools = [
        namespace(f"server_{n:03}_{'x' * 50}", *(function(f"tool_{m}") for m in range(10)))
        for n in range(50)
    ]
    body = parsed(tools=tools)
    given = {tool.name for tool in body.conversation.tools}
    assert len(given) == len(body.caller_tools) == 500
    assert max(map(len, given)) <= 64
