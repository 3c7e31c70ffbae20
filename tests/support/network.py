"""A network on loopback that forgets connections without notice, as NAT and VPC endpoints do."""

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Literal

Fate = Literal["reset", "swallow"]


class Network:
    """Forwards connections to a server and counts them."""

    def __init__(self, port: int, delay_seconds: float = 0) -> None:
        self._server_port = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._links: list[_Link] = []
        self.delay_seconds = delay_seconds
        self.closed = threading.Event()
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def connections(self) -> int:
        """The connections that were opened so far."""
        return len(self._links)

    def forget(self, fate: Fate) -> None:
        """From the next packet on, reset or swallow what clients send on today's connections."""
        for link in self._links:
            link.fate = fate

    def close(self) -> None:
        self.closed.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for link in self._links:
            link.close()
        self._thread.join()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            link = _Link(client)
            self._links.append(link)
            threading.Thread(target=self._connect, args=(link,), daemon=True).start()

    def _connect(self, link: "_Link") -> None:
        self.closed.wait(self.delay_seconds)
        link.forward_to(self._server_port)


class _Link:
    def __init__(self, client: socket.socket) -> None:
        self.fate: Fate | None = None
        self._client = client
        self._server: socket.socket | None = None

    def forward_to(self, port: int) -> None:
        try:
            self._server = socket.create_connection(("127.0.0.1", port))
        except OSError:
            self.close()
            return
        threading.Thread(target=self._pump_back, daemon=True).start()
        with suppress(OSError):
            while data := self._client.recv(65_536):
                if self.fate is None:
                    self._server.sendall(data)
                elif self.fate == "reset":
                    linger = struct.pack("ii", 1, 0)
                    self._client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                    break
        self.close()

    def _pump_back(self) -> None:
        assert self._server is not None
        with suppress(OSError):
            while data := self._server.recv(65_536):
                self._client.sendall(data)
        self.close()

    def close(self) -> None:
        for end in (self._client, self._server):
            if end is not None:
                with suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)
                end.close()


def unused_port() -> int:
    """A port of this machine that refuses connections."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


@contextmanager
def network(port: int, delay_seconds: float = 0) -> Iterator[Network]:
    """A network in front of a server of this machine, until the block ends.

    Connections to the server take `delay_seconds` more.
    """
    between = Network(port, delay_seconds)
    try:
        yield between
    finally:
        between.close()
