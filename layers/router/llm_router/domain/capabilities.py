"""What a model may be able to do beyond answering in plain text."""

from collections.abc import Mapping
from typing import Literal

Capability = Literal[
    "sampling", "json_schema", "json_object", "tools", "vision", "logprobs", "thinking"
]

ASKED_BY: Mapping[Capability, str] = {
    "json_schema": "response_format",
    "json_object": "response_format",
    "tools": "tools",
    "vision": "messages",
    "logprobs": "logprobs",
    "thinking": "thinking",
}
"""The field of a request that asks for it."""
