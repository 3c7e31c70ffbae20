"""What calls cost, long prompts included."""

from collections.abc import Mapping
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from llm_router.domain.conversation.answer import Usage
from llm_router.domain.conversation.content import Text
from llm_router.domain.conversation.conversation import Conversation, Message
from llm_router.domain.plan.candidates import Candidate, candidate_for
from llm_router.domain.plan.tier_plans import expected_nano_usd
from llm_router.domain.policy.prices import (
    Prices,
    affordable_output_tokens,
    cost_nano_usd,
    from_usd,
    to_usd,
    worst_case_nano_usd,
)
from llm_router.wire.openai.models import model_reply
from tests.support.fakes import asking
from tests.support.policies import POLICY

ABOVE = 1_000
BASE = {
    "input_usd_per_mtok": "1",
    "cached_input_usd_per_mtok": "0.1",
    "cache_write_usd_per_mtok": "1.25",
    "long_cache_write_usd_per_mtok": "2",
    "output_usd_per_mtok": "5",
}
LONG = {
    "input_usd_per_mtok": "3",
    "cached_input_usd_per_mtok": "0.2",
    "cache_write_usd_per_mtok": "6",
    "long_cache_write_usd_per_mtok": "7",
    "output_usd_per_mtok": "11",
}


def prices(base: Mapping[str, str] = BASE, long: Mapping[str, str] = LONG) -> Prices:
    above = {"above_input_tokens": ABOVE, **long}
    return Prices.model_validate({**base, "long_prompt": above})


def candidate(words: str, ttl: str | None = None, model: str = "small-a") -> Candidate:
    known = POLICY.models_by_id[model].model_copy(update=dict(prices()))
    wish = {"type": "ephemeral", "ttl": ttl} if ttl else None
    message = Message(role="user", content=(Text(text=words, cache_control=wish),))
    return candidate_for(known, Conversation(messages=(message,)), POLICY)


def test_up_to_the_size_a_prompt_costs_the_base_price_and_above_it_all_costs_more() -> None:
    usage = {
        "cached_input_tokens": 100, "cache_write_tokens": 200, "long_cache_write_tokens": 300,
        "output_tokens": 10,
    }  # fmt: skip
    short = Usage(input_tokens=ABOVE, **usage)
    long = Usage(input_tokens=ABOVE + 1, **usage)
    assert cost_nano_usd(short, prices()) == 400_000 + 10_000 + 250_000 + 600_000 + 50_000
    assert cost_nano_usd(long, prices()) == 1_203_000 + 20_000 + 1_200_000 + 2_100_000 + 110_000


def test_what_was_cached_counts_for_the_size() -> None:
    cached = Usage(input_tokens=ABOVE + 1, cached_input_tokens=ABOVE, output_tokens=0)
    assert cost_nano_usd(cached, prices()) == 3_000 + ABOVE * 200


def test_the_long_prices_cost_what_is_cached_like_input_where_nothing_else_is_said() -> None:
    base = {k: v for k, v in BASE.items() if "write" not in k}
    long = {k: v for k, v in LONG.items() if "write" not in k}
    written = Usage(input_tokens=2_000, long_cache_write_tokens=2_000, output_tokens=0)
    assert cost_nano_usd(written, prices(base, long)) == 2_000 * 3_000


@given(budget=st.integers(0, 2 * 10**7), size=st.integers(0, 2 * ABOVE))
def test_what_can_be_afforded_is_as_much_as_the_money_covers(budget: int, size: int) -> None:
    fitting = affordable_output_tokens(budget, size, prices())
    if fitting:
        assert worst_case_nano_usd(size, fitting, prices()) <= budget
    assert worst_case_nano_usd(size, fitting + 1, prices()) > budget


@given(
    size=st.integers(0, 1_500),
    ttl=st.sampled_from([None, "5m", "1h"]),
    model=st.sampled_from(["small-a", "small-o"]),
    data=st.data(),
)
def test_no_call_costs_more_than_its_worst_case(
    size: int, ttl: str | None, model: str, data: st.DataObject
) -> None:
    planned = candidate("x" * size, ttl, model)
    tokens = data.draw(st.integers(0, size + 96 + 512), "tokens")
    cached = data.draw(st.integers(0, tokens), "cached")
    writes = "1h" if ttl == "1h" and planned.format == "anthropic" else "5m"
    written = data.draw(st.integers(0, tokens - cached), "written")
    if ttl is None and planned.format == "anthropic":
        written = 0
    usage = Usage(
        input_tokens=tokens,
        cached_input_tokens=cached,
        cache_write_tokens=written if writes == "5m" else 0,
        long_cache_write_tokens=written if writes == "1h" else 0,
        output_tokens=data.draw(st.integers(0, planned.min_output_tokens), "output"),
    )
    assert cost_nano_usd(usage, planned.prices) <= planned.minimum_nano_usd


def test_a_long_prompt_is_expected_to_cost_its_own_price() -> None:
    short, long = asking("x" * 4 * (ABOVE - 10)), asking("x" * 4 * (ABOVE + 10))
    assert expected_nano_usd(short, 10, prices()) < ABOVE * 1_000 + 50_000
    assert expected_nano_usd(long, 10, prices()) > ABOVE * 3_000 + 110_000


@pytest.mark.parametrize(
    ("name", "price"),
    [
        ("input_usd_per_mtok", "0.99"),
        ("cached_input_usd_per_mtok", "0.09"),
        ("cache_write_usd_per_mtok", "1.24"),
        ("long_cache_write_usd_per_mtok", "1.99"),
        ("output_usd_per_mtok", "4.99"),
    ],
)
def test_no_price_of_a_long_prompt_is_below_the_base_price(name: str, price: str) -> None:
    with pytest.raises(ValidationError, match=f"long_prompt.{name} is below"):
        prices(long={**LONG, name: price})


def test_a_cache_cannot_cost_where_input_is_free() -> None:
    with pytest.raises(ValidationError, match="writing to a cache cannot cost"):
        prices({**BASE, "input_usd_per_mtok": "0", "cached_input_usd_per_mtok": "0"})


@pytest.mark.parametrize(
    ("model", "above", "input_usd", "output_usd"),
    [
        ("small-a", 100_000, "1.0", "5.0"),
        ("small-o", 200_000, "0.8", "3.0"),
        ("middle-o", 200_000, "8.0", "30.0"),
        ("large-o", 200_000, "20.0", "75.0"),
    ],
)
def test_models_that_charge_more_for_long_prompts_say_so(
    model: str, above: int, input_usd: str, output_usd: str
) -> None:
    shown = model_reply(POLICY, tuple(POLICY.providers), model)["router"]["long_prompt"]
    assert shown["above_input_tokens"] == above
    assert (shown["input_usd_per_mtok"], shown["output_usd_per_mtok"]) == (input_usd, output_usd)


def test_a_dollar_is_a_thousand_million_nano_dollars() -> None:
    assert (from_usd(Decimal(1)), to_usd(10**9)) == (10**9, Decimal(1))
    million = Usage(input_tokens=1_000_000, output_tokens=1_000_000)
    assert cost_nano_usd(million, Prices.model_validate(BASE)) == 6 * 10**9
