import os
import socket
import sys
from pathlib import Path

import psutil
import pytest

from local import processes
from local.services import aws_environment
from local.settings import LocalStackError, StackSettings, free_ports

SLEEPER = [sys.executable, "-c", "import time; time.sleep(60)"]


def start(tmp_path: Path, command: list[str]) -> processes.Identity:
    return processes.start("It", command, dict(os.environ), tmp_path / "it.log", tmp_path)


def test_a_taken_port_is_named_with_its_owner_and_the_way_out() -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        port = server.getsockname()[1]
        with pytest.raises(LocalStackError, match="LLM_ROUTER_PORT") as refused:
            processes.refuse_taken_port("emulator", port)
    assert str(port) in str(refused.value)
    assert f"process {os.getpid()}" in str(refused.value)
    processes.refuse_taken_port("emulator", port)


def test_exactly_the_started_process_is_stopped(tmp_path: Path) -> None:
    ours, other = start(tmp_path, SLEEPER), start(tmp_path, SLEEPER)
    processes.stop(ours)
    assert not processes.is_running(ours)
    assert processes.is_running(other)
    processes.stop(other)


def test_another_process_with_the_same_id_is_left_alone(tmp_path: Path) -> None:
    pid, started = start(tmp_path, SLEEPER)
    reused = (pid, started - 3600)
    assert not processes.is_running(reused)
    processes.stop(reused)
    assert psutil.pid_exists(pid)
    processes.stop((pid, started))


def test_a_service_that_dies_while_starting_ends_in_its_last_words(tmp_path: Path) -> None:
    identity = start(tmp_path, [sys.executable, "-c", "raise SystemExit('no luck')"])
    log = tmp_path / "it.log"
    with pytest.raises(LocalStackError, match=r"(?s)stopped while starting.*no luck"):
        processes.wait_until(lambda: False, "It", identity, log, 30)


def test_a_missing_program_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(LocalStackError, match="It could not be started"):
        start(tmp_path, ["/nonexistent"])


def test_ports_and_keys_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LLM_ROUTER_PORT", "4700")
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-secret")
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    settings = StackSettings.from_environment()
    assert settings.ports["emulator"] == 4700
    assert settings.vendor_keys == {"anthropic": "sk-secret"}
    assert "sk-secret" not in aws_environment(settings).values()
    monkeypatch.setenv("LLM_ROUTER_PORT", "many")
    with pytest.raises(LocalStackError, match="LLM_ROUTER_PORT=many"):
        StackSettings.from_environment()


def test_free_ports_are_different_ones() -> None:
    assert len(set(free_ports().values())) == 3
