"""Explains a cascade: the reason why each attempt was followed by another one."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from llm_router.domain.policy.policy import TierSettings

from .failures import Failure, FailureKind
from .ledger import Attempt, Because, Comparison, Following


def explained(
    attempts: Sequence[Attempt],
    requirements: TierSettings,
    comparison: Comparison | None,
    *,
    classified: bool,
) -> tuple[Attempt, ...]:
    """The attempts, each with the reason why the next one followed; the last one has none."""
    reasons = _reasons(attempts, requirements, comparison, classified=classified)
    with_reasons = [
        attempt.model_copy(update={"next": reason})
        for attempt, reason in zip(attempts[:-1], reasons, strict=True)
    ]
    return (*with_reasons, *attempts[-1:])


def _reasons(
    attempts: Sequence[Attempt],
    requirements: TierSettings,
    comparison: Comparison | None,
    *,
    classified: bool,
) -> Iterator[Following]:
    best = 0.0
    answered: list[Attempt] = []
    for attempt, follower in pairwise(attempts):
        if attempt.outcome == "answered" and attempt.reason != "classification":
            answered.append(attempt)
            best = max(best, attempt.confidence or 0.0)
        compared = comparison if attempt.reason == "second_opinion" and len(answered) == 2 else None
        best = compared.confidence if compared else best
        match follower.reason:
            case "first":
                yield _after_classification(attempt, classified=classified)
            case "second_opinion":
                yield _before_second_opinion(attempt, requirements)
            case "escalation":
                yield _before_escalation(answered, best, requirements.threshold, compared)
            case _:
                yield _after_failure(attempt, follower)


def _after_classification(attempt: Attempt, *, classified: bool) -> Following:
    if classified:
        return Following(
            because="classified", explanation=f"{attempt.model} classified the request."
        )
    if attempt.failure is None:
        said = f"{attempt.model} returned no valid classification: the default tier's plan applies."
        return Following(because="not_classified", explanation=said)
    said = f"{_failed(attempt, attempt.failure)} The default tier's plan applies."
    return Following(because=attempt.failure.kind, explanation=said)


def _before_second_opinion(first: Attempt, requirements: TierSettings) -> Following:
    if requirements.second_opinion == "always":
        said = "In this tier two providers' models are asked at the same time."
        return Following(because="asked_together", explanation=said)
    return Following(
        because="unsure",
        explanation=f"The confidence {first.confidence} is in the zone from "
        f"{requirements.unsure_from} to {requirements.unsure_to}, in which another provider's "
        "model is asked too.",
    )


def _before_escalation(
    answered: Sequence[Attempt], best: float, threshold: float, compared: Comparison | None
) -> Following:
    if compared is None:
        said = f"The confidence {best} is below the threshold {threshold}."
        return Following(because="below_threshold", explanation=said)
    names = " and ".join(attempt.model for attempt in answered)
    if compared.agreement is None:
        said = (
            f"The answers of {names} were not comparable in time; the better one's own confidence "
            f"{best} is below the threshold {threshold}."
        )
        return Following(because="below_threshold", explanation=said)
    said = (
        f"The answers of {names} have the agreement {compared.agreement}; compared, the better "
        f"one's confidence is {best}, below the threshold {threshold}."
    )
    trusted_alone = any((attempt.confidence or 0.0) >= threshold for attempt in answered)
    because: Because = "disagreement" if trusted_alone else "below_threshold"
    return Following(because=because, explanation=said)


def _after_failure(attempt: Attempt, follower: Attempt) -> Following:
    failure = attempt.failure or Failure(kind=FailureKind.UNKNOWN)
    if follower.model == attempt.model:
        wait = failure.retry_after_ms
        said = f"{_failed(attempt, failure)} It is asked again after {wait} ms, as it said."
    else:
        other = " and another format" if failure.kind is FailureKind.NOT_ACCEPTED else ""
        said = (
            f"{_failed(attempt, failure)} A model of equal or higher rank{other} is asked instead."
        )
    return Following(because=failure.kind, explanation=said)


def _failed(attempt: Attempt, failure: Failure) -> str:
    status = f", status {failure.status}" if failure.status else ""
    return f"{attempt.model} failed ({failure.kind.replace('_', ' ')}{status})."
