"""One SDK client for each place and key, made when it is first needed."""

from collections.abc import Callable
from typing import Generic, TypeVar

import httpx2

from ..domain.candidates import Candidate
from ..domain.failures import Failure, FailureKind, ProviderFailure
from .provider_keys import ProviderKeys, Vendor
from .time_bound import Allowance

Client = TypeVar("Client")

_CONNECT_SECONDS = 5.0
_KEY_TOO_LATE = Failure(kind=FailureKind.TIMEOUT, code="key_too_late")


def timeout_of(seconds: float) -> httpx2.Timeout:
    """Timeouts for one call of so many seconds; who cannot be reached is given up sooner."""
    return httpx2.Timeout(seconds, connect=min(_CONNECT_SECONDS, seconds / 2))


class SdkClients(Generic[Client]):
    """Keeps clients, and with them their connections, between calls."""

    def __init__(
        self, keys: ProviderKeys, vendor: Vendor, make: Callable[[str, str], Client]
    ) -> None:
        self._keys = keys
        self._vendor = vendor
        self._make = make
        self._clients: dict[tuple[str, str], Client] = {}

    def client_for(self, candidate: Candidate, allowed: Allowance) -> Client:
        """A client with the candidate's key; `ProviderFailure` if there is none in time."""
        base_url = candidate.base_url or self._vendor.base_url
        try:
            key = allowed.spend(
                lambda: self._keys.key_for(candidate.provider, base_url, self._vendor)
            )
        except TimeoutError as error:
            raise ProviderFailure(_KEY_TOO_LATE, maybe_billed=False) from error
        if (base_url, key) not in self._clients:
            self._clients[base_url, key] = self._make(base_url, key)
        return self._clients[base_url, key]
