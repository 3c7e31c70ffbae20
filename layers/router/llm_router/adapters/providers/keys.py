"""Provider keys from Secrets Manager, each bound to its base URL, and the SDK clients."""

from __future__ import annotations

import json
import time
import weakref
from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar
from urllib.parse import urlsplit

import httpx2
from aws_lambda_powertools import Logger
from botocore.exceptions import BotoCoreError, ClientError

from llm_router.adapters.fresh_connections import FreshConnections
from llm_router.adapters.time_budget import TimeBudget
from llm_router.domain.outcome.failures import Failure, FailureKind, ProviderFailure
from llm_router.domain.plan.candidates import Candidate
from llm_router.domain.policy.models import WireFormat

if TYPE_CHECKING:
    from ssl import SSLContext

    from mypy_boto3_secretsmanager import SecretsManagerClient

_FRESH_SECONDS = 300
_TRY_AGAIN_SECONDS = 10
_NO_KEY = Failure(kind=FailureKind.CREDENTIALS, code="no_key")
logger = Logger(child=True)
_THIS_MACHINE = frozenset({"127.0.0.1", "localhost", "::1", "host.docker.internal"})


class Vendor(NamedTuple):
    """The vendor of a wire format: the provider's name and base URL."""

    name: str
    base_url: str


VENDORS: Mapping[WireFormat, Vendor] = {
    "anthropic": Vendor("anthropic", "https://api.anthropic.com"),
    "openai": Vendor("openai", "https://api.openai.com/v1"),
}


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


Client = TypeVar("Client")

_CONNECT_SECONDS = 5.0
_KEY_TOO_LATE = Failure(kind=FailureKind.TIMEOUT, code="key_too_late")


def timeout_of(seconds: float) -> httpx2.Timeout:
    """Timeouts for one call of `seconds`; connecting may take 5 s, but at most half of them."""
    return httpx2.Timeout(seconds, connect=min(_CONNECT_SECONDS, seconds / 2))


@cache
def _tls() -> SSLContext:
    # Reading the certificates takes longer than the rest of a client.
    return httpx2.create_ssl_context()


class SdkClients(Generic[Client]):
    """Reuses SDK clients and their connections between calls; replaces idle clients.

    A call that is still in progress keeps the replaced client, whose connections close with it.
    """

    def __init__(
        self,
        keys: ProviderKeys,
        vendor: Vendor,
        new_http_client: Callable[..., httpx2.Client],
        make: Callable[[str, str, httpx2.Client], Client],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._keys = keys
        self._vendor = vendor
        self._new_http_client = new_http_client
        self._make = make
        self._clock = clock
        self._clients: dict[tuple[str, str], Client] = {}
        self._fresh: dict[tuple[str, str], FreshConnections] = {}

    def client_for(self, candidate: Candidate, time_budget: TimeBudget) -> Client:
        """A client with the candidate's key; raises `ProviderFailure` without a key in time."""
        base_url = candidate.base_url or self._vendor.base_url
        try:
            key = time_budget.run(
                lambda: self._keys.key_for(candidate.provider, base_url, self._vendor)
            )
        except TimeoutError as error:
            raise ProviderFailure(_KEY_TOO_LATE, maybe_billed=False) from error
        place = (base_url, key)
        fresh = self._fresh.get(place)
        if fresh is None:
            fresh = self._fresh[place] = FreshConnections(
                lambda: self._clients.pop(place, None), self._clock
            )
        fresh.before_use()
        client = self._clients.get(place)
        if client is None:
            client = self._clients[place] = self._new_client(base_url, key)
        return client

    def _new_client(self, base_url: str, key: str) -> Client:
        http_client = self._new_http_client(verify=_tls())
        client = self._make(base_url, key, http_client)
        weakref.finalize(client, http_client.close)
        return client
