"""A server on loopback that writes replies byte by byte, and notes when its peer is gone."""

import itertools
import socket
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

Pieces = Iterator[bytes]


@dataclass
class RawServer:
    """A running server; `replies` makes the pieces of each reply, of which any may be endless."""

    replies: Callable[[], Pieces]
    port: int = 0
    requests: int = 0
    sent_bytes: int = 0
    left: threading.Event = field(default_factory=threading.Event)
    closed: threading.Event = field(default_factory=threading.Event)
    pause_seconds: float = 0

    def base_url(self, wire: str) -> str:
        return f"http://127.0.0.1:{self.port}" + ("/v1" if wire == "openai" else "")


def endless(piece: bytes, head: bytes = b"") -> Pieces:
    """A reply without an end."""
    return itertools.chain([head], itertools.repeat(piece))


@contextmanager
def raw_server(
    replies: Callable[[], Pieces], pause_seconds: float = 0, *, reads: bool = True
) -> Iterator[RawServer]:
    """Serve until the block ends; with a pause between pieces, and, if wished, reading nothing."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            peer: socket.socket = self.request
            try:
                if reads:
                    _read_request(peer)
                served.requests += 1
                for piece in served.replies():
                    peer.sendall(piece)
                    served.sent_bytes += len(piece)
                    if served.closed.wait(served.pause_seconds):
                        return
                # A peer that is done closes its side.
                peer.shutdown(socket.SHUT_WR)
                while peer.recv(65_536):
                    pass
            except OSError:
                pass
            served.left.set()

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        served = RawServer(replies, server.server_address[1], pause_seconds=pause_seconds)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield served
        finally:
            served.closed.set()
            server.shutdown()
            thread.join()


def _read_request(peer: socket.socket) -> None:
    """Read a request with its body."""
    read = b""
    while b"\r\n\r\n" not in read:
        read += _some(peer)
    head, _, body = read.partition(b"\r\n\r\n")
    length = next(
        int(line.partition(b":")[2])
        for line in head.lower().splitlines()
        if line.startswith(b"content-length")
    )
    while len(body) < length:
        body += _some(peer)


def _some(peer: socket.socket) -> bytes:
    some = peer.recv(65_536)
    if not some:
        raise ConnectionError
    return some
