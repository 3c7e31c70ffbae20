"""A model's answer with its token usage, independent of any wire format."""

from typing import Any, Literal

from pydantic import Field, model_validator

from llm_router.domain.base import Frozen

from .content import AnswerPart, Reasoning, Text, ToolCall

FinishReason = Literal["stop", "length", "tool_calls", "content_filter"]


class Usage(Frozen):
    """Tokens as the provider billed them.

    `input_tokens` include the cached ones and those written to a cache, for minutes or for an hour.
    Anthropic bills written tokens higher than fresh ones. `reasoning_tokens` are those of the
    `output_tokens` that the answer does not show, as far as the provider tells.
    """

    input_tokens: int = Field(ge=0)
    cached_input_tokens: int = Field(default=0, ge=0)
    cache_write_tokens: int = Field(default=0, ge=0)
    long_cache_write_tokens: int = Field(default=0, ge=0)
    output_tokens: int = Field(ge=0)
    reasoning_tokens: int = Field(default=0, ge=0)

    @model_validator(mode="after")
    def _cached_is_a_part(self) -> "Usage":
        if self.cached_input_tokens + self.written_tokens > self.input_tokens:
            raise ValueError("cached and written tokens are more than input_tokens")
        return self

    @property
    def written_tokens(self) -> int:
        """The tokens written to a cache."""
        return self.cache_write_tokens + self.long_cache_write_tokens


class Answer(Frozen):
    """A model's complete answer.

    If there is more than text, `parts` are the whole answer in the model's order, and `text` is
    their text. `logprobs` are OpenAI's, unchanged. `refused` is true if the provider marked the
    text as a refusal.
    """

    text: str
    finish_reason: FinishReason
    refused: bool = False
    parts: tuple[AnswerPart, ...] = ()
    stop_sequence: str | None = None
    logprobs: dict[str, Any] | None = None

    @property
    def all_parts(self) -> tuple[AnswerPart, ...]:
        """The answer as parts."""
        return self.parts or (Text(text=self.text),)

    def written_by(self, model: str) -> "Answer":
        """A copy whose reasoning names the model that wrote it."""
        if not any(isinstance(part, Reasoning) for part in self.parts):
            return self
        parts = (
            part.model_copy(update={"model": model}) if isinstance(part, Reasoning) else part
            for part in self.parts
        )
        return self.model_copy(update={"parts": tuple(parts)})

    @property
    def tool_calls(self) -> tuple[ToolCall, ...]:
        """The tool calls that the model requests."""
        return tuple(part for part in self.parts if isinstance(part, ToolCall))
