"""Provider keys from Secrets Manager, each bound to its base URL."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from aws_lambda_powertools import Logger
from botocore.exceptions import BotoCoreError, ClientError

from llm_router.domain.outcome.failures import Failure, FailureKind, ProviderFailure

from .endpoints import Vendor

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

_FRESH_SECONDS = 300
_TRY_AGAIN_SECONDS = 10
_NO_KEY = Failure(kind=FailureKind.CREDENTIALS, code="no_key")
logger = Logger(child=True)
_THIS_MACHINE = frozenset({"127.0.0.1", "localhost", "::1", "host.docker.internal"})


class ProviderKeys:
    """Reads one secret, a JSON object of provider name to key; a failed read keeps the last keys.

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
        self._read_at = -float("inf")

    def key_for(self, provider: str, base_url: str, vendor: Vendor) -> str:
        """The key for a base URL; `ProviderFailure` of kind `credentials` if there is none."""
        entry: Any = self._all().get(provider)
        bound_to = None
        if isinstance(entry, dict):
            entry, bound_to = entry.get("api_key"), entry.get("base_url")
        if bound_to is not None:
            allowed = base_url == bound_to
        else:
            here = urlsplit(base_url).hostname in _THIS_MACHINE
            allowed = here or (provider, base_url) == vendor
        if not isinstance(entry, str) or not entry or not allowed:
            raise ProviderFailure(_NO_KEY)
        return entry

    def _all(self) -> dict[str, Any]:
        if not 0 <= self._clock() - self._read_at <= _FRESH_SECONDS:
            try:
                secret = self._client.get_secret_value(SecretId=self._secret_arn)
                keys = json.loads(secret["SecretString"])
            except (BotoCoreError, ClientError, ValueError) as error:
                if not self._keys:
                    raise ProviderFailure(_NO_KEY) from error
                logger.warning("provider keys could not be read again, keeping the known ones")
                self._read_at = self._clock() - _FRESH_SECONDS + _TRY_AGAIN_SECONDS
                return self._keys
            self._keys = keys if isinstance(keys, dict) else {}
            self._read_at = self._clock()
        return self._keys
