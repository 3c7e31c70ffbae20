"""Rule conditions: comparisons of a request's facts, and combinations of comparisons."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, StrictInt, StrictStr, ValidationError, model_validator

from llm_router.domain.base import Frozen

from . import safe_regex

Value = StrictStr | StrictInt


class Facts(Frozen):
    """The facts of a request that rules can compare; `hour` is in UTC, from 0 to 23."""

    request_type: str | None = None
    user_tier: str | None = None
    feature: str | None = None
    question: str = ""
    conversation: str = ""
    prompt_tokens: int = 0
    messages: int = 0
    images: int = 0
    tools: int = 0
    hour: int = 0


OPERATORS: Mapping[str, Callable[[Any, Any], bool]] = {
    "equals": lambda fact, wanted: fact == wanted,
    "in": lambda fact, wanted: fact in wanted,
    "regex": lambda fact, wanted: safe_regex.found(wanted, fact),
    "gte": lambda fact, wanted: fact >= wanted,
    "lte": lambda fact, wanted: fact <= wanted,
}
_TEXT = frozenset({"equals", "in", "regex"})
_NUMBER = frozenset({"equals", "in", "gte", "lte"})
OPERATORS_OF: Mapping[str, frozenset[str]] = {
    "request_type": _TEXT,
    "user_tier": _TEXT,
    "feature": _TEXT,
    "question": _TEXT,
    "conversation": _TEXT,
    "prompt_tokens": _NUMBER,
    "messages": _NUMBER,
    "images": _NUMBER,
    "tools": _NUMBER,
    "hour": _NUMBER,
}


class Comparison(Frozen):
    """One comparison of one fact; a missing fact satisfies none."""

    kind: Literal["comparison"] = "comparison"
    field: str
    operator: str
    wanted: Value | tuple[Value, ...]

    @model_validator(mode="after")
    def _fits(self) -> "Comparison":
        allowed = OPERATORS_OF.get(self.field)
        if allowed is None:
            raise ValueError(f"{self.field}: unknown field; one of {', '.join(OPERATORS_OF)}")
        key = f"{self.field}.{self.operator}"
        if self.operator not in allowed:
            raise ValueError(f"{key}: unknown operator; one of {', '.join(sorted(allowed))}")
        if (self.operator == "in") != isinstance(self.wanted, tuple):
            raise ValueError(
                f"{key}: expected {'a list' if self.operator == 'in' else 'one value'}"
            )
        expected = int if Facts.model_fields[self.field].annotation is int else str
        if not self.values or not all(type(value) is expected for value in self.values):
            raise ValueError(f"{key}: expected {'numbers' if expected is int else 'text'}")
        if self.operator == "regex":
            try:
                safe_regex.check(str(self.wanted))
            except safe_regex.PatternError as error:
                raise ValueError(f"{key}: {error}") from error
        return self

    @property
    def values(self) -> tuple[Value, ...]:
        """The wanted values, as a tuple of one or more."""
        return self.wanted if isinstance(self.wanted, tuple) else (self.wanted,)

    def holds(self, facts: Facts) -> bool:
        """True if the fact satisfies the comparison."""
        fact = getattr(facts, self.field)
        return fact is not None and OPERATORS[self.operator](fact, self.wanted)

    def __str__(self) -> str:
        """The comparison as the policy writes it, for explanations."""
        return f"{self.field} {self.operator} {self.wanted!r}"


class Combined(Frozen):
    """`all` or `any` of some conditions, or `not` one."""

    kind: Literal["all", "any", "not"]
    parts: tuple["Condition", ...] = Field(min_length=1)

    def holds(self, facts: Facts) -> bool:
        """True if the combination of the parts is true."""
        if self.kind == "not":
            return not self.parts[0].holds(facts)
        return (all if self.kind == "all" else any)(part.holds(facts) for part in self.parts)

    def __str__(self) -> str:
        """The combination as the policy writes it, for explanations."""
        return f"{self.kind}({', '.join(map(str, self.parts))})"


Condition = Annotated[Comparison | Combined, Field(discriminator="kind")]


def first_failing(condition: Comparison | Combined, facts: Facts) -> Comparison | Combined | None:
    """The first part of a condition that fails and decides alone; None if the condition holds."""
    if isinstance(condition, Combined) and condition.kind == "all":
        failing = (first_failing(part, facts) for part in condition.parts)
        return next((part for part in failing if part is not None), None)
    return None if condition.holds(facts) else condition


def parse_condition(table: Any) -> Comparison | Combined:
    """Parse a condition from its table in the policy; `ValueError` names the wrong entry."""
    if not isinstance(table, dict) or not table:
        raise ValueError("when: expected a table with at least one condition")
    parts = [part for key, value in table.items() for part in _entry(key, value)]
    return parts[0] if len(parts) == 1 else Combined(kind="all", parts=tuple(parts))


def _entry(key: str, value: Any) -> list[Comparison | Combined]:
    if key in ("all", "any"):
        if not isinstance(value, list) or not value:
            raise ValueError(f"when.{key}: expected a list of conditions")
        parts = tuple(parse_condition(part) for part in value)
        return [Combined(kind="all" if key == "all" else "any", parts=parts)]
    if key == "not":
        return [Combined(kind="not", parts=(parse_condition(value),))]
    if not isinstance(value, dict) or not value:
        raise ValueError(f"when.{key}: no operator given")
    return [_comparison(key, operator, wanted) for operator, wanted in value.items()]


def _comparison(field: str, operator: str, wanted: Any) -> Comparison:
    values = wanted if isinstance(wanted, list) else [wanted]
    if not all(type(value) in (str, int) for value in values):
        raise ValueError(f"when.{field}.{operator}: expected text or whole numbers")
    operand = tuple(values) if isinstance(wanted, list) else wanted
    try:
        return Comparison(field=field, operator=operator, wanted=operand)
    except ValidationError as error:
        reason = error.errors()[0]["msg"].removeprefix("Value error, ")
        raise ValueError(f"when.{reason}") from error
