"""`cache_control`, Anthropic's request to cache a prompt, which both formats may hold."""

from typing import Any, Literal

from .parsing import Strict


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
