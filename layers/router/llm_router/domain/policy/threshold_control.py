"""Moves a threshold to keep its tier's escalation rate near a target; advises where that fails."""

from pydantic import Field, model_validator

from llm_router.domain.base import Frozen
from llm_router.domain.tiers import TIERS, Tier


class ThresholdControlSettings(Frozen):
    """The target escalation rate of a tier, and limits on moving its threshold towards it.

    Nothing moves between `target_from` and `target_to` or below `band_from`. Outside of `band_from`
    to `band_to` the tiers or the classifier do not fit the traffic, so advice is given.
    """

    enabled: bool
    target_from: float = Field(ge=0, le=1)
    target_to: float = Field(ge=0, le=1)
    band_from: float = Field(ge=0, le=1)
    band_to: float = Field(ge=0, le=1)
    most_below: float = Field(ge=0, le=1)
    most_above: float = Field(ge=0, le=1)
    min_requests: int = Field(gt=0)

    @model_validator(mode="after")
    def _nested(self) -> "ThresholdControlSettings":
        order = [self.band_from, self.target_from, self.target_to, self.band_to]
        if order != sorted(order):
            raise ValueError("expected band_from <= target_from <= target_to <= band_to")
        return self


class EscalationRate(Frozen):
    """Counts of a tier's recent requests: those answered, and those of them that escalated."""

    answered: int = Field(ge=0)
    escalated: int = Field(ge=0)

    @property
    def escalation(self) -> float:
        """The share that escalated; 0 without any request."""
        return min(1.0, self.escalated / self.answered) if self.answered else 0.0


def controlled_threshold(
    threshold: float,
    rate: EscalationRate | None,
    settings: ThresholdControlSettings,
    *,
    calibrated: bool,
) -> float:
    """The threshold, moved by the rate's distance from its target.

    A calibrated threshold is never lowered; an uncalibrated one at most by `most_below`.
    """
    if not settings.enabled or rate is None or rate.answered < settings.min_requests:
        return threshold
    share = rate.escalation
    if share < settings.band_from or settings.target_from <= share <= settings.target_to:
        return threshold
    target = settings.target_to if share > settings.target_to else settings.target_from
    lowest = threshold if calibrated else max(0.0, threshold - settings.most_below)
    highest = min(1.0, threshold + settings.most_above)
    return min(highest, max(lowest, threshold - (share - target)))


def advice(
    tier: Tier,
    rate: EscalationRate | None,
    settings: ThresholdControlSettings,
    *,
    can_escalate: bool,
) -> str | None:
    """The change to make where no threshold helps; None while the rate is within the band.

    Also None if no stronger model exists: the rate is then 0 and says nothing.
    """
    if not can_escalate or rate is None or rate.answered < settings.min_requests:
        return None
    if rate.escalation < settings.band_from:
        taker = "this tier" if tier == TIERS[0] else "the tier below"
        return f"few answers escalate: let {taker} take more requests"
    if rate.escalation > settings.band_to:
        if tier == TIERS[-1]:
            return "many answers escalate: its first model is too weak for this tier"
        return "many answers escalate: let the classifier send more requests to the tier above"
    return None
