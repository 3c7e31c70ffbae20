"""The result of a calibration: the promises, the datasets they cover, the qualities missed."""

from dataclasses import dataclass
from datetime import date

from evaluation.dataset.cascade_model import CascadeSettings


@dataclass(frozen=True)
class DatasetPromise:
    """One dataset's part in a promise; `covered` if the promise holds for it by itself.

    Otherwise `labels_needed` estimates how many labels would be enough; None if no number is.
    """

    name: str
    n: int
    kept: float
    covered: bool
    labels_needed: int | None


@dataclass(frozen=True)
class Promise:
    """One certified setting; `kept`, `saving` and `escalation_rate` are measured on part B."""

    setting: CascadeSettings
    kept: float
    saving: float
    saving_interval: tuple[float, float]
    escalation_rate: float
    datasets: tuple[DatasetPromise, ...]

    @property
    def on_average_only(self) -> tuple[str, ...]:
        """The datasets for which the promise does not hold by itself."""
        return tuple(dataset.name for dataset in self.datasets if not dataset.covered)


@dataclass(frozen=True)
class Target:
    """One wanted quality: the promise, or an estimate of the labels that would allow one."""

    quality_kept: float
    promise: Promise | None
    labels_needed: int | None


@dataclass(frozen=True)
class Calibration:
    """The targets of all wanted qualities, ascending; `n` questions are in part B."""

    targets: tuple[Target, ...]
    delta: float
    n: int
    questions: int
    models: tuple[str, ...]
    date: date

    @property
    def promised(self) -> Target | None:
        """The target of the highest quality that has a promise; None if none has."""
        return next((t for t in reversed(self.targets) if t.promise is not None), None)
