"""A measurement as `--json` writes it."""

from collections.abc import Mapping
from dataclasses import asdict

from llm_router.domain.guarantee import CalibrationRecord

from .calibration import COVERS
from .figures import Figures
from .measurement import Measurement


def as_json(measurement: Measurement) -> dict[str, object]:
    """Everything but the reliability; the guarantee is the policy's, a replay finds none."""
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


def _figures(strategies: Mapping[str, Figures]) -> dict[str, object]:
    """The figures by name; calls are apart, so that each strategy has the documented keys only."""
    whole = {name: asdict(found) for name, found in strategies.items()}
    return {name: {k: v for k, v in found.items() if k != "calls"} for name, found in whole.items()}


def _promise(record: CalibrationRecord | None) -> dict[str, object] | None:
    return None if record is None else {**record.model_dump(mode="json"), "covers": COVERS}
