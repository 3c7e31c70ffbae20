"""The endpoints of the API, with their request and reply models, for its OpenAPI document."""

from dataclasses import dataclass

from pydantic import BaseModel

from llm_router.wire.anthropic.request import CountBody, MessagesBody
from llm_router.wire.openai.request import ChatBody
from llm_router.wire.responses.request import ResponsesBody
from llm_router.wire.shared.router_object import Json

from . import reply_schemas
from .feedback import FeedbackBody

_ROUTING_ERRORS = (402, 404, 429, 503, 504)
_QUESTION: Json = {
    "model": "auto",
    "messages": [{"role": "user", "content": "What is the capital of France?"}],
}


@dataclass(frozen=True)
class Endpoint:
    """One operation; `errors` are statuses beyond those of every endpoint with a key or a body."""

    method: str
    path: str
    summary: str
    reply: type[BaseModel] | None = None
    body: type[BaseModel] | None = None
    example: Json | None = None
    errors: tuple[int, ...] = ()
    error_reply: type[BaseModel] = reply_schemas.ErrorReply
    needs_key: bool = True
    has_router_headers: bool = False
    """True if its replies carry the headers that explain the routing."""
    takes_idempotency_key: bool = False
    """True if its requests may carry an `Idempotency-Key`."""
    media_type: str = "application/json"
    streams: bool = False
    """True if it can also return a stream of events."""


ENDPOINTS = (
    Endpoint("GET", "/", "A page for people", needs_key=False, media_type="text/html"),
    Endpoint("GET", "/openapi.json", "This description", needs_key=False),
    Endpoint(
        "POST",
        "/v1/chat/completions",
        "Answer a conversation, as OpenAI's API does",
        reply=reply_schemas.ChatCompletion,
        body=ChatBody,
        example=_QUESTION,
        errors=_ROUTING_ERRORS,
        has_router_headers=True,
        takes_idempotency_key=True,
        streams=True,
    ),
    Endpoint(
        "POST",
        "/v1/messages",
        "Answer a conversation, as Anthropic's API does",
        reply=reply_schemas.Message,
        body=MessagesBody,
        example={**_QUESTION, "max_tokens": 200},
        errors=_ROUTING_ERRORS,
        error_reply=reply_schemas.AnthropicErrorReply,
        has_router_headers=True,
        takes_idempotency_key=True,
        streams=True,
    ),
    Endpoint(
        "POST",
        "/v1/responses",
        "Answer a conversation, as OpenAI's responses API does",
        reply=reply_schemas.Response,
        body=ResponsesBody,
        example={"model": "auto", "input": "What is the capital of France?"},
        errors=_ROUTING_ERRORS,
        has_router_headers=True,
        takes_idempotency_key=True,
        streams=True,
    ),
    Endpoint(
        "POST",
        "/v1/messages/count_tokens",
        "Estimate how many tokens a prompt has",
        reply=reply_schemas.TokenCount,
        body=CountBody,
        example=_QUESTION,
        error_reply=reply_schemas.AnthropicErrorReply,
    ),
    Endpoint(
        "POST",
        "/v1/route",
        "Say how a conversation would be routed, without answering it",
        reply=reply_schemas.RouteReply,
        body=ChatBody,
        example=_QUESTION,
        errors=_ROUTING_ERRORS,
        has_router_headers=True,
        takes_idempotency_key=True,
    ),
    Endpoint(
        "POST",
        "/v1/feedback",
        "Say how good an answer was",
        reply=reply_schemas.FeedbackReply,
        body=FeedbackBody,
        example={"request_id": "20261125-29810c36-59c5-4e7e-ab2a-87c0d8c98bfe", "good": True},
        errors=(404, 503),
    ),
    Endpoint(
        "GET", "/v1/models", "List the models that a request may name", reply_schemas.ModelList
    ),
    Endpoint(
        "GET", "/v1/models/{id}", "Show one of these models", reply_schemas.Model, errors=(404,)
    ),
    Endpoint(
        "GET",
        "/v1/health",
        "Say that the router runs, and whether it reaches its cache",
        reply=reply_schemas.Health,
        needs_key=False,
    ),
)
