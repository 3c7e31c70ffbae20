"""What calls will probably cost: for comparisons and for show; caps go by the worst case."""

from .chat import Conversation, Usage
from .cost import Prices, cost_nano_usd
from .tier_plans import TierPlan
from .tokens import estimated_input_tokens


def expected_nano_usd(conversation: Conversation, output_tokens: int, prices: Prices) -> int:
    """One call whose answer has so many tokens, or as many as the caller allows."""
    usage = Usage(
        input_tokens=estimated_input_tokens(conversation),
        output_tokens=min(output_tokens, conversation.max_output_tokens or output_tokens),
    )
    return cost_nano_usd(usage, prices)


def expected_first_nano_usd(conversation: Conversation, plan: TierPlan, output_tokens: int) -> int:
    """The first answer in a tier, with the second opinion that is asked for at the same time."""
    asked = [plan.candidates[0]]
    if plan.peer is not None and plan.second_opinion == "always":
        asked.append(plan.peer)
    return sum(expected_nano_usd(conversation, output_tokens, c.prices) for c in asked)
