"""One conversation and one answer, in the router's own words, whatever the wire format was."""

from typing import Literal

from pydantic import Field

from .base import Frozen

Role = Literal["system", "developer", "user", "assistant"]
INSTRUCTION_ROLES = frozenset({"system", "developer"})
FinishReason = Literal["stop", "length", "content_filter"]


class Message(Frozen):
    """One turn of the conversation."""

    role: Role
    content: str


class Conversation(Frozen):
    """What the caller wants answered, and the sampling they asked for."""

    messages: tuple[Message, ...] = Field(min_length=1)
    max_output_tokens: int | None = Field(default=None, gt=0)
    temperature: float | None = Field(default=None, ge=0, le=2)
    top_p: float | None = Field(default=None, gt=0, le=1)
    stop: tuple[str, ...] = ()
    seed: int | None = None
    user: str | None = None

    @property
    def question(self) -> str:
        """The last user turn: what has to be answered now."""
        return next((m.content for m in reversed(self.messages) if m.role == "user"), "")

    @property
    def text(self) -> str:
        """Every turn's content, joined by newlines."""
        return "\n".join(message.content for message in self.messages)


class Usage(Frozen):
    """Tokens as the provider billed them; `cached_input_tokens` are part of `input_tokens`."""

    input_tokens: int = Field(ge=0)
    cached_input_tokens: int = Field(default=0, ge=0)
    output_tokens: int = Field(ge=0)


class Answer(Frozen):
    """A model's complete answer."""

    text: str
    finish_reason: FinishReason
