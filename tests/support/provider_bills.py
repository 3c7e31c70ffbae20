"""Bills as a provider computes them, apart from the product: own prices, tokens and sums."""

import json
import math
import random
from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from llm_router.adapters.providers.formats import TRANSLATIONS
from llm_router.application.ports import ProviderAnswer
from llm_router.domain.conversation.answer import Answer, Usage
from llm_router.domain.conversation.conversation import Conversation
from llm_router.domain.outcome.failures import Failure, FailureKind, ProviderFailure
from llm_router.domain.plan.candidates import Candidate
from llm_router.domain.policy.policy import Policy
from llm_router.domain.policy.prices import Rates

Json = dict[str, Any]
TokenPrices = tuple[Fraction, Fraction, Fraction, Fraction, Fraction]
"""USD per token of input, cached input, output, and what is cached for minutes and for an hour."""
PriceList = dict[str, list[tuple[float, TokenPrices]]]
"""By model: (most input tokens, prices up to there), the smallest first."""


@dataclass
class Bill:
    """The charges of a provider, call by call; hidden reasoning counts as output."""

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
class BilledTokens:
    """The tokens that one call is billed for."""

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
            [(math.inf, _per_token(model))]
            if long is None
            else [(long.above_input_tokens, _per_token(model)), (math.inf, _per_token(long))]
        )
    return published


def _per_token(rates: Rates) -> TokenPrices:
    return (
        Fraction(rates.input_usd_per_mtok) / 10**6,
        Fraction(rates.cached_input_usd_per_mtok) / 10**6,
        Fraction(rates.output_usd_per_mtok) / 10**6,
        Fraction(rates.cache_write_usd_per_mtok or rates.input_usd_per_mtok) / 10**6,
        Fraction(rates.long_cache_write_usd_per_mtok or rates.input_usd_per_mtok) / 10**6,
    )


def random_tokens(
    chance: random.Random,
    texts: Iterable[str],
    bound: int,
    picture_tokens: int = 0,
    *,
    writes: bool = False,
) -> BilledTokens:
    """Random tokens up to the worst case: one for each byte of input, and all of the output."""
    most = sum(len(text.encode()) for text in texts) + picture_tokens
    given = chance.choice([most, most, chance.randint(1, max(1, most))])
    cached = chance.choice([0, chance.randint(0, given)])
    written = chance.choice([0, given - cached, given - cached]) if writes else 0
    return BilledTokens(given, cached, chance.choice([bound, chance.randint(1, bound)]), written)


def body_without_pictures(
    candidate: Candidate, conversation: Conversation, schema: Json | None
) -> str:
    """The body of a call as it travels, but for its pictures."""
    request_of = TRANSLATIONS[candidate.format].request_of
    request = request_of(candidate, conversation, schema or conversation.response_schema)
    body = json.dumps(request, ensure_ascii=False, separators=(",", ":"))
    parts = [part for message in conversation.messages for part in message.parts]
    inside = [item for part in parts if part.type == "tool_result" for item in part.content]
    for url in {part.url for part in (*parts, *inside) if part.type == "image"}:
        body = body.replace(url.removeprefix("data:").partition("base64,")[2] or url, "")
    return body


ANSWERS = ["A plain answer of the length that could be expected of it.", "I'm not sure.", ""]
DEAREST_PICTURE = {"old-mini-o": 50_000}
UNBILLED = [
    FailureKind.OVERLOADED, FailureKind.RATE_LIMITED, FailureKind.CREDENTIALS,
    FailureKind.INVALID_REQUEST, FailureKind.CONTEXT_WINDOW, FailureKind.CONTENT_POLICY,
]  # fmt: skip
BILLED = [FailureKind.TIMEOUT, FailureKind.TRUNCATED_OUTPUT, FailureKind.MALFORMED_OUTPUT]


class ChargingProvider:
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
        tokens = random_tokens(
            chance,
            [body_without_pictures(candidate, conversation, schema)],
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
