"""Provider keys from Secrets Manager, each bound to its base URL."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from aws_lambda_powertools import Logger
from botocore.exceptions import BotoCoreError, ClientError

from llm_router.domain.json_text import read_json
from llm_router.domain.outcome.failures import Failure, FailureKind, ProviderFailure

from .endpoints import Vendor

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

_FRESH_SECONDS = 300
_TRY_AGAIN_SECONDS = 10
_NO_KEY = Failure(kind=FailureKind.CREDENTIALS, code="no_key")
logger = Logger(child=True)
_FITS_A_HEADER = re.compile(r"[!-~]+")
_THIS_MACHINE = frozenset({"127.0.0.1", "localhost", "::1", "host.docker.internal"})


class ProviderKeys:
    """Reads one secret, a JSON object of provider name to key; a failed read keeps the last keys.

    A value that can be no key keeps the provider's last one; a provider left out loses its key.
    A key is a string, or `{"api_key": …, "base_url": …}` for any provider but the formats' vendors.
    A string is only sent to the vendor of that name or to this machine, an object's key only to its
    base URL. So an editor of the policy cannot send a key to another host.
    """

    def __init__(
        self,
        client: SecretsManagerClient,
        secret_arn: str,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._client = client
        self._secret_arn = secret_arn
        self._clock = clock
        self._keys: dict[str, Any] = {}
        self._read_at = self._refused_at = -float("inf")

    def key_for(
        self, provider: str, base_url: str, vendor: Vendor, refused: str | None = None
    ) -> str:
        """The key for a base URL; `ProviderFailure` of kind `credentials` if there is none.

        If it is the one that the provider refused, the secret is read again, at most every 10 s.
        """
        key = self._known_key_for(provider, base_url, vendor)
        if key != refused or 0 <= self._clock() - self._refused_at <= _TRY_AGAIN_SECONDS:
            return key
        self._refused_at = self._clock()
        self._read_at = -float("inf")
        return self._known_key_for(provider, base_url, vendor)

    def _known_key_for(self, provider: str, base_url: str, vendor: Vendor) -> str:
        entry: Any = self._all().get(provider)
        bound_to = entry.get("base_url") if isinstance(entry, dict) else None
        if bound_to is not None:
            allowed = base_url == bound_to
        else:
            here = urlsplit(base_url).hostname in _THIS_MACHINE
            allowed = here or (provider, base_url) == vendor
        key = _key_in(entry)
        if key is None or not allowed:
            raise ProviderFailure(_NO_KEY)
        return key

    def _all(self) -> dict[str, Any]:
        if not 0 <= self._clock() - self._read_at <= _FRESH_SECONDS:
            try:
                secret = self._client.get_secret_value(SecretId=self._secret_arn)
                self._keys = self._kept(_keys_in(secret["SecretString"]))
                self._read_at = self._clock()
            except (BotoCoreError, ClientError, LookupError, ValueError) as error:
                if not self._keys:
                    raise ProviderFailure(_NO_KEY) from error
                reason = type(error).__name__
                logger.warning("provider keys could not be read, keeping the known", reason=reason)
                self._read_at = self._clock() - _FRESH_SECONDS + _TRY_AGAIN_SECONDS
        return self._keys

    def _kept(self, read: dict[str, Any]) -> dict[str, Any]:
        """The keys that were read, with the known one for each value that can be no key."""
        kept = {
            provider: self._keys[provider]
            for provider, entry in read.items()
            if _key_in(entry) is None and _key_in(self._keys.get(provider)) is not None
        }
        if kept:
            logger.warning("values that are no keys, keeping the known", providers=sorted(kept))
        return {**read, **kept}


def _keys_in(secret: str) -> dict[str, Any]:
    keys = read_json(secret)
    if not isinstance(keys, dict):
        raise ValueError("not a JSON object")  # noqa: TRY004
    if not any(_key_in(entry) for entry in keys.values()):
        raise ValueError("no key")
    return keys


def _key_in(entry: Any) -> str | None:
    """The key in a provider's value; None if there is none that a header can hold."""
    if isinstance(entry, dict):
        entry = entry.get("api_key")
    key = entry.strip() if isinstance(entry, str) else ""
    return key if _FITS_A_HEADER.fullmatch(key) else None
