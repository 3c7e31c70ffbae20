from dataclasses import dataclass, field

import pytest

from llm_router.application.errors import (
    AllFailedError,
    CascadeNotStartedError,
    DeadlineExceededError,
    InvalidRequestError,
    JustFailedError,
    NotConfiguredError,
    RouterError,
)
from llm_router.application.just_failed import REFUSED_MS, JustFailed, SentRequest
from tests.support.scripted_routing import outcome

REQUEST = SentRequest("/v1/messages", "lr-a-key", '{"model": "auto"}')
FREE = outcome(status="failed", answer=None, attempts=[])
PAID = outcome(status="failed", answer=None)
RETRY_IN_3_SECONDS = outcome(
    status="failed",
    answer=None,
    attempts=[
        {
            "model": "small-a", "provider": "p", "rank": 10, "reason": "first", "latency_ms": 5,
            "outcome": "unavailable", "cost_nano_usd": 7,
            "failure": {"kind": "overloaded", "retry_after_ms": 3_000},
        }
    ],
)  # fmt: skip


@dataclass
class Failed:
    """Digests in a dictionary, without a clock."""

    digests: dict[str, int] = field(default_factory=dict)

    def refused_for_ms(self, digest: str) -> int | None:
        return self.digests.get(digest)

    def refuse(self, digest: str, milliseconds: int) -> None:
        self.digests[digest] = milliseconds


@dataclass
class World:
    """The use case; each call takes `seconds` and ends in `error`."""

    error: RouterError | None = None
    seconds: float = 0.0
    failed: Failed = field(default_factory=Failed)
    now: float = 0.0
    calls: int = 0

    def ask(self, request: SentRequest | None = REQUEST, *, retry: bool = False) -> str:
        return JustFailed(self.failed, lambda: self.now).guard(request, self._answer, retry=retry)

    def _answer(self) -> str:
        self.calls += 1
        self.now += self.seconds
        if self.error is not None:
            raise self.error
        return "answered"


@pytest.mark.parametrize(
    ("error", "seconds", "refused"),
    [
        (AllFailedError("x", outcome=PAID), 0.0, True),
        (AllFailedError("x", outcome=FREE), 20.0, False),
        (DeadlineExceededError("x", outcome=PAID), 0.0, True),
        (DeadlineExceededError("x", outcome=FREE), 20.0, True),
        (DeadlineExceededError("x", outcome=FREE), 0.1, False),
        (CascadeNotStartedError("x", outcome=FREE), 20.0, False),
        (NotConfiguredError("x"), 20.0, False),
        (InvalidRequestError("x", outcome=PAID), 20.0, False),
    ],
)
def test_only_a_failure_that_cost_money_or_the_deadline_is_remembered(
    error: RouterError, seconds: float, refused: bool
) -> None:
    world = World(error, seconds)
    with pytest.raises(type(error)):
        world.ask()
    assert world.failed.digests == ({REQUEST.digest: REFUSED_MS} if refused else {})
    with pytest.raises(JustFailedError if refused else type(error)):
        world.ask()
    assert world.calls == (1 if refused else 2)


def test_a_wait_that_the_reply_names_is_not_shorter_than_the_refusal() -> None:
    world = World(AllFailedError("x", outcome=RETRY_IN_3_SECONDS))
    assert world.error is not None
    assert world.error.retry_after_ms == 3_000
    with pytest.raises(AllFailedError) as failed:
        world.ask()
    assert failed.value.retry_after_ms == REFUSED_MS


@pytest.mark.parametrize("left_ms", [-1, 0, REFUSED_MS + 1, 10**15])
def test_a_wait_that_cannot_be_ours_refuses_nothing(left_ms: int) -> None:
    world = World(failed=Failed({REQUEST.digest: left_ms}))
    assert world.ask() == "answered"


def test_the_refusal_names_the_time_that_is_left() -> None:
    world = World(failed=Failed({REQUEST.digest: 4_200}))
    with pytest.raises(JustFailedError) as refused:
        world.ask()
    assert refused.value.retry_after_ms == 4_200
    assert world.ask(retry=True) == "answered"
    assert world.ask(None) == "answered"


def test_half_a_surrogate_pair_has_a_digest_too() -> None:
    requests = [SentRequest("/p", key, body) for key in ("k", "\ud83d") for body in ("", "\ud83d")]
    assert len({request.digest for request in requests}) == len(requests)
    assert "lr-a-key" not in repr(REQUEST)
