"""The results of checks."""

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """The verdict of a check; `skipped` if it could not look."""

    OK = "ok"
    WARNING = "warning"
    FAULT = "fault"
    SKIPPED = "skipped"


@dataclass(frozen=True)
class Finding:
    """One sentence on what a check found, and one on what to do; `check` is set by the runner."""

    state: State
    finding: str
    advice: str = ""
    check: str = ""


class CannotLookError(Exception):
    """A check cannot look; the message says why, `advice` what to do."""

    def __init__(self, reason: str, advice: str = "") -> None:
        super().__init__(reason)
        self.advice = advice


def ok(finding: str) -> Finding:
    """All is well."""
    return Finding(State.OK, finding)


def warning(finding: str, advice: str) -> Finding:
    """It works, but not as well as it should."""
    return Finding(State.WARNING, finding, advice)


def fault(finding: str, advice: str) -> Finding:
    """Requests fail, or will."""
    return Finding(State.FAULT, finding, advice)


def skipped(finding: str, advice: str = "") -> Finding:
    """The check could not look, or there is nothing to look at."""
    return Finding(State.SKIPPED, finding, advice)
