"""Advice on a tier whose escalation rate is off its target; nothing here changes a threshold."""

from pydantic import Field, model_validator

from llm_router.domain.base import Frozen
from llm_router.domain.tiers import TIERS, Tier


class SteeringSettings(Frozen):
    """The target escalation rate of a tier, and the band outside of which there is advice.

    There the tiers or the classifier do not fit the traffic. Nothing is said of a rate of fewer
    than `min_requests` requests.
    """

    target_from: float = Field(ge=0, le=1)
    target_to: float = Field(ge=0, le=1)
    band_from: float = Field(ge=0, le=1)
    band_to: float = Field(ge=0, le=1)
    min_requests: int = Field(gt=0)

    @model_validator(mode="after")
    def _nested(self) -> "SteeringSettings":
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


def advice(
    tier: Tier,
    rate: EscalationRate | None,
    settings: SteeringSettings,
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
