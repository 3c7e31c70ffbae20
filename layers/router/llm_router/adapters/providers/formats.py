"""The translation of each wire format, one row and one module per format; none loads an SDK."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from llm_router.application.ports import Json
from llm_router.domain.conversation.answer import Answer, Usage
from llm_router.domain.conversation.conversation import Conversation
from llm_router.domain.plan.candidates import Candidate
from llm_router.domain.policy.models import WireFormat, per_format

from . import anthropic, openai, openai_responses


class Translation(Protocol):
    """A module that translates between conversations and one wire format."""

    def request_of(
        self, candidate: Candidate, conversation: Conversation, schema: Json | None
    ) -> Json:
        """Build the keyword arguments of the SDK's method."""
        ...

    def method_of(self, client: Any) -> Callable[..., Any]:
        """The method of the SDK's client that sends such a request and returns the raw reply."""
        ...

    @property
    def answer_of(self) -> Callable[[Json], Answer]:
        """Read the answer from a reply's body; `ValueError` if it has not the format's types."""
        ...

    @property
    def usage_of(self) -> Callable[[Json], Usage | None]:
        """Read the tokens that the reply is billed for; None if they are not known."""
        ...


TRANSLATIONS: Mapping[WireFormat, Translation] = per_format(
    openai=openai, openai_responses=openai_responses, anthropic=anthropic
)
