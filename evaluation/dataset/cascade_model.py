"""What a recorded question shows of one cascade: answers in their roles, signals, agreement.

`routed` says what the shipped machine does with it, without running the machine: thousands of
settings can be tried in a second. A test holds it against the machine itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from llm_router.domain.policy.policy import Policy, TierSettings
from llm_router.domain.routing.llm_classifier import EXPECTED_OUTPUT_TOKENS
from llm_router.domain.tiers import Tier
from llm_router.domain.trust.agreement import agreement
from llm_router.domain.trust.confidence import ConfidenceWeights, confidence
from llm_router.domain.trust.signals import Signals


def tier_of(policy: Policy, cheap: str) -> Tier:
    """The tier that a calibration with this cheap model is about."""
    known = policy.models_by_id.get(cheap)
    return known.tier if known else Tier.SIMPLE


EXPECTED_TOKENS = EXPECTED_OUTPUT_TOKENS[Tier.SIMPLE]
"""The length that is expected of an answer where a question starts at the cheap model."""
EXPECTED_TOKENS_ABOVE = EXPECTED_OUTPUT_TOKENS[Tier.MODERATE]
"""And where it starts above."""


def tells_logprobs(model: str, policy: Policy) -> bool:
    """Whether the policy has this model and says that it tells how probable its tokens were."""
    known = policy.models_by_id.get(model)
    return known is not None and "logprobs" in known.capabilities


@dataclass(frozen=True)
class ModelRoles:
    """Which recorded model stands for which part; `peer` gives second opinions."""

    cheap: str
    strong: str
    peer: str | None = None


@dataclass(frozen=True)
class ModelResult:
    """One recorded answer: how good it was (0 to 1), what it cost, what it shows of itself."""

    quality: float
    cost_usd: float
    signals: Signals


@dataclass(frozen=True)
class Observation:
    """One question; `agreement` is that of cheap and peer, None without a peer.

    `above` is the strong model's answer as it is seen where rules or classifier send the question
    straight to that model; None if they do not.
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
    """One way to decide: the tier's settings and the weights of the signals.

    Every question starts at the cheap model, unless it is `classified` first.
    """

    tier: TierSettings
    weights: ConfidenceWeights
    classified: bool = False


@dataclass(frozen=True)
class SimulatedOutcome:
    """What came of one question: the answer's quality, all calls' cost, what was called.

    `strong` says whether the strong model was asked, after others (an escalation) or at once.
    """

    quality: float
    cost_usd: float
    strong: bool
    calls: int
    confidence: float


def agreement_of(question: str, first: str, second: str) -> float:
    """How far two recorded answers agree, as the router would have found it."""
    return agreement(question, first, second)


def routed(observations: Observation, setting: CascadeSettings) -> SimulatedOutcome:
    """What the shipped machine makes of a question."""
    tier, weights = setting.tier, setting.weights
    above = observations.above
    if setting.classified and above is not None:
        trust = confidence(above.signals, weights)
        return SimulatedOutcome(
            above.quality, above.cost_usd, strong=True, calls=1, confidence=trust
        )
    best = (confidence(observations.cheap.signals, weights), observations.cheap.quality)
    cost, calls = observations.cheap.cost_usd, 1
    peer = observations.peer
    unsure = tier.second_opinion == "always" or (
        tier.second_opinion == "when_unsure" and tier.unsure_from <= best[0] <= tier.unsure_to
    )
    if peer is not None and observations.agreement is not None and unsure:
        cost, calls = cost + peer.cost_usd, calls + 1
        seen = {"agreement": observations.agreement}
        both = [
            (confidence(t.signals.model_copy(update=seen), weights), t.quality)
            for t in (observations.cheap, peer)
        ]
        best = max(both, key=lambda opinion: opinion[0])
    if best[0] >= tier.threshold:
        return SimulatedOutcome(best[1], cost, strong=False, calls=calls, confidence=best[0])
    strong = (confidence(observations.strong.signals, weights), observations.strong.quality)
    best = strong if strong[0] >= best[0] else best
    cost, calls = cost + observations.strong.cost_usd, calls + 1
    return SimulatedOutcome(best[1], cost, strong=True, calls=calls, confidence=best[0])


def mean_quality(observations: Sequence[Observation], setting: CascadeSettings) -> float:
    """The average quality over all questions."""
    return sum(routed(e, setting).quality for e in observations) / len(observations)
