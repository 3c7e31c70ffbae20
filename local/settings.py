"""Settings of the local stack: directories, ports, provider keys."""

import os
import platform
import socket
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from llm_router.adapters.providers.endpoints import ENDPOINTS
from llm_router.domain.policy.models import ENDPOINT_KINDS

ROOT = Path(__file__).parents[1]
LOOPBACK = "127.0.0.1"
KEY_VARIABLES = {
    ENDPOINTS[kind].vendor.name: ENDPOINTS[kind].key_variable for kind in ENDPOINT_KINDS
}
"""The environment variable of each vendor's key."""
PORT_VARIABLES = {
    "emulator": "LLM_ROUTER_PORT",
    "redis": "LLM_ROUTER_REDIS_PORT",
    "model": "LLM_ROUTER_MODEL_PORT",
}


class LocalStackError(Exception):
    """An error of the local stack, in one sentence for the person at the terminal."""


@dataclass(frozen=True)
class StackSettings:
    """One local stack; two with different ports and state directories run side by side."""

    state_dir: Path = ROOT / ".local"
    ports: dict[str, int] = field(
        default_factory=lambda: {"emulator": 4566, "redis": 6399, "model": 8399}
    )
    vendor_keys: dict[str, str] = field(default_factory=dict)
    with_model: bool = True
    policy_text: str | None = None
    provider_keys: dict[str, str] | None = None
    alarm_period_seconds: int = 10
    stack_name: str = "llm-router-local"
    parameters: Mapping[str, str] = field(default_factory=dict)
    """Template parameters beside those that the local stack itself sets."""

    @classmethod
    def from_environment(cls) -> "StackSettings":
        """The developer's stack, with ports and real providers' keys from the environment."""
        ports = dict(cls().ports)
        for name, variable in PORT_VARIABLES.items():
            text = os.environ.get(variable)
            if text:
                ports[name] = _port(variable, text)
        keys = {vendor: os.environ.get(variable, "") for vendor, variable in KEY_VARIABLES.items()}
        return cls(ports=ports, vendor_keys={vendor: key for vendor, key in keys.items() if key})

    @property
    def python_runtime(self) -> str:
        """The Lambda runtime of this interpreter, with which the emulator runs the functions."""
        return f"python{sys.version_info.major}.{sys.version_info.minor}"

    @property
    def architecture(self) -> str:
        """Lambda's name for this machine's processor architecture."""
        return "arm64" if platform.machine() in ("arm64", "aarch64") else "x86_64"

    @property
    def emulator_url(self) -> str:
        """The URL of the emulated AWS APIs."""
        return f"http://{LOOPBACK}:{self.ports['emulator']}"

    @property
    def logs_dir(self) -> Path:
        """The directory of all processes' and tools' logs."""
        return self.state_dir / "logs"


def free_ports() -> dict[str, int]:
    """A free port for each service, for stacks beside the developer's own."""
    sockets = {name: socket.socket() for name in PORT_VARIABLES}
    try:
        for each in sockets.values():
            each.bind((LOOPBACK, 0))
        return {name: each.getsockname()[1] for name, each in sockets.items()}
    finally:
        for each in sockets.values():
            each.close()


def _port(variable: str, text: str) -> int:
    if not text.isdigit() or not 0 < int(text) < 2**16:
        raise LocalStackError(f"{variable}={text} is not a port number.")
    return int(text)
