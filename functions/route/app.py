"""Lambda of the HTTP API: each handler parses, calls one use case and maps its result."""

import json
import math
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import APIGatewayRestResolver, Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.utilities.typing import LambdaContext

from llm_router import __version__
from llm_router.application.api_keys import key_from_headers
from llm_router.application.errors import (
    InvalidRequestError,
    JustFailedError,
    ReplyTooLargeError,
    RequestTooLargeError,
    RouterError,
    UnknownEndpointError,
)
from llm_router.application.just_failed import SentRequest
from llm_router.application.ports import KeyRecord
from llm_router.application.route.request import Routed, RouteRequest
from llm_router.bootstrap import (
    epoch_ms,
    feedback_service,
    idempotency,
    just_failed,
    new_request_id,
    router,
)
from llm_router.domain.policy.models import WireFormat
from llm_router.domain.policy.policy import Limits
from llm_router.settings import RouteSettings
from llm_router.wire.anthropic.models import HEADER as ANTHROPIC_VERSION
from llm_router.wire.anthropic.models import model_object, models_page
from llm_router.wire.anthropic.reply import count_reply, message_reply, message_stream
from llm_router.wire.anthropic.request import parse_count, parse_messages
from llm_router.wire.api.feedback import feedback_reply, parse_feedback
from llm_router.wire.openai import request as wire
from llm_router.wire.openai.models import model_reply, models_reply
from llm_router.wire.openai.reply import chat_reply, chat_stream
from llm_router.wire.responses.reasoning_marks import ReasoningMarks
from llm_router.wire.responses.reply import response_reply
from llm_router.wire.responses.request import parse_responses
from llm_router.wire.responses.stream import response_stream
from llm_router.wire.shared import cors
from llm_router.wire.shared.error_replies import ENDPOINT_HINT, error_reply
from llm_router.wire.shared.event_stream import CONTENT_TYPE
from llm_router.wire.shared.headers import VERSION, error_headers, routed_headers
from llm_router.wire.shared.idempotency import idempotency_middleware
from llm_router.wire.shared.router_object import Json, decision_object
from llm_router.wire.shared.router_options import ParsedBody, to_route_request

MAX_BODY_BYTES = MAX_REPLY_BYTES = 6_000_000
"""Lambda's limit is 6 MiB for a whole event or reply, headers and escapes included."""
FORMATS_BY_PATH: Mapping[str, WireFormat] = {
    "/v1/messages": "anthropic",
    "/v1/responses": "openai-responses",
}
"""The format of all endpoints under a path; the others have OpenAI's chat completions."""
RETRY_LATER_STATUSES = frozenset({409, 429, 503})
NO_RETRY_STATUSES = frozenset({409, 429, 503, 504})
"""A client's automatic retry would pay for all attempts again."""

logger = Logger()
app = APIGatewayRestResolver()
settings = RouteSettings.load()
use_case = router(settings)
feedback_use_case = feedback_service(settings)
once = idempotency_middleware(idempotency(settings))
just_failed_use_case = just_failed(settings)


@app.post("/v1/chat/completions", middlewares=[once])
def chat_completions() -> Response[str]:
    """Answer a conversation in OpenAI's format."""
    body = _body()
    routed = _answered(body)
    headers = routed_headers(routed)
    if body.stream:
        stream = chat_stream(routed, wants_usage=body.wants_usage)
        return _reply(200, CONTENT_TYPE, stream, headers)
    return _json(200, chat_reply(routed), headers)


@app.post("/v1/responses", middlewares=[once])
def responses() -> Response[str]:
    """Answer a conversation in OpenAI's responses format."""
    marks = _reasoning_marks()
    body = parse_responses(_raw_body(), _limits(), marks)
    routed = _answered(body)
    headers = routed_headers(routed)
    if body.stream:
        return _reply(200, CONTENT_TYPE, response_stream(routed, body, marks), headers)
    return _json(200, response_reply(routed, body, marks), headers)


@app.post("/v1/messages", middlewares=[once])
def messages() -> Response[str]:
    """Answer a conversation in Anthropic's format."""
    body = parse_messages(_raw_body(), _limits())
    routed = _answered(body)
    headers = routed_headers(routed)
    if body.stream:
        return _reply(200, CONTENT_TYPE, message_stream(routed), headers)
    return _json(200, message_reply(routed), headers)


@app.post("/v1/messages/count_tokens")
def count_tokens() -> Response[str]:
    """Estimate the size of a prompt in Anthropic's format."""
    counted = count_reply(parse_count(_raw_body(), _limits()).conversation)
    return _json(200, counted, {"x-router-estimated": "true"})


@app.post("/v1/route", middlewares=[once])
def route() -> Response[str]:
    """Return the routing decision for a conversation, without an answer."""
    body = _body()
    routed = use_case.decide(_request(body))
    return _json(200, {"router": decision_object(routed)}, routed_headers(routed))


@app.post("/v1/feedback")
def feedback() -> Response[str]:
    """Store a user's score of an answer."""
    body = parse_feedback(_raw_body())
    tenant = app.current_event.request_context.authorizer["tenant"]
    return _json(200, feedback_reply(feedback_use_case.label(body.request_id, tenant, body.value)))


@app.get("/v1/models")
def models() -> Response[str]:
    """List the models that a request may name."""
    policy = use_case.policies.current()
    listed = models_reply(policy, settings.enabled_providers, _key().aliases)
    if _caller_format() == "anthropic":
        query = app.current_event.query_string_parameters or {}
        return _json(200, models_page(listed["data"], query))
    return _json(200, listed)


@app.get("/v1/models/<model_id>")
def model(model_id: str) -> Response[str]:
    """Show one model of that list."""
    policy = use_case.policies.current()
    enabled, own_aliases = settings.enabled_providers, _key().aliases
    shown = model_reply(policy, enabled, unquote(model_id), own_aliases)
    return _json(200, model_object(shown) if _caller_format() == "anthropic" else shown)


@app.get("/openapi.json")
def description() -> Response[str]:
    """Return the OpenAPI document."""
    from llm_router.wire.api.openapi import document

    return _json(200, document())


@app.get("/")
def html_page() -> Response[str]:
    """Return the router's HTML page."""
    from llm_router.wire.api.page import page

    html, headers = page()
    return Response(200, "text/html; charset=utf-8", html, {**headers})


@app.get("/v1/health")
def health() -> Response[str]:
    """Return the policy version and the status of the cache."""
    policy = use_case.policies.current()
    return _json(200, {"status": "ok", "policy": policy.version, "cache": use_case.cache.status()})


@app.exception_handler(RouterError)  # type: ignore[untyped-decorator]
def handle_router_error(error: RouterError) -> Response[str]:
    """Map an error to its status and error body."""
    logger.info(
        "request ended without answer",
        request_id=app.context["request_id"],
        status=error.status,
        code=error.code,
        # An unknown field's name is the caller's and may quote a prompt: it is not logged.
        param=None if error.code == "unknown_parameter" else error.param,
    )
    body = error_reply(error, app.context["request_id"], _caller_format())
    return _json(error.status, body, {**error_headers(error), **_retry_headers(error)})


@app.not_found
def no_such_route(_error: NotFoundError) -> Response[str]:
    """Return a 404 that names the path."""
    error = UnknownEndpointError(f"no such endpoint: {app.current_event.path}; {ENDPOINT_HINT}")
    request_id = app.context["request_id"]
    return _json(404, error_reply(error, request_id, _caller_format()))


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Entry point for API Gateway's proxy events."""
    received_epoch_ms = epoch_ms()
    context_of_request = {
        "request_id": new_request_id(),
        "received_epoch_ms": received_epoch_ms,
        "policy_version": use_case.policies.current().version,
    }
    app.append_context(**context_of_request)  # type: ignore[no-untyped-call]
    shared_with = cors.origins(event)
    reply = cors.preflight(event, shared_with) or app.resolve(event, context)
    headers = {VERSION: __version__, **cors.headers(event, shared_with)}
    reply["multiValueHeaders"].update({name: [value] for name, value in headers.items()})
    logger.info(
        "request finished",
        request_id=context_of_request["request_id"],
        status=reply["statusCode"],
        latency_ms=epoch_ms() - received_epoch_ms,
    )
    return reply


def _answered(body: ParsedBody) -> Routed:
    if body.router.classify is not None:
        raise InvalidRequestError(
            "router.classify: only for POST /v1/route", param="router.classify"
        )
    request = _request(body)
    return just_failed_use_case.guard(
        _sent_request(), lambda: use_case.answer(request), retry=body.router.retry is True
    )


def _sent_request() -> SentRequest | None:
    event = app.current_event
    api_key = key_from_headers(event.headers)
    return SentRequest(event.path, api_key, event.body or "") if api_key else None


def _body() -> wire.ChatBody:
    return wire.parse_chat(_raw_body(), _limits())


def _limits() -> Limits:
    return use_case.policies.current().limits


def _raw_body() -> str | None:
    try:
        raw = app.current_event.decoded_body
        size = len((raw or "").encode())
    except ValueError as error:
        raise InvalidRequestError("the body is not UTF-8 text", code="invalid_body") from error
    if size > MAX_BODY_BYTES:
        raise RequestTooLargeError(
            f"the body has {size} bytes, over the limit of {MAX_BODY_BYTES} bytes; "
            "a large picture can be given by its https: URL"
        )
    return raw


def _reasoning_marks() -> ReasoningMarks:
    api_key = key_from_headers(app.current_event.headers) or ""
    return ReasoningMarks(api_key, [model.id for model in use_case.policies.current().models])


def _caller_format() -> WireFormat:
    event = app.current_event
    if event.path.startswith("/v1/models") and ANTHROPIC_VERSION in event.resolved_headers_field:
        return "anthropic"
    beginning = "/".join(event.path.split("/")[:3])
    return FORMATS_BY_PATH.get(beginning, "openai")


def _key() -> KeyRecord:
    authorized = app.current_event.request_context.authorizer
    return KeyRecord(
        key_id=authorized["key_id"],
        tenant=authorized["tenant"],
        user_tier=authorized["user_tier"],
        may_set_user_tier=authorized["may_set_user_tier"] == "true",
        created_at=0,
        aliases=json.loads(authorized.get("aliases") or "{}"),
    )


def _request(body: ParsedBody) -> RouteRequest:
    return to_route_request(
        body, _key(), app.context["request_id"], app.context["received_epoch_ms"]
    )


def _retry_headers(error: RouterError) -> dict[str, str]:
    """Return Retry-After if the wait is known, else forbid retries; nothing for other statuses."""
    wait_ms = error.retry_after_ms
    if error.status not in RETRY_LATER_STATUSES | NO_RETRY_STATUSES:
        return {}
    headers = {}
    if error.status in RETRY_LATER_STATUSES and wait_ms is not None:
        headers = {"retry-after": str(math.ceil(wait_ms / 1000)), "retry-after-ms": str(wait_ms)}
    # Whoever repeats a request that just failed by itself would pay for the next failure.
    if not headers or isinstance(error, JustFailedError):
        headers["x-should-retry"] = "false"
    return headers


def _json(status: int, body: Json, headers: dict[str, str] | None = None) -> Response[str]:
    return _reply(status, "application/json", json.dumps(body, ensure_ascii=False), headers)


def _reply(
    status: int, content_type: str, body: str, headers: dict[str, str] | None = None
) -> Response[str]:
    # Lambda sends the body as a JSON string, whose escapes count.
    size = len(body) if len(body) < MAX_REPLY_BYTES // 6 else len(json.dumps(body))
    if size > MAX_REPLY_BYTES:
        raise ReplyTooLargeError(f"the reply is over the limit of {MAX_REPLY_BYTES} bytes")
    request_id = app.context["request_id"]
    always = {
        # The header names that the vendors' clients read.
        "x-request-id": request_id,
        "request-id": request_id,
        "x-router-request-id": request_id,
        "x-router-policy": app.context["policy_version"],
    }
    return Response(
        status_code=status,
        content_type=content_type,
        body=body,
        headers={**always, **(headers or {})},
    )
