"""The policy: models, tiers, rules, thresholds and limits, as one strict TOML file."""

import hashlib
import tomllib
from collections.abc import Iterable
from decimal import Decimal
from functools import cached_property
from itertools import pairwise
from typing import Any, Literal

from pydantic import Field, StrictBool, ValidationError, model_validator

from llm_router.domain.base import Frozen
from llm_router.domain.tiers import TIERS, Tier
from llm_router.domain.trust.confidence import ConfidenceWeights

from .calibration_record import CalibrationRecord
from .formats import FORMATS
from .model_names import meant_name, name_fault
from .models import WIRE_FORMATS, Channel, Endpoint, Model, Provider
from .retired_keys import without_retired_keys
from .rules import Rule
from .steering import SteeringSettings


class LearningSettings(Frozen):
    """Settings of learned starts: above a tier where cheap first attempts almost never pass.

    `explore` is the share of such requests that starts below all the same. `margin` is the share of
    the dearer call's cost that trying the cheaper model must save. Both need `min_requests` first
    attempts.
    """

    enabled: StrictBool
    explore: float = Field(ge=0, le=1)
    margin: float = Field(ge=0, le=1)
    min_requests: int = Field(gt=0)


class ShadowSettings(Frozen):
    """The share of accepted first answers to check, from 0 to 1, and the daily cap in USD.

    A check costs about as much as the strong model's answer. Its texts stay in the ledgers' bucket
    until it runs: usually some minutes, two days at most.
    """

    share: float = Field(ge=0, le=1)
    max_usd_per_day: Decimal = Field(ge=0)


AUTO = "auto"
"""The model name that lets the router choose."""
SecondOpinion = Literal["off", "when_unsure", "always"]


class PolicyError(ValueError):
    """The policy cannot be used; the message names the file, the key and the reason."""


class TierSettings(Frozen):
    """Requirements that an answer in one tier must meet before it is returned.

    `second_opinion` says when another provider's model is called too: never, if the first answer's
    confidence lies from `unsure_from` to `unsure_to`, or always and in parallel.
    """

    threshold: float = Field(ge=0, le=1)
    second_opinion: SecondOpinion
    unsure_from: float = Field(default=0, ge=0, le=1)
    unsure_to: float = Field(default=1, ge=0, le=1)

    @model_validator(mode="after")
    def _a_zone(self) -> "TierSettings":
        if self.unsure_from > self.unsure_to:
            raise ValueError("unsure_from is above unsure_to")
        return self


class ClassifierSettings(Frozen):
    """Settings for estimating the complexity of a request.

    `weights` names the local classifier's file. `max_cost_usd` caps the expected cost of an LLM
    classification.
    """

    weights: str = Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")
    llm: StrictBool
    max_cost_usd: Decimal = Field(ge=0)
    decide_above: float = Field(ge=0, le=1)
    max_prompt_characters: int = Field(gt=0)
    max_output_tokens: int = Field(gt=0)


class ConfidenceSettings(Frozen):
    """The sources of an answer's confidence, and the weight of each signal.

    With `token_probability`, models that can report log-probabilities of their tokens are asked to.
    """

    self_rating: StrictBool
    token_probability: StrictBool = False
    weights: ConfidenceWeights


class FallbackSettings(Frozen):
    """Reactions to a failed call that are the operator's choice."""

    on_content_policy: Literal["stop", "fall_back"]
    retry_within_ms: int = Field(ge=0, le=10_000)


class Limits(Frozen):
    """Bounds for one request: for all its calls together, and for its messages, parts and tools.

    Parts are counted over all messages, those in tool results included; plain text is one part.
    """

    max_cost_usd: Decimal = Field(gt=0)
    default_max_output_tokens: int = Field(gt=0)
    min_output_tokens: int = Field(gt=0)
    attempt_share: float = Field(gt=0, le=1)
    max_messages: int = Field(default=10_000, gt=0)
    max_parts: int = Field(default=20_000, gt=0)
    max_tools: int = Field(default=1_000, gt=0)


class CacheSettings(Frozen):
    """The lifetime of a cached decision, and whether prompts are marked for a provider's cache."""

    ttl_seconds: int = Field(gt=0)
    mark_prompts: bool = True


class Policy(Frozen):
    """A consistent set of models, tiers and rules; `version` is the hash of its text."""

    version: str
    schema_version: Literal[1]
    default_tier: Tier
    baseline_model: str
    providers: dict[str, Provider] = Field(min_length=1)
    models: tuple[Model, ...] = Field(min_length=1)
    tiers: dict[Tier, TierSettings]
    classifier: ClassifierSettings
    confidence: ConfidenceSettings
    fallback: FallbackSettings
    limits: Limits
    cache: CacheSettings
    steering: SteeringSettings
    shadow: ShadowSettings | None = None
    aliases: dict[str, str] = Field(default_factory=dict)
    learning: LearningSettings | None = None
    rules: tuple[Rule, ...] = ()
    calibration: CalibrationRecord | None = None

    @cached_property
    def models_by_id(self) -> dict[str, Model]:
        """The models by their id."""
        return {model.id: model for model in self.models}

    def is_target(self, name: str) -> bool:
        """True if an alias may stand for this name."""
        return name == AUTO or name in set(TIERS) or name in self.models_by_id

    def name_meant_by(self, asked: str, own_aliases: Iterable[str] = ()) -> str | None:
        """The alias, model, tier or `auto` that a request means; None if none or more than one."""
        providers = {model.id: model.provider for model in self.models}
        known = [*own_aliases, *self.aliases, *providers, AUTO, *map(str, TIERS)]
        return meant_name(asked, known, providers)

    def channels_of(self, model: Model) -> tuple[Channel, ...]:
        """The channels to a model, the preferred one first; there is one, by its provider."""
        provider = self.providers[model.provider]
        endpoint = Endpoint(
            provider=model.provider,
            kind=FORMATS[provider.format].endpoint,
            base_url=provider.base_url,
        )
        spoken = model.format or provider.format
        return (Channel(endpoint=endpoint, format=spoken, name=model.name_at_provider),)

    def channel_of(self, model: Model) -> Channel:
        """The preferred channel to a model."""
        return self.channels_of(model)[0]

    def can_escalate(self, tier: Tier) -> bool:
        """True if some model is stronger than the tier's weakest."""
        choosable = [model for model in self.models if not model.only_if_named]
        weakest = min(model.rank for model in choosable if model.tier == tier)
        return any(model.rank > weakest for model in choosable)

    @model_validator(mode="after")
    def _names_are_known(self) -> "Policy":
        if len(self.models_by_id) < len(self.models):
            raise ValueError("models: two models have the same id")
        for model in self.models:
            if model.id in (AUTO, *TIERS):
                raise ValueError(f"models.{model.id}.id: requests mean something else by this name")
            if model.provider not in self.providers:
                raise ValueError(f"models.{model.id}.provider: no provider {model.provider!r}")
        if self.baseline_model not in self.models_by_id:
            raise ValueError(f"baseline_model: no model {self.baseline_model!r}")
        return self

    @model_validator(mode="after")
    def _formats_can_do_what_models_can(self) -> "Policy":
        for model in self.models:
            wire, kind = self.channel_of(model).format, self.channel_of(model).endpoint.kind
            if FORMATS[wire].endpoint != kind:
                spoken = [repr(f) for f in WIRE_FORMATS if FORMATS[f].endpoint == kind]
                raise ValueError(
                    f"models.{model.id}.format: the provider {model.provider!r} speaks "
                    f"{' or '.join(spoken)}"
                )
            for capability in sorted(model.capabilities - FORMATS[wire].capabilities):
                able = [repr(f) for f in WIRE_FORMATS if capability in FORMATS[f].capabilities]
                raise ValueError(
                    f"models.{model.id}.capabilities: {capability!r} is only in the format "
                    f"{' or '.join(able)}"
                )
        return self

    @model_validator(mode="after")
    def _tiers_lead_up(self) -> "Policy":
        for tier in TIERS:
            if tier not in self.tiers:
                raise ValueError(f"tiers.{tier}: missing")
            members = [model for model in self.models if model.tier == tier]
            if not members:
                raise ValueError(f"tiers.{tier}: no model belongs to it")
            if all(model.only_if_named for model in members):
                raise ValueError(f"tiers.{tier}: all its models are only_if_named")
        for lower, higher in pairwise(TIERS):
            strongest = max(m.rank for m in self.models if m.tier == lower)
            weakest = min(m.rank for m in self.models if m.tier == higher)
            if strongest >= weakest:
                raise ValueError(
                    f"tiers.{higher}: its weakest model has rank {weakest}, not above "
                    f"the strongest of {lower} ({strongest}); an escalation would lead down"
                )
        return self

    @model_validator(mode="after")
    def _fallbacks_never_lead_down(self) -> "Policy":
        for model in self.models:
            for name in model.fallback:
                target = self.models_by_id.get(name)
                key = f"models.{model.id}.fallback"
                if target is None or name == model.id:
                    raise ValueError(f"{key}: no other model {name!r}")
                if target.rank < model.rank:
                    raise ValueError(
                        f"{key}: {name!r} has rank {target.rank}, below this model's {model.rank}; "
                        "a fallback never leads to a weaker model"
                    )
                if target.only_if_named:
                    raise ValueError(
                        f"{key}: {name!r} is only_if_named, so a failed call never leads to it"
                    )
        return self

    @model_validator(mode="after")
    def _aliases_lead_somewhere(self) -> "Policy":
        for name, target in self.aliases.items():
            if fault := name_fault(name):
                raise ValueError(f"aliases.{name!r}: {fault}")
            if name == AUTO:
                raise ValueError(f"aliases.{name}: {AUTO!r} cannot stand for anything else")
            if not self.is_target(target):
                raise ValueError(
                    f"aliases.{name}: {target!r} is neither {AUTO!r} nor a tier nor a model"
                )
        return self

    @model_validator(mode="after")
    def _rules_are_named_and_lead_somewhere(self) -> "Policy":
        names = [rule.name for rule in self.rules]
        for rule in self.rules:
            if names.count(rule.name) > 1:
                raise ValueError(f"rules.{rule.name}: two rules have this name")
            if rule.then.model is not None and rule.then.model not in self.models_by_id:
                raise ValueError(f"rules.{rule.name}.then.model: no model {rule.then.model!r}")
        return self


def parse_policy(text: str, source: str) -> Policy:
    """Read a policy from TOML; `PolicyError` names the source, the key and the reason."""
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise PolicyError(f"{source}: not TOML: {error}") from error
    if "version" in content:
        raise PolicyError(f"{source}: version: is computed from the file, leave it out")
    version = hashlib.sha256(text.encode()).hexdigest()[:12]
    try:
        return Policy.model_validate({**without_retired_keys(content), "version": version})
    except ValidationError as error:
        reasons = (_reason(item["loc"], item["msg"], content) for item in error.errors())
        raise PolicyError(f"{source}: {'; '.join(reasons)}") from error


def _reason(location: tuple[int | str, ...], message: str, content: Any) -> str:
    """Format an error: the key as in the file, list entries by their own names, and the message."""
    words = []
    for part in location:
        content = _inside(content, part)
        named = content.get("id") or content.get("name") if isinstance(content, dict) else None
        words.append(str(named if _is_shown(named) and isinstance(part, int) else part))
    key, reason = ".".join(words), message.removeprefix("Value error, ")
    return f"{key}: {reason}" if key else reason


def _is_shown(name: Any) -> bool:
    return isinstance(name, str) and name_fault(name) is None


def _inside(content: Any, part: int | str) -> Any:
    try:
        return content[part]
    except (LookupError, TypeError):
        return None
