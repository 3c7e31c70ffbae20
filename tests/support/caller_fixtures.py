"""An image, a schema and tool calls for requests in either caller's format, and a model of each."""

from typing import Any

OF_OPENAI, OF_ANTHROPIC = "old-o", "old-a"
BOTH = [OF_OPENAI, OF_ANTHROPIC]
"""A model of either format, called by its name: no cascade."""

PNG = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNgYGBgAAAABQABpfZFQAAAAABJRU5E"
    "rkJggg=="
)
CITY: dict[str, Any] = {
    "type": "object",
    "properties": {"city": {"type": "string"}},
    "required": ["city"],
    "additionalProperties": False,
}
CALLS = {"call_1": ("weather", {"city": "Paris"}), "call_2": ("weather", {"city": "Rome"})}
