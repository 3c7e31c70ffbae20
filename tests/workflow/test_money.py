"""No bill above the cap, and no bill above the ledger, whatever providers do and charge."""

import json
import multiprocessing
import random
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from evaluation.asl_interpreter import NOW_MS
from llm_router.adapters.policy_files import packaged_policy
from llm_router.application.errors import CascadeFailedError, RouterError
from llm_router.application.ports import Cascade, ProviderAnswer
from llm_router.application.route.request import RouteRequest
from llm_router.domain.conversation.answer import Answer, Usage
from llm_router.domain.conversation.content import Image, Text, ToolCall, ToolResult
from llm_router.domain.conversation.conversation import Conversation, Message, Tool
from llm_router.domain.outcome.cascade_outcome import CascadeOutcome
from llm_router.domain.outcome.failures import Failure, FailureKind, ProviderFailure
from llm_router.domain.plan.candidates import Candidate
from llm_router.domain.plan.plan import Plan
from llm_router.domain.policy.policy import Policy
from llm_router.domain.policy.prices import LongPrompt
from llm_router.domain.routing.decision import Hints
from llm_router.domain.tiers import TIERS
from tests.support.billing import Bill, dearest_tokens, prices_of, what_is_read
from tests.support.composed import router

from .test_invariants import Note

Json = dict[str, Any]
REQUESTS = 10_000
LOST = 500
ANSWERS = ["A plain answer of the length that could be expected of it.", "I'm not sure.", ""]
DEAREST_PICTURE = {"gpt-4o-mini": 2_833 + 8 * 5_667}
PICTURE = Image(url="https://example.com/x.png")
LOOKUP = Tool(
    name="lookup",
    description="Looks it up",
    parameters={"type": "object", "properties": {"q": {"type": "string"}}, "required": ["q"]},
)
UNBILLED = [
    FailureKind.OVERLOADED, FailureKind.RATE_LIMITED, FailureKind.CREDENTIALS,
    FailureKind.INVALID_REQUEST, FailureKind.CONTEXT_WINDOW, FailureKind.CONTENT_POLICY,
]  # fmt: skip
BILLED = [FailureKind.TIMEOUT, FailureKind.TRUNCATED_OUTPUT, FailureKind.MALFORMED_OUTPUT]


class Charging:
    """A provider that answers or fails at random, and always charges what it can."""

    def __init__(self, chance: random.Random, bill: Bill) -> None:
        self._chance = chance
        self._bill = bill

    def answer(
        self,
        candidate: Candidate,
        conversation: Conversation,
        timeout_seconds: float,
        schema: Json | None = None,
    ) -> ProviderAnswer:
        chance = self._chance
        failing = chance.choice([None, None, "unbilled", "billed"])
        if failing == "unbilled":
            raise ProviderFailure(Failure(kind=chance.choice(UNBILLED), status=400))
        assert conversation.max_output_tokens, "no bound was sent"
        asked_to_cache = any(conversation.cache_controls)
        for_an_hour = candidate.format == "anthropic"
        tokens = dearest_tokens(
            chance,
            what_is_read(conversation),
            conversation.max_output_tokens,
            conversation.images * DEAREST_PICTURE.get(candidate.id, 10_000),
            # OpenAI's models cache by themselves.
            writes=asked_to_cache or not for_an_hour,
        )
        self._bill.charge(
            candidate.id,
            tokens.input,
            tokens.cached,
            tokens.output,
            written=tokens.written,
            for_an_hour=for_an_hour,
        )
        if failing == "billed":
            raise ProviderFailure(Failure(kind=chance.choice(BILLED)))
        usage = Usage(
            input_tokens=tokens.input,
            cached_input_tokens=tokens.cached,
            cache_write_tokens=0 if for_an_hour else tokens.written,
            long_cache_write_tokens=tokens.written if for_an_hour else 0,
            output_tokens=tokens.output,
        )
        answer = Answer(
            text=chance.choice(ANSWERS), finish_reason=chance.choice(["stop", "length"])
        )
        return ProviderAnswer(answer, chance.choice([usage, usage, None]))


def random_round(chance: random.Random) -> tuple[Message, ...]:
    """Nothing, or a picture and a tool that was called for it."""
    if chance.random() < 0.7:
        return ()
    text = "".join(chance.choices('aé漢"{', k=chance.randint(0, 60)))
    hour = chance.choice([None, {"type": "ephemeral", "ttl": "1h"}])
    call = ToolCall(id="call_1", name="lookup", arguments=json.dumps({"q": text}))
    result = ToolResult(call_id="call_1", content=(Text(text=text), PICTURE))
    return (
        Message(role="user", content=(Text(text=text, cache_control=hour), PICTURE)),
        Message(role="assistant", content=(call,)),
        Message(role="tool", content=(result,)),
    )


def random_call(chance: random.Random) -> RouteRequest:
    alphabet = chance.choice(["ab ", "aé漢🙂\n", 'x"\\\n\t'])
    messages = tuple(
        Message(
            role=chance.choice(["user", "assistant", "system"]),
            content="".join(chance.choices(alphabet, k=chance.randint(0, 80))),
        )
        for _ in range(chance.randint(0, 3))
    )
    question = Message(
        role="user",
        content=chance.choice(
            ["How do magnets work?", "Prove it", "Hi", "Where is Rome?", "How many are 6 times 7?"]
        ),
    )
    return RouteRequest(
        request_id="r",
        tenant="t",
        conversation=Conversation(
            messages=(*messages, *random_round(chance), question),
            max_output_tokens=chance.choice([None, 1, chance.randint(1, 5_000)]),
            tools=(LOOKUP,) * chance.choice([0, 0, 0, 1, 3]),
            response_schema=chance.choice([None, None, None, LOOKUP.parameters]),
        ),
        hints=Hints(
            model_tier=chance.choice([None, *TIERS]), feature=str(chance.randint(0, 10**9))
        ),
        received_epoch_ms=NOW_MS,
        max_cost_usd=Decimal(repr(10 ** chance.uniform(-4.5, 0))),
    )


PLAIN = packaged_policy()
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
    provider = Charging(chance, bill)
    routing = router({"openai": provider, "anthropic": provider}, policy)
    outcome: CascadeOutcome | None
    try:
        outcome = routing.answer(call).outcome
    except RouterError as error:
        outcome = error.outcome
    assert outcome is not None, f"seed {seed}"
    assert call.max_cost_usd is not None
    cap = Fraction(call.max_cost_usd) * 10**9
    assert bill.nano_usd <= outcome.cost_nano_usd <= cap, f"seed {seed}"
    return outcome.status, len(outcome.attempts)


@dataclass(frozen=True)
class Losing:
    """Runs the machine to its end and hands nothing back."""

    cascade: Cascade

    def run(self, plan: Plan, payload: Json) -> CascadeOutcome:
        self.cascade.run(plan, payload)
        raise CascadeFailedError("the cascade ended with TIMED_OUT")


def test_no_bill_exceeds_what_is_booked_for_an_execution_that_was_lost() -> None:
    for seed in range(LOST):
        chance = random.Random(seed)
        call, policy = random_call(chance), chance.choice(POLICIES)
        bill = Bill(prices_of(policy))
        provider = Charging(chance, bill)
        routing = router({"openai": provider, "anthropic": provider}, policy)
        routing = replace(routing, cascade=Losing(routing.cascade))
        with pytest.raises(CascadeFailedError) as lost:
            routing.answer(call)
        assert lost.value.outcome is not None
        booked = lost.value.outcome.cost_nano_usd
        assert call.max_cost_usd is not None
        assert bill.nano_usd <= booked <= Fraction(call.max_cost_usd) * 10**9, f"seed {seed}"


def test_no_bill_exceeds_its_ledger_and_no_ledger_its_cap(explored: Note) -> None:
    with ProcessPoolExecutor(mp_context=multiprocessing.get_context("spawn")) as pool:
        ended = list(pool.map(examine, range(REQUESTS), chunksize=500))
    statuses = Counter(status for status, _ in ended)
    calls = sum(calls for _, calls in ended)
    explored("random requests under a cost cap", f"{REQUESTS}, {calls} calls, {dict(statuses)}")
    assert min(statuses[status] for status in ("answered", "rejected", "failed")) > 300
