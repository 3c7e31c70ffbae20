"""The outcome of a calibration: what is promised, for which questions, and what is not."""

from dataclasses import dataclass
from datetime import date

from evaluation.dataset.cascade_model import CascadeSettings


@dataclass(frozen=True)
class DatasetPromise:
    """Whether a promise holds for one dataset by itself; if not, about how many labels would do."""

    name: str
    n: int
    kept: float
    covered: bool
    labels_needed: int | None


@dataclass(frozen=True)
class Promise:
    """One certified setting; `kept`, `saving` and `escalation_rate` are what part B measured."""

    setting: CascadeSettings
    kept: float
    saving: float
    saving_interval: tuple[float, float]
    escalation_rate: float
    datasets: tuple[DatasetPromise, ...]

    @property
    def on_average_only(self) -> tuple[str, ...]:
        """The datasets for which nothing is promised by themselves."""
        return tuple(dataset.name for dataset in self.datasets if not dataset.covered)


@dataclass(frozen=True)
class Target:
    """One quality that was wanted: the promise, or about how many labels would allow one."""

    quality_kept: float
    promise: Promise | None
    labels_needed: int | None


@dataclass(frozen=True)
class Calibration:
    """The outcome for every wanted quality, ascending; `n` questions are in part B."""

    targets: tuple[Target, ...]
    delta: float
    n: int
    questions: int
    models: tuple[str, ...]
    date: date

    @property
    def promised(self) -> Target | None:
        """The highest quality for which there is a promise."""
        return next((t for t in reversed(self.targets) if t.promise is not None), None)
