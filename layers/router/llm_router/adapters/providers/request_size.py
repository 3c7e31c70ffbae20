"""The last check of a request's size: one that may cost more than its estimate is not sent."""

from aws_lambda_powertools import Logger

from llm_router.domain.conversation.conversation import Conversation
from llm_router.domain.outcome.failures import Failure, FailureKind, ProviderFailure
from llm_router.domain.plan.candidates import Candidate

logger = Logger(child=True)
_EXCEEDED = Failure(kind=FailureKind.PLATFORM, code="estimate_exceeded")


def check_size(candidate: Candidate, conversation: Conversation, request_bytes: int) -> None:
    """Raise `ProviderFailure` if so large a request is more than the candidate's cost is for.

    Images are estimated apart from the text, so their bytes do not count.
    """
    text_bytes = request_bytes - conversation.summary.image_bytes
    if candidate.allows(text_bytes):
        return
    logger.error(
        "request not sent: it is larger than estimated, which is a bug of the router",
        model=candidate.id,
        bytes=text_bytes,
        most_text_tokens=candidate.most_text_tokens,
        most_input_tokens=candidate.most_input_tokens,
    )
    raise ProviderFailure(_EXCEEDED, maybe_billed=False)
