"""Rules: the first that matches decides the tier or the model, without any model call."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import Field, StrictInt, StrictStr, ValidationError, model_validator

from . import patterns
from .base import Frozen
from .tiers import Tier

Value = StrictStr | StrictInt


class Facts(Frozen):
    """What a rule may look at; `hour` is UTC's, from 0 to 23."""

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
    "regex": lambda fact, wanted: patterns.found(wanted, fact),
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
    """One comparison of one fact; a fact that was not given satisfies none."""

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
        expected = int if allowed is _NUMBER else str
        if not self.values or not all(type(value) is expected for value in self.values):
            raise ValueError(f"{key}: expected {'numbers' if expected is int else 'text'}")
        if self.operator == "regex":
            try:
                patterns.check(str(self.wanted))
            except patterns.PatternError as error:
                raise ValueError(f"{key}: {error}") from error
        return self

    @property
    def values(self) -> tuple[Value, ...]:
        """What is compared with, as a tuple of one or more."""
        return self.wanted if isinstance(self.wanted, tuple) else (self.wanted,)

    def holds(self, facts: Facts) -> bool:
        """Whether the fact satisfies the comparison."""
        fact = getattr(facts, self.field)
        return fact is not None and OPERATORS[self.operator](fact, self.wanted)

    def __str__(self) -> str:
        """As the policy writes it, for explanations."""
        return f"{self.field} {self.operator} {self.wanted!r}"


class Combined(Frozen):
    """`all` or `any` of some conditions, or `not` one."""

    kind: Literal["all", "any", "not"]
    parts: tuple["Condition", ...] = Field(min_length=1)

    def holds(self, facts: Facts) -> bool:
        """Whether the combination of its parts is true."""
        if self.kind == "not":
            return not self.parts[0].holds(facts)
        return (all if self.kind == "all" else any)(part.holds(facts) for part in self.parts)

    def __str__(self) -> str:
        """As the policy writes it, for explanations."""
        return f"{self.kind}({', '.join(map(str, self.parts))})"


Condition = Annotated[Comparison | Combined, Field(discriminator="kind")]


class RuleLimits(Frozen):
    """Bounds that a rule sets for the requests it matches; the caller's own count if tighter."""

    max_cost_usd: Decimal | None = Field(default=None, gt=0)
    max_latency_ms: int | None = Field(default=None, gt=0)
    max_output_tokens: int | None = Field(default=None, gt=0)


class Action(Frozen):
    """Where a matching rule sends the request, and under which terms."""

    tier: Tier | None = None
    model: str | None = None
    skip_cascade: bool = False
    limits: RuleLimits = RuleLimits()

    @model_validator(mode="after")
    def _exactly_one(self) -> "Action":
        if (self.tier is None) == (self.model is None):
            raise ValueError("give either tier or model")
        return self


class Rule(Frozen):
    """A named condition with what follows from it.

    `when` is written as a table: a field with its operators, or `all`, `any` (lists of such tables)
    or `not` (one table); several entries of a table must all hold.
    """

    name: str = Field(min_length=1)
    when: Condition
    then: Action

    @model_validator(mode="before")
    @classmethod
    def _read_when(cls, data: Any) -> Any:
        if isinstance(data, dict) and "when" in data:
            return {**data, "when": _condition(data["when"])}
        return data


class Trial(Frozen):
    """A rule that was tried: whether it matched, and the condition that decided."""

    rule: str
    matched: bool
    because: str


def try_rules(rules: tuple[Rule, ...], facts: Facts) -> tuple[Rule | None, tuple[Trial, ...]]:
    """The first rule that matches, and how each rule fared up to it."""
    trials = []
    for rule in rules:
        matched = rule.when.holds(facts)
        trials.append(Trial(rule=rule.name, matched=matched, because=_because(rule, facts)))
        if matched:
            return rule, tuple(trials)
    return None, tuple(trials)


def _because(rule: Rule, facts: Facts) -> str:
    """The whole condition if it holds; else its first part that does not."""
    condition = rule.when
    if condition.holds(facts):
        return f"{condition} holds"
    while isinstance(condition, Combined) and condition.kind == "all":
        condition = next(part for part in condition.parts if not part.holds(facts))
    return f"{condition} does not hold"


def _condition(table: Any) -> Comparison | Combined:
    """A condition from its table in the policy; `ValueError` names the entry that is wrong."""
    if not isinstance(table, dict) or not table:
        raise ValueError("when: expected a table with at least one condition")
    parts = [part for key, value in table.items() for part in _entry(key, value)]
    return parts[0] if len(parts) == 1 else Combined(kind="all", parts=tuple(parts))


def _entry(key: str, value: Any) -> list[Comparison | Combined]:
    if key in ("all", "any"):
        if not isinstance(value, list) or not value:
            raise ValueError(f"when.{key}: expected a list of conditions")
        parts = tuple(_condition(part) for part in value)
        return [Combined(kind="all" if key == "all" else "any", parts=parts)]
    if key == "not":
        return [Combined(kind="not", parts=(_condition(value),))]
    if not isinstance(value, dict) or not value:
        raise ValueError(f"when.{key}: no operator given")
    return [_comparison(key, operator, wanted) for operator, wanted in value.items()]


def _comparison(field: str, operator: str, wanted: Any) -> Comparison:
    values = wanted if isinstance(wanted, list) else [wanted]
    if not all(type(value) in (str, int) for value in values):
        raise ValueError(f"when.{field}.{operator}: expected text or whole numbers")
    given = tuple(values) if isinstance(wanted, list) else wanted
    try:
        return Comparison(field=field, operator=operator, wanted=given)
    except ValidationError as error:
        reason = error.errors()[0]["msg"].removeprefix("Value error, ")
        raise ValueError(f"when.{reason}") from error
