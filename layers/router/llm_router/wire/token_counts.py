"""The tokens of an answer, as every format tells them in its own way."""

from typing import NamedTuple

from ..application.calls import Answered
from ..domain.chat import Usage
from ..domain.tokens import estimated_input_tokens, estimated_tokens
from .explanation import Json


class TokenCounts(NamedTuple):
    """The usage of the answering call; `mark` says so where it is only an estimate."""

    usage: Usage
    mark: Json


def counted(answered: Answered) -> TokenCounts:
    """What the provider reported, or an estimate if it did not."""
    reported = answered.outcome.answering_usage
    if reported is not None:
        return TokenCounts(reported, {})
    said = "".join(part.model_dump_json() for part in answered.answer.all_parts)
    estimate = Usage(
        input_tokens=estimated_input_tokens(answered.routed.call.conversation),
        output_tokens=estimated_tokens(said),
    )
    return TokenCounts(estimate, {"estimated": True})
