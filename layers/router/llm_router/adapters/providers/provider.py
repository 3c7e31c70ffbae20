"""Calls models through their endpoint's SDK, in any wire format."""

from __future__ import annotations

import time
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any

import httpx2
from aws_lambda_powertools import Logger

from llm_router.adapters.fresh_connections import FreshConnections
from llm_router.adapters.time_budget import TimeBudget
from llm_router.application.ports import Json, ProviderAnswer
from llm_router.domain.conversation.answer import Usage
from llm_router.domain.conversation.conversation import Conversation
from llm_router.domain.json_text import read_json
from llm_router.domain.outcome.failures import Failure, FailureKind, ProviderFailure
from llm_router.domain.plan.candidates import Candidate

from .endpoints import Endpoint, endpoint_of, kind_of
from .formats import TRANSLATIONS
from .keys import ProviderKeys
from .repairs import sent_bytes
from .replies import expect, without_thoughts
from .request_size import check_size
from .sdk_errors import refuse_error, translate_errors

if TYPE_CHECKING:
    from ssl import SSLContext

_CONNECT_SECONDS = 5.0
_BAD_REQUEST = 400
logger = Logger(child=True)
_NOT_SENDABLE = Failure(kind=FailureKind.PLATFORM, code="request_not_sendable")
_KEY_TOO_LATE = Failure(kind=FailureKind.TIMEOUT, code="key_too_late")
_MALFORMED = Failure(kind=FailureKind.MALFORMED_OUTPUT)


class SdkProvider:
    """Calls any candidate through its endpoint's SDK, with the SDK's own retries turned off."""

    def __init__(self, keys: ProviderKeys, clock: Callable[[], float] = time.time) -> None:
        self._keys = keys
        self._clients = _Clients(clock)

    def answer(
        self,
        candidate: Candidate,
        conversation: Conversation,
        timeout_seconds: float,
        schema: Json | None = None,
    ) -> ProviderAnswer:
        """Call the model once, without retries; raises `ProviderFailure` for every error.

        It is asked again only after a refusal that costs nothing: of the key, if its secret has
        another one by now, or of reasoning that it cannot read.
        """
        endpoint = endpoint_of(candidate.format)
        # Importing the SDK may take seconds: the call's time starts afterwards.
        endpoint.sdk()
        call = _Call(candidate, conversation, schema, endpoint, TimeBudget(timeout_seconds))
        key = self._key_for(call)
        try:
            return self._answer(call, key)
        except ProviderFailure as refused:
            if _is_unreadable(refused.failure) and call.conversation.reasoning:
                logger.warning("reasoning not readable", model=candidate.id)
                answered = self._answer(call.without_reasoning(), key)
                return replace(answered, left_out=("reasoning",))
            if refused.failure.kind is not FailureKind.CREDENTIALS:
                raise
            renewed = self._key_for(call, refused=key)
            if renewed == key:
                raise
        return self._answer(call, renewed)

    def _key_for(self, call: _Call, refused: str | None = None) -> str:
        """The candidate's key; raises `ProviderFailure` without a key in time."""
        vendor, provider = call.endpoint.vendor, call.candidate.provider
        try:
            return call.time_budget.run(
                lambda: self._keys.key_for(provider, call.base_url, vendor, refused)
            )
        except TimeoutError as error:
            raise ProviderFailure(_KEY_TOO_LATE, maybe_billed=False) from error

    def _answer(self, call: _Call, key: str) -> ProviderAnswer:
        kind, translation = kind_of(call.candidate.format), TRANSLATIONS[call.candidate.format]
        client = self._clients.client_for(call.endpoint, call.base_url, key)
        send = translation.method_of(client)
        with _errors_of_ours(call.candidate):
            request = translation.request_of(call.candidate, call.conversation, call.schema)
            size = sent_bytes(request)
        check_size(call.candidate, call.conversation, size)
        timeout = _timeout_of(call.time_budget.remaining_seconds)
        with translate_errors(call.endpoint.sdk().module, kind):
            raw = call.time_budget.run(lambda: send(**request, timeout=timeout))
        usage: Usage | None = None
        try:
            body = expect(dict, read_json(raw.http_response.content, finite=False))
            usage = translation.usage_of(body)
            refuse_error(kind, raw.status_code, raw.headers, body)
            answer = translation.answer_of(body).written_by(call.candidate.id)
        except ProviderFailure as failure:
            failure.usage = usage
            raise
        except Exception as error:
            # A server may send anything: whatever cannot be read is a malformed answer.
            raise ProviderFailure(_MALFORMED, usage=usage) from error
        return ProviderAnswer(without_thoughts(answer) if call.asks_for_form else answer, usage)


@dataclass(frozen=True)
class _Call:
    """One question to one model, with the time for all that it takes."""

    candidate: Candidate
    conversation: Conversation
    given_schema: Json | None
    endpoint: Endpoint
    time_budget: TimeBudget

    @property
    def schema(self) -> Json | None:
        """The schema of the answer."""
        return self.given_schema or self.conversation.response_schema

    @property
    def asks_for_form(self) -> bool:
        """True if the answer shall be JSON."""
        return self.schema is not None or self.conversation.json_object

    @property
    def base_url(self) -> str:
        """The endpoint's URL, the vendor's own by default."""
        return self.candidate.base_url or self.endpoint.vendor.base_url

    def without_reasoning(self) -> _Call:
        """The same question without the reasoning of earlier turns."""
        return replace(self, conversation=self.conversation.without_reasoning())


def _is_unreadable(failure: Failure) -> bool:
    """True if OpenAI refuses reasoning that another account, or nobody, encrypted: with a 400."""
    return (failure.status, failure.code) == (_BAD_REQUEST, "invalid_encrypted_content")


@contextmanager
def _errors_of_ours(candidate: Candidate) -> Iterator[None]:
    """Fail without cost if no request can be made of a conversation: nothing has left yet."""
    try:
        yield
    except (ValueError, TypeError, AttributeError, LookupError, RecursionError) as error:
        logger.error("request not sendable", model=candidate.id, reason=type(error).__name__)
        raise ProviderFailure(_NOT_SENDABLE, maybe_billed=False) from error


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

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._clients: dict[tuple[str, str, str], Any] = {}
        self._fresh: dict[tuple[str, str, str], FreshConnections] = {}

    def client_for(self, endpoint: Endpoint, base_url: str, key: str) -> Any:
        """A client with this key for this URL."""
        place = (endpoint.vendor.name, base_url, key)
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
    # It loads what only a call needs.
    from .http_client import BoundedClient

    sdk = endpoint.sdk()
    http_client = BoundedClient(_tls())
    client = sdk.new_client(api_key=key, base_url=base_url, http_client=http_client, max_retries=0)
    weakref.finalize(client, http_client.close)
    return client
