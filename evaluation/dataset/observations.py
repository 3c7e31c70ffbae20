"""Recorded rows as evidence: how good each role's answer was, what it cost, what it shows."""

from collections.abc import Iterable, Mapping, Sequence

from evaluation.errors import UnusableRowsError
from evaluation.asl_interpreter import NOW_MS
from llm_router.adapters.policy_files import packaged_classifier
from llm_router.domain.conversation.answer import Answer
from llm_router.domain.conversation.conversation import Conversation
from llm_router.domain.policy.policy import Policy
from llm_router.domain.routing.decision import (
    Decision,
    Hints,
    decide_by_estimate,
    decide_by_rule,
    facts_of,
)
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
    tells_logprobs,
    tier_of,
)
from .prices import cost_usd, estimated_usage, prices_of
from .recordings import RecordedAnswer, Row

_NO_HINTS = Hints()


def starts_above(conversation: Conversation, policy: Policy, tier: Tier) -> bool:
    """Whether a rule or the local classifier sends it to a stronger model than this tier's.

    A question of which the classifier is not sure starts in the tier: nobody recorded what a model
    would have said of it.
    """
    return _is_above(_decision(conversation, policy), tier)


def _decision(conversation: Conversation, policy: Policy) -> Decision:
    facts = facts_of(conversation, _NO_HINTS, NOW_MS)
    decision, _ = decide_by_rule(facts, policy)
    if decision is not None:
        return decision
    return decide_by_estimate(conversation, policy, packaged_classifier(policy.classifier.weights))


def _is_above(decision: Decision, tier: Tier) -> bool:
    clear = decision.strategy in ("rule", "local_classifier")
    return clear and decision.tier is not None and decision.tier.level > tier.level


def models_in(roles: ModelRoles) -> tuple[str, ...]:
    """The recorded models that play a part: cheap, peer if there is one, strong."""
    return tuple(m for m in (roles.cheap, roles.peer, roles.strong) if m is not None)


def usable_rows(rows: Iterable[Row], roles: ModelRoles) -> tuple[list[Row], dict[str, int]]:
    """The rows with a graded text of every role, and for how many others whose is missing.

    A row that misses several is counted for each. `UnusableRowsError` if no row at all is left, or if
    a model plays two parts.
    """
    rows, models = list(rows), models_in(roles)
    if len(set(models)) < len(models):
        raise UnusableRowsError("one model plays two parts; cheap, peer and strong must differ")
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
            f"none of {len(rows)} rows has a graded text of every model: {_told(lacking)}"
        )
    return usable, lacking


def observe(rows: Sequence[Row], roles: ModelRoles, policy: Policy) -> list[Observation]:
    """The evidence of each row, in their order.

    Every row must have a graded text of every role (`usable_rows` says which do), else this is a
    `UnusableRowsError`: what is left out is for the caller to say.
    """
    usable, lacking = usable_rows(rows, roles)
    if lacking:
        raise UnusableRowsError(
            f"{len(rows) - len(usable)} rows lack a graded text of a model: {_told(lacking)}"
        )
    return [_evidence(row, roles, policy) for row in usable]


def text_of(answer: RecordedAnswer) -> str:
    """What was answered."""
    if answer.text is None:
        raise UnusableRowsError("a recorded answer has no text")
    return answer.text


def as_answered(recorded: RecordedAnswer) -> Answer:
    """The answer as the provider gave it; one without a finish reason was complete."""
    mean = recorded.logprob
    return Answer(
        text=text_of(recorded),
        finish_reason=recorded.finish_reason or "stop",
        logprobs=None if mean is None else {"content": [{"logprob": mean}]},
    )


def _told(lacking: Mapping[str, int]) -> str:
    return ", ".join(f"{count} lack that of {model}" for model, count in lacking.items())


def _usable(row: Row, model: str) -> bool:
    return row.graded_by(model) and row.answers[model].text is not None


def _evidence(row: Row, roles: ModelRoles, policy: Policy) -> Observation:
    peer = None if roles.peer is None else _answer(row, roles.peer, policy)
    question, agreed = row.conversation.question, None
    # Where answers cannot be compared, the router asks for no second opinion.
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
            logprobs_asked=policy.confidence.token_probability and tells_logprobs(model, policy),
        ),
    )
