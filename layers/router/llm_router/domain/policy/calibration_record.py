"""The record of a calibration: the quality it certifies, and for which models and traffic."""

from collections.abc import Collection
from datetime import date

from pydantic import Field

from llm_router.domain.base import Frozen

COVERED_TRAFFIC = "traffic like the calibration data and nothing else"
"""The limit of every guarantee; it stands wherever one is shown."""


class CalibrationRecord(Frozen):
    """The data of a calibration, and the quality that it certifies.

    With error probability `delta`, answers keep at least the share `quality_kept` of the strongest
    model's quality, on traffic like the `datasets` only. On those in `on_average_only` this holds
    just on average over all of them. `n` labelled examples certified it.
    """

    models: tuple[str, ...] = Field(min_length=1)
    datasets: tuple[str, ...] = Field(min_length=1)
    n: int = Field(gt=0)
    quality_kept: float = Field(gt=0, le=1)
    delta: float = Field(gt=0, lt=1)
    escalation_rate: float = Field(ge=0, le=1)
    saving: float = Field(le=1)
    date: date
    on_average_only: tuple[str, ...] = ()


def guarantee_for(
    record: CalibrationRecord | None, model_ids: Collection[str]
) -> CalibrationRecord | None:
    """The calibration record if it covers every model that may be called; else None."""
    if record is None or not model_ids or not set(model_ids) <= set(record.models):
        return None
    return record
