"""Errors in the caller's wire format, so that the client raises its own exceptions."""

from collections.abc import Mapping

from llm_router.application.errors import JustFailedError, RouterError

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
_ANTHROPIC_FIELDS = {"response_format": "output_config.format"}
ENDPOINT_HINT = (
    "use POST /v1/chat/completions (OpenAI's format) or /v1/messages (Anthropic's). There are no "
    "responses, completions, embeddings or batches. The base URL of OpenAI's clients ends in /v1, "
    "that of Anthropic's does not"
)


def error_reply(error: RouterError, request_id: str, *, anthropics: bool = False) -> Json:
    """The error in OpenAI's or Anthropic's format, with the attempts made."""
    router = {"request_id": request_id, **outcome_fields(error.outcome)}
    if anthropics:
        body = _anthropic_error(error)
        return {"type": "error", "error": body, "request_id": request_id, "router": router}
    body = {"message": error.message, "type": error.type, "param": error.param, "code": error.code}
    return {"type": "error", "error": body, "router": router}


def _anthropic_error(error: RouterError) -> Json:
    param = error.param
    message = error.message
    if param in _ANTHROPIC_FIELDS:
        message = message.replace(param, _ANTHROPIC_FIELDS[param], 1)
        param = _ANTHROPIC_FIELDS[param]
    error_type = _ANTHROPIC_TYPES.get(error.status, "api_error")
    spent = error.outcome is not None and error.outcome.cost_nano_usd > 0
    if isinstance(error, JustFailedError) or (error.status == _UNAVAILABLE and spent):
        error_type = _PAID_FOR
    return {"type": error_type, "message": message, "param": param, "code": error.code}
