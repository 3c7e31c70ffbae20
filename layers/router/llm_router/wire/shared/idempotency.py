"""Middleware for the `Idempotency-Key` header of any handler."""

import base64
from collections.abc import Callable
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayRestResolver, Response
from aws_lambda_powertools.event_handler.middlewares import NextMiddleware

from llm_router.application.api_keys import key_from_headers
from llm_router.application.errors import InvalidRequestError
from llm_router.application.idempotency.idempotency import HEADER, Idempotency, KeyedRequest, Reply

Middleware = Callable[[APIGatewayRestResolver, NextMiddleware], Response[Any]]


def idempotency_middleware(use_case: Idempotency) -> Middleware:
    """Build a middleware that calls the handler at most once per key; requests may omit the key."""

    def once(app: APIGatewayRestResolver, next_middleware: NextMiddleware) -> Response[Any]:
        event = app.current_event
        header = event.resolved_headers_field.get(HEADER.lower())
        if header is None:
            return next_middleware(app)
        api_key = key_from_headers(event.headers)
        if api_key is None:
            raise InvalidRequestError(f"{HEADER}: needs an API key in the request", param=HEADER)
        authorized = event.request_context.authorizer
        request = KeyedRequest(
            # A header that is sent twice is joined into an invalid key.
            idempotency_key=header if isinstance(header, str) else ", ".join(header),
            tenant=authorized["tenant"],
            key_id=authorized["key_id"],
            path=event.path,
            api_key=api_key,
            body=event.body or "",
        )
        return _response(use_case.once(request, lambda: _reply(next_middleware(app))))

    return once


def _reply(response: Response[Any]) -> Reply:
    status, headers, body = response.status_code, response.headers, response.body
    if isinstance(body, bytes):
        encoded = base64.b64encode(body).decode()
        return Reply(status=status, headers=headers, body=encoded, is_base64=True)
    return Reply(status=status, headers=headers, body=body)


def _response(reply: Reply) -> Response[Any]:
    body = base64.b64decode(reply.body or "") if reply.is_base64 else reply.body
    return Response(status_code=reply.status, headers=reply.headers, body=body)
