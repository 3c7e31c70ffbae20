"""The cache's user of the template may do what the adapters do, and nothing else."""

from collections.abc import Iterator
from typing import Any

import pytest
import redis
from samtranslator.yaml_helper import yaml_parse

from llm_router.adapters.redis.decision_cache import RedisDecisionCache
from llm_router.adapters.redis.reply_store import RedisReplies
from llm_router.application.ports import PassCountUpdate
from llm_router.domain.routing.decision import CachedDecision
from llm_router.domain.routing.pass_rates import FirstAttempt, PassCount
from llm_router.domain.tiers import Tier
from local.settings import ROOT

USER = "router"


@pytest.fixture
def port(redis_port: int) -> Iterator[int]:
    template = yaml_parse((ROOT / "template.yaml").read_text())
    granted = template["Resources"]["CacheUser"]["Properties"]["AccessString"].split()
    with redis.Redis(port=redis_port) as admin:
        server: Any = admin
        server.execute_command("ACL", "SETUSER", USER, "reset", ">secret", *granted)
        yield redis_port
        server.execute_command("ACL", "DELUSER", USER)


def test_decisions_and_counts_can_be_kept(port: int) -> None:
    client = redis.Redis(port=port, username=USER, password="secret", decode_responses=True)
    cache = RedisDecisionCache(client, read_seconds=5, write_seconds=5)
    cache.connect(2)
    remembered = CachedDecision(tier=Tier.MODERATE, rank=20)
    first = FirstAttempt(rank=10, passed=True, nano_usd=5)
    for known in (PassCount(), PassCount(tried=1_000)):
        seen = PassCountUpdate("granted", first, known)
        cache.record(Tier.MODERATE, {"answered": 1}, ("granted", remembered, 60), seen)
    recalled = cache.lookup("granted", "granted")
    assert (recalled.decision, recalled.pass_counts[10].tried) == (remembered, 501)
    assert cache.escalation_rates()[Tier.MODERATE].answered >= 1


def test_replies_can_be_claimed_kept_and_released(port: int) -> None:
    replies = RedisReplies(redis.Redis(port=port, username=USER, password="secret"))
    for _ in range(2):
        assert replies.claim("reply:s", b"mine", 1_000) is None
        replies.release("reply:s", b"mine")
    assert replies.keep("reply:s", b"mine", b"value", 1_000) is True


@pytest.mark.parametrize(
    "command", [("KEYS", "*"), ("GET", "other"), ("FLUSHALL",), ("CONFIG", "GET", "*")]
)
def test_nothing_else_is_allowed(port: int, command: tuple[str, ...]) -> None:
    client: Any = redis.Redis(port=port, username=USER, password="secret")
    with client, pytest.raises(redis.exceptions.NoPermissionError):
        client.execute_command(*command)
