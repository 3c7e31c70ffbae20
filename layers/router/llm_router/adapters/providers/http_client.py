"""The HTTP client under both SDKs: bounded replies, one host, and no work after a call's time."""

from __future__ import annotations

import math
import ssl
from collections.abc import Iterable, Iterator
from typing import Any

import httpcore2
import httpx2

from llm_router.adapters.time_budget import seconds_left

from .sdk_errors import TooLargeError

MOST_BYTES = 8 * 1024 * 1024
"""No longer answer can reach a caller: Lambda returns at most 6 MB."""
MOST_ERROR_BYTES = 1024 * 1024
_MOST_REDIRECTS = 3
_PIECE_BYTES = 64 * 1024
_RESTATED = ("content-encoding", "content-length", "content-type", "transfer-encoding")


class BoundedClient(httpx2.Client):
    """Reads whole replies up to a size, and follows redirects only on the same host.

    Every wait ends with the time of the operation (`run_with_timeout`) that runs the call, so an
    abandoned call closes its connection.
    """

    def __init__(self, verify: ssl.SSLContext) -> None:
        super().__init__(verify=verify)
        for transport in (self._transport, *self._mounts.values()):
            # httpx2 has no parameter for the network backend; the pools take any.
            if isinstance(transport, httpx2.HTTPTransport):
                transport._pool._network_backend = _TimedBackend()

    def send(self, request: httpx2.Request, **options: Any) -> httpx2.Response:
        """Send a request and read its reply; raises `TooLargeError` beyond the bound."""
        options |= {"stream": True, "follow_redirects": False}
        response = super().send(request, **options)
        for _ in range(_MOST_REDIRECTS):
            redirected = response.next_request
            if redirected is None or _place(redirected) != _place(request):
                break
            response.close()
            response = super().send(redirected, **options)
        return _read(response)


def _place(request: httpx2.Request) -> tuple[object, ...]:
    url = request.url
    return request.method, url.scheme, url.host, url.port


def _read(response: httpx2.Response) -> httpx2.Response:
    """The response with its decoded body in UTF-8, of an error none if it cannot be read."""
    is_error = response.status_code >= httpx2.codes.BAD_REQUEST
    limit = MOST_ERROR_BYTES if is_error else MOST_BYTES
    try:
        body = _body(response, limit)
    except httpx2.DecodingError:
        if not is_error:
            raise
        body = b""
    finally:
        response.close()
    kept = [(k, v) for k, v in response.headers.multi_items() if k not in _RESTATED]
    headers = [*kept, ("content-type", "application/json")]
    return httpx2.Response(
        response.status_code, headers=headers, content=body, request=response.request
    )


def _body(response: httpx2.Response, limit: int) -> bytes:
    # Between two decoders nothing is counted: the first one's output may be endless.
    if len(response.headers.get_list("content-encoding", split_commas=True)) > 1:
        raise httpx2.DecodingError("more than one content encoding")
    response.stream = _BoundedStream(response.stream, limit)
    return b"".join(_at_most(limit, response.iter_bytes()))


class _BoundedStream(httpx2.SyncByteStream):
    """A body as sent, up to a limit: compressed bytes may decode to nothing for ever."""

    def __init__(self, stream: Any, limit: int) -> None:
        self._stream = stream
        self._limit = limit

    def __iter__(self) -> Iterator[bytes]:
        return _at_most(self._limit, self._stream)

    def close(self) -> None:
        self._stream.close()


def _at_most(limit: int, chunks: Iterable[bytes]) -> Iterator[bytes]:
    size = 0
    for chunk in chunks:
        size += len(chunk)
        if size > limit:
            raise TooLargeError(f"more than {limit} bytes")
        yield chunk


class _TimedStream(httpcore2.NetworkStream):
    """A connection whose reads and writes end with the call's time."""

    def __init__(self, stream: httpcore2.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _within(timeout, httpcore2.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        for start in range(0, len(buffer), _PIECE_BYTES):
            piece = buffer[start : start + _PIECE_BYTES]
            self._stream.write(piece, _within(timeout, httpcore2.WriteTimeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore2.NetworkStream:
        timeout = _within(timeout, httpcore2.ConnectTimeout)
        return _TimedStream(self._stream.start_tls(ssl_context, server_hostname, timeout))

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class _TimedBackend(httpcore2.SyncBackend):
    """Opens connections that end with the call's time."""

    def connect_tcp(
        self, host: str, port: int, timeout: float | None = None, *others: Any, **options: Any
    ) -> httpcore2.NetworkStream:
        timeout = _within(timeout, httpcore2.ConnectTimeout)
        return _TimedStream(super().connect_tcp(host, port, timeout, *others, **options))


def _within(timeout: float | None, error: type[httpcore2.TimeoutException]) -> float | None:
    """The timeout of one operation, at most the call's remaining seconds."""
    left = seconds_left()
    if left <= 0:
        raise error("the call's time is over")
    return timeout if left == math.inf else min(left, left if timeout is None else timeout)
