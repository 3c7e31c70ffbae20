"""What a model may be able to do beyond answering in plain text."""

from typing import Literal

Capability = Literal["sampling", "json_schema", "tools", "vision"]
