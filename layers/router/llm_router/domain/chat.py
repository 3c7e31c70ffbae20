"""One conversation and one answer, in the router's own words, whatever the wire format was."""

from typing import Any, Literal

from pydantic import Field, model_validator

from .base import Frozen
from .capabilities import Capability

Role = Literal["system", "developer", "user", "assistant"]
INSTRUCTION_ROLES = frozenset({"system", "developer"})
FinishReason = Literal["stop", "length", "content_filter"]


class Image(Frozen):
    """A picture by its address: `https:` or `data:`."""

    url: str


class Message(Frozen):
    """One turn of the conversation."""

    role: Role
    content: str
    images: tuple[Image, ...] = ()


class Tool(Frozen):
    """A function that the model may ask to have called; `parameters` is a JSON schema."""

    name: str
    description: str = ""
    parameters: dict[str, Any] = Field(default_factory=dict)


class Conversation(Frozen):
    """What the caller wants answered, and the sampling they asked for."""

    messages: tuple[Message, ...] = Field(min_length=1)
    max_output_tokens: int | None = Field(default=None, gt=0)
    temperature: float | None = Field(default=None, ge=0, le=2)
    top_p: float | None = Field(default=None, gt=0, le=1)
    stop: tuple[str, ...] = ()
    seed: int | None = None
    user: str | None = None
    tools: tuple[Tool, ...] = ()
    response_schema: dict[str, Any] | None = None

    @property
    def images(self) -> int:
        """How many pictures there are in all turns."""
        return sum(len(message.images) for message in self.messages)

    @property
    def needs(self) -> frozenset[Capability]:
        """What a model must be able to do to honour this request."""
        needed: dict[Capability, bool] = {
            "vision": self.images > 0,
            "tools": bool(self.tools),
            "json_schema": self.response_schema is not None,
        }
        return frozenset(capability for capability, wanted in needed.items() if wanted)

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

    @model_validator(mode="after")
    def _cached_is_a_part(self) -> "Usage":
        if self.cached_input_tokens > self.input_tokens:
            raise ValueError("cached_input_tokens are more than input_tokens")
        return self


class Answer(Frozen):
    """A model's complete answer."""

    text: str
    finish_reason: FinishReason
