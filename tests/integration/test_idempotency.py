"""Replies to give again, in a real Redis, and the whole router behind the function's handler."""

import json
import secrets
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import redis

from evaluation.asl_interpreter import NOW_MS
from llm_router.adapters.redis.reply_store import RedisReplies
from llm_router.application.errors import ReplyStoreDownError, RequestInProgressError
from llm_router.application.idempotency.idempotency import Idempotency, KeyedRequest, Reply
from llm_router.application.ports import ProviderAnswer
from llm_router.application.route.request import RouteRequest
from llm_router.domain.conversation.answer import Answer, Usage
from llm_router.domain.outcome.failures import Failure, FailureKind, ProviderFailure
from llm_router.domain.policy.models import WIRE_FORMATS
from llm_router.domain.routing.hints import RouterHints
from tests.support.fakes import ScriptedProvider, asking
from tests.support.in_process_router import router
from tests.support.policies import POLICY
from tests.support.route_function import CALLER, HttpReply, RouteFunction

CLAIM_MS = 32_000
FAR_LESS = 5
"""Seconds, where whatever has no bound would take half a minute or for ever."""
DAY_SECONDS = 24 * 3600
SECRET = "xylophone-marmalade"
ANSWER = ProviderAnswer(
    Answer(text=f"The word is {SECRET}.", finish_reason="stop"),
    Usage(input_tokens=10, output_tokens=5),
)
PATH = "/v1/chat/completions"
MESSAGES = "/v1/messages"
BODY = {
    "model": "auto",
    "messages": [{"role": "user", "content": "Say it"}],
    "router": {"model_tier": "complex"},
}
BODIES: dict[str, dict[str, Any]] = {
    PATH: BODY,
    MESSAGES: {**BODY, "max_tokens": 50},
    "/v1/responses": {"model": "auto", "input": "Say it", "router": {"model_tier": "complex"}},
}


def replies_at(port: int) -> RedisReplies:
    return RedisReplies(
        redis.Redis(port=port, socket_connect_timeout=2, socket_timeout=2), "llm-router"
    )


def keyed(idempotency_key: str, body: str = "{}") -> KeyedRequest:
    return KeyedRequest(idempotency_key, "acme", "key-1", PATH, "lr-a-key", body)


def sent(path: str, body: object) -> KeyedRequest:
    """What the function makes of a request under the key `k`."""
    owner = (CALLER["tenant"], CALLER["key_id"])
    return KeyedRequest("k", *owner, path, "lr-a-key", json.dumps(body))


def pause(store: Any, milliseconds: int) -> None:
    store.execute_command("CLIENT", "PAUSE", milliseconds)


def everything_in(store: Any) -> bytes:
    (slot,) = store.keys("*")
    return bytes(slot + store.get(slot))


def headers(idempotency_key: str | None = None) -> dict[str, str]:
    always = {"Authorization": "Bearer lr-a-key", "Content-Type": "application/json"}
    return always if idempotency_key is None else {**always, "Idempotency-Key": idempotency_key}


@pytest.fixture
def provider() -> ScriptedProvider:
    return ScriptedProvider(ANSWER)


@pytest.fixture
def function(provider: ScriptedProvider, redis_port: int, store: redis.Redis) -> RouteFunction:
    return RouteFunction(router(dict.fromkeys(WIRE_FORMATS, provider), POLICY), redis_port)


# ---- the store


def test_one_of_many_claims_wins_and_the_others_see_it(store: redis.Redis, redis_port: int) -> None:
    replies = replies_at(redis_port)
    claims = [secrets.token_bytes(40) for _ in range(40)]
    with ThreadPoolExecutor(max_workers=8) as pool:
        held = list(pool.map(lambda claim: replies.claim("s", claim, CLAIM_MS), claims))
    (winner,) = [claim for claim, seen in zip(claims, held, strict=True) if seen is None]
    assert {seen for seen in held if seen is not None} == {winner}
    assert CLAIM_MS - 5_000 < store.pttl("llm-router:reply:s") <= CLAIM_MS


def test_a_claim_that_is_sent_again_holds(store: redis.Redis, redis_port: int) -> None:
    replies = replies_at(redis_port)
    assert replies.claim("s", b"mine", CLAIM_MS) is None
    assert replies.claim("s", b"mine", CLAIM_MS) is None


def test_only_its_own_claim_is_replaced_or_released(store: redis.Redis, redis_port: int) -> None:
    replies = replies_at(redis_port)
    replies.claim("s", b"mine", CLAIM_MS)
    replies.release("s", b"another's")
    assert replies.keep("s", b"another's", b"value", 1_000) is False
    assert store.get("llm-router:reply:s") == b"mine"
    assert replies.keep("s", b"mine", b"value", 1_000) is True
    replies.release("s", b"mine")
    assert store.get("llm-router:reply:s") == b"value"


def test_a_released_slot_is_free_and_a_lost_one_is_taken_again(
    store: redis.Redis, redis_port: int
) -> None:
    replies = replies_at(redis_port)
    replies.claim("s", b"mine", CLAIM_MS)
    replies.release("s", b"mine")
    assert store.exists("llm-router:reply:s") == 0
    assert replies.keep("s", b"mine", b"value", 1_000) is True


@pytest.mark.parametrize("listening", [True, False])
def test_a_store_that_is_slow_or_down_is_waited_for_half_a_second(listening: bool) -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        if listening:
            server.listen()
        replies = replies_at(server.getsockname()[1])
        started = time.perf_counter()
        with pytest.raises(ReplyStoreDownError):
            replies.claim("s", b"mine", CLAIM_MS)
        assert time.perf_counter() - started < FAR_LESS
        assert replies.keep("s", b"mine", b"value", 1_000) is False
        replies.release("s", b"mine")
        assert time.perf_counter() - started < FAR_LESS


def test_a_claim_that_comes_through_after_it_was_given_up_is_released(
    store: redis.Redis, redis_port: int
) -> None:
    replies = replies_at(redis_port)
    pause(store, 900)
    with pytest.raises(ReplyStoreDownError):
        replies.claim("s", b"mine", CLAIM_MS)
    time.sleep(1)
    assert store.exists("llm-router:reply:s") == 0


def test_a_connection_that_was_idle_for_long_is_not_used_again(
    store: redis.Redis, redis_port: int
) -> None:
    now = [0.0]
    client = redis.Redis(port=redis_port)
    replies = RedisReplies(client, "llm-router", clock=lambda: now[0])

    def connections() -> int:
        return int(store.info("stats")["total_connections_received"])

    replies.claim("s", b"mine", CLAIM_MS)
    before = connections()
    now[0] += 50
    replies.claim("s", b"mine", CLAIM_MS)
    assert connections() == before
    now[0] += 61
    replies.claim("s", b"mine", CLAIM_MS)
    assert connections() == before + 1


# ---- the promise


def test_of_two_requests_at_the_same_time_one_calls_the_provider(
    store: redis.Redis, redis_port: int
) -> None:
    both_asked = threading.Barrier(2)
    turned_away = threading.Event()

    class Slow(ScriptedProvider):
        def answer(self, *arguments: object, **more: object) -> ProviderAnswer:
            assert turned_away.wait(10)
            return super().answer(*arguments, **more)  # type: ignore[arg-type]

    provider = Slow(ANSWER)
    routing = router(dict.fromkeys(WIRE_FORMATS, provider), POLICY)
    call = RouteRequest("r", "acme", asking("Say it"), RouterHints(), NOW_MS, model="old-o")

    def answer() -> Reply:
        return Reply(status=200, headers={}, body=routing.answer(call).answered[1].text)

    def ask(_: int) -> str:
        use_case = Idempotency(replies_at(redis_port), CLAIM_MS, lambda _: None)
        both_asked.wait()
        try:
            return str(use_case.once(keyed("same"), answer).body)
        except RequestInProgressError:
            turned_away.set()
            return "409"

    with ThreadPoolExecutor(max_workers=2) as pool:
        assert sorted(pool.map(ask, range(2))) == ["409", ANSWER.answer.text]
    assert len(provider.asked) == 1


@pytest.mark.parametrize("size", [1_000, 1_000_000, 6_000_000])
def test_any_reply_that_a_function_can_give_is_kept(
    store: redis.Redis, redis_port: int, size: int
) -> None:
    # Random text does not compress: the worst case.
    reply = Reply(status=200, headers={}, body=secrets.token_urlsafe(size)[:size])
    use_case = Idempotency(replies_at(redis_port), CLAIM_MS, lambda _: None)
    assert use_case.once(keyed("large"), lambda: reply) == reply
    again = use_case.once(keyed("large"), lambda: Reply(status=500, headers={}, body=None))
    assert again.body == reply.body


def test_a_redis_that_is_full_and_may_evict_nothing_takes_no_claim(
    store: redis.Redis, redis_port: int
) -> None:
    store.config_set("maxmemory", 1)
    try:
        with pytest.raises(ReplyStoreDownError):
            replies_at(redis_port).claim("s", b"mine", CLAIM_MS)
    finally:
        store.config_set("maxmemory", 0)


# ---- the handler


def ask(function: RouteFunction, key: str | None, body: object = None) -> HttpReply:
    return function.post(PATH, {**BODY, **(body or {})}, headers(key))  # type: ignore[dict-item]


def test_the_same_key_gets_the_very_same_reply_and_one_call(
    function: RouteFunction, provider: ScriptedProvider, store: redis.Redis
) -> None:
    first, second = ask(function, "k"), ask(function, "k")
    assert first.status == second.status == 200
    assert first.body == second.body
    assert second.headers == {**first.headers, "x-router-replayed": "true"}
    assert len(provider.asked) == 1
    (slot,) = store.keys("*")
    assert DAY_SECONDS - 60 < store.ttl(slot) <= DAY_SECONDS


def test_redis_holds_nothing_that_can_be_read(function: RouteFunction, store: redis.Redis) -> None:
    assert SECRET in ask(function, "order-42").body
    kept = everything_in(store)
    for told in (
        SECRET,
        "Say it",
        "order-42",
        "lr-a-key",
        "tenant",
        "chatcmpl",
        "application/json",
    ):
        assert told.encode() not in kept


def test_without_the_header_every_request_is_answered(
    function: RouteFunction, provider: ScriptedProvider, store: redis.Redis
) -> None:
    for _ in range(2):
        assert "x-router-replayed" not in ask(function, None).headers
    assert len(provider.asked) == 2
    assert store.keys("llm-router:reply:*") == []


def test_another_body_under_the_same_key_is_a_422(
    function: RouteFunction, provider: ScriptedProvider
) -> None:
    ask(function, "k")
    refused = ask(function, "k", {"max_tokens": 7})
    assert (refused.status, refused.code) == (422, "idempotency_key_reused")
    assert len(provider.asked) == 1


def test_tenants_do_not_see_each_others_replies(
    function: RouteFunction, provider: ScriptedProvider
) -> None:
    for caller in ({"tenant": "a"}, {"tenant": "b"}, {"tenant": "b", "key_id": "key-2"}):
        function.caller = {**CALLER, **caller}
        reply = ask(function, "k")
        assert "x-router-replayed" not in reply.headers
    assert len(provider.asked) == 3


def test_a_request_under_way_is_a_409_to_ask_again_in_a_second(
    function: RouteFunction, provider: ScriptedProvider, redis_port: int
) -> None:
    request = KeyedRequest(
        "k", CALLER["tenant"], CALLER["key_id"], PATH, "lr-a-key", json.dumps(BODY)
    )
    refused: list[HttpReply] = []

    def answer() -> Reply:
        refused.append(ask(function, "k"))
        return Reply(status=200, headers={}, body="the first")

    Idempotency(replies_at(redis_port), CLAIM_MS, lambda _: None).once(request, answer)
    assert (refused[0].status, refused[0].code) == (409, "request_under_way")
    assert refused[0].headers["retry-after"] == "1"
    assert "x-should-retry" not in refused[0].headers
    assert ask(function, "k").body == "the first"
    assert provider.asked == []


def test_a_reply_that_was_lost_is_a_409_not_to_be_retried(
    function: RouteFunction, provider: ScriptedProvider, redis_port: int
) -> None:
    class TakesOnlySmallValues(RedisReplies):
        def keep(self, slot: str, claim: bytes, value: bytes, milliseconds: int) -> bool:
            return len(value) < 500 and super().keep(slot, claim, value, milliseconds)

    replies = TakesOnlySmallValues(redis.Redis(port=redis_port), "llm-router")
    request = KeyedRequest(
        "k", CALLER["tenant"], CALLER["key_id"], PATH, "lr-a-key", json.dumps(BODY)
    )
    reply = Reply(status=200, headers={}, body=secrets.token_urlsafe(5_000))
    Idempotency(replies, CLAIM_MS, lambda _: None).once(request, lambda: reply)
    refused = ask(function, "k")
    assert (refused.status, refused.code) == (409, "reply_not_kept")
    assert refused.headers["x-should-retry"] == "false"
    assert provider.asked == []


def test_a_decision_that_was_paid_for_is_given_again_too_and_is_another_request(
    provider: ScriptedProvider, redis_port: int, store: redis.Redis
) -> None:
    asks_a_model = POLICY.classifier.model_copy(update={"decide_above": 1.0})
    policy = POLICY.model_copy(update={"classifier": asks_a_model})
    providers: Any = dict.fromkeys(WIRE_FORMATS, provider)
    function = RouteFunction(router(providers, policy), redis_port)
    undecided = {"model": "auto", "messages": [{"role": "user", "content": "Hm?"}]}
    first, second = (function.post("/v1/route", undecided, headers("k")) for _ in range(2))
    assert (first.headers["x-router-attempts"], len(provider.asked)) == ("1", 1)
    assert (first.body, second.headers["x-router-replayed"]) == (second.body, "true")
    assert function.post(PATH, undecided, headers("k")).status == 422


def test_a_decision_that_cost_nothing_fills_no_memory(
    function: RouteFunction, store: redis.Redis
) -> None:
    for number in range(50):
        free = function.post("/v1/route", BODY, headers(f"k-{number}"))
        assert (free.status, free.headers["x-router-attempts"]) == (200, "0")
        assert "x-router-replayed" not in function.post("/v1/route", BODY, headers("k")).headers
    assert store.keys("*") == []
    assert ask(function, "k").status == 200


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("path", BODIES)
def test_each_format_is_given_again_as_it_was_streams_too(
    function: RouteFunction, provider: ScriptedProvider, path: str, stream: bool
) -> None:
    asked = {**BODIES[path], "stream": stream}
    first, second = (function.post(path, asked, headers("k")) for _ in range(2))
    assert first.status == 200
    assert SECRET in first.body
    assert first.headers["content-type"].startswith(
        "text/event-stream" if stream else "application/json"
    )
    assert "x-router-replayed" not in first.headers
    assert (second.status, second.body) == (200, first.body)
    assert second.headers == {**first.headers, "x-router-replayed": "true"}
    assert len(provider.asked) == 1


def test_a_stream_is_another_request_than_a_whole_reply(function: RouteFunction) -> None:
    ask(function, "k")
    assert ask(function, "k", {"stream": True}).status == 422


def told_anthropics_callers(refused: HttpReply) -> tuple[str, str]:
    """The type and the code in an error of Anthropic's shape."""
    body = json.loads(refused.body)
    assert refused.headers["content-type"] == "application/json"
    assert body["type"] == "error"
    assert body["request_id"] == refused.headers["request-id"]
    assert body["error"]["message"]
    return body["error"]["type"], body["error"]["code"]


def test_anthropics_callers_are_told_of_a_used_key_in_their_format(
    function: RouteFunction,
) -> None:
    function.post(MESSAGES, {**BODY, "max_tokens": 50}, headers("k"))
    refused = function.post(MESSAGES, {**BODY, "max_tokens": 51}, headers("k"))
    assert refused.status == 422
    assert told_anthropics_callers(refused) == ("invalid_request_error", "idempotency_key_reused")


def test_anthropics_callers_are_told_of_a_request_under_way_in_their_format(
    function: RouteFunction, redis_port: int
) -> None:
    body = {**BODY, "max_tokens": 50}
    request = sent(MESSAGES, body)
    refused: list[HttpReply] = []

    def answer() -> Reply:
        refused.append(function.post(MESSAGES, body, headers("k")))
        return Reply(status=200, headers={}, body="the first")

    Idempotency(replies_at(redis_port), CLAIM_MS, lambda _: None).once(request, answer)
    assert refused[0].status == 409
    assert told_anthropics_callers(refused[0]) == ("invalid_request_error", "request_under_way")


@pytest.mark.parametrize("stream", [False, True])
def test_anthropics_callers_are_told_of_a_reply_too_large_in_their_format(
    function: RouteFunction, provider: ScriptedProvider, stream: bool
) -> None:
    provider.gives = ProviderAnswer(Answer(text="x" * 6_000_000, finish_reason="stop"), None)
    refused = function.post(MESSAGES, {**BODY, "max_tokens": 50, "stream": stream}, headers("k"))
    assert refused.status == 413
    assert told_anthropics_callers(refused) == ("request_too_large", "reply_too_large")


def test_after_an_outage_the_key_is_free(
    function: RouteFunction, provider: ScriptedProvider, store: redis.Redis
) -> None:
    provider.gives = ProviderFailure(Failure(kind=FailureKind.OVERLOADED))
    assert ask(function, "k").status == 503
    assert store.keys("llm-router:reply:*") == []
    provider.gives = ANSWER
    answered = ask(function, "k")
    assert answered.status == 200
    assert "x-router-replayed" not in answered.headers


def test_a_request_that_cannot_be_used_leaves_the_key_free(
    function: RouteFunction, store: redis.Redis
) -> None:
    assert ask(function, "k", {"max_tokens": -1}).status == 400
    assert ask(function, "k").status == 200


@pytest.mark.parametrize("name", ["idempotency-key", "IDEMPOTENCY-KEY"])
def test_the_headers_name_may_be_written_in_any_case(function: RouteFunction, name: str) -> None:
    ask(function, "k")
    again = function.post(PATH, BODY, {**headers(), name: "k"})
    assert again.headers["x-router-replayed"] == "true"


@pytest.mark.parametrize("key", ["", "two words", "sent, twice", "x" * 256])
def test_a_key_that_is_none_is_a_400_that_names_the_header(
    function: RouteFunction, provider: ScriptedProvider, key: str
) -> None:
    refused = ask(function, key)
    assert refused.status == 400
    assert json.loads(refused.body)["error"]["param"] == "Idempotency-Key"
    assert provider.asked == []


def test_without_a_cache_the_header_is_refused(provider: ScriptedProvider) -> None:
    without = RouteFunction(router(dict.fromkeys(WIRE_FORMATS, provider), POLICY))
    refused = ask(without, "k")
    assert (refused.status, refused.code) == (400, "idempotency_not_available")
    assert provider.asked == []
    assert ask(without, None).status == 200


def test_a_redis_that_does_not_answer_is_a_503_that_cost_nothing(
    function: RouteFunction, provider: ScriptedProvider, store: redis.Redis
) -> None:
    pause(store, 900)
    refused = ask(function, "k")
    assert (refused.status, refused.code) == (503, "idempotency_unavailable")
    assert refused.headers["retry-after"] == "1"
    assert "x-should-retry" not in refused.headers
    assert provider.asked == []
    time.sleep(1)
    assert ask(function, "k").status == 200


def test_a_replay_is_counted_and_no_log_line_tells_the_key_or_the_reply(
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
    function: RouteFunction,
    store: redis.Redis,
) -> None:
    caplog.set_level("DEBUG")
    for _ in range(2):
        ask(function, "order-42")
    pause(store, 600)
    ask(function, "order-42")
    metrics = capsys.readouterr().out
    assert '"Replayed":[1.0]' in metrics
    logged = metrics + "".join(str(vars(record)) for record in caplog.records)
    assert "request finished" in logged
    assert "unreachable" in logged
    for told in ("order-42", SECRET, "Say it", "lr-a-key"):
        assert told not in logged
