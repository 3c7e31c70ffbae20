"""Cross-origin requests: browsers' apps may call the API from the origins that the operator names.

The origins are a variable of API Gateway's stage. A key travels in a header and never by itself, so
sharing an answer with an origin gives it nothing that it has no key for.
"""

from collections.abc import Mapping
from typing import Any

STAGE_VARIABLE = "corsOrigins"
ANY = "any"
"""Stands for every origin: a stage variable cannot hold `*`."""
_SECONDS_UNTIL_ASKED_AGAIN = "7200"

Event = Mapping[str, Any]


def origins(event: Event) -> frozenset[str]:
    """The origins that may call; none unless the operator named some."""
    named = (event.get("stageVariables") or {}).get(STAGE_VARIABLE) or ""
    return frozenset(filter(None, named.split(",")))


def headers(event: Event, shared_with: frozenset[str]) -> dict[str, str]:
    """The headers of a reply that a browser may show to the app that asked."""
    if not shared_with:
        return {}
    origin = _header(event, "origin")
    if ANY in shared_with:
        allowed = {"access-control-allow-origin": "*"}
    elif origin in shared_with:
        allowed = {"access-control-allow-origin": origin, "vary": "origin"}
    else:
        return {"vary": "origin"}
    return {**allowed, "access-control-expose-headers": "*"}


def preflight(event: Event, shared_with: frozenset[str]) -> dict[str, Any] | None:
    """The reply to a browser's question whether an app may call; None for all other requests."""
    if event.get("httpMethod") != "OPTIONS" or not shared_with:
        return None
    allowed = {
        "access-control-allow-methods": "GET, POST",
        "access-control-allow-headers": _header(event, "access-control-request-headers"),
        "access-control-max-age": _SECONDS_UNTIL_ASKED_AGAIN,
    }
    return {
        "statusCode": 204,
        "isBase64Encoded": False,
        "body": "",
        "multiValueHeaders": {name: [value] for name, value in allowed.items() if value},
    }


def _header(event: Event, name: str) -> str:
    values = (event.get("headers") or {}).items()
    return next((value for key, value in values if key.lower() == name), "")
