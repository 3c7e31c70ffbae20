"""`GET /v1/models` and `/v1/models/{id}`: the model names that a request may use."""

from collections.abc import Collection, Mapping

from llm_router.application.errors import UnknownModelError
from llm_router.domain.policy.policy import AUTO, Policy
from llm_router.wire.shared.router_object import Json

_SHOWN_OF_A_MODEL = {
    "tier",
    "rank",
    "context_window",
    "max_output_tokens",
    "capabilities",
    "input_usd_per_mtok",
    "cached_input_usd_per_mtok",
    "cache_write_usd_per_mtok",
    "long_cache_write_usd_per_mtok",
    "output_usd_per_mtok",
    "long_prompt",
}


def models_reply(
    policy: Policy,
    enabled_providers: Collection[str],
    own_aliases: Mapping[str, str] | None = None,
) -> Json:
    """The model names that a request may use, in OpenAI's list format; aliases with their targets.

    An alias hides a model of the same name.
    """
    shown = {AUTO: _named(AUTO, "llm-router", {})}
    for model in policy.models:
        if model.provider in enabled_providers:
            described = model.model_dump(mode="json", include=_SHOWN_OF_A_MODEL)
            described["priced_on"] = model.priced_on.isoformat()
            shown[model.id] = _named(model.id, model.provider, {"router": described})
    for name, target in {**policy.aliases, **(own_aliases or {})}.items():
        shown[name] = _named(name, "llm-router", {"router": {"alias_of": target}})
    return {"object": "list", "data": list(shown.values())}


def model_reply(
    policy: Policy,
    enabled_providers: tuple[str, ...],
    model_id: str,
    own_aliases: Mapping[str, str] | None = None,
) -> Json:
    """The model of that list that a request with this name means, else `UnknownModelError`."""
    listed: list[Json] = models_reply(policy, enabled_providers, own_aliases)["data"]
    name = policy.name_meant_by(model_id, own_aliases or ()) or model_id
    for model in listed:
        if model["id"] == name:
            return model
    raise UnknownModelError(f"model: no model {model_id!r}", param="model")


def _named(name: str, owner: str, more: Json) -> Json:
    return {"id": name, "object": "model", "created": 0, "owned_by": owner, **more}
