"""Providers and models as the policy describes them."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated, Generic, Literal, TypedDict, TypeVar, get_args

from pydantic import AfterValidator, Field

from llm_router.domain.base import Frozen
from llm_router.domain.conversation.capabilities import Capability
from llm_router.domain.tiers import Tier

from .model_names import name_fault
from .prices import Prices

WireFormat = Literal["openai", "openai-responses", "anthropic"]
EndpointKind = Literal["openai", "anthropic"]
WIRE_FORMATS: tuple[WireFormat, ...] = get_args(WireFormat)
ENDPOINT_KINDS: tuple[EndpointKind, ...] = get_args(EndpointKind)

Row = TypeVar("Row")


def per_format(*, openai: Row, openai_responses: Row, anthropic: Row) -> Mapping[WireFormat, Row]:
    """A table with one row per wire format; mypy refuses a table that lacks one."""
    return {"openai": openai, "openai-responses": openai_responses, "anthropic": anthropic}


class PerEndpoint(TypedDict, Generic[Row]):
    """A table with one row per kind of endpoint; mypy refuses one that lacks a row.

    A kind is a vendor's API with its URL, signing, transport and failures; it may speak several
    formats.
    """

    openai: Row
    anthropic: Row


def _is_a_name(name: str) -> str:
    if fault := name_fault(name):
        raise ValueError(fault)
    return name


class Provider(Frozen):
    """An endpoint for models: their wire format, and a base URL if it is not the vendor's own.

    A model may name another format of the same endpoint.
    """

    format: WireFormat
    base_url: str | None = Field(default=None, pattern=r"^https?://[^\s]+$")


class Endpoint(Frozen):
    """An API to call: the provider's name in the policy, whose key it takes, its kind and base URL.

    The vendor's own URL if there is no `base_url`.
    """

    provider: str
    kind: EndpointKind
    base_url: str | None = None


class Channel(Frozen):
    """A way to a model: an endpoint, the format spoken there, and the model's name and price there.

    The price is the model's, multiplied by `price_factor`.
    """

    endpoint: Endpoint
    format: WireFormat
    name: str
    price_factor: Decimal = Field(default=Decimal(1), ge=0)


class Model(Prices):
    """One model of one provider; a higher rank is a better model.

    `format` is spoken with it, the provider's if it names none. `stop` is false for a model that
    refuses stop sequences. `fallback` names the models to try
    first when a call to this one fails. Models with the same `weights` are one model under two
    names: neither gives a second opinion on the other. With `only_if_named` it is called if a
    request, an alias or a rule names it, and never otherwise.
    """

    id: Annotated[str, AfterValidator(_is_a_name)]
    provider: str
    name: str | None = None
    format: WireFormat | None = None
    tier: Tier
    rank: int = Field(ge=0)
    context_window: int = Field(gt=0)
    max_output_tokens: int = Field(gt=0)
    capabilities: frozenset[Capability] = frozenset()
    stop: bool = True
    priced_on: date
    typical_latency_ms: int = Field(gt=0)
    most_tokens_per_image: int = Field(default=10_000, gt=0)
    fallback: tuple[str, ...] = ()
    weights: str | None = None
    only_if_named: bool = False

    @property
    def family(self) -> str:
        """The model family: the name of the weights, or `id` if none is stated."""
        return self.weights or self.id

    @property
    def name_at_provider(self) -> str:
        """The provider's name for the model; the id unless the policy states another."""
        return self.name or self.id

    @property
    def prices(self) -> Prices:
        """The prices as one value."""
        return Prices(
            input_usd_per_mtok=self.input_usd_per_mtok,
            cached_input_usd_per_mtok=self.cached_input_usd_per_mtok,
            cache_write_usd_per_mtok=self.cache_write_usd_per_mtok,
            long_cache_write_usd_per_mtok=self.long_cache_write_usd_per_mtok,
            output_usd_per_mtok=self.output_usd_per_mtok,
            long_prompt=self.long_prompt,
        )
