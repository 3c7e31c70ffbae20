"""The caller's names for its tools: models are given functions alone, each under a flat name."""

from collections.abc import Mapping
from typing import Literal, NamedTuple


class CallerTool(NamedTuple):
    """A tool as the caller named it: a function or a custom tool, perhaps in a namespace."""

    type: Literal["function", "custom"]
    name: str
    namespace: str | None = None


CallerTools = Mapping[str, CallerTool]
"""The caller's tools by the flat names that models are given."""
