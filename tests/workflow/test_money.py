"""No bill above the cap, and no bill above the ledger, whatever providers do and charge."""

import json
import random
from collections import Counter
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from evaluation.asl_interpreter import NOW_MS
from llm_router.application.errors import BudgetExceededError, CascadeFailedError, RouterError
from llm_router.application.ports import Cascade
from llm_router.application.route.request import RouteRequest
from llm_router.domain.conversation.conversation import Conversation
from llm_router.domain.outcome.cascade_outcome import CascadeOutcome
from llm_router.domain.plan.plan import Plan
from llm_router.domain.policy.models import WIRE_FORMATS
from llm_router.domain.policy.policy import Policy
from llm_router.domain.policy.prices import LongPrompt
from llm_router.domain.routing.hints import RouterHints
from llm_router.domain.tiers import Tier
from llm_router.wire.anthropic.request import parse_messages
from llm_router.wire.openai.request import parse_chat
from tests.support.examples import Seeds
from tests.support.in_process_router import router
from tests.support.policies import POLICY
from tests.support.provider_bills import Bill, ChargingProvider, prices_of
from tests.support.random_calls import random_call

from .conftest import Note

pytestmark = pytest.mark.slow
Json = dict[str, Any]
REQUESTS, PARTS = 1_000, 4
LOST = 200


PLAIN = POLICY
RATING = PLAIN.model_copy(
    update={"confidence": PLAIN.confidence.model_copy(update={"self_rating": True})}
)


def dear_above(input_tokens: int) -> Policy:
    """The policy with prices of long prompts that so small a prompt has to pay."""
    models = tuple(
        model.model_copy(
            update={
                "long_prompt": LongPrompt(
                    above_input_tokens=input_tokens,
                    input_usd_per_mtok=2 * model.input_usd_per_mtok,
                    cached_input_usd_per_mtok=2 * model.cached_input_usd_per_mtok,
                    cache_write_usd_per_mtok=4 * model.input_usd_per_mtok,
                    long_cache_write_usd_per_mtok=5 * model.input_usd_per_mtok,
                    output_usd_per_mtok=3 * model.output_usd_per_mtok,
                )
            }
        )
        for model in PLAIN.models
    )
    return PLAIN.model_copy(update={"models": models})


POLICIES = [PLAIN, RATING, *map(dear_above, (30, 200, 800, 1_100, 12_000))]
"""Texts are billed for some hundred tokens, held for some hundred more; a picture is 10,000."""


def examine(seed: int) -> tuple[str, int]:
    """One random request, its bill and its ledger held against its cap: how it ended, its calls."""
    chance = random.Random(seed)
    call, policy = random_call(chance), chance.choice(POLICIES)
    bill = Bill(prices_of(policy))
    provider = ChargingProvider(chance, bill)
    routing = router(dict.fromkeys(WIRE_FORMATS, provider), policy)
    outcome: CascadeOutcome | None
    try:
        outcome, _ = routing.answer(call).answered
    except RouterError as error:
        outcome = error.outcome
    assert outcome is not None, f"seed {seed}"
    assert call.hints.max_cost_usd is not None
    cap = Fraction(call.hints.max_cost_usd) * 10**9
    assert bill.nano_usd <= outcome.cost_nano_usd <= cap, f"seed {seed}"
    return outcome.status, len(outcome.attempts)


@dataclass(frozen=True)
class Losing:
    """Runs the machine to its end and hands nothing back."""

    cascade: Cascade

    def run(self, plan: Plan, payload: Json) -> CascadeOutcome:
        self.cascade.run(plan, payload)
        raise CascadeFailedError("the cascade ended with TIMED_OUT")


def test_no_bill_exceeds_what_is_booked_for_an_execution_that_was_lost(seeds: Seeds) -> None:
    for seed in seeds(LOST):
        chance = random.Random(seed)
        call, policy = random_call(chance), chance.choice(POLICIES)
        bill = Bill(prices_of(policy))
        provider = ChargingProvider(chance, bill)
        routing = router(dict.fromkeys(WIRE_FORMATS, provider), policy)
        routing = replace(routing, cascade=Losing(routing.cascade))
        with pytest.raises(CascadeFailedError) as lost:
            routing.answer(call)
        assert lost.value.outcome is not None
        booked = lost.value.outcome.cost_nano_usd
        assert call.hints.max_cost_usd is not None
        assert bill.nano_usd <= booked <= Fraction(call.hints.max_cost_usd) * 10**9, f"seed {seed}"


@pytest.mark.parametrize("part", range(PARTS))
def test_no_bill_exceeds_its_ledger_and_no_ledger_its_cap(
    part: int, seeds: Seeds, explored: Note
) -> None:
    ended = [examine(seed) for seed in seeds(REQUESTS)[part::PARTS]]
    statuses = Counter(status for status, _ in ended)
    calls = sum(calls for _, calls in ended)
    explored(
        f"random requests under a cost cap, part {part}",
        f"{len(ended)}, {calls} calls, {dict(statuses)}",
    )
    assert min(statuses[status] for status in ("answered", "rejected", "failed")) > len(ended) / 50


MEGABYTE = 1_000_000
EMOJI = "🙂" * 100
QUESTION = {"role": "user", "content": "Where is Rome?"}
CITY = {"type": "object", "properties": {"city": {"type": "string"}}}


def chat(**fields: Any) -> Json:
    return {"model": "auto", "messages": [QUESTION], **fields}


def described(size: int) -> Json:
    schema = {"name": "city", "description": "x" * size, "schema": CITY}
    return chat(response_format={"type": "json_schema", "json_schema": schema})


def messages(**fields: Any) -> Json:
    return {"model": "auto", "max_tokens": 500, "messages": [QUESTION], **fields}


HOSTILE: dict[str, Json] = {
    "description-of-100-kB": described(MEGABYTE // 10),
    "description-of-1-MB": described(MEGABYTE),
    "description-of-3.5-MB": described(7 * MEGABYTE // 2),
    "500-names-of-100-emoji": chat(messages=[{**QUESTION, "name": EMOJI}] * 500),
    "user-of-1-MB": chat(user="x" * MEGABYTE),
    "stop-of-1-MB": chat(stop=["x" * MEGABYTE]),
    "seed-of-4000-digits": chat(seed=10**4_000 - 1),
    "metadata-of-1-MB": messages(metadata={"user_id": "x" * MEGABYTE}),
    "stop-sequences-of-1-MB": messages(stop_sequences=["é" * (MEGABYTE // 2)]),
    "tool-described-by-1-MB": messages(
        tools=[{"name": "f", "description": "x" * MEGABYTE, "input_schema": CITY}]
    ),
    "schema-of-20000-objects": messages(
        output_config={
            "format": {"type": "json_schema", "schema": {"anyOf": [{"type": "object"}] * 20_000}}
        }
    ),
    "result-of-5000-texts": messages(
        messages=[
            QUESTION,
            {
                "role": "assistant",
                "content": [{"type": "tool_use", "id": EMOJI, "name": EMOJI, "input": {}}],
            },
            {
                "role": "user",
                "content": [
                    {
                        "type": "tool_result",
                        "tool_use_id": EMOJI,
                        "content": [{"type": "text", "text": "x"}] * 5_000,
                    }
                ],
            },
        ]
    ),
}


def parsed(body: Json) -> Conversation:
    raw = json.dumps(body)
    parse = parse_messages if "max_tokens" in body else parse_chat
    return parse(raw, PLAIN.limits).conversation


@pytest.mark.parametrize("model", ["auto", "old-o"])
@pytest.mark.parametrize("case", HOSTILE)
def test_no_field_however_long_makes_a_bill_exceed_its_cap(case: str, model: str) -> None:
    conversation = parsed(HOSTILE[case])
    for cap in ("0.001", "2"):
        chance = random.Random(cap)
        bill = Bill(prices_of(PLAIN))
        provider = ChargingProvider(chance, bill)
        routing = router(dict.fromkeys(WIRE_FORMATS, provider), PLAIN)
        hints = RouterHints(max_cost_usd=Decimal(cap))
        call = RouteRequest(
            "r", "t", conversation, hints, NOW_MS, None if model == "auto" else model
        )
        outcome: CascadeOutcome | None
        try:
            outcome, _ = routing.answer(call).answered
        except RouterError as error:
            outcome = error.outcome
        # A 400 comes before anything is called.
        booked = outcome.cost_nano_usd if outcome else 0
        assert bill.nano_usd <= booked <= Fraction(cap) * 10**9


def test_a_description_is_no_way_around_the_cap() -> None:
    """It once was: 175 times the cap."""
    bill = Bill(prices_of(PLAIN))
    provider = ChargingProvider(random.Random(1), bill)
    routing = router(dict.fromkeys(WIRE_FORMATS, provider), PLAIN)
    hints = RouterHints(max_cost_usd=Decimal("0.001"), model_tier=Tier.SIMPLE)
    call = RouteRequest("r", "t", parsed(HOSTILE["description-of-3.5-MB"]), hints, NOW_MS)
    with pytest.raises(BudgetExceededError):
        routing.answer(call)
    assert not bill.charged
