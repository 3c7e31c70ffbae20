"""Replies without a bound: bodies too long, compressed, redirected, or never ending."""

import gzip
import json
import threading
import tracemalloc
import zlib
from collections.abc import Callable
from itertools import chain

import pytest

from llm_router.adapters.providers.endpoints import ENDPOINTS
from llm_router.adapters.providers.http_client import MOST_BYTES
from llm_router.adapters.providers.sdk_errors import translate_errors
from llm_router.domain.outcome.failures import FailureKind, ProviderFailure
from llm_router.domain.policy.models import ENDPOINT_KINDS, WIRE_FORMATS, EndpointKind
from tests.support.fake_provider_server import Call, Reply, answer, serving
from tests.support.fakes import asking
from tests.support.provider_adapters import call, candidate, provider
from tests.support.raw_server import Pieces, endless, raw_server
from tests.support.stack_requests import eventually

PATHS = {
    "openai": "/v1/chat/completions", "openai-responses": "/v1/responses",
    "anthropic": "/v1/messages",
}  # fmt: skip
OK = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n"
ZEROS = b"0" * 65_536
A_BIT_MORE = 8 * 1024 * 1024
"""Bytes that the sockets on the way may hold."""


def chunk(piece: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(piece), piece)


def compressed(encoding: bytes, pieces: list[bytes]) -> Callable[[], Pieces]:
    head = OK + b"content-encoding: " + encoding + b"\r\ntransfer-encoding: chunked\r\n\r\n"
    return lambda: chain([head], (chunk(piece) for piece in pieces), [chunk(b"")])


def bomb() -> bytes:
    """A gigabyte of zeros in a megabyte."""
    packer = zlib.compressobj(9, wbits=31)
    unit = packer.compress(bytes(2**20)) + packer.flush(zlib.Z_FULL_FLUSH)
    middle = packer.compress(bytes(2**20)) + packer.flush(zlib.Z_FULL_FLUSH)
    return unit + middle * 1_023


def nothing_for_ever() -> Pieces:
    """A stream of empty compressed blocks: bytes that decode to nothing."""
    packer = zlib.compressobj(9, wbits=31)
    start = packer.compress(b" ") + packer.flush(zlib.Z_SYNC_FLUSH)
    empty = b"\x00\x00\x00\xff\xff" * 10_000
    head = OK + b"content-encoding: gzip\r\ntransfer-encoding: chunked\r\n\r\n"
    return endless(chunk(empty), head + chunk(start))


UNBOUNDED: dict[str, Callable[[], Pieces]] = {
    "without-length": lambda: endless(ZEROS, OK + b"\r\n"),
    "in-chunks": lambda: endless(chunk(ZEROS), OK + b"transfer-encoding: chunked\r\n\r\n"),
    "length-of-10-gb": lambda: endless(ZEROS, OK + b"content-length: 10000000000\r\n\r\n"),
    "gzip-bomb": compressed(b"gzip", [bomb()]),
    "deflate-bomb": compressed(b"deflate", [zlib.compress(bytes(64 * 2**20), 9)]),
    "compressed-nothing": nothing_for_ever,
}


@pytest.mark.parametrize("wire", WIRE_FORMATS)
@pytest.mark.parametrize("replies", UNBOUNDED.values(), ids=UNBOUNDED)
def test_a_body_beyond_the_bound_is_a_malformed_answer(
    wire: str, replies: Callable[[], Pieces]
) -> None:
    call_failing_first(wire)
    with raw_server(replies) as server:
        tracemalloc.start()
        with pytest.raises(ProviderFailure) as failed:
            call(wire, server.base_url(wire), timeout=20)
        _, peak_bytes = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert server.left.wait(10)
    assert failed.value.failure.kind is FailureKind.MALFORMED_OUTPUT
    assert failed.value.failure.code == "too_large"
    assert failed.value.maybe_billed
    assert server.sent_bytes < MOST_BYTES + A_BIT_MORE
    assert peak_bytes < 2 * MOST_BYTES


def call_failing_first(wire: str) -> None:
    """Load what the first call loads, which memory measured afterwards shall not include."""
    with serving(lambda _: Reply(500)) as server, pytest.raises(ProviderFailure):
        call(wire, server.base_url(wire))


@pytest.mark.parametrize("wire", WIRE_FORMATS)
def test_a_body_compressed_twice_is_malformed(wire: str) -> None:
    twice = compressed(b"gzip, gzip", [gzip.compress(gzip.compress(b"{}"))])
    with raw_server(twice) as server, pytest.raises(ProviderFailure) as failed:
        call(wire, server.base_url(wire))
    assert failed.value.failure.code == "undecodable"


@pytest.mark.parametrize("wire", WIRE_FORMATS)
def test_a_compressed_answer_is_read(wire: str) -> None:
    body = json.dumps(answer(Call(wire, b'{"model": "m"}'), "Because.").body).encode()
    with raw_server(compressed(b"gzip", [gzip.compress(body)])) as server:
        assert call(wire, server.base_url(wire)).answer.text == "Because."


SLOW_DOWN = b"HTTP/1.1 429 Slow\r\nretry-after: 7\r\n"
UNREADABLE_ERRORS: dict[str, Callable[[], Pieces]] = {
    "endless": lambda: endless(ZEROS, SLOW_DOWN + b"\r\n"),
    "undecodable": lambda: iter(
        [SLOW_DOWN + b"content-encoding: gzip\r\ncontent-length: 8\r\n\r\nnot gzip"]
    ),
}


@pytest.mark.parametrize("wire", WIRE_FORMATS)
@pytest.mark.parametrize("replies", UNREADABLE_ERRORS.values(), ids=UNREADABLE_ERRORS)
def test_an_error_whose_body_cannot_be_read_is_told_by_its_status(
    wire: str, replies: Callable[[], Pieces]
) -> None:
    with raw_server(replies) as server:
        with pytest.raises(ProviderFailure) as failed:
            call(wire, server.base_url(wire))
        assert server.left.wait(10)
    assert failed.value.failure.kind is FailureKind.RATE_LIMITED
    assert failed.value.failure.retry_after_ms == 7_000
    assert not failed.value.maybe_billed


@pytest.mark.parametrize("wire", WIRE_FORMATS)
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_to_another_host_is_not_followed(wire: str, status: int) -> None:
    seen: list[str] = []

    def elsewhere(call: Call) -> Reply:
        seen.append("prompt")
        return answer(call, "Stolen.")

    with serving(elsewhere) as other:
        to_other = {"location": f"{other.url}{PATHS[wire]}"}
        with (
            serving(lambda _: Reply(status, headers=to_other)) as server,
            pytest.raises(ProviderFailure) as failed,
        ):
            call(wire, server.base_url(wire))
    assert seen == []
    assert failed.value.failure.status == status
    assert not failed.value.maybe_billed


@pytest.mark.parametrize("wire", WIRE_FORMATS)
@pytest.mark.parametrize("location", ["http://[", "file:///etc/passwd", "//127.0.0.2/v1", ""])
def test_a_redirect_to_nowhere_is_a_failure(wire: str, location: str) -> None:
    with (
        serving(lambda _: Reply(307, headers={"location": location})) as server,
        pytest.raises(ProviderFailure) as failed,
    ):
        call(wire, server.base_url(wire))
    assert not failed.value.maybe_billed


@pytest.mark.parametrize("wire", WIRE_FORMATS)
def test_a_redirect_on_the_same_host_is_followed_a_few_times(wire: str) -> None:
    calls: list[Call] = []

    def redirecting(times: int) -> Callable[[Call], Reply]:
        def respond(call: Call) -> Reply:
            calls.append(call)
            again = Reply(308, headers={"location": PATHS[wire]})
            return again if len(calls) <= times else answer(call, "Because.")

        return respond

    with serving(redirecting(1)) as server:
        assert call(wire, server.base_url(wire)).answer.text == "Because."
        assert calls[0].body == calls[1].body
        calls.clear()
        server.respond = redirecting(10)
        with pytest.raises(ProviderFailure):
            call(wire, server.base_url(wire))
    assert len(calls) == 4


NEVER_ENDING: dict[str, Callable[[], Pieces]] = {
    "body": lambda: endless(b" ", OK + b"content-length: 1000000\r\n\r\n"),
    "body-in-chunks": lambda: endless(chunk(b" "), OK + b"transfer-encoding: chunked\r\n\r\n"),
    "headers": lambda: endless(b"x", OK),
    "early-hints": lambda: endless(b"HTTP/1.1 103 Early Hints\r\n\r\n"),
    "continue": lambda: endless(b"HTTP/1.1 100 Continue\r\n\r\n"),
}


@pytest.mark.parametrize("wire", WIRE_FORMATS)
@pytest.mark.parametrize("replies", NEVER_ENDING.values(), ids=NEVER_ENDING)
def test_an_abandoned_call_stops_reading(wire: str, replies: Callable[[], Pieces]) -> None:
    with raw_server(replies, pause_seconds=0.01) as server:
        before = threading.active_count()
        with pytest.raises(ProviderFailure) as failed:
            call(wire, server.base_url(wire), timeout=0.3)
        assert failed.value.failure.kind is FailureKind.TIMEOUT
        assert failed.value.maybe_billed
        assert server.left.wait(5), "the connection was kept open"
        assert eventually(lambda: threading.active_count() <= before, 5)
        assert server.sent_bytes < 10_000


@pytest.mark.parametrize("wire", WIRE_FORMATS)
def test_an_abandoned_call_stops_writing(wire: str) -> None:
    conversation = asking("x" * 8_000_000, max_output_tokens=5)
    with raw_server(lambda: iter([]), reads=False) as server:
        before = threading.active_count()
        server.replies = lambda: endless(b"", b"")
        server.pause_seconds = 0.01
        model = candidate(wire, server.base_url(wire), most_input_tokens=10_000_000)
        with pytest.raises(ProviderFailure) as failed:
            provider().answer(model, conversation, 0.5)
        assert failed.value.failure.kind is FailureKind.TIMEOUT
        # The server's own thread for the connection is left.
        assert eventually(lambda: threading.active_count() <= before + 1, 5)


@pytest.mark.parametrize("wire", WIRE_FORMATS)
def test_a_request_to_where_http_does_not_lead_costs_nothing(wire: str) -> None:
    with pytest.raises(ProviderFailure) as failed:
        call(wire, "ftp://127.0.0.1:1")
    assert failed.value.failure.code == "not_sent"
    assert not failed.value.maybe_billed


@pytest.mark.parametrize("kind", ENDPOINT_KINDS)
def test_a_request_that_cannot_be_written_costs_nothing(kind: EndpointKind) -> None:
    sdk = ENDPOINTS[kind].sdk()
    with pytest.raises(ProviderFailure) as failed, translate_errors(sdk.module, kind):
        "half an emoji: \ud83d".encode()
    assert failed.value.failure.kind is FailureKind.UNKNOWN
    assert failed.value.failure.code == "not_sent"
    assert not failed.value.maybe_billed
