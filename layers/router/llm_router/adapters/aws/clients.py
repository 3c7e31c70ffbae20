"""Settings that every AWS client shares: timeouts, fresh connections and a log of outages."""

import time
from collections.abc import Callable
from typing import Protocol, TypeVar

from aws_lambda_powertools import Logger
from botocore.client import ClientMeta
from botocore.config import Config
from botocore.exceptions import ConnectTimeoutError, EndpointConnectionError, ProxyConnectionError

from llm_router.adapters.fresh_connections import FreshConnections

CONNECT_SECONDS = 1
"""Within a region a connection takes some milliseconds: who waits longer waits for nothing."""

QUICK = Config(connect_timeout=CONNECT_SECONDS, read_timeout=1, retries={"total_max_attempts": 1})
"""For optional calls that a request waits for."""
PATIENT = Config(connect_timeout=CONNECT_SECONDS, read_timeout=5, retries={"total_max_attempts": 2})
"""For calls that a request depends on."""
LOOKUP = Config(connect_timeout=CONNECT_SECONDS, read_timeout=1, retries={"total_max_attempts": 2})
"""For the look-up of a key: both attempts fit into the 5 s of `authorize`."""

_NOT_REACHED = (ConnectTimeoutError, EndpointConnectionError, ProxyConnectionError)

logger = Logger(child=True)


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


def with_fresh_connections(client: Client, clock: Callable[[], float] = time.time) -> Client:
    """The client, which now drops idle connections and logs `unreachable` with its service."""
    connections = FreshConnections(client.close, clock)
    service = client.meta.service_model.service_name

    def before_send(**_: object) -> None:
        connections.before_use()

    def response_received(exception: Exception | None = None, **_: object) -> None:
        if isinstance(exception, _NOT_REACHED):
            logger.warning("unreachable", service=service, reason=type(exception).__name__)

    client.meta.events.register("before-send", before_send)
    client.meta.events.register("response-received", response_received)
    return client
