"""Two answers to one question: the first one's confidence, now that somebody else was asked."""

from ..domain.agreement import agreement
from ..domain.chat import Answer, Conversation
from ..domain.confidence import confidence
from .invocations import CompareInvocation, Opinion
from .ports import Json, PayloadStore


def compare(
    invocation: CompareInvocation, conversation: Conversation, payloads: PayloadStore
) -> Json:
    """The opinion with the higher confidence, the first one if they are equal.

    Both are judged by their own signals and by how far they agree.
    """
    texts = [Answer.model_validate(payloads.unseal(o.answer)).text for o in invocation.opinions]
    agreed = agreement(conversation.question, *texts)

    def trust(opinion: Opinion) -> float:
        signals = opinion.signals.model_copy(update={"agreement": agreed})
        return confidence(signals, invocation.weights)

    chosen = max(invocation.opinions, key=trust)
    return {
        "outcome": "compared",
        "answer": chosen.answer,
        "model": chosen.model,
        "rank": chosen.rank,
        "confidence": trust(chosen),
        "agreement": agreed,
    }
