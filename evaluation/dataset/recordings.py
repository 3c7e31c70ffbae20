"""Recorded answers: the format of a row, and files of rows as plain or gzipped JSONL.

Errors name the file, the line and the reason, and never quote a prompt or an answer.
"""

import codecs
import gzip
import io
import re
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    ValidationError,
    model_validator,
)

from evaluation.errors import RecordingError
from evaluation.grading.specs import GRADER_NAMES, GraderSpec
from llm_router.domain.base import Frozen
from llm_router.domain.conversation.answer import FinishReason, Usage
from llm_router.domain.conversation.conversation import Conversation, Message
from llm_router.domain.outcome.failures import FailureKind
from llm_router.domain.tiers import Tier

_SHOWN = re.compile(r"[\w.:/@ -]{1,64}")
_REASONS = {"union_tag_invalid": f"names no grader; there are {', '.join(GRADER_NAMES)}"}


def _counts(value: object) -> object:
    """The token counts that `Usage` knows; a provider may report others."""
    if isinstance(value, dict):
        return {name: count for name, count in value.items() if name in Usage.model_fields}
    return value


class RecordedAnswer(BaseModel):
    """One model's answer, with either `correct` or `score`; null means not graded yet.

    Unknown fields are ignored on reading. `logprob` is the mean over the answer's tokens.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    text: str | None = None
    correct: StrictBool | None = None
    score: float | None = Field(default=None, strict=True, ge=0, le=1, allow_inf_nan=False)
    usage: Annotated[Usage | None, BeforeValidator(_counts)] = None
    finish_reason: FinishReason | None = None
    latency_ms: int | None = Field(default=None, ge=0)
    logprob: float | None = Field(default=None, strict=True, le=0, allow_inf_nan=False)

    @model_validator(mode="after")
    def _graded_once(self) -> "RecordedAnswer":
        if len({"correct", "score"} & self.model_fields_set) != 1:
            raise ValueError("needs either correct or score")
        return self

    @property
    def graded(self) -> bool:
        """True if the answer has a grade."""
        return self.correct is not None or self.score is not None

    @property
    def quality(self) -> float:
        """The quality of the answer from 0 to 1; `RecordingError` if it is not graded."""
        if self.score is not None:
            return self.score
        if self.correct is None:
            raise RecordingError("an answer without a grade has no quality")
        return float(self.correct)


class RecordedClassification(BaseModel):
    """A model's classification: the question's complexity and the tokens of a good answer.

    Unknown fields are ignored on reading.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    complexity: Tier
    estimated_tokens: int = Field(strict=True, gt=0, le=1_000_000)


class Question(Frozen):
    """A question for models, and the grader of their answers."""

    id: str = Field(min_length=1, coerce_numbers_to_str=True)
    dataset: str = Field(default="default", min_length=1)
    domain: str | None = None
    prompt: str | None = Field(default=None, min_length=1)
    messages: tuple[Message, ...] | None = Field(default=None, min_length=1)
    reference: Any = None
    grader: GraderSpec | None = None

    @model_validator(mode="after")
    def _asks_once(self) -> "Question":
        if (self.prompt is None) == (self.messages is None):
            raise ValueError("needs either prompt or messages")
        if self.grader is not None:
            self.grader.check(self.reference)
        return self

    @property
    def key(self) -> tuple[str, str]:
        """The unique key of the question: its dataset and its id."""
        return self.dataset, self.id

    @property
    def conversation(self) -> Conversation:
        """The conversation that a model is sent."""
        return Conversation(
            messages=self.messages or (Message(role="user", content=self.prompt or ""),)
        )


class Row(Question):
    """A question with each model's answer; `failed` holds the failure of each call without one."""

    answers: dict[str, RecordedAnswer]
    classification: RecordedClassification | None = None
    failed: dict[str, FailureKind] = Field(default_factory=dict)

    def graded_by(self, *models: str) -> bool:
        """True if each of these models has a graded answer here."""
        return all(model in self.answers and self.answers[model].graded for model in models)


class _RowOrQuestion(Row):
    """A row that is read for its question; answers are optional."""

    answers: dict[str, RecordedAnswer] = Field(default_factory=dict)


AnyRow = TypeVar("AnyRow", bound=Question)


def read_rows(paths: Iterable[Path | str]) -> list[Row]:
    """All rows of these files; `RecordingError` for an invalid or repeated row."""
    return list(_different(paths, Row))


def read_questions(path: Path | str) -> list[Question]:
    """The questions of a file, which may hold answers too; errors are those of `read_rows`."""
    return list(_different([path], _RowOrQuestion))


def _different(paths: Iterable[Path | str], row_type: type[AnyRow]) -> Iterator[AnyRow]:
    places: dict[tuple[str, str], str] = {}
    for path in map(Path, paths):
        for place, line in lines_of(path):
            row = parsed(line, row_type, place)
            if row.key in places:
                first = places[row.key]
                raise RecordingError(f"{place}: has the id and the dataset of {first}")
            places[row.key] = place
            yield row


def lines_of(path: Path) -> Iterator[tuple[str, bytes]]:
    """The lines that are not blank, each with `FILE:NUMBER`; `RecordingError` if unreadable."""
    number = 0
    try:
        with _opened(path) as file:
            for number, line in enumerate(file, start=1):
                content = line.removeprefix(codecs.BOM_UTF8) if number == 1 else line
                if content.strip():
                    yield f"{path}:{number}", content
    except (OSError, EOFError, zlib.error) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "broken gzip"
        where = f"cannot be read after line {number}: " if number else ""
        raise RecordingError(f"{path}: {where}{reason}") from error


def _opened(path: Path) -> gzip.GzipFile | io.BufferedReader:
    return gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb")


def parsed(line: bytes, row_type: type[AnyRow], place: str) -> AnyRow:
    """The row in a line; `RecordingError` with the place and the reason if it is invalid."""
    try:
        return row_type.model_validate_json(line)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        reason = _REASONS.get(first["type"], first["msg"].removeprefix("Value error, "))
        where = [".".join(shown(part) for part in first["loc"])] if first["loc"] else []
        raise RecordingError(": ".join([place, *where, reason])) from None


def shown(name: object) -> str:
    """A field's name or an id as a message may show it; `…` if it could be another text."""
    return str(name) if _SHOWN.fullmatch(str(name)) else "…"


def encoded(row: Question) -> bytes:
    """The row as one line of JSON, with its line break."""
    return row.model_dump_json(exclude_unset=True).encode() + b"\n"
