"""Reads the providers' keys from environment variables; each goes only to its own host."""

import ipaddress
import json
import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

from evaluation.errors import CollectError
from llm_router.adapters.providers.endpoints import endpoint_of
from llm_router.adapters.providers.keys import ProviderKeys
from llm_router.domain.policy.models import Provider
from llm_router.domain.policy.policy import Policy

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

_ANY_KEY = "any-key"
"""The key sent to a server on this machine if none is set for it."""

_KEY = re.compile(r"[!-~]+")


class _Environment:
    """Replaces the Secrets Manager client; its representation shows no key."""

    def __init__(self, secret: str) -> None:
        self._secret = secret

    def get_secret_value(self, *, SecretId: str) -> dict[str, str]:
        """The keys in the form of the deployed secret."""
        return {"SecretString": self._secret}


def key_variable(name: str, provider: Provider) -> str:
    """The environment variable that holds a provider's key.

    It is the vendor's usual one, or one named after the provider if the policy sets a base URL.
    """
    if provider.base_url is None:
        return endpoint_of(provider.format).key_variable
    return f"{_prefix(name)}_API_KEY"


def environment_keys(
    policy: Policy, providers: Iterable[str], environment: Mapping[str, str]
) -> ProviderKeys:
    """The keys of these providers; `CollectError` names a variable that is missing.

    A key goes to the vendor's own URL or to this machine. For any other base URL in the policy,
    `NAME_BASE_URL` must repeat it, so that a policy alone cannot send a key to another host.
    """
    entries = {name: _entry(name, policy.providers[name], environment) for name in providers}
    client = cast("SecretsManagerClient", _Environment(json.dumps(entries)))
    return ProviderKeys(client, "environment")


def _entry(name: str, provider: Provider, environment: Mapping[str, str]) -> dict[str, str]:
    variable = key_variable(name, provider)
    key = environment.get(variable, "").strip()
    base_url = provider.base_url
    if base_url is not None and _on_this_machine(base_url):
        key = key or _ANY_KEY
    elif base_url is not None and environment.get(f"{_prefix(name)}_BASE_URL") != base_url:
        raise CollectError(
            f"the policy sends {name}'s key to {urlsplit(base_url).hostname}: "
            f"set {_prefix(name)}_BASE_URL to its base_url to allow that"
        )
    if not key:
        raise CollectError(f"there is no key for {name}: set {variable}")
    if not _KEY.fullmatch(key):
        raise CollectError(f"{variable} holds characters that no key has")
    return {"api_key": key, "base_url": base_url or endpoint_of(provider.format).vendor.base_url}


def _on_this_machine(base_url: str) -> bool:
    host = urlsplit(base_url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _prefix(name: str) -> str:
    return re.sub(r"\W", "_", name).upper()
