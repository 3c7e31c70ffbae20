"""The routing strategies that a replay compares, and their outcomes for every question."""

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
    # An answer without a second opinion has the confidence 0.5, a contradicted one less. Both are
    # below the threshold, so they escalate.
    TierSettings(threshold=0.501, second_opinion="always"),
    ConfidenceWeights(
        alone=SignalWeights(bias=0, **_NO_WEIGHTS),
        compared=SignalWeights(bias=3, agreement=6, **_NO_WEIGHTS),
    ),
)
"""A second opinion on every question; answers with an agreement above one half are accepted."""


@dataclass(frozen=True)
class StrategyOutcome:
    """The outcome of a strategy for one question.

    `strong` is the probability that it calls the strong model, between 0 and 1 in a random mix.
    """

    quality: float
    cost_usd: float
    strong: float
    calls: float


Cascade = Callable[[CascadeSettings], Sequence[SimulatedOutcome]]
"""Returns the outcome of every question under a setting."""


def without_second_opinion(setting: CascadeSettings) -> CascadeSettings:
    """The same setting with second opinions off."""
    tier = setting.tier.model_copy(update={"second_opinion": "off"})
    return replace(setting, tier=tier)


def outcomes(
    observations: Sequence[Observation],
    shipped: CascadeSettings,
    difficulty: Sequence[float],
    cascade: Cascade,
) -> dict[str, list[StrategyOutcome]]:
    """Every strategy's outcomes, in the order of the questions.

    `difficulty` is estimated from each prompt alone, higher if the strong model is needed more. The
    random mix and the classifier call the strong model as often as `shipped` does. With `shipped`,
    rules and local classifier decide the start. With the other cascades every question starts at
    the cheap model.
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
    """Each question's chance of the strong model if the `wanted` most difficult ones go there.

    Questions exactly at the threshold share the rest, so that the chances add up to `wanted`.
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


def _by_chance(observation: Observation, chance: float) -> StrategyOutcome:
    """One call: of the strong model with this chance, else of the cheap one."""
    cheap, strong = observation.cheap, observation.strong
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
