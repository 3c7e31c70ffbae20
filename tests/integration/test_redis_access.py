"""The cache's user may do what the adapters do with its stack's keys, and nothing else."""

import time
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import pytest
import redis
from samtranslator.yaml_helper import yaml_parse

from llm_router.adapters.redis.connection import BackgroundConnection
from llm_router.adapters.redis.decision_cache import RedisDecisionCache
from llm_router.adapters.redis.failed_requests import RedisFailedRequests
from llm_router.adapters.redis.keys import CONNECTION_COMMANDS, KEY_KINDS, access_string
from llm_router.adapters.redis.reply_store import RedisReplies
from llm_router.domain.routing.decision import CachedDecision
from llm_router.domain.routing.pass_rates import PassCount
from llm_router.domain.tiers import Tier
from local.settings import ROOT

USER, STACK = "router", "stack-1"


@pytest.fixture
def port(redis_port: int) -> Iterator[int]:
    with redis.Redis(port=redis_port) as admin:
        server: Any = admin
        granted = access_string(STACK).split()
        server.flushdb()
        server.execute_command("ACL", "SETUSER", USER, "reset", ">secret", *granted)
        yield redis_port
        server.execute_command("ACL", "DELUSER", USER)


def use_everything(port: int) -> None:
    """Let the adapters send each of their commands, and check that it took effect."""
    connection = BackgroundConnection(redis.Redis(port=port, username=USER, password="secret"))
    cache = RedisDecisionCache(connection, STACK, read_seconds=5, write_seconds=5)
    cache.connect(2)
    hour = int(time.time()) // 3600
    with redis.Redis(port=port) as admin:
        for key, field in (
            (f"counts:moderate:{hour}", "answered"),
            ("passing:granted", "10:tried"),
        ):
            admin.hset(f"{STACK}:{key}", field, "not a count")
    remembered = CachedDecision(tier=Tier.MODERATE, rank=20)
    for counts, replaces in ((PassCount(tried=1), False), (PassCount(tried=501), True)):
        seen = ("granted", 10, counts, replaces)
        cache.record(Tier.MODERATE, {"answered": 1}, ("granted", remembered, 60), seen)
    recalled = cache.lookup("granted", "granted")
    assert (recalled.decision, recalled.pass_counts[10].tried) == (remembered, 501)
    assert cache.escalation_rates()[Tier.MODERATE].answered == 2
    assert cache.status() == "up"
    failed = RedisFailedRequests(connection, STACK, seconds=5)
    failed.refuse("digest", 60_000)
    assert 0 < (failed.refused_for_ms("digest") or 0) <= 60_000
    replies = RedisReplies(redis.Redis(port=port, username=USER, password="secret"), STACK)
    for _ in range(2):
        assert replies.claim("s", b"mine", 60_000) is None
        replies.release("s", b"mine")
    assert replies.keep("s", b"mine", b"value", 60_000) is True


def test_the_adapters_send_the_commands_of_the_table_and_no_others(port: int) -> None:
    sent: dict[str, set[str]] = defaultdict(set)
    with redis.Redis(port=port) as admin, admin.monitor() as monitor:
        use_everything(port)
        admin.echo("end")
        while (words := monitor.next_command()["command"].split())[0] != "ECHO":
            command = words[0].lower()
            prefix = f"{STACK}:"
            key = next((word for word in words[1:] if word.startswith(prefix)), None)
            sent[key.split(":")[1] if key else ""].add(command)
    assert sent.pop("") <= set(CONNECTION_COMMANDS)
    assert sent == {kind.prefix: kind.commands for kind in KEY_KINDS}


def test_the_adapters_keep_the_keys_of_the_table(port: int) -> None:
    use_everything(port)
    kinds = {kind.prefix: kind for kind in KEY_KINDS}
    with redis.Redis(port=port, decode_responses=True) as admin:
        keys = admin.keys("*")
        assert {key.split(":")[1] for key in keys} == set(kinds)
        for key in keys:
            stack, prefix, _ = key.split(":", 2)
            kind = kinds[prefix]
            assert (stack, admin.type(key)) == (STACK, kind.type)
            longest = kind.kept_seconds or 60
            assert longest - 30 < admin.ttl(key) <= longest


def test_the_access_string_grants_the_commands_of_the_table() -> None:
    commands = {word[1:] for word in access_string(STACK).split() if word.startswith("+")}
    assert commands == set(CONNECTION_COMMANDS).union(*(kind.commands for kind in KEY_KINDS))


def test_the_template_grants_the_same() -> None:
    template = yaml_parse((ROOT / "template.yaml").read_text())
    granted = template["Resources"]["CacheUser"]["Properties"]["AccessString"]
    assert granted["Fn::Sub"].replace("${AWS::StackName}", STACK) == access_string(STACK)


@pytest.mark.parametrize(
    "command",
    [
        ("KEYS", "*"),
        ("GET", "other"),
        ("GET", f"{STACK}:other:1"),
        *((command, "stack-2:decision:1") for command in ("GET", "DEL", "HGETALL")),
        ("SET", "stack-10:decision:1", "x"),
        ("EVAL", "return redis.call('GET', KEYS[1])", "1", "stack-2:reply:1"),
        ("FLUSHALL",),
        ("CONFIG", "GET", "*"),
    ],
)
def test_nothing_else_is_allowed(port: int, command: tuple[str, ...]) -> None:
    client: Any = redis.Redis(port=port, username=USER, password="secret")
    with client, pytest.raises(redis.exceptions.NoPermissionError):
        client.execute_command(*command)
