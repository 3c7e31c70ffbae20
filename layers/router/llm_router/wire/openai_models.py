"""`GET /v1/models/{id}`: one of the listed models."""

from collections.abc import Mapping

from ..application.errors import UnknownModelError
from ..domain.policy import Policy
from .explanation import Json
from .openai_chat import models_reply


def model_reply(
    policy: Policy,
    enabled_providers: tuple[str, ...],
    model_id: str,
    own_aliases: Mapping[str, str] | None = None,
) -> Json:
    """The model as the list shows it; `UnknownModelError` for one that it does not show."""
    listed: list[Json] = models_reply(policy, enabled_providers, own_aliases)["data"]
    for model in listed:
        if model["id"] == model_id:
            return model
    raise UnknownModelError(f"model: no model {model_id!r}", param="model")
