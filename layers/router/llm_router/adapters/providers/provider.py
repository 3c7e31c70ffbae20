"""Calls models through their endpoint's SDK, in any wire format."""

from __future__ import annotations

import time
import weakref
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any

import httpx2

from llm_router.adapters.fresh_connections import FreshConnections
from llm_router.adapters.time_budget import TimeBudget
from llm_router.application.ports import Json, ProviderAnswer
from llm_router.domain.conversation.conversation import Conversation
from llm_router.domain.outcome.failures import Failure, FailureKind, ProviderFailure
from llm_router.domain.plan.candidates import Candidate

from .endpoints import ENDPOINTS, Endpoint, kind_of
from .formats import TRANSLATIONS
from .keys import ProviderKeys
from .request_size import check_size
from .sdk_errors import parse_body, translate_errors

if TYPE_CHECKING:
    from ssl import SSLContext

_CONNECT_SECONDS = 5.0
_KEY_TOO_LATE = Failure(kind=FailureKind.TIMEOUT, code="key_too_late")


class SdkProvider:
    """Calls any candidate through its endpoint's SDK, with the SDK's own retries turned off."""

    def __init__(self, keys: ProviderKeys, clock: Callable[[], float] = time.time) -> None:
        self._clients = _Clients(keys, clock)

    def answer(
        self,
        candidate: Candidate,
        conversation: Conversation,
        timeout_seconds: float,
        schema: Json | None = None,
    ) -> ProviderAnswer:
        """Call the model once, without retries; raises `ProviderFailure` for every error."""
        kind, translation = kind_of(candidate.format), TRANSLATIONS[candidate.format]
        endpoint = ENDPOINTS[kind]
        # Importing the SDK may take seconds: the call's time starts afterwards.
        sdk = endpoint.sdk()
        time_budget = TimeBudget(timeout_seconds)
        client = self._clients.client_for(candidate, endpoint, time_budget)
        send = translation.method_of(client)
        request = translation.request_of(
            candidate, conversation, schema or conversation.response_schema
        )
        check_size(candidate, conversation, request)
        timeout = _timeout_of(time_budget.remaining_seconds)
        with translate_errors(sdk.module, kind):
            raw = time_budget.run(lambda: send(**request, timeout=timeout))
            parse_body(kind, raw.status_code, raw.headers, raw.http_response.text)
            return translation.answer_of(raw.parse())


def _timeout_of(seconds: float) -> httpx2.Timeout:
    """Timeouts for one call of `seconds`; connecting may take 5 s, but at most half of them."""
    return httpx2.Timeout(seconds, connect=min(_CONNECT_SECONDS, seconds / 2))


@cache
def _tls() -> SSLContext:
    # Reading the certificates takes longer than the rest of a client.
    return httpx2.create_ssl_context()


class _Clients:
    """Reuses SDK clients and their connections between calls; replaces idle clients.

    A call that is still in progress keeps the replaced client, whose connections close with it.
    """

    def __init__(self, keys: ProviderKeys, clock: Callable[[], float]) -> None:
        self._keys = keys
        self._clock = clock
        self._clients: dict[tuple[str, str, str], Any] = {}
        self._fresh: dict[tuple[str, str, str], FreshConnections] = {}

    def client_for(self, candidate: Candidate, endpoint: Endpoint, time_budget: TimeBudget) -> Any:
        """A client with the candidate's key; raises `ProviderFailure` without a key in time."""
        vendor = endpoint.vendor
        base_url = candidate.base_url or vendor.base_url
        try:
            key = time_budget.run(lambda: self._keys.key_for(candidate.provider, base_url, vendor))
        except TimeoutError as error:
            raise ProviderFailure(_KEY_TOO_LATE, maybe_billed=False) from error
        place = (vendor.name, base_url, key)
        fresh = self._fresh.get(place)
        if fresh is None:
            fresh = self._fresh[place] = FreshConnections(
                lambda: self._clients.pop(place, None), self._clock
            )
        fresh.before_use()
        client = self._clients.get(place)
        if client is None:
            client = self._clients[place] = _new_client(endpoint, base_url, key)
        return client


def _new_client(endpoint: Endpoint, base_url: str, key: str) -> Any:
    sdk = endpoint.sdk()
    http_client = sdk.module.DefaultHttpxClient(verify=_tls())
    client = sdk.new_client(api_key=key, base_url=base_url, http_client=http_client, max_retries=0)
    weakref.finalize(client, http_client.close)
    return client
