"""Server-sent events, made of an answer that is already there.

A cascade reads the whole answer before it trusts it: a stream begins after the decision, and no
error can come in the middle of one.
"""

import json
from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]
CONTENT_TYPE = "text/event-stream; charset=utf-8"
_PIECE = 2_000


def event(data: Json | str, name: str | None = None) -> str:
    """One event; JSON holds no line breaks."""
    told = data if isinstance(data, str) else json.dumps(data, ensure_ascii=False)
    return f"event: {name}\ndata: {told}\n\n" if name else f"data: {told}\n\n"


def pieces(text: str) -> Iterator[str]:
    """The text in parts of a size that clients' buffers take."""
    return (text[start : start + _PIECE] for start in range(0, len(text), _PIECE))
