"""Errors in the caller's wire format, so that the client raises its own exceptions."""

from collections.abc import Mapping

from llm_router.application.errors import JustFailedError, RouterError
from llm_router.domain.policy.models import WireFormat

from .router_object import Json, outcome_fields

_ANTHROPIC_TYPES: Mapping[int, str] = {
    400: "invalid_request_error",
    401: "authentication_error",
    402: "billing_error",
    403: "permission_error",
    404: "not_found_error",
    409: "invalid_request_error",
    413: "request_too_large",
    422: "invalid_request_error",
    429: "rate_limit_error",
    503: "overloaded_error",
    504: "timeout_error",
}
_UNAVAILABLE = 503
_PAID_FOR = "api_error"
"""Claude Code repeats each `overloaded_error`, even with `x-should-retry: false`."""
_FIELDS: Mapping[WireFormat, Mapping[str, str]] = {
    "openai": {},
    "anthropic": {"response_format": "output_config.format"},
    "openai-responses": {
        "messages": "input",
        "response_format": "text.format",
        "logprobs": "include",
    },
}
"""The fields that have another name in a format than in chat completions."""
ENDPOINT_HINT = (
    "use POST /v1/chat/completions or /v1/responses (OpenAI's formats) or /v1/messages "
    "(Anthropic's). No response is stored, so none can be fetched, continued, cancelled or deleted "
    "later; there are no completions, embeddings, moderations, images, audio, files or batches. "
    "The base URL of OpenAI's clients ends in /v1, that of Anthropic's does not"
)


def error_reply(error: RouterError, request_id: str, wire: WireFormat = "openai") -> Json:
    """The error in the caller's format, with the attempts made."""
    router = {"request_id": request_id, **outcome_fields(error.outcome)}
    message, param = error.message, error.param
    own_name = _FIELDS[wire].get(param or "")
    # An unknown field is named as the caller wrote it.
    if param and own_name and error.code != "unknown_parameter":
        message, param = message.replace(param, own_name, 1), own_name
    body: Json = {"message": message, "type": error.type, "param": param, "code": error.code}
    if wire == "anthropic":
        body["type"] = _anthropic_type(error)
        return {"type": "error", "error": body, "request_id": request_id, "router": router}
    return {"type": "error", "error": body, "router": router}


def _anthropic_type(error: RouterError) -> str:
    spent = error.outcome is not None and error.outcome.cost_nano_usd > 0
    if isinstance(error, JustFailedError) or (error.status == _UNAVAILABLE and spent):
        return _PAID_FOR
    return _ANTHROPIC_TYPES.get(error.status, "api_error")
