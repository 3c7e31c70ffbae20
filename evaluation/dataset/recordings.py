"""Recorded answers: the format of a row, and files of them, plain or gzipped JSONL.

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
from operations.files import replacing

_SHOWN = re.compile(r"[\w.:/@ -]{1,64}")
_REASONS = {"union_tag_invalid": f"names no grader; there are {', '.join(GRADER_NAMES)}"}


def _counts(value: object) -> object:
    """The counts that are known here, whatever else the provider counted."""
    if isinstance(value, dict):
        return {name: count for name, count in value.items() if name in Usage.model_fields}
    return value


class RecordedAnswer(BaseModel):
    """One model's answer, with `correct` or `score`; either may be null: not graded yet.

    Other fields than these are left out when it is read. `logprob` is the mean over its tokens.
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
        """Whether it is known how good the answer is."""
        return self.correct is not None or self.score is not None

    @property
    def quality(self) -> float:
        """How good the answer is, from 0 to 1; `RecordingError` if it is not graded."""
        if self.score is not None:
            return self.score
        if self.correct is None:
            raise RecordingError("an answer without a grade has no quality")
        return float(self.correct)


class RecordedClassification(BaseModel):
    """How complex a model said the question is, and of how many tokens a good answer.

    Other fields than these are left out when it is read.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    complexity: Tier
    estimated_tokens: int = Field(strict=True, gt=0, le=1_000_000)


class Question(Frozen):
    """What models are asked, and how their answers are to be graded."""

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
        """What tells it from all others: its dataset and its id."""
        return self.dataset, self.id

    @property
    def conversation(self) -> Conversation:
        """What a model is sent."""
        return Conversation(
            messages=self.messages or (Message(role="user", content=self.prompt or ""),)
        )


class Row(Question):
    """A question with what each model answered; `failed` holds why a call brought no answer."""

    answers: dict[str, RecordedAnswer]
    classification: RecordedClassification | None = None
    failed: dict[str, FailureKind] = Field(default_factory=dict)

    def graded_by(self, *models: str) -> bool:
        """Whether each of these models has an answer here whose quality is known."""
        return all(model in self.answers and self.answers[model].graded for model in models)


class _RowOrQuestion(Row):
    """Any row whose question is of interest."""

    answers: dict[str, RecordedAnswer] = Field(default_factory=dict)


AnyRow = TypeVar("AnyRow", bound=Question)


def read_rows(paths: Iterable[Path | str]) -> list[Row]:
    """All rows of these files; `RecordingError` for a row that does not fit or comes twice."""
    return list(_different(paths, Row))


def read_questions(path: Path | str) -> list[Question]:
    """The questions of a file, which may hold answers too; `RecordingError` as for rows."""
    return list(_different([path], _RowOrQuestion))


def _different(paths: Iterable[Path | str], kind: type[AnyRow]) -> Iterator[AnyRow]:
    seen: dict[tuple[str, str], str] = {}
    for path in map(Path, paths):
        for place, line in lines_of(path):
            row = parsed(line, kind, place)
            if row.key in seen:
                first = seen[row.key]
                raise RecordingError(f"{place}: has the id and the dataset of {first}")
            seen[row.key] = place
            yield row


def lines_of(path: Path) -> Iterator[tuple[str, bytes]]:
    """The lines that are not blank, each with `FILE:NUMBER`."""
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


def parsed(line: bytes, kind: type[AnyRow], place: str) -> AnyRow:
    """The row in a line; `RecordingError` naming the place and the reason if there is none."""
    try:
        return kind.model_validate_json(line)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        reason = _REASONS.get(first["type"], first["msg"].removeprefix("Value error, "))
        where = [".".join(shown(part) for part in first["loc"])] if first["loc"] else []
        raise RecordingError(": ".join([place, *where, reason])) from None


def shown(name: object) -> str:
    """A field's name or an id as it may stand in a message; a text in its place may not."""
    return str(name) if _SHOWN.fullmatch(str(name)) else "…"


def encoded(row: Question) -> bytes:
    """The row as one line."""
    return row.model_dump_json(exclude_unset=True).encode() + b"\n"


def write_rows(path: Path | str, rows: Iterable[Question]) -> None:
    """Write all rows or, if anything goes wrong, leave what was there; gzipped if so named."""
    with replacing(Path(path)) as file:
        if Path(path).suffix == ".gz":
            # Without a time and a name in it, equal rows make equal files.
            with gzip.GzipFile(filename="", mode="wb", fileobj=file, mtime=0) as zipped:
                zipped.writelines(map(encoded, rows))
        else:
            file.writelines(map(encoded, rows))
