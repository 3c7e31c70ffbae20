"""Turns recorded rows into observations: the quality, cost and signals of each role's answer."""

from collections.abc import Iterable, Mapping, Sequence

from evaluation.asl_interpreter import NOW_MS
from evaluation.errors import UnusableRowsError
from llm_router.adapters.policy_files import packaged_classifier
from llm_router.domain.conversation.answer import Answer
from llm_router.domain.conversation.conversation import Conversation
from llm_router.domain.policy.policy import Policy
from llm_router.domain.routing.decision import (
    Decision,
    decide_by_estimate,
    decide_by_rule,
    facts_of,
)
from llm_router.domain.routing.hints import RouterHints
from llm_router.domain.tiers import Tier
from llm_router.domain.trust.agreement import comparable
from llm_router.domain.trust.signals import signals

from .cascade_model import (
    EXPECTED_TOKENS,
    EXPECTED_TOKENS_ABOVE,
    ModelResult,
    ModelRoles,
    Observation,
    agreement_of,
    returns_logprobs,
    tier_of,
)
from .prices import cost_usd, estimated_usage, prices_of
from .recordings import RecordedAnswer, Row

NO_HINTS = RouterHints()


def starts_above(conversation: Conversation, policy: Policy, tier: Tier) -> bool:
    """True if a rule or the local classifier sends it to a stronger model than this tier's.

    A question of which the classifier is not sure starts in the tier: the LLM classifier's decision
    is not recorded.
    """
    return is_above(start_decision(conversation, policy), tier)


def start_decision(conversation: Conversation, policy: Policy) -> Decision:
    """The router's decision for a recorded question: by rule, else by the local classifier."""
    facts = facts_of(conversation, NO_HINTS, NOW_MS)
    decision, _ = decide_by_rule(facts, policy)
    if decision is not None:
        return decision
    return decide_by_estimate(conversation, policy, packaged_classifier(policy.classifier.weights))


def is_above(decision: Decision, tier: Tier) -> bool:
    """True if a rule or a clear estimate chose a stronger tier than this one."""
    clear = decision.strategy in ("rule", "local_classifier")
    return clear and decision.tier is not None and decision.tier.level > tier.level


def models_in(roles: ModelRoles) -> tuple[str, ...]:
    """The recorded models in the order of their roles: cheap, peer if there is one, strong."""
    return tuple(m for m in (roles.cheap, roles.peer, roles.strong) if m is not None)


def usable_rows(rows: Iterable[Row], roles: ModelRoles) -> tuple[list[Row], dict[str, int]]:
    """The rows with a graded text of every role, and by model the number of rows without one.

    A row that lacks several texts counts for each. Raises `UnusableRowsError` if no row is left, a
    model is in no row or a model has two roles.
    """
    rows, models = list(rows), models_in(roles)
    if len(set(models)) < len(models):
        raise UnusableRowsError(
            "one model plays two parts; --cheap, --peer and --strong must differ"
        )
    recorded = sorted({model for row in rows for model in row.answers})
    for model in models:
        if model not in recorded:
            there_are = ", ".join(recorded) or "none"
            raise UnusableRowsError(f"no row has an answer of {model!r}; recorded are: {there_are}")
    usable = [row for row in rows if all(_usable(row, model) for model in models)]
    missing = {model: sum(not _usable(row, model) for row in rows) for model in models}
    lacking = {model: count for model, count in missing.items() if count}
    if not usable:
        raise UnusableRowsError(
            f"none of {len(rows)} rows has a graded text of every model: {_counts(lacking)}"
        )
    return usable, lacking


def observe(rows: Sequence[Row], roles: ModelRoles, policy: Policy) -> list[Observation]:
    """The observation of each row, in their order.

    Raises `UnusableRowsError` if a row lacks a graded text of a role. The caller selects the rows
    with `usable_rows` and reports those left out.
    """
    usable, lacking = usable_rows(rows, roles)
    if lacking:
        raise UnusableRowsError(
            f"{len(rows) - len(usable)} rows lack a graded text of a model: {_counts(lacking)}"
        )
    return [_observation(row, roles, policy) for row in usable]


def text_of(answer: RecordedAnswer) -> str:
    """The text of a recorded answer; `UnusableRowsError` if it has none."""
    if answer.text is None:
        raise UnusableRowsError("a recorded answer has no text")
    return answer.text


def as_answered(recorded: RecordedAnswer) -> Answer:
    """The answer as the provider gave it; without a finish reason it counts as complete."""
    mean = recorded.logprob
    return Answer(
        text=text_of(recorded),
        finish_reason=recorded.finish_reason or "stop",
        logprobs=None if mean is None else {"content": [{"logprob": mean}]},
    )


def _counts(lacking: Mapping[str, int]) -> str:
    return ", ".join(f"{count} lack that of {model}" for model, count in lacking.items())


def _usable(row: Row, model: str) -> bool:
    return row.graded_by(model) and row.answers[model].text is not None


def _observation(row: Row, roles: ModelRoles, policy: Policy) -> Observation:
    peer = None if roles.peer is None else _answer(row, roles.peer, policy)
    question, agreed = row.conversation.question, None
    # The router asks for no second opinion if answers cannot be compared.
    if roles.peer is not None and comparable(question):
        texts = [text_of(row.answers[model]) for model in (roles.cheap, roles.peer)]
        agreed = agreement_of(question, *texts)
    above = starts_above(row.conversation, policy, tier_of(policy, roles.cheap))
    return Observation(
        id=row.id,
        dataset=row.dataset,
        cheap=_answer(row, roles.cheap, policy),
        strong=_answer(row, roles.strong, policy),
        peer=peer,
        agreement=agreed,
        above=_answer(row, roles.strong, policy, EXPECTED_TOKENS_ABOVE) if above else None,
    )


def _answer(
    row: Row, model: str, policy: Policy, expected_tokens: int = EXPECTED_TOKENS
) -> ModelResult:
    recorded = row.answers[model]
    usage = recorded.usage or estimated_usage(row.conversation.text, text_of(recorded))
    return ModelResult(
        quality=recorded.quality,
        cost_usd=cost_usd(usage, prices_of(model, policy)),
        signals=signals(
            as_answered(recorded),
            expected_tokens,
            row.conversation,
            logprobs_asked=policy.confidence.token_probability and returns_logprobs(model, policy),
        ),
    )
