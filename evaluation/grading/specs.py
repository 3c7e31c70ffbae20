"""A row's specification of its grader: a name, with options if there are any."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from llm_router.domain.base import Frozen
from llm_router.domain.policy import safe_regex

from .numbers import as_number

UNIT_TEST_SECONDS = 10.0


class AfterMarker(Frozen):
    """The final answer is the text after the last occurrence of these words."""

    after: str = Field(min_length=1)


class InJson(Frozen):
    """The final answer is this field of the JSON object in the text."""

    json_field: str = Field(min_length=1)


Final = Literal["whole", "last_line"] | AfterMarker | InJson


class Exact(Frozen):
    """Equal to the reference, or to one of a list of them, after normalising both."""

    name: Literal["exact"] = "exact"
    final: Final = "whole"
    case_sensitive: bool = False

    def check(self, reference: Any) -> None:
        """Raise `ValueError` if there is no reference to compare with."""
        if reference is None or reference == []:
            raise ValueError("the grader exact needs a reference")


class Numeric(Frozen):
    """The last number of the final answer, within a tolerance of the reference."""

    name: Literal["numeric"] = "numeric"
    final: Final = "whole"
    tolerance: float = Field(default=0, ge=0, allow_inf_nan=False)
    relative_tolerance: float = Field(default=0, ge=0, allow_inf_nan=False)

    def check(self, reference: Any) -> None:
        """Raise `ValueError` if the reference holds no number."""
        if as_number(reference) is None:
            raise ValueError("the grader numeric needs a number as reference")


class JsonSchema(Frozen):
    """A JSON document that the reference, a JSON schema, accepts."""

    name: Literal["json_schema"] = "json_schema"

    def check(self, reference: Any) -> None:
        """Raise `ValueError` if the reference is not a usable schema."""
        # Loading the library is slow, and only rows with this grader need it.
        from .json_schemas import validator_for

        validator_for(reference)


class Regex(Frozen):
    """A text in which the reference, a regular expression, is found."""

    name: Literal["regex"] = "regex"
    final: Final = "whole"

    def check(self, reference: Any) -> None:
        """Raise `ValueError` if the reference is not a pattern that matches in linear time."""
        if not isinstance(reference, str):
            raise ValueError("the grader regex needs a regular expression as reference")  # noqa: TRY004
        safe_regex.check(reference)


class UnitTest(Frozen):
    """Code that makes a command exit with status 0.

    `{answer}` and `{reference}` in the command stand for the files that hold the answer's code and
    the reference; the code is on standard input too.
    """

    name: Literal["unit_test"] = "unit_test"
    command: tuple[Annotated[str, Field(min_length=1)], ...] = Field(min_length=1)
    suffix: str = Field(default=".py", pattern=r"^\.[A-Za-z0-9]{1,10}$")
    timeout_seconds: float = Field(default=UNIT_TEST_SECONDS, gt=0, le=600)

    def check(self, reference: Any) -> None:
        """Raise `ValueError` if the reference could not be written to a file."""
        if reference is not None and not isinstance(reference, str):
            raise ValueError("the grader unit_test takes the text of a test as reference")


class LlmJudge(Frozen):
    """An answer that a judge model finds right, by the reference and criteria if there are any."""

    name: Literal["llm_judge"] = "llm_judge"
    model: str | None = None
    criteria: str | None = None

    def check(self, reference: Any) -> None:
        """Accept any reference, or none."""


def _named(value: object) -> object:
    """Read a bare name as the grader without options."""
    return {"name": value} if isinstance(value, str) else value


Spec = Exact | Numeric | JsonSchema | Regex | UnitTest | LlmJudge
GraderSpec = Annotated[Spec, Field(discriminator="name"), BeforeValidator(_named)]
GRADER_NAMES: tuple[str, ...] = (
    "exact", "numeric", "json_schema", "regex", "unit_test", "llm_judge",
)  # fmt: skip
