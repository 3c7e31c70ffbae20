"""The `router` object of a body in either format, and its conversion to a route request."""

from decimal import Decimal
from typing import Annotated, Any, Protocol

from pydantic import BeforeValidator, Field

from llm_router.application.errors import InvalidRequestError
from llm_router.application.ports import KeyRecord
from llm_router.application.route.request import RouteRequest
from llm_router.domain.conversation.conversation import Conversation
from llm_router.domain.policy.policy import AUTO
from llm_router.domain.routing.decision import Hints
from llm_router.domain.tiers import Tier

from .parsing import ShortText, Strict


def _not_its_digits(value: Any) -> Any:
    # A list would be taken for a decimal's sign and digits.
    if isinstance(value, list):
        raise ValueError("not a number")  # noqa: TRY004
    return value


_Usd = Annotated[Decimal, Field(strict=False, gt=0), BeforeValidator(_not_its_digits)]


class RouterHints(Strict):
    """The caller's limits and hints for a request."""

    request_type: ShortText | None = None
    user_tier: ShortText | None = None
    feature: ShortText | None = None
    model_tier: Annotated[Tier, Field(strict=False)] | None = None
    max_latency_ms: int | None = Field(default=None, gt=0)
    max_cost_usd: _Usd | None = None
    classify: bool | None = None


class ParsedBody(Protocol):
    """A parsed body of either format."""

    @property
    def model(self) -> str:
        """The requested model's name."""
        ...

    @property
    def router(self) -> RouterHints:
        """The caller's router options."""
        ...

    @property
    def conversation(self) -> Conversation:
        """The conversation to answer."""
        ...


def to_route_request(
    body: ParsedBody, key: KeyRecord, request_id: str, received_epoch_ms: int
) -> RouteRequest:
    """Build the route request from body and key; rejects a user tier that the key may not set."""
    hints = body.router
    user_tier = hints.user_tier
    if user_tier is not None and user_tier != key.user_tier and not key.may_set_user_tier:
        raise InvalidRequestError(
            "router.user_tier: this key may not set the user tier",
            param="router.user_tier",
            code="not_allowed",
        )
    return RouteRequest(
        request_id=request_id,
        tenant=key.tenant,
        conversation=body.conversation,
        hints=Hints(
            request_type=hints.request_type,
            user_tier=user_tier or key.user_tier,
            feature=hints.feature,
            model_tier=hints.model_tier,
            model=None if body.model == AUTO else body.model,
        ),
        received_epoch_ms=received_epoch_ms,
        max_latency_ms=hints.max_latency_ms,
        max_cost_usd=hints.max_cost_usd,
        aliases=key.aliases,
    )
