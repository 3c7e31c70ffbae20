"""The ways to choose a model that a replay compares, and what each makes of every question."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from evaluation.dataset.cascade_model import CascadeSettings, Observation, SimulatedOutcome
from llm_router.domain.policy.policy import TierSettings
from llm_router.domain.trust.confidence import ConfidenceWeights, SignalWeights

NAMES = (
    "always_cheap",
    "always_strong",
    "random_mix",
    "classifier",
    "text_signals",
    "agreement",
    "shipped",
    "oracle",
)

_NO_WEIGHTS = dict.fromkeys(set(SignalWeights.model_fields) - {"bias", "agreement"}, 0.0)
AGREEMENT_ALONE = CascadeSettings(
    # An answer that nobody confirmed has the confidence 0.5, one that is disputed less: both are
    # below the threshold, and the strong model's answer is taken.
    TierSettings(threshold=0.501, second_opinion="always"),
    ConfidenceWeights(
        alone=SignalWeights(bias=0, **_NO_WEIGHTS),
        compared=SignalWeights(bias=3, agreement=6, **_NO_WEIGHTS),
    ),
)
"""A second opinion on every question; the cheap answer is taken if they agree by more than half."""


@dataclass(frozen=True)
class StrategyOutcome:
    """What a strategy makes of one question.

    `strong` is the probability that it asks the strong model: of a mix every question gets a part.
    """

    quality: float
    cost_usd: float
    strong: float
    calls: float


Cascade = Callable[[CascadeSettings], Sequence[SimulatedOutcome]]
"""How every question ends under a setting."""


def without_second_opinion(setting: CascadeSettings) -> CascadeSettings:
    """The same setting, but nobody else is asked."""
    tier = setting.tier.model_copy(update={"second_opinion": "off"})
    return replace(setting, tier=tier)


def outcomes(
    observations: Sequence[Observation],
    shipped: CascadeSettings,
    difficulty: Sequence[float],
    cascade: Cascade,
) -> dict[str, list[StrategyOutcome]]:
    """Every strategy's outcome of every question, in their order.

    `difficulty` is what the prompt alone says of each question, higher where the strong model is
    more needed. The mix and the classifier ask the strong model as often as `shipped` does.
    Questions start where rules and local classifier say with `shipped`, at the cheap model with
    the other cascades.
    """
    by_shipped = _by_cascade(cascade(replace(shipped, classified=True)))
    share = sum(outcome.strong for outcome in by_shipped) / len(by_shipped)
    chances = {
        "always_cheap": [0.0] * len(observations),
        "always_strong": [1.0] * len(observations),
        "random_mix": [share] * len(observations),
        "classifier": most_difficult(difficulty, share * len(observations)),
        "oracle": [float(e.strong.quality > e.cheap.quality) for e in observations],
    }
    by_cascade = {
        "text_signals": _by_cascade(cascade(without_second_opinion(shipped))),
        "agreement": _by_cascade(cascade(AGREEMENT_ALONE)),
        "shipped": by_shipped,
    }
    by_chance = {
        name: [_by_chance(e, chance) for e, chance in zip(observations, chosen, strict=True)]
        for name, chosen in chances.items()
    }
    return {name: (by_chance | by_cascade)[name] for name in NAMES}


def most_difficult(difficulty: Sequence[float], wanted: float) -> list[float]:
    """The threshold on `difficulty` above which `wanted` questions lie, as each one's chance.

    Questions exactly at the threshold share what is left, so that the chances add up to `wanted`.
    """
    chances, left = [0.0] * len(difficulty), wanted
    for level in sorted(set(difficulty), reverse=True):
        tied = [n for n, value in enumerate(difficulty) if value == level]
        taken = min(1.0, left / len(tied))
        for n in tied:
            chances[n] = taken
        left -= taken * len(tied)
        if left <= 0:
            break
    return chances


def _by_chance(observations: Observation, chance: float) -> StrategyOutcome:
    """One call: of the strong model with this chance, else of the cheap one."""
    cheap, strong = observations.cheap, observations.strong
    return StrategyOutcome(
        quality=cheap.quality + chance * (strong.quality - cheap.quality),
        cost_usd=cheap.cost_usd + chance * (strong.cost_usd - cheap.cost_usd),
        strong=chance,
        calls=1,
    )


def _by_cascade(simulated_outcomes: Sequence[SimulatedOutcome]) -> list[StrategyOutcome]:
    return [
        StrategyOutcome(e.quality, e.cost_usd, float(e.strong), e.calls) for e in simulated_outcomes
    ]
