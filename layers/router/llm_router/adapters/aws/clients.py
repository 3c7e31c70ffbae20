"""Settings that every AWS client shares: timeouts, fresh connections and a log of outages."""

import time
from collections.abc import Callable
from typing import Protocol, TypeVar
from weakref import WeakKeyDictionary

from botocore.client import ClientMeta
from botocore.config import Config
from botocore.exceptions import ConnectionError as NotConnectedError
from botocore.exceptions import ReadTimeoutError

from llm_router.adapters.fresh_connections import FreshConnections
from llm_router.adapters.outage import Outage, unreachable

CONNECT_SECONDS = 1
"""Within a region a connection takes some milliseconds: who waits longer waits for nothing."""

QUICK = Config(connect_timeout=CONNECT_SECONDS, read_timeout=1, retries={"total_max_attempts": 1})
"""For optional calls that a request waits for."""
PATIENT = Config(connect_timeout=CONNECT_SECONDS, read_timeout=5, retries={"total_max_attempts": 2})
"""For calls that a request depends on."""
LOOKUP = Config(connect_timeout=CONNECT_SECONDS, read_timeout=1, retries={"total_max_attempts": 2})
"""For the look-up of a key: both attempts fit into the 5 s of `authorize`."""

_REST_SECONDS = 10.0
"""After a failure, of calls that nobody depends on."""
_SLOW_ON_PURPOSE = frozenset({"stepfunctions"})
"""Services whose calls last as long as the models: a read timeout there says nothing of them."""


class AwsClient(Protocol):
    """The common part of botocore's clients."""

    @property
    def meta(self) -> ClientMeta:
        """The client's model and events."""
        ...

    def close(self) -> None:
        """Close the connections that no call is using."""
        ...


Client = TypeVar("Client", bound=AwsClient)


_outages: WeakKeyDictionary[AwsClient, Outage] = WeakKeyDictionary()


def outage_of(client: AwsClient) -> Outage:
    """The state of the client's service, which `with_fresh_connections` keeps up to date."""
    return _outages.setdefault(client, unreachable("aws", _REST_SECONDS))


def with_fresh_connections(client: Client, clock: Callable[[], float] = time.time) -> Client:
    """The client, which now drops idle connections and logs when its service is unreachable."""
    connections = FreshConnections(client.close, clock)
    service = client.meta.service_model.service_name
    outage = _outages[client] = unreachable(service, _REST_SECONDS, clock)
    failures = (NotConnectedError, ReadTimeoutError)
    if service in _SLOW_ON_PURPOSE:
        failures = failures[:1]

    def before_send(**_: object) -> None:
        connections.before_use()

    def response_received(exception: Exception | None = None, **_: object) -> None:
        if exception is None:
            outage.succeeded()
        elif isinstance(exception, failures):
            outage.failed(type(exception).__name__)

    client.meta.events.register("before-send", before_send)
    client.meta.events.register("response-received", response_received)
    return client
