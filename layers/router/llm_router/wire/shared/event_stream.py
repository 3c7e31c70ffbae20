"""Server-sent events of an answer that is already complete.

A cascade reads the whole answer before it trusts it. So a stream begins after the decision and
cannot fail halfway.
"""

import json
from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]
CONTENT_TYPE = "text/event-stream; charset=utf-8"
_PIECE = 2_000


def event(data: Json | str, name: str | None = None) -> str:
    """One event as text; JSON holds no line breaks."""
    payload = data if isinstance(data, str) else json.dumps(data, ensure_ascii=False)
    return f"event: {name}\ndata: {payload}\n\n" if name else f"data: {payload}\n\n"


def pieces(text: str) -> Iterator[str]:
    """The text in pieces that fit into clients' buffers."""
    return (text[start : start + _PIECE] for start in range(0, len(text), _PIECE))
