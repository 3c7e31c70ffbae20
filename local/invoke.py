"""`sam local invoke` in a container that reaches the local stack.

The stack listens on loopback only, which in a container is the container itself. Docker Desktop
forwards `host.docker.internal` to the host's loopback. A plain Linux engine does not: there a relay
listens on the engine's bridge during an invocation.
"""

import contextlib
import json
import os
import socket
import socketserver
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path

import docker
from docker.errors import DockerException

from . import processes
from .services import aws_environment
from .settings import LOOPBACK, ROOT, LocalStackError
from .stack import LocalStack

HOST = "host.docker.internal"
_EVENTS_MODEL_PORT = 8399
_START_SECONDS = 60
_BRIDGES = ("bridge", "podman")
_IP_FREEBIND = 15
"""Linux's option to bind to an address that does not exist yet."""


def has_engine() -> bool:
    """True if a container engine answers."""
    try:
        with contextlib.closing(docker.from_env()) as engine:
            return bool(engine.ping())
    except DockerException:
        return False


def invoke(
    stack: LocalStack, function: str, event: Path, *options: str
) -> "subprocess.CompletedProcess[str]":
    """Run one function with one event; its reply is the last line of stdout."""
    prepared = stack.settings.state_dir / "event.json"
    prepared.write_text(event_text(stack, event))
    with _sam_local(stack, "invoke") as command:
        return subprocess.run(
            [*command, function, "--event", str(prepared), *options],
            cwd=ROOT,
            env=_environment(stack),
            capture_output=True,
            text=True,
            check=False,
        )


@contextlib.contextmanager
def lambda_service(stack: LocalStack, *options: str) -> Iterator[str]:
    """The URL of a Lambda API whose functions run in containers that stay for the next event."""
    with socket.create_server((LOOPBACK, 0)) as free:
        port: int = free.getsockname()[1]
    log = stack.settings.logs_dir / "start-lambda.log"
    listening = ["--host", LOOPBACK, "--port", str(port), "--warm-containers", "LAZY"]
    with _sam_local(stack, "start-lambda") as command:
        service = processes.start(
            "sam local start-lambda",
            [*command, *listening, *options],
            _environment(stack),
            log,
            ROOT,
        )
        try:
            processes.wait_until(
                lambda: _accepts(port), "sam local start-lambda", service, log, _START_SECONDS
            )
            yield f"http://{LOOPBACK}:{port}"
        finally:
            processes.stop(service)


def _accepts(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((LOOPBACK, port)) == 0


def event_text(stack: LocalStack, event: Path) -> str:
    """An event, with the port of this stack's model."""
    model = f"{HOST}:{stack.settings.ports['model']}"
    return event.read_text().replace(f"{LOOPBACK}:{_EVENTS_MODEL_PORT}", model)


@contextlib.contextmanager
def _sam_local(stack: LocalStack, command: str) -> Iterator[list[str]]:
    """The words of a `sam local` command whose containers reach the stack meanwhile."""
    if not has_engine():
        raise LocalStackError(f"sam local {command} needs a container engine, and none answers.")
    gateway = _gateway()
    words = [str(Path(sys.executable).parent / "sam"), "local", command]
    words += ["--config-file", str(stack.write_invoke_config())]
    _point_at_host(stack.settings.state_dir / "env.json")
    with contextlib.ExitStack() as relays:
        if gateway and sys.platform == "linux":
            relays.enter_context(_relays(gateway, stack.settings.ports.values()))
            words += ["--add-host", f"{HOST}:{gateway}"]
        yield words


def _environment(stack: LocalStack) -> dict[str, str]:
    """The environment of a command that calls the stack and the container engine."""
    engine = {name: value for name, value in os.environ.items() if name.startswith("DOCKER_")}
    return {**aws_environment(stack.settings), **engine}


def _point_at_host(env_vars: Path) -> None:
    variables = json.loads(env_vars.read_text().replace(LOOPBACK, HOST))
    env_vars.write_text(json.dumps(variables, indent=2))


def _gateway() -> str | None:
    with contextlib.closing(docker.from_env()) as engine:
        for network in engine.networks.list(names=list(_BRIDGES)):
            for subnet in network.attrs["IPAM"]["Config"] or ():
                if "Gateway" in subnet:
                    return str(subnet["Gateway"])
    return None


class _Relay(socketserver.ThreadingTCPServer):
    """Forwards connections from a port of the bridge to the same port of loopback."""

    allow_reuse_address = True
    daemon_threads = True

    def server_bind(self) -> None:
        """Bind before the bridge exists: the engine creates it with the first container."""
        self.socket.setsockopt(socket.IPPROTO_IP, _IP_FREEBIND, 1)
        super().server_bind()


class _Forward(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        _, port = self.request.getsockname()
        with socket.create_connection((LOOPBACK, port)) as service:
            back = threading.Thread(target=_pump, args=(service, self.request))
            back.start()
            _pump(self.request, service)
            back.join()


def _pump(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)


@contextlib.contextmanager
def _relays(address: str, ports: Iterable[int]) -> Iterator[None]:
    with contextlib.ExitStack() as relays:
        for port in ports:
            relay = relays.enter_context(_Relay((address, port), _Forward))
            threading.Thread(target=relay.serve_forever, daemon=True).start()
            relays.callback(relay.shutdown)
        yield
