"""The wire formats: the rules of each that planning and the policy need, one row per format."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from llm_router.domain.conversation.capabilities import Capability
from llm_router.domain.conversation.conversation import Conversation

from .models import EndpointKind, PerFormat, WireFormat
from .prices import Rates

LEAST_THINKING_TOKENS = 1_024
"""Anthropic's smallest thinking budget; the answer needs tokens beyond it."""


class Abilities(Protocol):
    """The abilities of a candidate that decide which parameters it accepts."""

    @property
    def sampling(self) -> bool:
        """True if it accepts sampling parameters."""
        ...

    @property
    def effort(self) -> bool:
        """True if it accepts a reasoning effort."""
        ...

    @property
    def adaptive_thinking(self) -> bool:
        """True if it chooses its own thinking budget."""
        ...

    @property
    def thinking_off(self) -> bool:
        """True if its thinking can be turned off."""
        ...

    @property
    def max_output_tokens(self) -> int:
        """Its output limit in this request."""
        ...


@dataclass(frozen=True)
class Format:
    """A wire dialect.

    `ignored` parameters do not exist in it; `ignored_here` names those that it refuses from this
    model with this conversation. A cache write is priced where the caller asks for one, or, with
    `caches_unasked`, for any input token.
    """

    endpoint: EndpointKind
    capabilities: frozenset[Capability]
    ignored: tuple[str, ...]
    ignored_here: Callable[[Abilities, Conversation], Iterable[str]]
    caches_unasked: bool
    caches_for_an_hour: bool


def _refused_by_openai(model: Abilities, _conversation: Conversation) -> Iterator[str]:
    if not model.effort:
        yield "verbosity"


def _refused_by_anthropic(model: Abilities, conversation: Conversation) -> Iterator[str]:
    if _no_room_to_think(model, conversation):
        yield "thinking"
    if model.sampling and conversation.temperature is not None:
        yield "top_p"
    if any(not stop.strip() for stop in conversation.stop):
        yield "stop"


def _no_room_to_think(model: Abilities, conversation: Conversation) -> bool:
    """True if the output limit leaves no room for the caller's thinking budget."""
    has_budget = (conversation.thinking or {}).get("type") == "enabled"
    too_few = model.max_output_tokens <= LEAST_THINKING_TOKENS
    return has_budget and too_few and not model.adaptive_thinking


_IN_ALL: frozenset[Capability] = frozenset(
    {"sampling", "json_schema", "tools", "forced_tools", "vision", "effort"}
)

FORMATS: PerFormat[Format] = {
    "openai": Format(
        endpoint="openai",
        capabilities=_IN_ALL | {"json_object", "logprobs"},
        ignored=("top_k",),
        ignored_here=_refused_by_openai,
        caches_unasked=True,
        caches_for_an_hour=False,
    ),
    "anthropic": Format(
        endpoint="anthropic",
        capabilities=_IN_ALL | {"thinking", "adaptive_thinking", "thinking_off"},
        ignored=("frequency_penalty", "presence_penalty", "seed", "name", "verbosity"),
        ignored_here=_refused_by_anthropic,
        caches_unasked=False,
        caches_for_an_hour=True,
    ),
}

_SAMPLING = ("temperature", "top_p", "top_k", "frequency_penalty", "presence_penalty")


def ignored_parameters(
    wire: WireFormat, model: Abilities, conversation: Conversation
) -> tuple[str, ...]:
    """The parameters that the caller set and this model does not accept in this format."""
    form = FORMATS[wire]
    refused: tuple[str, ...] = () if model.sampling else _SAMPLING
    if not model.effort or conversation.effort in ("none", "minimal"):
        refused += ("effort",)
    if conversation.refuses_thinking and not model.thinking_off:
        refused += ("thinking",)
    refused += (*form.ignored, *form.ignored_here(model, conversation))
    left_out = [name for name in refused if getattr(conversation, name) not in (None, ())]
    return tuple(dict.fromkeys([*left_out, *conversation.left_out]))


def dearest_input(wire: WireFormat, conversation: Conversation, rates: Rates) -> Decimal:
    """The highest price of an input token, as a multiple of its plain price."""
    form = FORMATS[wire]
    dearest = rates.input_usd_per_mtok
    lifetimes = [control.get("ttl") for control in conversation.cache_controls]
    if lifetimes or form.caches_unasked:
        dearest = max(dearest, rates.cache_write)
    if "1h" in lifetimes and form.caches_for_an_hour:
        dearest = max(dearest, rates.long_cache_write)
    return dearest / rates.input_usd_per_mtok if rates.input_usd_per_mtok else Decimal(1)
