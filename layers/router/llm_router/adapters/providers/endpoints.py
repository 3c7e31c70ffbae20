"""The kinds of endpoints: URL, key, signing and transport of each, one row per kind.

A row imports its vendor's SDK when `sdk` is first called.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

from llm_router.domain.policy.formats import FORMATS
from llm_router.domain.policy.models import EndpointKind, PerEndpoint, WireFormat


class Vendor(NamedTuple):
    """The only receiver of a key that its secret binds to no URL: provider name and base URL."""

    name: str
    base_url: str


class Sdk(NamedTuple):
    """A vendor's SDK: the module, with the exceptions that both SDKs share, and its client."""

    module: Any
    new_client: Callable[..., Any]


class Endpoint(NamedTuple):
    """A vendor's API.

    `signature` are the headers of a request with a key; `list_path` is where it lists its models.
    `key_variable` is the environment variable in which developers usually keep the key.
    """

    vendor: Vendor
    key_variable: str
    signature: Callable[[str], dict[str, str]]
    list_path: str
    sdk: Callable[[], Sdk]


@cache
def _openai_sdk() -> Sdk:
    import openai

    return Sdk(openai, openai.OpenAI)


@cache
def _anthropic_sdk() -> Sdk:
    import anthropic

    return Sdk(anthropic, anthropic.Anthropic)


ENDPOINTS: PerEndpoint[Endpoint] = {
    "openai": Endpoint(
        vendor=Vendor("openai", "https://api.openai.com/v1"),
        key_variable="OPENAI_API_KEY",
        signature=lambda key: {"authorization": f"Bearer {key}"},
        list_path="/models",
        sdk=_openai_sdk,
    ),
    "anthropic": Endpoint(
        vendor=Vendor("anthropic", "https://api.anthropic.com"),
        key_variable="ANTHROPIC_API_KEY",
        signature=lambda key: {"x-api-key": key, "anthropic-version": "2023-06-01"},
        list_path="/v1/models",
        sdk=_anthropic_sdk,
    ),
}


def kind_of(wire: WireFormat) -> EndpointKind:
    """The kind of endpoint that speaks a format."""
    return FORMATS[wire].endpoint


def endpoint_of(wire: WireFormat) -> Endpoint:
    """The row of the endpoint that speaks a format."""
    return ENDPOINTS[kind_of(wire)]
