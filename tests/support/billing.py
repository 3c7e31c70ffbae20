"""What providers bill, reckoned apart from the product: own prices, own tokens, own sums."""

import json
import math
import random
from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction

from llm_router.domain.conversation.conversation import Conversation
from llm_router.domain.policy.policy import Policy
from llm_router.domain.policy.prices import Rates

TokenPrices = tuple[Fraction, Fraction, Fraction, Fraction, Fraction]
"""USD per token of input, cached input, output, and what is cached for minutes and for an hour."""
PriceList = dict[str, list[tuple[float, TokenPrices]]]
"""By model: up to how many tokens of input which prices hold, the smallest first."""


@dataclass
class Bill:
    """What a provider charges for, call by call; hidden reasoning counts as output."""

    prices: PriceList
    charged: list[Fraction] = field(default_factory=list)

    def charge(
        self,
        model: str,
        input_tokens: int,
        cached: int,
        output_tokens: int,
        *,
        written: int = 0,
        for_an_hour: bool = False,
    ) -> None:
        fresh_price, cached_price, output_price, write_price, long_price = next(
            prices for most, prices in self.prices[model] if input_tokens <= most
        )
        self.charged.append(
            (input_tokens - cached - written) * fresh_price
            + cached * cached_price
            + written * (long_price if for_an_hour else write_price)
            + output_tokens * output_price
        )

    @property
    def nano_usd(self) -> Fraction:
        return sum(self.charged, Fraction()) * 10**9


@dataclass(frozen=True)
class Tokens:
    """What one call is billed for."""

    input: int
    cached: int
    output: int
    written: int = 0


def prices_of(policy: Policy) -> PriceList:
    """The price list that the providers of a policy's models would publish."""
    published: PriceList = {}
    for model in policy.models:
        long = model.long_prompt
        published[model.name_at_provider] = (
            [(math.inf, _a_token(model))]
            if long is None
            else [(long.above_input_tokens, _a_token(model)), (math.inf, _a_token(long))]
        )
    return published


def _a_token(rates: Rates) -> TokenPrices:
    return (
        Fraction(rates.input_usd_per_mtok) / 10**6,
        Fraction(rates.cached_input_usd_per_mtok) / 10**6,
        Fraction(rates.output_usd_per_mtok) / 10**6,
        Fraction(rates.cache_write_usd_per_mtok or rates.input_usd_per_mtok) / 10**6,
        Fraction(rates.long_cache_write_usd_per_mtok or rates.input_usd_per_mtok) / 10**6,
    )


def dearest_tokens(
    chance: random.Random,
    texts: Iterable[str],
    bound: int,
    picture_tokens: int = 0,
    *,
    writes: bool = False,
) -> Tokens:
    """Anything up to a token for each byte of input and to the bound of the output."""
    most = sum(len(text.encode()) for text in texts) + picture_tokens
    given = chance.choice([most, most, chance.randint(1, max(1, most))])
    cached = chance.choice([0, chance.randint(0, given)])
    written = chance.choice([0, given - cached, given - cached]) if writes else 0
    return Tokens(given, cached, chance.choice([bound, chance.randint(1, bound)]), written)


def what_is_read(conversation: Conversation) -> list[str]:
    """All texts that a model is given, with the names and the JSON of tools and schemas."""
    parts = [part for message in conversation.messages for part in message.parts]
    given: list[str] = [
        part.model_dump_json(exclude={"cache_control"})
        for part in parts
        if part.type in ("tool_call", "thinking")
    ]
    given += [part.text for part in parts if part.type == "text"]
    for part in parts:
        if part.type == "tool_result":
            given += [part.call_id, *(item.text for item in part.content if item.type == "text")]
    given += [tool.model_dump_json(exclude={"cache_control"}) for tool in conversation.tools]
    if conversation.response_schema is not None:
        given.append(json.dumps(conversation.response_schema))
    return given
