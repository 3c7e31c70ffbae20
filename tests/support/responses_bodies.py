"""Bodies of `POST /v1/responses`: all fields at once, and the shapes that clients send."""

import json
from typing import Any

from llm_router.wire.responses.reasoning_marks import ReasoningMarks
from llm_router.wire.responses.request import ResponsesBody, parse_responses
from tests.support.caller_fixtures import CITY, PNG
from tests.support.policies import POLICY

Json = dict[str, Any]

MARKS = ReasoningMarks("key-of-the-caller", ["old-o", "small-o"])
ASKED: Json = {"role": "user", "content": "hi"}
IMAGE_URL = f"data:image/png;base64,{PNG}"


def parsed(**fields: Any) -> ResponsesBody:
    """The parsed body with these fields; without an input it is a greeting."""
    raw = json.dumps({"model": "auto", "input": "hi", **fields})
    return parse_responses(raw, POLICY.limits, MARKS)


def function(name: str, **more: Any) -> Json:
    """A function tool as the SDKs send it."""
    return {"type": "function", "name": name, "parameters": CITY, "strict": None, **more}


def call(call_id: str, name: str = "weather", **more: Any) -> Json:
    """A call of a function, as a reply held it."""
    return {
        "type": "function_call", "id": f"fc_{call_id}", "call_id": call_id, "name": name,
        "arguments": '{"city": "Rome"}', "status": "completed", **more,
    }  # fmt: skip


def output(call_id: str, text: Any = "20 degrees", **more: Any) -> Json:
    """The output of a call."""
    return {"type": "function_call_output", "call_id": call_id, "output": text, **more}


def said(text: str, **more: Any) -> Json:
    """An assistant message as a reply held it."""
    part = {"type": "output_text", "text": text, "annotations": [], "logprobs": []}
    return {
        "type": "message", "id": "msg_1", "role": "assistant", "status": "completed",
        "content": [part], **more,
    }  # fmt: skip


FULL: Json = {
    "model": "auto",
    "instructions": "Be brief.",
    "input": [
        {"type": "message", "role": "developer", "content": "Use tools."},
        {"type": "additional_tools", "role": "developer", "tools": [function("more")]},
        {
            "role": "user",
            "content": [
                {"type": "input_text", "text": "Weather?"},
                {"type": "input_image", "image_url": IMAGE_URL, "detail": "low"},
            ],
        },
        {
            "type": "reasoning", "id": "rs_1", "encrypted_content": "eHg=",
            "summary": [{"type": "summary_text", "text": "Hm."}], "content": None,
        },
        said("I look.", phase="commentary"),
        {"type": "web_search_call", "id": "ws_1", "status": "completed", "action": {}},
        call("call_1"),
        {"type": "custom_tool_call", "call_id": "call_2", "name": "shell", "input": "ls"},
        output("call_1", [{"type": "input_text", "text": "20 degrees"}]),
        {"type": "custom_tool_call_output", "call_id": "call_2", "output": "a"},
    ],
    "tools": [
        function("weather", description="Weather of a city."),
        {
            "type": "custom", "name": "shell", "description": "Runs it.",
            "format": {"type": "grammar", "syntax": "lark", "definition": "start: /.+/"},
        },
        {"type": "namespace", "name": "maps", "description": "Maps.", "tools": [function("find")]},
        {"type": "web_search", "search_context_size": "low"},
    ],
    "tool_choice": {"type": "function", "name": "weather"},
    "parallel_tool_calls": True, "max_output_tokens": 100, "temperature": 1, "top_p": 0.5,
    "top_logprobs": 2, "include": ["message.output_text.logprobs", "reasoning.encrypted_content"],
    "reasoning": {"effort": "low", "summary": "auto", "context": "all_turns"},
    "text": {
        "format": {"type": "json_schema", "name": "city", "schema": CITY, "strict": True},
        "verbosity": "low",
    },
    "stream": True, "stream_options": {"include_obfuscation": False}, "store": False,
    "background": False, "metadata": {"a": "b"}, "client_metadata": {"x": 1},
    "prompt_cache_key": "k", "prompt_cache_options": {"ttl": "30m"}, "service_tier": "flex",
    "truncation": "auto", "user": "u", "safety_identifier": "s", "max_tool_calls": 3,
    "router": {"request_type": "chat", "model_tier": "simple", "max_cost_usd": 0.5},
}  # fmt: skip

CODEX_AUTO: Json = {
    "model": "auto",
    "instructions": "You are a made-up coding agent.",
    "input": [
        {
            "type": "message", "role": "developer",
            "content": [{"type": "input_text", "text": "Made-up permissions."}],
        },
        {
            "type": "message", "role": "user",
            "content": [
                {"type": "input_text", "text": "Made-up environment."},
                {"type": "input_text", "text": "Made-up task."},
            ],
        },
        {"type": "reasoning", "summary": [], "content": None, "encrypted_content": "eHg="},
        {
            "type": "message", "role": "assistant", "phase": "commentary",
            "content": [{"type": "output_text", "text": "Looking."}],
        },
        {
            "type": "function_call", "name": "exec_command", "call_id": "call_1",
            "arguments": '{"cmd":"ls"}',
        },
        {
            "type": "function_call", "name": "spawn_agent", "namespace": "multi_agent_v1",
            "arguments": "{}", "call_id": "call_2",
        },
        {"type": "function_call_output", "call_id": "call_1", "output": "README.md"},
        {"type": "function_call_output", "call_id": "call_2", "output": "started"},
    ],
    "tools": [
        *(
            function(name, description=f"Made-up {name}.", strict=False)
            for name in ("exec_command", "write_stdin", "update_plan", "request_user_input",
                         "view_image", "list_resources", "read_resource")
        ),
        {
            "type": "namespace", "name": "multi_agent_v1", "description": "Made-up agents.",
            "tools": [function("spawn_agent", strict=False), function("wait", strict=False)],
        },
        {"type": "web_search", "external_web_access": False},
    ],
    "tool_choice": "auto", "parallel_tool_calls": True,
    "reasoning": {"effort": "medium", "summary": "auto"}, "store": False, "stream": True,
    "include": ["reasoning.encrypted_content"], "prompt_cache_key": "made-up-thread",
    "text": {"verbosity": "low"}, "client_metadata": {"made-up": "id"},
}  # fmt: skip
"""Codex's second turn with a model that it does not know."""

CODEX_LITE: Json = {
    "model": "old-o",
    "input": [
        {
            "type": "additional_tools", "role": "developer",
            "tools": [
                {
                    "type": "namespace", "name": "functions", "description": "Made-up functions.",
                    "tools": [
                        function("exec_command", strict=False),
                        {
                            "type": "custom", "name": "apply_patch", "description": "Made-up.",
                            "format": {
                                "type": "grammar", "syntax": "lark", "definition": "start: /.+/",
                            },
                        },
                    ],
                },
                {"type": "tool_search", "execution": "client", "description": "x",
                 "parameters": CITY},
            ],
        },
        {
            "type": "message", "role": "developer",
            "content": [{"type": "input_text", "text": "You are a made-up coding agent."}],
        },
        {
            "type": "message", "role": "user",
            "content": [{"type": "input_text", "text": "Made-up task."}],
        },
    ],
    "tool_choice": "auto", "parallel_tool_calls": False,
    "reasoning": {"effort": "medium", "context": "all_turns"}, "store": False, "stream": True,
    "include": ["reasoning.encrypted_content"], "prompt_cache_key": "made-up-thread",
    "text": {"verbosity": "medium"}, "client_metadata": {"made-up": "id"},
}  # fmt: skip
"""Codex's first turn with a model that it knows: tools are an item, there are no instructions."""

AGENTS_SDK: Json = {
    "model": "auto", "instructions": "Made-up agent.",
    "input": [
        {"content": "Weather in Rome?", "role": "user"},
        {"id": "rs_x", "summary": [], "type": "reasoning", "content": [], "status": None,
         "encrypted_content": None},
        {
            "arguments": '{"city":"Rome"}', "call_id": "call_1", "name": "weather",
            "type": "function_call", "id": "fc_1", "status": "completed", "namespace": None,
            "caller": None, "async": None, "parsed_arguments": None,
        },
        {"call_id": "call_1", "output": "20 degrees", "type": "function_call_output"},
    ],
    "include": [], "tools": [function("weather", strict=True, description="Weather.")],
}  # fmt: skip
"""The Agents SDK's second turn of a tool loop: items as the reply held them, nulls included."""

VERCEL: Json = {
    "model": "auto",
    "input": [
        {"role": "developer", "content": "Made-up agent."},
        {"role": "user", "content": [{"type": "input_text", "text": "Weather in Rome?"}]},
        {"type": "item_reference", "id": "rs_1"},
        {
            "type": "function_call", "call_id": "call_1", "name": "weather",
            "arguments": '{"city":"Rome"}',
        },
        {"type": "function_call_output", "call_id": "call_1", "output": '{"degrees":20}'},
    ],
    "tools": [{"type": "function", "name": "weather", "parameters": CITY}],
    "tool_choice": "auto", "include": ["reasoning.encrypted_content"], "stream": True,
}  # fmt: skip
"""The AI SDK's second turn of a tool loop; it refers to reasoning, which it thinks is stored."""

SHAPES: dict[str, Json] = {
    "all-fields": FULL,
    "codex-with-an-unknown-model": CODEX_AUTO,
    "codex-with-tools-as-an-item": CODEX_LITE,
    "agents-sdk-second-turn": AGENTS_SDK,
    "ai-sdk-second-turn": VERCEL,
}
