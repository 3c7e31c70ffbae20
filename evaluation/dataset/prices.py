"""The cost of recorded calls, by the policy's prices or historic ones for unknown models."""

from datetime import date
from decimal import Decimal

from evaluation.errors import UnknownPriceError
from llm_router.domain.conversation.answer import Usage
from llm_router.domain.policy.policy import Policy
from llm_router.domain.policy.prices import Prices, cost_nano_usd, to_usd

CHARACTERS_PER_TOKEN = 4


def _historic(input_usd: str, output_usd: str) -> Prices:
    return Prices(
        input_usd_per_mtok=Decimal(input_usd),
        cached_input_usd_per_mtok=Decimal(input_usd),
        output_usd_per_mtok=Decimal(output_usd),
    )


HISTORIC_AS_OF = date(2024, 12, 1)
HISTORIC: dict[str, Prices] = {
    "claude-3-haiku": _historic("0.25", "1.25"),
    "claude-3-5-haiku": _historic("0.80", "4"),
    "claude-3.5-haiku": _historic("0.80", "4"),
    "gpt-4o-mini": _historic("0.15", "0.60"),
    "gpt-4o": _historic("2.50", "10"),
    "claude-3-5-sonnet": _historic("3", "15"),
    "claude-3.5-sonnet": _historic("3", "15"),
    "mixtral-8x7b": _historic("0.60", "0.60"),
    "gpt-4-1106": _historic("10", "30"),
}
"""USD per million tokens as of `HISTORIC_AS_OF`, by the start of a recorded model's name."""


def prices_of(model: str, policy: Policy | None = None) -> Prices:
    """The prices of a recorded model, by the policy or the longest historic name that fits.

    `UnknownPriceError` if neither has it.
    """
    if policy is not None and model in policy.models_by_id:
        return policy.models_by_id[model].prices
    fitting = [name for name in HISTORIC if model.startswith(name)]
    if not fitting:
        raise UnknownPriceError(f"no price is known for {model!r}; name it in a policy")
    return HISTORIC[max(fitting, key=len)]


def estimated_usage(prompt: str, text: str) -> Usage:
    """Estimate the tokens of a call that reported none: characters divided by four, rounded up."""
    return Usage(
        input_tokens=-(-len(prompt) // CHARACTERS_PER_TOKEN),
        output_tokens=-(-len(text) // CHARACTERS_PER_TOKEN),
    )


def cost_usd(usage: Usage, prices: Prices) -> float:
    """The cost of one call in USD."""
    return float(to_usd(cost_nano_usd(usage, prices)))
