"""What a setting would do at other thresholds, and how far its confidence can be believed."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from .evidence import Ending, Evidence, Setting, routed

MOST_POINTS = 60
BINS = 10
_Z = 1.959964
"""Standard deviations to either side that hold 95 % of a normal distribution."""


@dataclass(frozen=True)
class Point:
    """What the setting does with this threshold; relative figures are to always strong."""

    threshold: float
    escalation_rate: float
    quality_kept: float
    saving: float


@dataclass(frozen=True)
class Bin:
    """Answers that were about equally trusted, and how good they were (with a 95 % interval)."""

    confidence: float
    quality: float
    low: float
    high: float
    n: int


def curve(evidence: Sequence[Evidence], setting: Setting) -> list[Point]:
    """The setting at every threshold that changes anything (at most `MOST_POINTS` of them)."""
    confidences = sorted({ending.confidence for ending in _before_escalation(evidence, setting)})
    # Just above the highest, everything escalates.
    levels = [*confidences, min(1.0, round(confidences[-1] + 0.001, 3))]
    step = max(1, math.ceil(len(levels) / MOST_POINTS))
    chosen = sorted({*levels[::step], levels[-1], setting.tier.threshold})
    return [_point(evidence, _with_threshold(setting, threshold)) for threshold in chosen]


def reliability(evidence: Sequence[Evidence], setting: Setting) -> list[Bin]:
    """Confidence against quality, before any escalation, in bins of equal width; none is empty."""
    binned: dict[int, list[Ending]] = {}
    for ending in _before_escalation(evidence, setting):
        place = min(BINS - 1, int(BINS * ending.confidence))
        binned.setdefault(place, []).append(ending)
    return [_bin(endings) for _, endings in sorted(binned.items())]


def wilson(mean: float, n: int) -> tuple[float, float]:
    """The 95 % interval of a share; a little wide for scores between 0 and 1."""
    middle = mean + _Z**2 / (2 * n)
    spread = _Z * math.sqrt(mean * (1 - mean) / n + _Z**2 / (4 * n**2))
    whole = 1 + _Z**2 / n
    return max(0.0, (middle - spread) / whole), min(1.0, (middle + spread) / whole)


def _with_threshold(setting: Setting, threshold: float) -> Setting:
    return replace(setting, tier=setting.tier.model_copy(update={"threshold": threshold}))


def _before_escalation(evidence: Sequence[Evidence], setting: Setting) -> list[Ending]:
    accepting = _with_threshold(setting, 0.0)
    return [routed(e, accepting) for e in evidence]


def _point(evidence: Sequence[Evidence], setting: Setting) -> Point:
    endings = [routed(e, setting) for e in evidence]
    best = sum(e.strong.quality for e in evidence)
    dearest = sum(e.strong.cost_usd for e in evidence)
    return Point(
        threshold=setting.tier.threshold,
        escalation_rate=sum(e.strong for e in endings) / len(endings),
        quality_kept=sum(e.quality for e in endings) / best if best else 1.0,
        saving=1 - sum(e.cost_usd for e in endings) / dearest if dearest else 0.0,
    )


def _bin(endings: Sequence[Ending]) -> Bin:
    n = len(endings)
    quality = sum(e.quality for e in endings) / n
    low, high = wilson(quality, n)
    return Bin(sum(e.confidence for e in endings) / n, quality, low, high, n)
