"""Converts a parsed body of either format to a route request."""

from typing import Protocol

from llm_router.application.errors import InvalidRequestError
from llm_router.application.ports import KeyRecord
from llm_router.application.route.request import RouteRequest
from llm_router.domain.conversation.conversation import Conversation
from llm_router.domain.policy.policy import AUTO
from llm_router.domain.routing.hints import RouterHints


class ParsedBody(Protocol):
    """A parsed body of either format."""

    @property
    def model(self) -> str:
        """The requested model's name."""
        ...

    @property
    def router(self) -> RouterHints:
        """The caller's hints and limits."""
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
        model=None if body.model == AUTO else body.model,
        hints=hints.model_copy(update={"user_tier": user_tier or key.user_tier}),
        received_epoch_ms=received_epoch_ms,
        aliases=key.aliases,
    )
