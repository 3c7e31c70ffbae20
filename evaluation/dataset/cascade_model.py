"""A model of the cascade on recorded questions: observations, settings, simulated outcomes.

`simulate` computes what the shipped state machine does with a question, without running it:
thousands of settings can be tried in a second. A test compares it with the state machine.
"""

from dataclasses import dataclass

from llm_router.domain.policy.policy import Policy, TierSettings
from llm_router.domain.routing.llm_classifier import EXPECTED_OUTPUT_TOKENS
from llm_router.domain.tiers import Tier
from llm_router.domain.trust.agreement import agreement
from llm_router.domain.trust.confidence import ConfidenceWeights, confidence
from llm_router.domain.trust.signals import Signals


def tier_of(policy: Policy, cheap: str) -> Tier:
    """The cheap model's tier, which a calibration sets; `simple` for an unknown model."""
    known = policy.models_by_id.get(cheap)
    return known.tier if known else Tier.SIMPLE


EXPECTED_TOKENS = EXPECTED_OUTPUT_TOKENS[Tier.SIMPLE]
"""Output tokens expected of an answer if the question starts at the cheap model."""
EXPECTED_TOKENS_ABOVE = EXPECTED_OUTPUT_TOKENS[Tier.MODERATE]
"""Output tokens expected if the question starts above the cheap model."""


def returns_logprobs(model: str, policy: Policy) -> bool:
    """True if the policy knows this model and it returns log probabilities of its tokens."""
    known = policy.models_by_id.get(model)
    return known is not None and "logprobs" in known.capabilities


@dataclass(frozen=True)
class ModelRoles:
    """The recorded model of each role; `peer` gives second opinions."""

    cheap: str
    strong: str
    peer: str | None = None


@dataclass(frozen=True)
class ModelResult:
    """One recorded answer: its quality (0 to 1), cost and signals."""

    quality: float
    cost_usd: float
    signals: Signals


@dataclass(frozen=True)
class Observation:
    """One recorded question as the cascade sees it.

    `agreement` is that of cheap and peer; None without a peer or if answers cannot be compared.
    `above` is the strong model's result if rules or classifier send the question straight to that
    model; None if they do not.
    """

    id: str
    dataset: str
    cheap: ModelResult
    strong: ModelResult
    peer: ModelResult | None = None
    agreement: float | None = None
    above: ModelResult | None = None


@dataclass(frozen=True)
class CascadeSettings:
    """One configuration of the cascade: the tier's settings and the weights of the signals.

    Every question starts at the cheap model. With `classified`, rules or the local classifier may
    start it above.
    """

    tier: TierSettings
    weights: ConfidenceWeights
    classified: bool = False


@dataclass(frozen=True)
class SimulatedOutcome:
    """The outcome of one question: quality and confidence of its answer, cost and number of calls.

    `strong` is true if the strong model was called, after others (an escalation) or at once.
    """

    quality: float
    cost_usd: float
    strong: bool
    calls: int
    confidence: float


def agreement_of(question: str, first: str, second: str) -> float:
    """The agreement of two recorded answers, as the router computes it."""
    return agreement(question, first, second)


def simulate(observation: Observation, setting: CascadeSettings) -> SimulatedOutcome:
    """Simulate the shipped state machine on one question."""
    tier, weights = setting.tier, setting.weights
    above = observation.above
    if setting.classified and above is not None:
        trust = confidence(above.signals, weights)
        return SimulatedOutcome(
            above.quality, above.cost_usd, strong=True, calls=1, confidence=trust
        )
    best = (confidence(observation.cheap.signals, weights), observation.cheap.quality)
    cost, calls = observation.cheap.cost_usd, 1
    peer = observation.peer
    unsure = tier.second_opinion == "always" or (
        tier.second_opinion == "when_unsure" and tier.unsure_from <= best[0] <= tier.unsure_to
    )
    if peer is not None and observation.agreement is not None and unsure:
        cost, calls = cost + peer.cost_usd, calls + 1
        agreed = {"agreement": observation.agreement}
        both = [
            (confidence(result.signals.model_copy(update=agreed), weights), result.quality)
            for result in (observation.cheap, peer)
        ]
        best = max(both, key=lambda opinion: opinion[0])
    if best[0] >= tier.threshold:
        return SimulatedOutcome(best[1], cost, strong=False, calls=calls, confidence=best[0])
    strong = (confidence(observation.strong.signals, weights), observation.strong.quality)
    best = strong if strong[0] >= best[0] else best
    cost, calls = cost + observation.strong.cost_usd, calls + 1
    return SimulatedOutcome(best[1], cost, strong=True, calls=calls, confidence=best[0])
