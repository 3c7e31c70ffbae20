"""No bill above the cap, and no bill above the ledger, whatever providers do and charge."""

import random
from collections import Counter
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import pytest

from llm_router.application.errors import CascadeFailedError, RouterError
from llm_router.application.ports import Cascade
from llm_router.domain.outcome.cascade_outcome import CascadeOutcome
from llm_router.domain.plan.plan import Plan
from llm_router.domain.policy.policy import Policy
from llm_router.domain.policy.prices import LongPrompt
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
    routing = router({"openai": provider, "anthropic": provider}, policy)
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
        routing = router({"openai": provider, "anthropic": provider}, policy)
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
