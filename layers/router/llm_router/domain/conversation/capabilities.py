"""Capabilities that a model may have beyond answering in plain text."""

from collections.abc import Mapping
from typing import Literal

Capability = Literal[
    "sampling",
    "json_schema",
    "json_object",
    "tools",
    "forced_tools",
    "vision",
    "logprobs",
    "effort",
    "effort_none",
    "effort_minimal",
    "thinking",
    "adaptive_thinking",
    "thinking_off",
]

REQUEST_FIELD_OF: Mapping[Capability, str] = {
    "json_schema": "response_format",
    "json_object": "response_format",
    "tools": "tools",
    "forced_tools": "tool_choice",
    "vision": "messages",
    "logprobs": "logprobs",
    "thinking": "thinking",
    "adaptive_thinking": "thinking",
}
"""The field of a request that needs the capability."""
