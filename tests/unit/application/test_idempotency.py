from dataclasses import dataclass, field, replace
from typing import Literal

import pytest

from llm_router.application.errors import (
    AllFailedError,
    IdempotencyKeyReusedError,
    InvalidRequestError,
    ReplyNotStoredError,
    ReplyStoreDownError,
    RequestInProgressError,
)
from llm_router.application.idempotency.encryption import DecryptionError, ReplyCipher
from llm_router.application.idempotency.idempotency import Idempotency, KeyedRequest, Reply
from tests.support.fakes import DictReplies

CLAIM_MS = 32_000
DAY_MS = 24 * 3600 * 1000
REQUEST = KeyedRequest(
    idempotency_key="order-42",
    tenant="acme",
    key_id="key-1",
    path="/v1/chat/completions",
    api_key="lr-a-key-of-high-entropy",
    body='{"model": "auto"}',
)
GIVEN = Reply(
    status=200,
    headers={"Content-Type": "application/json", "x-router-request-id": "r-1"},
    body='{"answer": "Paris \\ud83d 漢"}',
)


@dataclass
class World:
    """A use case with a store, and an answering handler that is counted."""

    replies: DictReplies = field(default_factory=DictReplies)
    gives: Reply | BaseException = GIVEN
    calls: int = 0
    counted: list[str] = field(default_factory=list)

    def once(self, request: KeyedRequest = REQUEST) -> Reply:
        return Idempotency(self.replies, CLAIM_MS, self.count).once(request, self.answer)

    def count(self, name: Literal["Replayed", "ReplyNotKept"]) -> None:
        self.counted.append(name)

    def answer(self) -> Reply:
        self.calls += 1
        if isinstance(self.gives, BaseException):
            raise self.gives
        return self.gives


@pytest.fixture
def world() -> World:
    return World()


@pytest.mark.parametrize(
    "given",
    [
        GIVEN,
        Reply(status=200, headers={"Content-Type": "text/event-stream"}, body="data: {}\n\n" * 99),
        Reply(status=201, headers={"x": ["a", "b"]}, body="/w==", is_base64=True),
        Reply(status=204, headers={}, body=None),
        Reply(status=200, headers={}, body="half a pair: \ud83d"),
    ],
    ids=lambda given: str(given.headers.get("Content-Type", given.status)),
)
def test_the_same_request_gets_the_same_reply_and_is_answered_once(
    world: World, given: Reply
) -> None:
    world.gives = given
    assert world.once() == given
    again = world.once()
    assert again == given.with_header("x-router-replayed", "true")
    assert (world.calls, world.counted) == (1, ["Replayed"])


def test_a_reply_is_given_again_for_a_day_and_no_longer(world: World) -> None:
    world.once()
    world.replies.now_ms += DAY_MS - 1
    world.once()
    assert world.calls == 1
    world.replies.now_ms += 1
    world.once()
    assert world.calls == 2


def test_a_duplicate_of_a_request_under_way_is_turned_away_to_ask_again(world: World) -> None:
    refused: list[RequestInProgressError] = []

    def answer_slowly() -> Reply:
        with pytest.raises(RequestInProgressError) as caught:
            world.once()
        refused.append(caught.value)
        return GIVEN

    Idempotency(world.replies, CLAIM_MS, world.count).once(REQUEST, answer_slowly)
    assert (refused[0].status, refused[0].retry_after_ms, world.calls) == (409, 1000, 0)


@pytest.mark.parametrize(
    "other",
    [replace(REQUEST, body='{"model":"auto"}'), replace(REQUEST, path="/v1/messages")],
    ids=["body", "endpoint"],
)
@pytest.mark.parametrize("under_way", [False, True])
def test_another_request_under_the_same_key_is_refused(
    world: World, other: KeyedRequest, under_way: bool
) -> None:
    def answer() -> Reply:
        if under_way:
            with pytest.raises(IdempotencyKeyReusedError):
                world.once(other)
        return GIVEN

    Idempotency(world.replies, CLAIM_MS, world.count).once(REQUEST, answer)
    with pytest.raises(IdempotencyKeyReusedError) as caught:
        world.once(other)
    assert (caught.value.status, caught.value.param) == (422, "Idempotency-Key")
    assert world.calls == 0


@pytest.mark.parametrize(
    "other",
    [
        replace(REQUEST, tenant="other"),
        replace(REQUEST, key_id="key-2"),
        replace(REQUEST, api_key="lr-another-key"),
        replace(REQUEST, idempotency_key="order-43"),
        replace(REQUEST, tenant="acme\0key-1", key_id="order-42"),
    ],
)
def test_callers_and_keys_never_share_a_reply(world: World, other: KeyedRequest) -> None:
    world.once()
    world.once(other)
    assert world.calls == 2


@pytest.mark.parametrize("status", [400, 402, 404, 413, 429, 500, 503, 504])
def test_after_any_other_reply_than_a_success_the_key_is_free(world: World, status: int) -> None:
    world.gives = GIVEN.model_copy(update={"status": status})
    assert world.once().status == status
    assert world.replies.slots == {}


@pytest.mark.parametrize("error", [AllFailedError("down"), ValueError("bug"), SystemExit()])
def test_after_an_error_the_key_is_free(world: World, error: BaseException) -> None:
    world.gives = error
    with pytest.raises(type(error)):
        world.once()
    assert world.replies.slots == {}


def test_a_request_that_is_never_heard_of_again_blocks_its_key_until_the_claim_ends(
    world: World,
) -> None:
    class Dies(DictReplies):
        def release(self, slot: str, claim: bytes) -> None:
            """The function was stopped: it releases nothing."""

    world.replies, world.gives = Dies(), SystemExit()
    with pytest.raises(SystemExit):
        world.once()
    world.gives = GIVEN
    world.replies.now_ms += CLAIM_MS - 1
    with pytest.raises(RequestInProgressError):
        world.once()
    world.replies.now_ms += 1
    assert world.once() == GIVEN


def test_a_reply_that_cannot_be_kept_goes_out_marked_and_is_not_paid_for_again(
    world: World,
) -> None:
    world.replies.largest = 1_000
    noise = "".join(chr(0x4E00 + number * 7919 % 20_000) for number in range(5_000))
    world.gives = GIVEN.model_copy(update={"body": noise})
    reply = world.once()
    assert (reply.body, reply.headers["x-router-replayable"]) == (noise, "false")
    with pytest.raises(ReplyNotStoredError, match="answered and paid for") as caught:
        world.once()
    assert (caught.value.status, caught.value.retry_after_ms) == (409, None)
    assert (world.calls, world.counted) == (1, ["ReplyNotKept"])


def test_a_store_that_went_down_meanwhile_costs_no_answer(world: World) -> None:
    def answer() -> Reply:
        world.replies.down = True
        return GIVEN

    reply = Idempotency(world.replies, CLAIM_MS, world.count).once(REQUEST, answer)
    assert reply == GIVEN.with_header("x-router-replayable", "false")


def test_a_store_that_is_down_lets_nothing_be_billed(world: World) -> None:
    world.replies.down = True
    with pytest.raises(ReplyStoreDownError) as caught:
        world.once()
    assert (caught.value.status, caught.value.retry_after_ms, world.calls) == (503, 1000, 0)


def test_a_deployment_without_a_store_refuses_the_header(world: World) -> None:
    with pytest.raises(InvalidRequestError, match="CacheMode none"):
        Idempotency(None, CLAIM_MS, world.count).once(REQUEST, world.answer)
    assert world.calls == 0


@pytest.mark.parametrize("key", ["", "x" * 256, "two words", "tab\t", "ümlaut", "nul\0", "line\n"])
def test_a_key_that_is_none_is_refused_by_name(world: World, key: str) -> None:
    with pytest.raises(InvalidRequestError, match="Idempotency-Key: must be 1 to 255"):
        world.once(replace(REQUEST, idempotency_key=key))
    assert world.calls == 0


@pytest.mark.parametrize("key", ["!", "~" * 255, '"8e03978e-40d5-43dd-bc93-6894a57f9324"'])
def test_any_visible_ascii_is_a_key(world: World, key: str) -> None:
    assert world.once(replace(REQUEST, idempotency_key=key)) == GIVEN


def test_what_was_tampered_with_is_never_given_out_but_replaced(world: World) -> None:
    world.once()
    ((slot, (value, until_ms)),) = world.replies.slots.items()
    world.replies.slots[slot] = (value[:-1] + bytes([value[-1] ^ 1]), until_ms)
    assert world.once() == GIVEN
    assert world.once() == GIVEN.with_header("x-router-replayed", "true")
    assert world.calls == 2


def test_a_record_of_another_version_is_replaced(world: World) -> None:
    world.once()
    cipher = ReplyCipher(REQUEST.api_key, REQUEST.tenant, REQUEST.key_id, REQUEST.idempotency_key)
    (until_ms,) = (until_ms for _, until_ms in world.replies.slots.values())
    for record in (b"", b"null", b"[]", b"{}", b'{"state": "answered"}', b"\xff", b"[" * 100_000):
        world.replies.slots[cipher.slot] = (cipher.encrypt(record), until_ms)
        assert world.once() == GIVEN


def test_a_reply_that_no_model_was_called_for_is_not_kept(world: World) -> None:
    world.gives = GIVEN.with_header("x-router-attempts", "0")
    for _ in range(2):
        assert world.once() == world.gives
    assert (world.calls, world.replies.slots) == (2, {})


def test_the_store_learns_nothing_of_request_and_reply(world: World) -> None:
    world.once()
    ((slot, (value, _)),) = world.replies.slots.items()
    told = [*vars(REQUEST).values(), "Paris", "json", "r-1", "200"]
    assert not any(text in slot for text in told)
    assert not any(text.encode() in value for text in told)


def test_a_value_opens_only_in_its_own_slot_with_its_own_key() -> None:
    seal = ReplyCipher("lr-key", "a")
    closed = seal.encrypt(b"value")
    assert seal.decrypt(closed) == b"value"
    assert seal.encrypt(b"value") != closed
    for other in (ReplyCipher("lr-key", "b"), ReplyCipher("lr-other", "a")):
        with pytest.raises(DecryptionError):
            other.decrypt(closed)
    for broken in (b"", closed[:11], closed[:-1]):
        with pytest.raises(DecryptionError):
            seal.decrypt(broken)


def test_no_secret_is_in_a_requests_representation() -> None:
    assert REQUEST.api_key not in repr(REQUEST)
    assert REQUEST.body not in repr(REQUEST)
