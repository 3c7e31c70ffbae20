"""Measures every strategy on the same recorded questions, in total and by dataset."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass

from evaluation.dataset.cascade_model import CascadeSettings, ModelRoles, SimulatedOutcome, tier_of
from evaluation.dataset.observations import models_in, observe, usable_rows
from evaluation.dataset.prices import HISTORIC_AS_OF, prices_of
from evaluation.dataset.recordings import Row
from llm_router.adapters.policy_files import packaged_classifier
from llm_router.domain.conversation.conversation import Conversation
from llm_router.domain.policy.calibration_record import (
    COVERED_TRAFFIC,
    CalibrationRecord,
    guarantee_for,
)
from llm_router.domain.policy.policy import Policy

from .metrics import Bin, Point, StrategyMetrics, reliability, strategy_metrics, threshold_curve
from .replay import replay
from .strategies import StrategyOutcome, outcomes

Difficulty = Callable[[Conversation], float]
"""An estimate from the prompt alone, higher if the strong model is needed more."""


def difficulty_by(policy: Policy) -> Difficulty:
    """The probability that the strong model is needed, by the policy's local classifier."""
    return packaged_classifier(policy.classifier.weights).score


REPLAYS = 3
"""The number of replays of each row: one for each cascade that a measurement compares."""


@dataclass(frozen=True)
class PriceUsed:
    """The price of a role's calls: USD per million tokens, its source and its date."""

    model: str
    input_usd_per_mtok: float
    output_usd_per_mtok: float
    source: str
    as_of: str


@dataclass(frozen=True)
class Dataset:
    """One dataset's part of the measurement; the strategies are the same in each."""

    n: int
    strategies: dict[str, StrategyMetrics]


@dataclass(frozen=True)
class Measurement:
    """The results of a replay; `left_out` counts rows without a graded text, by model."""

    roles: ModelRoles
    prices: dict[str, PriceUsed]
    policy_version: str
    guarantee: CalibrationRecord | None
    setting: CascadeSettings
    seed: int
    n: int
    left_out: dict[str, int]
    strategies: dict[str, StrategyMetrics]
    datasets: dict[str, Dataset]
    curve: list[Point]
    reliability: list[Bin]


def measure(
    rows: Sequence[Row],
    roles: ModelRoles,
    policy: Policy,
    *,
    seed: int,
    done: Callable[[], None] = lambda: None,
) -> Measurement:
    """Replay the rows and compare the strategies; `done` is called `REPLAYS` times for each row.

    Raises `UnusableRowsError` if the rows lack these roles, `UnknownPriceError` if a role's model
    has no price.
    """
    used, left_out = usable_rows(rows, roles)
    setting = CascadeSettings(policy.tiers[tier_of(policy, roles.cheap)], policy.confidence.weights)
    prices = _prices_used(roles, policy)
    observations = observe(used, roles, policy)

    def cascade(setting: CascadeSettings) -> list[SimulatedOutcome]:
        return replay(used, roles, setting, policy, done)

    difficulty = difficulty_by(policy)
    difficulties = [difficulty(row.conversation) for row in used]
    found = outcomes(observations, setting, difficulties, cascade)
    return Measurement(
        roles=roles,
        prices=prices,
        policy_version=policy.version,
        guarantee=guarantee_for(policy.calibration, models_in(roles)),
        setting=setting,
        seed=seed,
        n=len(used),
        left_out=left_out,
        strategies=strategy_metrics(found, seed),
        datasets=_by_dataset(used, found, seed),
        curve=threshold_curve(observations, setting),
        reliability=reliability(observations, setting),
    )


def _by_dataset(
    rows: Sequence[Row], found: Mapping[str, Sequence[StrategyOutcome]], seed: int
) -> dict[str, Dataset]:
    places: dict[str, list[int]] = {}
    for n, row in enumerate(rows):
        places.setdefault(row.dataset, []).append(n)
    return {
        name: Dataset(
            len(of_it),
            strategy_metrics({s: [of_all[n] for n in of_it] for s, of_all in found.items()}, seed),
        )
        for name, of_it in sorted(places.items())
    }


def _prices_used(roles: ModelRoles, policy: Policy) -> dict[str, PriceUsed]:
    parts = {"cheap": roles.cheap, "peer": roles.peer, "strong": roles.strong}
    return {role: _price_used(name, policy) for role, name in parts.items() if name is not None}


def _price_used(model: str, policy: Policy) -> PriceUsed:
    prices, known = prices_of(model, policy), policy.models_by_id.get(model)
    return PriceUsed(
        model=model,
        input_usd_per_mtok=float(prices.input_usd_per_mtok),
        output_usd_per_mtok=float(prices.output_usd_per_mtok),
        source="policy" if known else "historic list",
        as_of=(known.priced_on if known else HISTORIC_AS_OF).isoformat(),
    )


def as_json(measurement: Measurement) -> dict[str, object]:
    """The measurement without its reliability; the guarantee is the policy's own."""
    return {
        "strategies": _figures(measurement.strategies),
        "calls": {name: found.calls for name, found in measurement.strategies.items()},
        "datasets": {
            name: {"n": dataset.n, "strategies": _figures(dataset.strategies)}
            for name, dataset in measurement.datasets.items()
        },
        "n": measurement.n,
        "left_out": measurement.left_out,
        "roles": {role: price.model for role, price in measurement.prices.items()},
        "prices": {role: asdict(price) for role, price in measurement.prices.items()},
        "policy": measurement.policy_version,
        "guarantee": _promise(measurement.guarantee),
        "seed": measurement.seed,
        "curve": [asdict(point) for point in measurement.curve],
    }


def _figures(strategies: Mapping[str, StrategyMetrics]) -> dict[str, object]:
    """The metrics by strategy, without `calls`, which the JSON reports under a key of its own."""
    whole = {name: asdict(found) for name, found in strategies.items()}
    return {name: {k: v for k, v in found.items() if k != "calls"} for name, found in whole.items()}


def _promise(record: CalibrationRecord | None) -> dict[str, object] | None:
    return (
        None
        if record is None
        else {**record.model_dump(mode="json"), "covers": f"covers {COVERED_TRAFFIC}"}
    )
