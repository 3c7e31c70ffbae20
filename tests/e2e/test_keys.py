"""The keys' command against the deployed stack."""

import re
from collections.abc import Callable

import httpx
import pytest
from typer.testing import CliRunner

from local.services import aws_environment
from local.stack import LocalStack
from operations.keys import app

Command = Callable[..., str]


@pytest.fixture
def keys(stack: LocalStack, monkeypatch: pytest.MonkeyPatch) -> Command:
    for name, value in aws_environment(stack.settings).items():
        monkeypatch.setenv(name, value)

    def run(command: str, *arguments: str, fails: bool = False) -> str:
        table = stack.outputs["KeyTableName"]
        done = CliRunner().invoke(app, [command, "--table", table, *arguments])
        assert bool(done.exit_code) is fails, done.output
        return done.output

    return run


def shown(output: str) -> tuple[str, str]:
    found = re.search(r"id:\s+(\S+)\s+key:\s+(\S+)", output)
    assert found
    return found[1], found[2]


def status(stack: LocalStack, key: str) -> int:
    headers = {"Authorization": f"Bearer {key}"}
    return httpx.get(f"{stack.api_url}/models", headers=headers, timeout=30).status_code


def test_a_key_opens_the_api_and_a_revoked_one_does_not(stack: LocalStack, keys: Command) -> None:
    _, key = shown(keys("create", "--tenant", "acme", "--user-tier", "pro"))
    assert status(stack, key) == 200
    lost_id, lost_key = shown(keys("create", "--tenant", "acme"))
    keys("revoke", lost_id)
    assert status(stack, lost_key) in (401, 403)
    assert re.search(rf"{lost_id}.*revoked", keys("list"))
    assert lost_key not in keys("list")
    keys("revoke", lost_id, fails=True)


def test_a_key_has_names_of_its_own(stack: LocalStack, keys: Command) -> None:
    key_id, key = shown(keys("create", "--tenant", "acme"))
    keys("alias", key_id, "gpt-4o=auto", "best=complex")
    assert f"{key_id}: gpt-4o=auto" in keys("list")
    keys("alias", key_id, "no target", fails=True)
    headers = {"Authorization": f"Bearer {key}"}
    listed = httpx.get(f"{stack.api_url}/models", headers=headers, timeout=30).json()["data"]
    named = {model["id"]: model.get("router") for model in listed}
    assert named["best"] == {"alias_of": "complex"}
    assert named["gpt-4o"] == {"alias_of": "auto"}


def test_a_rotated_key_is_like_the_old_one(stack: LocalStack, keys: Command) -> None:
    old_id, old_key = shown(keys("create", "--tenant", "bcorp", "--expires-in-days", "30"))
    new_id, new_key = shown(keys("rotate", old_id))
    assert new_key != old_key
    assert status(stack, new_key) == status(stack, old_key) == 200
    lines = [line for line in keys("list").splitlines() if old_id in line or new_id in line]
    assert all("bcorp" in line and "never" not in line for line in lines)
    assert len(lines) == 2
