"""Models that can take a request, with the cost and the time that a call to each may need."""

import math
from collections.abc import Callable, Collection, Iterable, Sequence

from pydantic import Field

from llm_router.domain.base import Frozen
from llm_router.domain.conversation.answer import Usage
from llm_router.domain.conversation.capabilities import REQUEST_FIELD_OF, Capability
from llm_router.domain.conversation.conversation import Conversation
from llm_router.domain.conversation.tokens import (
    estimated_input_tokens,
    most_input_tokens,
    most_text_tokens,
)
from llm_router.domain.policy.formats import (
    FORMATS,
    dearest_input,
    ignored_parameters,
    refusal,
    takes_marks,
)
from llm_router.domain.policy.models import Model, WireFormat
from llm_router.domain.policy.policy import Policy
from llm_router.domain.policy.prices import (
    Prices,
    affordable_output_tokens,
    cost_nano_usd,
    worst_case_nano_usd,
)

RETURN_MARGIN_MS = 150
"""Time before the deadline that is reserved for returning the answer to the caller."""


class NoCandidateError(ValueError):
    """No enabled model can take the request; the message says why, `param` names the field."""

    def __init__(self, message: str, param: str) -> None:
        super().__init__(message)
        self.param = param


class NoProviderError(NoCandidateError):
    """None of the policy's providers is enabled here, so no request can be answered."""


class Candidate(Frozen):
    """A model that the plan may call, with the cost and the time that the call may need.

    `worst_case_nano_usd` is for `max_output_tokens`. If less money is left, the output limit is
    lowered as far as `min_output_tokens`, which costs `minimum_nano_usd` at most.
    `most_input_tokens` are weighted by price: a token written to a cache counts for more than one.
    With less than `minimum_ms` left the model is not called; `usual_ms` is what an earlier call
    leaves for it. With `mark_prompt` the provider is asked to cache the beginning of the prompt.
    `most_text_tokens` are those of them that are not images', before that weighting.
    """

    id: str
    provider: str
    format: WireFormat
    base_url: str | None = None
    name: str
    rank: int
    context_window: int = Field(gt=0)
    fallback: tuple[str, ...] = ()
    max_output_tokens: int = Field(gt=0)
    min_output_tokens: int = Field(gt=0)
    most_input_tokens: int = Field(ge=0)
    most_text_tokens: int | None = Field(default=None, ge=0)
    sampling: bool
    json_schema: bool
    ask_logprobs: bool = False
    effort: bool = False
    effort_none: bool = False
    effort_minimal: bool = False
    stop: bool = True
    adaptive_thinking: bool = False
    thinking_off: bool = False
    mark_prompt: bool = False
    prices: Prices
    worst_case_nano_usd: int
    minimum_nano_usd: int
    minimum_ms: int
    usual_ms: int = 0

    def conversation_for(self, conversation: Conversation) -> Conversation:
        """The conversation to send to this model, log-probabilities requested if wanted."""
        if not self.ask_logprobs:
            return conversation
        return conversation.model_copy(update={"logprobs": True})

    def ignored_parameters(self, conversation: Conversation) -> tuple[str, ...]:
        """The parameters that the caller set and this model does not accept."""
        return ignored_parameters(self.format, self, conversation)

    def allows(self, text_bytes: int) -> bool:
        """True if a request with this many bytes, images apart, cannot cost more than estimated."""
        most_text = self.most_text_tokens
        weighted = self.most_input_tokens
        return text_bytes <= (weighted if most_text is None else min(most_text, weighted))

    def capped_at(self, budget_nano_usd: int) -> "Candidate":
        """A copy with its output limited so that it cannot cost more than the budget.

        The limit never falls below `min_output_tokens`; the planner checks that these fit.
        """
        if self.worst_case_nano_usd <= budget_nano_usd:
            return self
        fitting = affordable_output_tokens(budget_nano_usd, self.most_input_tokens, self.prices)
        bound = max(self.min_output_tokens, min(self.max_output_tokens, fitting))
        worst = worst_case_nano_usd(self.most_input_tokens, bound, self.prices)
        return self.model_copy(update={"max_output_tokens": bound, "worst_case_nano_usd": worst})

    def cost_nano_usd(self, usage: Usage | None, *, answered: bool) -> int | None:
        """The cost of a call with this usage; None without one, or if it cannot be this call's.

        No prompt has no tokens, no answer either, and neither exceeds its bound. Reasoning counts
        towards the output limit.
        """
        if usage is None:
            return None
        cost = cost_nano_usd(usage, self.prices)
        possible = (
            0 < usage.input_tokens <= self.most_input_tokens
            and answered <= usage.output_tokens <= self.max_output_tokens
            and cost <= self.worst_case_nano_usd
        )
        return cost if possible else None


def cheapest_first(asked: int | None, policy: Policy) -> Callable[[Candidate], tuple[int, int]]:
    """A sorting key: the fewest output tokens short of what is asked first, then the cheapest.

    Costs are compared at one output limit. With its own, a model that can give only short answers
    would look cheap.
    """
    wanted = asked or policy.limits.default_max_output_tokens

    def key(candidate: Candidate) -> tuple[int, int]:
        missing = max(0, (asked or 0) - candidate.max_output_tokens)
        cost = worst_case_nano_usd(candidate.most_input_tokens, wanted, candidate.prices)
        return missing, cost

    return key


def usable_models(
    conversation: Conversation,
    policy: Policy,
    enabled_providers: Collection[str],
    named: str | None = None,
) -> list[Model]:
    """The enabled models that can take the request, with a large enough context window.

    A model needs the capabilities, and its format must be able to express the request. Of those
    that are `only_if_named` it may be the `named` one. Raises `NoCandidateError` if there is none;
    the message names the reason or the size of the prompt.
    """
    enabled = [m for m in policy.models if m.provider in enabled_providers]
    if not enabled:
        raise NoProviderError("none of the policy's providers is enabled here", "model")
    capable = [m for m in enabled if conversation.needs <= m.capabilities]
    able = [m for m in capable if not m.only_if_named or m.id == named]
    if not able:
        raise _unable(conversation, enabled, [repr(m.id) for m in capable])
    formats = {m.id: policy.channel_of(m).format for m in able}
    refused = {wire: refusal(wire, conversation) for wire in set(formats.values())}
    able = [m for m in able if refused[formats[m.id]] is None]
    if not able:
        beyond = min(filter(None, refused.values()))
        raise NoCandidateError(f"no model enabled here can take {beyond.part}", beyond.param)
    size = _window_needed(conversation, policy)
    fitting = [m for m in able if m.context_window >= size]
    if not fitting:
        largest = max(m.context_window for m in able)
        raise NoCandidateError(
            f"the messages hold about {estimated_input_tokens(conversation)} tokens and the answer "
            f"needs {size - estimated_input_tokens(conversation)}; "
            f"the largest context window that could take them is {largest}",
            "messages",
        )
    return fitting


def candidates_for(
    conversation: Conversation,
    policy: Policy,
    enabled_providers: Collection[str],
    named: str | None = None,
) -> dict[str, Candidate]:
    """The candidates for all usable models, by their id; `NoCandidateError` if there is none."""
    usable = usable_models(conversation, policy, enabled_providers, named)
    return {model.id: candidate_for(model, conversation, policy) for model in usable}


def candidate_for(model: Model, conversation: Conversation, policy: Policy) -> Candidate:
    """Build the candidate for a model; its window must hold the conversation and an answer."""
    channel = policy.channel_of(model)
    prices = model.prices.times(channel.price_factor)
    limits = policy.limits
    wanted = conversation.max_output_tokens or limits.default_max_output_tokens
    room = model.context_window - estimated_input_tokens(conversation)
    most = min(wanted, model.max_output_tokens, max(room, _least_output(conversation, policy)))
    vendors_least = FORMATS[channel.format].limits.least_output_tokens
    most = max(most, vendors_least)
    # Truncated text is still useful; half a JSON document is not.
    shortenable = not (conversation.is_structured or conversation.thinking)
    least = min(most, max(limits.min_output_tokens, vendors_least)) if shortenable else most
    read = most_input_tokens(conversation, model.most_tokens_per_image)
    marked = (
        policy.cache.mark_prompts
        and model.cache_write_usd_per_mtok is not None
        and takes_marks(channel.format, conversation)
    )
    dearest = dearest_input(channel.format, conversation, prices.at(read), marked=marked)
    most_input = math.ceil(read * dearest)
    return Candidate(
        id=model.id,
        provider=channel.endpoint.provider,
        format=channel.format,
        base_url=channel.endpoint.base_url,
        name=channel.name,
        rank=model.rank,
        context_window=model.context_window,
        fallback=model.fallback,
        max_output_tokens=most,
        min_output_tokens=least,
        most_input_tokens=most_input,
        most_text_tokens=most_text_tokens(conversation),
        sampling="sampling" in model.capabilities,
        json_schema="json_schema" in model.capabilities,
        ask_logprobs=policy.confidence.token_probability and "logprobs" in model.capabilities,
        effort="effort" in model.capabilities,
        effort_none="effort_none" in model.capabilities,
        effort_minimal="effort_minimal" in model.capabilities,
        stop=model.stop,
        adaptive_thinking="adaptive_thinking" in model.capabilities,
        thinking_off="thinking_off" in model.capabilities,
        mark_prompt=marked,
        prices=prices,
        worst_case_nano_usd=worst_case_nano_usd(most_input, most, prices),
        minimum_nano_usd=worst_case_nano_usd(most_input, least, prices),
        minimum_ms=model.typical_latency_ms // 2 + RETURN_MARGIN_MS,
        usual_ms=model.typical_latency_ms * 3 // 2 + RETURN_MARGIN_MS,
    )


def _least_output(conversation: Conversation, policy: Policy) -> int:
    limits = policy.limits
    least = min(limits.min_output_tokens, limits.default_max_output_tokens)
    return min(conversation.max_output_tokens or least, least)


def _window_needed(conversation: Conversation, policy: Policy) -> int:
    return estimated_input_tokens(conversation) + _least_output(conversation, policy)


def _unable(
    conversation: Conversation, enabled: Iterable[Model], capable: Sequence[str]
) -> NoCandidateError:
    known = [m.capabilities for m in enabled if not m.only_if_named]
    if not known:
        names = ", ".join(capable)
        return NoCandidateError(f"no model is called here unless it is named: {names}", "model")
    missing: list[Capability] = sorted(
        n for n in conversation.needs if not any(n in c for c in known)
    )
    needed = ", ".join(missing or sorted(conversation.needs))
    param = REQUEST_FIELD_OF[missing[0]] if missing else "model"
    hint = f"; only if named: {', '.join(capable)}" if capable else ""
    return NoCandidateError(
        f"no model enabled here can do what the request needs: {needed}{hint}", param
    )
