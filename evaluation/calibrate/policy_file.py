"""Writes a calibration's promise into a policy file; comments and everything else stay."""

import math
from collections.abc import Sequence
from itertools import pairwise

import tomlkit
from tomlkit.items import Table

from evaluation.dataset.cascade_model import tier_of
from evaluation.errors import CalibrationError
from llm_router.domain.policy.calibration_record import COVERED_TRAFFIC
from llm_router.domain.policy.policy import TierSettings, parse_policy
from llm_router.domain.trust.confidence import ConfidenceWeights

from .result import Calibration

_PLACES = 4


def calibrated_policy(text: str, calibration: Calibration, source: str = "policy") -> str:
    """The policy's text with the setting of the highest promised quality.

    The setting goes to the cheap model's tier, `simple` if the policy does not know the model. The
    other tiers share the weights; their thresholds move along, so that they decide as before.
    `CalibrationError` if nothing is promised, `PolicyError` if the policy cannot be read.
    """
    policy, target = parse_policy(text, source), calibration.promised
    if target is None or target.promise is None:
        raise CalibrationError("nothing is promised, so there is nothing to write into a policy")
    promise, document = target.promise, tomlkit.parse(text)
    calibrated, weights = tier_of(policy, calibration.models[0]), promise.setting.weights
    for tier, settings in policy.tiers.items():
        kept = transfer_thresholds(settings, policy.confidence.weights, weights)
        chosen = promise.setting.tier if tier is calibrated else kept
        _write_tier(document["tiers"][tier.value], chosen)
    for name, of_one in (("alone", weights.alone), ("compared", weights.compared)):
        table: Table = document["confidence"]["weights"][name]
        for signal, value in of_one.model_dump(
            exclude={"agreement"} if name == "alone" else None
        ).items():
            table[signal] = value
    document["calibration"] = _section(calibration)
    return tomlkit.dumps(document)


def transfer_thresholds(
    settings: TierSettings, before: ConfidenceWeights, after: ConfidenceWeights
) -> TierSettings:
    """The settings with each threshold at the same place among the answers under new weights.

    The place is relative to a faultless answer that is contradicted, has no second opinion, or is
    confirmed. With second opinions off, it is the distance in log odds to a faultless answer.
    """
    if settings.second_opinion == "off":
        here, there = [before.alone.bias], [after.alone.bias]
    else:
        here, there = _landmarks(before), _landmarks(after)
    changes = {
        name: _moved(getattr(settings, name), here, there)
        for name in ("threshold", "unsure_from", "unsure_to")
    }
    return settings.model_copy(update=changes)


def _landmarks(weights: ConfidenceWeights) -> list[float]:
    """Log odds of a faultless answer: contradicted, alone, confirmed; ascending."""
    compared, alone = weights.compared, weights.alone.bias
    contradicted = min(compared.bias - compared.agreement, alone)
    return [contradicted, alone, compared.bias]


def _moved(confidence: float, here: Sequence[float], there: Sequence[float]) -> float:
    if not 0 < confidence < 1:
        return confidence
    odds = math.log(confidence / (1 - confidence))
    return round(1 / (1 + math.exp(-_mapped(odds, here, there))), 3)


def _mapped(odds: float, here: Sequence[float], there: Sequence[float]) -> float:
    """Interpolate between the landmarks; below and above them, shift with the nearest one."""
    if odds <= here[0]:
        return odds + there[0] - here[0]
    for (low, high), (new_low, new_high) in zip(pairwise(here), pairwise(there), strict=True):
        if low < odds <= high:
            return new_low + (odds - low) / (high - low) * (new_high - new_low)
    return odds + there[-1] - here[-1]


def _write_tier(table: Table, settings: TierSettings) -> None:
    table["threshold"] = settings.threshold
    table["second_opinion"] = settings.second_opinion
    for name in ("unsure_from", "unsure_to"):
        if settings.second_opinion == "when_unsure":
            table[name] = getattr(settings, name)
        else:
            table.pop(name, None)


def _section(calibration: Calibration) -> Table:
    """The policy's `calibration` table, with the scope of the promise as its comment."""
    target = calibration.promised
    if target is None or target.promise is None:
        raise CalibrationError("nothing is promised")
    promise, table = target.promise, tomlkit.table()
    table.comment(f"covers {COVERED_TRAFFIC}")
    table["models"] = list(calibration.models)
    table["datasets"] = [dataset.name for dataset in promise.datasets]
    table["n"] = calibration.n
    table["quality_kept"] = target.quality_kept
    table["delta"] = calibration.delta
    table["escalation_rate"] = round(promise.escalation_rate, _PLACES)
    table["saving"] = round(promise.saving, _PLACES)
    table["date"] = calibration.date
    table["on_average_only"] = list(promise.on_average_only)
    return table
