"""The ledger against the bill of providers that are really called, over HTTP, by the real SDKs."""

import random
import threading
from decimal import Decimal
from fractions import Fraction

from evaluation.asl_interpreter import NOW_MS
from llm_router.application.errors import RouterError
from llm_router.application.route.request import RouteRequest
from llm_router.domain.outcome.cascade_outcome import CascadeOutcome
from llm_router.domain.routing.hints import RouterHints
from llm_router.domain.tiers import TIERS
from tests.support.examples import Seeds
from tests.support.fake_provider_server import Call, Reply, answer, serving
from tests.support.fakes import asking
from tests.support.in_process_router import policy_at, real_adapters, router
from tests.support.policies import POLICY
from tests.support.provider_bills import Bill, prices_of, random_tokens

REQUESTS = 300
ERROR = {"type": "error", "error": {"type": "api_error", "message": "no"}}
ANSWERS = ["A plain answer of the length that could be expected of it.", "I'm not sure."]


class Vendor:
    """A provider's API that answers or fails at random and keeps its own bill."""

    def __init__(self, chance: random.Random, bill: Bill) -> None:
        self._chance = chance
        self._bill = bill
        self._lock = threading.Lock()

    def respond(self, call: Call) -> Reply:
        with self._lock:
            return self._respond(call)

    def _respond(self, call: Call) -> Reply:
        chance, body = self._chance, call.body
        if chance.random() < 0.2:
            return Reply(chance.choice([500, 503, 529, 429, 404, 401]), ERROR)
        texts = [m["content"] for m in body["messages"]] + [str(body.get("system", ""))]
        tokens = random_tokens(chance, texts, call.most_output_tokens)
        self._bill.charge(call.model, tokens.input, tokens.cached, tokens.output)
        given = answer(
            call, chance.choice(ANSWERS), tokens.input, tokens.output, cached=tokens.cached
        )
        fate = chance.random()
        if fate < 0.05:
            return Reply(body=given.body, cut=True)
        if fate < 0.1:
            return Reply(body="<html>", headers={"content-type": "text/html"})
        if fate < 0.15:
            return Reply(body={k: v for k, v in given.body.items() if k != "usage"})
        if fate < 0.25 and call.wire == "openai":
            # Reasoning that only the total shows, as some compatible servers have it.
            usage = given.body["usage"]
            usage["completion_tokens"] = chance.randint(0, usage["completion_tokens"])
        return given


def random_call(chance: random.Random) -> RouteRequest:
    words = "".join(chance.choices('ab é漢\n"', k=chance.randint(1, 200)))
    bound = chance.choice([None, chance.randint(1, 3_000)])
    return RouteRequest(
        request_id="r",
        tenant="t",
        conversation=asking(
            f"{chance.choice(['Explain', 'Prove', 'Say'])} {words}", max_output_tokens=bound
        ),
        hints=RouterHints(
            model_tier=chance.choice([None, *TIERS]),
            max_cost_usd=Decimal(repr(10 ** chance.uniform(-3.5, 0))),
        ),
        received_epoch_ms=NOW_MS,
    )


def test_the_ledger_is_the_bill_where_it_was_told_and_above_it_where_not(
    seeds: Seeds,
) -> None:
    requests = len(seeds(REQUESTS))
    chance = random.Random(seeds(1).start + 7)
    bill = Bill(prices_of(POLICY))
    exact = estimated = 0
    with serving(Vendor(chance, bill).respond) as server:
        routing = router(real_adapters(), policy_at(server))
        for _ in range(requests):
            call = random_call(chance)
            before = bill.nano_usd
            outcome: CascadeOutcome | None
            try:
                outcome, _ = routing.answer(call).answered
            except RouterError as error:
                outcome = error.outcome
            assert outcome is not None
            billed = bill.nano_usd - before
            assert call.hints.max_cost_usd is not None
            assert billed <= outcome.cost_nano_usd <= Fraction(call.hints.max_cost_usd) * 10**9
            if any(attempt.cost_estimated for attempt in outcome.attempts):
                estimated += 1
            else:
                assert billed == outcome.cost_nano_usd
                exact += 1
    assert exact > requests / 2
    assert estimated > requests / 20
