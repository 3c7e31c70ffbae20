"""Wishes for a prompt's cache: Anthropic's `cache_control`, and OpenAI's fields."""

from typing import Any, Literal

from .parsing import OnlyFalse, Strict


class CacheControl(Strict):
    """A request to cache the prompt; other vendors' models cache automatically."""

    type: Literal["ephemeral"]
    ttl: Literal["5m", "1h"] | None = None

    def to_json(self) -> dict[str, Any]:
        """The object as the caller sent it."""
        return self.model_dump(exclude_none=True)


class Cacheable(Strict):
    """A part of a prompt; the prompt may be cached up to its end."""

    cache_control: CacheControl | None = None

    @property
    def cache_json(self) -> dict[str, Any] | None:
        """Its `cache_control` as the caller sent it."""
        return self.cache_control.to_json() if self.cache_control else None


class _Breakpoint(Strict):
    mode: Literal["explicit"]
    ttl: Literal["30m", "12h"] | None = None


class Breakable(Strict):
    """A part of a prompt that OpenAI may be asked to cache up to its end."""

    prompt_cache_breakpoint: _Breakpoint | None = None

    @property
    def breakpoint_json(self) -> dict[str, Any] | None:
        """The same request to Anthropic, which caches for minutes."""
        return {"type": "ephemeral"} if self.prompt_cache_breakpoint else None


class CacheOptions(Strict, extra="ignore"):
    """Options of OpenAI's cache, which no model is given; `prewarm` asks for no answer."""

    mode: str | None = None
    ttl: str | None = None
    comparison_response_id: str | None = None
    prewarm: OnlyFalse | None = None

    @property
    def asks(self) -> bool:
        """True if they ask for more than OpenAI does by itself."""
        usual = self.mode in (None, "implicit") and self.ttl in (None, "30m")
        return not usual or self.comparison_response_id is not None
