"""`GET /openapi.json`: the OpenAPI document, generated from the request and reply models.

Powertools can generate one too, but includes a request's body only if it also validates the body,
with error replies of its own.
"""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any, Literal

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, models_json_schema

from llm_router import __version__
from llm_router.application.idempotency.idempotency import HEADER, REPLAYABLE, REPLAYED
from llm_router.wire.shared.headers import ALWAYS, ROUTER_HEADERS
from llm_router.wire.shared.router_object import Json

from .endpoints import ENDPOINTS, Endpoint

ERRORS = {
    400: "The request cannot be used; `error.param` names the field.",
    401: "No valid API key.",
    402: "No answer could be had within `router.max_cost_usd`.",
    403: "Forbidden, or no such endpoint or method.",
    404: "No such model or request.",
    409: "The first request with this `Idempotency-Key` is under way, or its reply was lost.",
    413: "The body is over the limit.",
    422: "The `Idempotency-Key` belongs to another request.",
    429: "Every model that could be asked is rate limited, or this endpoint is throttled.",
    503: "Every model that could be asked failed or just did, or a store is down.",
    504: "No answer could be had in time.",
}
REPLAY_HEADERS = {
    REPLAYED: "`true`: this is the reply that the first request with this key got.",
    REPLAYABLE: "`false`: this reply could not be kept; the key will not bring it again.",
}
_WITH_A_KEY = (401, 403, 429)
_WITH_A_BODY = (400, 413)
_WITH_AN_IDEMPOTENCY_KEY = (409, 422)
_WORD = re.compile(r"\w+")
_PATH_PARAMETER = re.compile(r"\{(\w+)\}")
_REF = "#/components/schemas/{model}"
_Mode = Literal["validation", "serialization"]
_Refs = Mapping[tuple[Any, _Mode], Json]


class _Schemas(GenerateJsonSchema):
    """Names components without underscores and omits field titles that repeat the names."""

    def normalize_name(self, name: str) -> str:
        return super().normalize_name(name).lstrip("_")

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


@cache
def document() -> Json:
    """Build the whole document, as OpenAPI 3.1."""
    models: dict[tuple[type[BaseModel], _Mode], None] = {}
    for endpoint in ENDPOINTS:
        models[endpoint.error_reply, "serialization"] = None
        if endpoint.body:
            models[endpoint.body, "validation"] = None
        if endpoint.reply:
            models[endpoint.reply, "serialization"] = None
    refs, definitions = models_json_schema(
        list(models), ref_template=_REF, schema_generator=_Schemas
    )
    paths: Json = {}
    for endpoint in ENDPOINTS:
        paths.setdefault(endpoint.path, {})[endpoint.method.lower()] = _operation(endpoint, refs)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "llm-router",
            "version": __version__,
            "description": "Answers each request with the cheapest model that can answer it well.",
        },
        # Relative to this document, so it holds for any stage or domain of the API.
        "servers": [{"url": "."}],
        "security": [{"bearer": []}, {"x-api-key": []}],
        "paths": paths,
        "components": {
            "schemas": definitions["$defs"],
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "x-api-key": {"type": "apiKey", "in": "header", "name": "x-api-key"},
            },
            "headers": {
                name: {"description": text, "schema": {"type": "string"}}
                for name, text in {**ALWAYS, **ROUTER_HEADERS, **REPLAY_HEADERS}.items()
            },
        },
    }


def _operation(endpoint: Endpoint, refs: _Refs) -> Json:
    words = _WORD.findall(endpoint.path.removeprefix("/v1")) or ["page"]
    operation: Json = {
        "summary": endpoint.summary,
        "operationId": "_".join([endpoint.method.lower(), *words]),
        "responses": _responses(endpoint, refs),
    }
    parameters: list[Json] = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}
        for name in _PATH_PARAMETER.findall(endpoint.path)
    ]
    if endpoint.takes_idempotency_key:
        syntax = {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"}
        text = "The same request under the same key is answered and paid for once in 24 hours."
        parameters.append({"name": HEADER, "in": "header", "description": text, "schema": syntax})
    if parameters:
        operation["parameters"] = parameters
    if endpoint.body:
        content: Json = {"schema": refs[endpoint.body, "validation"]}
        if endpoint.example:
            content["example"] = endpoint.example
        operation["requestBody"] = {"required": True, "content": {"application/json": content}}
    if not endpoint.needs_key:
        operation["security"] = []
    return operation


def _responses(endpoint: Endpoint, refs: _Refs) -> Json:
    json_type = "object" if endpoint.media_type == "application/json" else "string"
    schema = refs[endpoint.reply, "serialization"] if endpoint.reply else {"type": json_type}
    answered: Json = {"description": "OK", "content": {endpoint.media_type: {"schema": schema}}}
    if endpoint.streams:
        answered["content"]["text/event-stream"] = {"schema": {"type": "string"}}
    named = [
        *ALWAYS,
        *(ROUTER_HEADERS if endpoint.has_router_headers else ()),
        *(REPLAY_HEADERS if endpoint.takes_idempotency_key else ()),
    ]
    answered["headers"] = {name: {"$ref": f"#/components/headers/{name}"} for name in named}
    statuses = set(endpoint.errors)
    statuses.update(_WITH_A_KEY if endpoint.needs_key else ())
    statuses.update(_WITH_A_BODY if endpoint.body else ())
    statuses.update(_WITH_AN_IDEMPOTENCY_KEY if endpoint.takes_idempotency_key else ())
    error = {"application/json": {"schema": refs[endpoint.error_reply, "serialization"]}}
    failed = {
        str(status): {"description": ERRORS[status], "content": error}
        for status in sorted(statuses)
    }
    return {"200": answered, **failed}
