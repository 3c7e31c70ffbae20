"""`GET /v1/models` and `/v1/models/{id}` in Anthropic's format, a page at a time."""

from collections.abc import Mapping, Sequence

from llm_router.wire.shared.parsing import field_error
from llm_router.wire.shared.router_object import Json

HEADER = "anthropic-version"
"""The header that every client of Anthropic's sends."""
_DEFAULT_PAGE, _LARGEST_PAGE = 20, 1_000
_UNKNOWN_DATE = "1970-01-01T00:00:00Z"


def models_page(listed: Sequence[Json], query: Mapping[str, str]) -> Json:
    """The page of a list in OpenAI's format that `limit`, `after_id` and `before_id` ask for."""
    size = _size(query.get("limit"))
    start, end = 0, len(listed)
    if before := query.get("before_id"):
        end = _position(listed, before, "before_id")
        start = max(0, end - size)
        has_more = start > 0
    else:
        if after := query.get("after_id"):
            start = _position(listed, after, "after_id") + 1
        end = min(end, start + size)
        has_more = end < len(listed)
    data = [model_object(model) for model in listed[start:end]]
    return {
        "data": data,
        "has_more": has_more,
        "first_id": data[0]["id"] if data else None,
        "last_id": data[-1]["id"] if data else None,
    }


def model_object(model: Json) -> Json:
    """A model of a list in OpenAI's format; when it was released is unknown."""
    described = model.get("router", {})
    return {
        "type": "model",
        "id": model["id"],
        "display_name": model["id"],
        "created_at": _UNKNOWN_DATE,
        "lifecycle": "active",
        "max_input_tokens": described.get("context_window"),
        "max_tokens": described.get("max_output_tokens"),
        "router": described,
    }


def _size(limit: str | None) -> int:
    if limit is None:
        return _DEFAULT_PAGE
    if not (limit.isascii() and limit.isdigit() and 1 <= int(limit[:9]) <= _LARGEST_PAGE):
        raise field_error("limit", f"should be a whole number from 1 to {_LARGEST_PAGE}")
    return int(limit)


def _position(listed: Sequence[Json], model_id: str, param: str) -> int:
    for position, model in enumerate(listed):
        if model["id"] == model_id:
            return position
    raise field_error(param, "the list has no such model")
