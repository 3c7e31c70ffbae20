"""The wire formats: the rules of each that planning and the policy need, one row per format."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import NamedTuple, Protocol

from llm_router.domain.conversation.capabilities import Capability
from llm_router.domain.conversation.content import ToolCall
from llm_router.domain.conversation.conversation import Conversation

from .models import EndpointKind, WireFormat, per_format
from .prices import Rates
from .vendor_schemas import InexpressibleError, to_anthropic_schema

LEAST_THINKING_TOKENS = 1_024
"""Anthropic's smallest thinking budget; the answer needs tokens beyond it."""
LEAST_CACHED_TOKENS = 1_024
"""The shortest beginning of a prompt that is marked for Anthropic's cache."""


class Abilities(Protocol):
    """The abilities of a candidate that decide which parameters it accepts."""

    @property
    def id(self) -> str:
        """The model's id."""
        ...

    @property
    def sampling(self) -> bool:
        """True if it accepts sampling parameters."""
        ...

    @property
    def effort(self) -> bool:
        """True if it accepts a reasoning effort."""
        ...

    @property
    def effort_none(self) -> bool:
        """True if it accepts the effort `none`."""
        ...

    @property
    def effort_minimal(self) -> bool:
        """True if it accepts the effort `minimal`."""
        ...

    @property
    def stop(self) -> bool:
        """True if it accepts stop sequences."""
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
class VendorLimits:
    """The vendor's limits on a request; it answers a request over one with a 400.

    Ids of tool calls and of the user are made to fit, and a smaller output limit than the least is
    raised to it. For tools over the limits, models of another format are asked.
    """

    call_id: re.Pattern[str]
    longest_call_id: int
    longest_user: int
    longest_tool_name: int
    most_tools: int | None
    least_output_tokens: int = 1


class Refusal(NamedTuple):
    """The part of a request that a format cannot express, and the field that holds it."""

    part: str
    param: str


@dataclass(frozen=True)
class Format:
    """A wire dialect.

    `ignored` parameters do not exist in it; `ignored_here` names those that it refuses from this
    model with this conversation. With `caches_unasked` any input token may be priced as a cache
    write; without, those that a mark asks to cache, for minutes or for an hour.
    """

    endpoint: EndpointKind
    limits: VendorLimits
    capabilities: frozenset[Capability]
    ignored: tuple[str, ...]
    ignored_here: Callable[[Abilities, Conversation], Iterable[str]]
    schema_refusal: Callable[[Conversation], Refusal | None]
    caches_unasked: bool


def _refused_by_openai(model: Abilities, _conversation: Conversation) -> Iterator[str]:
    if not model.effort:
        yield "verbosity"
    yield "reasoning"


def _refused_by_responses(model: Abilities, conversation: Conversation) -> Iterator[str]:
    if not model.effort:
        yield from ("verbosity", "reasoning_summary")
    if any(part.model not in (None, model.id) for part in conversation.reasoning):
        yield "reasoning"


def _refused_by_anthropic(model: Abilities, conversation: Conversation) -> Iterator[str]:
    if _no_room_to_think(model, conversation):
        yield "thinking"
    if model.sampling and conversation.temperature is not None:
        yield "top_p"
    if any(not stop.strip() for stop in conversation.stop):
        yield "stop"
    yield "reasoning"


def _any_schema(_conversation: Conversation) -> None:
    return None


def _anthropic_schema(conversation: Conversation) -> Refusal | None:
    if conversation.response_schema is None:
        return None
    try:
        to_anthropic_schema(conversation.response_schema)
    except InexpressibleError as error:
        return Refusal(f"a schema with {error}", "response_format")
    return None


def _no_room_to_think(model: Abilities, conversation: Conversation) -> bool:
    """True if the output limit leaves no room for the caller's thinking budget."""
    has_budget = (conversation.thinking or {}).get("type") == "enabled"
    too_few = model.max_output_tokens <= LEAST_THINKING_TOKENS
    return has_budget and too_few and not model.adaptive_thinking


_IN_ALL: frozenset[Capability] = frozenset(
    {"sampling", "json_schema", "tools", "forced_tools", "vision", "effort"}
)

_OF_OPENAI: frozenset[Capability] = _IN_ALL | {
    "json_object",
    "logprobs",
    "effort_none",
    "effort_minimal",
}
_OPENAIS_LIMITS = VendorLimits(
    call_id=re.compile(r".{1,40}", re.DOTALL),
    longest_call_id=40,
    longest_user=64,
    longest_tool_name=64,
    most_tools=128,
)

FORMATS: Mapping[WireFormat, Format] = per_format(
    openai=Format(
        endpoint="openai",
        limits=_OPENAIS_LIMITS,
        capabilities=_OF_OPENAI,
        ignored=("top_k", "reasoning_summary"),
        ignored_here=_refused_by_openai,
        schema_refusal=_any_schema,
        caches_unasked=True,
    ),
    openai_responses=Format(
        endpoint="openai",
        limits=replace(
            _OPENAIS_LIMITS,
            call_id=re.compile(r".{1,64}", re.DOTALL),
            longest_call_id=64,
            least_output_tokens=16,
        ),
        capabilities=_OF_OPENAI,
        ignored=("top_k", "frequency_penalty", "presence_penalty", "stop", "seed", "name"),
        ignored_here=_refused_by_responses,
        schema_refusal=_any_schema,
        caches_unasked=True,
    ),
    anthropic=Format(
        endpoint="anthropic",
        limits=VendorLimits(
            call_id=re.compile(r"[a-zA-Z0-9_-]{1,64}"),
            longest_call_id=64,
            longest_user=256,
            longest_tool_name=128,
            most_tools=None,
        ),
        capabilities=_IN_ALL | {"thinking", "adaptive_thinking", "thinking_off"},
        ignored=(
            "frequency_penalty",
            "presence_penalty",
            "seed",
            "name",
            "verbosity",
            "reasoning_summary",
        ),
        ignored_here=_refused_by_anthropic,
        schema_refusal=_anthropic_schema,
        caches_unasked=False,
    ),
)

_SAMPLING = ("temperature", "top_p", "top_k", "frequency_penalty", "presence_penalty")


def ignored_parameters(
    wire: WireFormat, model: Abilities, conversation: Conversation
) -> tuple[str, ...]:
    """The parameters that the caller set and this model does not accept in this format."""
    form = FORMATS[wire]
    refused: tuple[str, ...] = () if model.sampling else _SAMPLING
    special_efforts = {"none": model.effort_none, "minimal": model.effort_minimal}
    if not special_efforts.get(conversation.effort or "", model.effort):
        refused += ("effort",)
    if not model.stop:
        refused += ("stop",)
    if conversation.refuses_thinking and not model.thinking_off:
        refused += ("thinking",)
    least = form.limits.least_output_tokens
    if conversation.max_output_tokens is not None and conversation.max_output_tokens < least:
        refused += ("max_output_tokens",)
    refused += (*form.ignored, *form.ignored_here(model, conversation))
    left_out = [name for name in refused if getattr(conversation, name) not in (None, ())]
    return tuple(dict.fromkeys([*left_out, *conversation.left_out]))


def refusal(wire: WireFormat, conversation: Conversation) -> Refusal | None:
    """The first part of the request that the format cannot express; None if it can express all."""
    form, tools = FORMATS[wire], conversation.tools
    most, longest = form.limits.most_tools, form.limits.longest_tool_name
    if most is not None and len(tools) > most:
        return Refusal(f"more than {most} tools", "tools")
    called = (part.name for part in conversation.parts if isinstance(part, ToolCall))
    for param, names in (("tools", (tool.name for tool in tools)), ("messages", called)):
        if any(len(name) > longest for name in names):
            return Refusal(f"a tool whose name has more than {longest} characters", param)
    return form.schema_refusal(conversation)


def takes_marks(wire: WireFormat, conversation: Conversation) -> bool:
    """True if the router should mark what is to be cached: something long that will come again.

    Tools and instructions do, and a conversation that goes on. The caller's own marks are enough.
    """
    if FORMATS[wire].caches_unasked or conversation.cache_controls:
        return False
    summary, goes_on = (
        conversation.summary,
        any(m.role == "assistant" for m in conversation.messages),
    )
    coming_again = summary.estimated_tokens if goes_on else summary.beginning_tokens
    return coming_again >= LEAST_CACHED_TOKENS


def dearest_input(
    wire: WireFormat, conversation: Conversation, rates: Rates, *, marked: bool = False
) -> Decimal:
    """The highest price of an input token, as a multiple of its plain price.

    `marked` prompts are written to a cache, as are those with the caller's own wish for it.
    """
    form = FORMATS[wire]
    dearest = rates.input_usd_per_mtok
    lifetimes = [control.get("ttl") for control in conversation.cache_controls]
    if lifetimes or marked or form.caches_unasked:
        dearest = max(dearest, rates.cache_write)
    if "1h" in lifetimes and not form.caches_unasked:
        dearest = max(dearest, rates.long_cache_write)
    return dearest / rates.input_usd_per_mtok if rates.input_usd_per_mtok else Decimal(1)
