"""Tables of test cases in `tests/data`: one JSON object a line, each with the reason it is there.

The reason is the test's id, so that a failure names the class of the case.
"""

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Annotated, TypeVar

import pytest
from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

DATA = Path(__file__).parents[1] / "data"


class CaseError(ValueError):
    """A line of a table that is no case, or that is there twice."""


class Case(BaseModel):
    """A line of a table; a subclass names the other fields, none of which may be missing."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    reason: Annotated[str, StringConstraints(min_length=3)]


C = TypeVar("C", bound=Case)


def read_cases(kind: type[C], file: Path) -> list[C]:
    """Every case of a file, in order; no two have the same reason or the same content.

    Raises:
        CaseError: names the file and the line at fault.
    """
    cases: list[C] = []
    lines_of: dict[str, int] = {}
    # `splitlines` would also split at characters that a case may hold.
    lines = file.read_text(encoding="utf-8").removesuffix("\n").split("\n")
    for number, line in enumerate(lines, start=1):
        place = f"{file}:{number}"
        try:
            case = kind.model_validate_json(line)
        except ValidationError as error:
            raise CaseError(f"{place}: {_faults(error)}") from error
        content = json.dumps(case.model_dump(exclude={"reason"}), sort_keys=True)
        for part in (f"reason {case.reason!r}", f"case {content}"):
            if part in lines_of:
                raise CaseError(f"{place}: the same {part} is on line {lines_of[part]}")
            lines_of[part] = number
        cases.append(case)
    return cases


def table(kind: type[C], name: str) -> list[C]:
    """Every case of `tests/data/<name>.jsonl`."""
    return read_cases(kind, DATA / f"{name}.jsonl")


def for_each(
    cases: Iterable[C], where: Callable[[C], bool] = lambda _: True
) -> pytest.MarkDecorator:
    """Run a test with each such case as its argument `case`; the reason is the test's id."""
    chosen = [pytest.param(case, id=case.reason) for case in cases if where(case)]
    if not chosen:
        raise CaseError("a test without a case")
    return pytest.mark.parametrize("case", chosen)


def _faults(error: ValidationError) -> str:
    return "; ".join(": ".join([*map(str, fault["loc"]), fault["msg"]]) for fault in error.errors())
