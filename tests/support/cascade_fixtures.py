"""The cascade's input and every result of its task, from the real use case around a fake model.

A behaviour names what a model does: answer confidently, answer doubtfully, or fail in some way.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from evaluation.asl_interpreter import NOW_MS, Execution, PlatformError, Result, StateMachine
from llm_router.application.invoke.invocations import INVOCATION
from llm_router.application.invoke.invoke_model import ModelInvoker
from llm_router.application.ports import ProviderAnswer
from llm_router.domain.conversation.answer import Answer, Usage
from llm_router.domain.conversation.conversation import Conversation
from llm_router.domain.outcome.failures import Failure, FailureKind, ProviderFailure
from llm_router.domain.plan.candidates import Candidate
from llm_router.domain.plan.machine_input import machine_input
from llm_router.domain.plan.plan import Plan
from llm_router.domain.plan.tier_plans import TierPlan
from llm_router.domain.policy.formats import FORMATS
from llm_router.domain.policy.models import WIRE_FORMATS
from llm_router.domain.policy.policy import SecondOpinion, TierSettings
from llm_router.domain.policy.prices import Prices, cost_nano_usd, worst_case_nano_usd
from llm_router.domain.routing.decision import Start
from llm_router.domain.tiers import TIERS
from llm_router.domain.trust.confidence import confidence
from llm_router.domain.trust.signals import signals
from tests.support.fakes import InlinePayloads, asking
from tests.support.policies import POLICY

Json = dict[str, Any]

EXPECTED_TOKENS = 10
THRESHOLD = 0.5
TEXTS = {
    "confident": "The answer is plain, complete and long enough for what was asked.",
    "doubtful": "I'm not sure, but it may well be that the answer is forty-two here.",
    "refusing": "I'm sorry, but I can't help with that question, whatever it may be.",
    "unclosed": "Here is the whole answer, as it was asked for:\n```python\nprint(42)",
}
"""Answers by behaviour; the confidence in them is the product's own."""

FAILURES = {
    "unavailable": Failure(kind=FailureKind.OVERLOADED, status=529),
    "short_wait": Failure(kind=FailureKind.RATE_LIMITED, status=429, retry_after_ms=500),
    "window": Failure(kind=FailureKind.CONTEXT_WINDOW, status=400),
    "rejected": Failure(kind=FailureKind.INVALID_REQUEST, status=400),
    **{
        kind.value: Failure(kind=kind, status=500)
        for kind in FailureKind
        if kind not in (FailureKind.PLATFORM, FailureKind.THROTTLED)
    },
}
BREAKAGES = {
    "broken": PlatformError(),
    "throttled": PlatformError("Lambda.TooManyRequestsException"),
    "no_function": PlatformError("Lambda.ResourceNotFoundException"),
}
"""Errors of the platform: the function failed, or Lambda did not run it."""

BEHAVIOURS = (
    "confident", "refusing", "unclosed", "unavailable", "short_wait", "window", "not_accepted",
    "rejected", "broken",
)  # fmt: skip
"""Every behaviour that the state machine tells apart; `broken`: the platform fails."""

VERDICTS = {"agree": ("It is 42.", "It is 42."), "disagree": ("It is 42.", "It is 7.")}
"""Pairs of answers to compare, by the verdict on them."""

WEIGHTS = POLICY.confidence.weights
PRICES = Prices(
    input_usd_per_mtok=Decimal("0.001"),
    cached_input_usd_per_mtok=Decimal("0.001"),
    output_usd_per_mtok=Decimal("0.002"),
)
USAGE = Usage(input_tokens=10, output_tokens=5)
MOST_INPUT, MOST_OUTPUT, LEAST_OUTPUT = 100, 50, 10
COST = cost_nano_usd(USAGE, PRICES)
WORST = worst_case_nano_usd(MOST_INPUT, MOST_OUTPUT, PRICES)
LEAST = worst_case_nano_usd(MOST_INPUT, LEAST_OUTPUT, PRICES)


def confidence_in(behaviour: str) -> float:
    """The product's confidence in the answer of this behaviour."""
    answer = Answer(text=TEXTS[behaviour], finish_reason="stop")
    return confidence(signals(answer, EXPECTED_TOKENS), WEIGHTS)


def candidate(name: str, provider: str, rank: int, **changes: Any) -> Json:
    """A candidate of the plan as JSON; all cost the same."""
    whole = Candidate(
        id=name, provider=provider, format="openai", base_url=None, name=name, rank=rank,
        context_window=1_000, max_output_tokens=MOST_OUTPUT, min_output_tokens=LEAST_OUTPUT,
        most_input_tokens=MOST_INPUT, sampling=True, json_schema=True, prices=PRICES,
        worst_case_nano_usd=WORST, minimum_nano_usd=LEAST, minimum_ms=100, usual_ms=1_000,
    )  # fmt: skip
    return whole.model_copy(update=changes).model_dump(mode="json", exclude_none=True)


def state_input(
    candidates: Iterable[Json],
    *,
    budget: int = 10_000,
    left_ms: int = 60_000,
    now_ms: int = NOW_MS,
    second_opinion: SecondOpinion = "off",
    unsure: tuple[float, float] = (0.25, 0.95),
    **plan: Any,
) -> Json:
    """The state machine's input: a plan with these candidates in every tier, and its limits."""
    listed = list(candidates)
    known = [_valid(c) for c in listed]
    peer = next((c for c in known if c.provider != known[0].provider), None)
    can_escalate = any(c.rank > known[0].rank for c in known)
    requirements = TierSettings(
        threshold=THRESHOLD,
        second_opinion=second_opinion if can_escalate else "off",
        unsure_from=unsure[0],
        unsure_to=unsure[1],
    )
    classifier = plan.pop("classifier", None)
    tiers = {
        tier: TierPlan(
            start=Start(tier=tier, strategy=None if classifier else "rule"),
            requirements=requirements,
            candidates=tuple(known),
            peer=peer if second_opinion != "off" else None,
            expected_output_tokens=EXPECTED_TOKENS,
        )
        for tier in TIERS
    }
    whole = Plan(
        **{
            "request_id": "r",
            "purpose": "answer",
            "deadline_epoch_ms": now_ms + left_ms,
            "budget_nano_usd": budget,
            "attempt_share": 0.6,
            "ask_self_rating": False,
            "weights": WEIGHTS,
            "content_policy": "stop",
            "retry_within_ms": 2_000,
            "default_tier": "moderate",
            "classifier": _valid(classifier) if classifier else None,
            "classifier_prompt_characters": 100,
            "tier": None if classifier else "simple",
            "tiers": tiers,
            **plan,
        }
    )
    payload = {"inline": asking("Why?").model_dump(mode="json", exclude_none=True)}
    made = machine_input(whole, payload)
    for given in listed:
        # A format that does not exist makes the function itself fail.
        made["plan"]["candidates"][given["id"]]["format"] = given["format"]
    return made


def _valid(candidate: Json) -> Candidate:
    known = candidate["format"] if candidate["format"] in FORMATS else "openai"
    return Candidate.model_validate({**candidate, "format": known})


class BehaviourProvider:
    """A provider whose only model always behaves the same."""

    def __init__(self, behaviour: str, classification: str) -> None:
        self._behaviour = behaviour
        self._classification = classification

    def answer(
        self,
        candidate: Candidate,
        conversation: Conversation,
        timeout_seconds: float,
        schema: Json | None = None,
    ) -> ProviderAnswer:
        if self._behaviour in BREAKAGES:
            raise BREAKAGES[self._behaviour]
        if self._behaviour in FAILURES:
            raise ProviderFailure(FAILURES[self._behaviour], "too odd")
        text = self._classification if schema else TEXTS[self._behaviour]
        return ProviderAnswer(Answer(text=text, finish_reason="stop"), USAGE)


def result_of(payload: Json, behaviour: str, classification: str = "no JSON") -> Json:
    """The reply of `invoke_model` to a behaviour; raises a breakage's `PlatformError`."""
    use_case = ModelInvoker(
        providers=dict.fromkeys(WIRE_FORMATS, BehaviourProvider(behaviour, classification)),
        payloads=InlinePayloads(),
        clock=lambda: NOW_MS,
        sleep=lambda _: None,
    )
    return use_case.run(INVOCATION.validate_python(payload))


def verdict_on(payload: Json, verdict: str) -> Json:
    """The reply of `invoke_model` to a comparison; raises a breakage's `PlatformError`."""
    if verdict in BREAKAGES:
        raise BREAKAGES[verdict]
    said = zip(payload["opinions"], VERDICTS[verdict], strict=True)
    opinions = [
        {**opinion, "answer": {"inline": {"text": text, "finish_reason": "stop"}}}
        for opinion, text in said
    ]
    return result_of({**payload, "opinions": opinions}, "confident")


def results_of(payload: Json, behaviours: Iterable[str]) -> Iterable[Json | PlatformError]:
    """One result for each behaviour, or one for each verdict if two answers are compared."""
    if payload["action"] == "compare":
        for verdict in (*VERDICTS, "broken"):
            try:
                yield verdict_on(payload, verdict)
            except PlatformError as error:
                yield error
        return
    for behaviour in behaviours:
        try:
            yield result_of(payload, behaviour)
        except PlatformError as error:
            yield error


def invoking(
    script: Mapping[str, str],
    classifier: str = "confident",
    classification: str = "no JSON",
    verdict: str = "agree",
) -> Callable[[Json], Json]:
    """A task function for `Machine.run`: the script maps each model to its behaviour."""

    def invoke(payload: Json) -> Json:
        if payload["action"] == "compare":
            return verdict_on(payload, verdict)
        if payload["action"] == "classify":
            return result_of(payload, classifier, classification)
        return result_of(payload, script[payload["candidate"]["id"]])

    return invoke


MACHINE = StateMachine()


def ranked(sizes: tuple[int, ...]) -> list[Json]:
    """`sizes` candidates of rank 1, 2, …; providers, formats and context windows alternate."""
    formats = ("openai", "anthropic")
    return [
        candidate(
            f"m{rank}{n}",
            "ab"[n % 2],
            rank,
            format=formats[n % 2],
            context_window=1_000 * (1 + (rank + n) % 2),
        )
        for rank, size in enumerate(sizes, start=1)
        for n in range(size)
    ]


def every_path(
    machine: StateMachine, models: list[Json], behaviours: Iterable[str], **limits: Any
) -> Iterator[Execution]:
    """Every execution that these models can bring about."""
    known = tuple(behaviours)

    def results(payload: Json) -> Iterator[Result]:
        yield from results_of(payload, known)

    yield from machine.explore(machine.start(state_input(models, **limits)), results)
