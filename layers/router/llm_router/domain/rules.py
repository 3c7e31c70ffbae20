"""Rules: the first that matches decides the tier or the model, without any model call."""

from collections.abc import Callable, Mapping
from typing import Any

from pydantic import Field, field_validator, model_validator

from . import patterns
from .base import Frozen
from .tiers import Tier

Value = str | int


class Facts(Frozen):
    """What a rule may look at."""

    request_type: str | None = None
    user_tier: str | None = None
    feature: str | None = None
    question: str = ""
    prompt_tokens: int = 0
    messages: int = 0


OPERATORS: Mapping[str, Callable[[Any, Any], bool]] = {
    "equals": lambda fact, wanted: fact == wanted,
    "in": lambda fact, wanted: fact in wanted,
    "regex": lambda fact, wanted: patterns.found(wanted, fact),
    "gte": lambda fact, wanted: fact >= wanted,
    "lte": lambda fact, wanted: fact <= wanted,
}
_TEXT = {"equals", "in", "regex"}
_NUMBER = {"equals", "in", "gte", "lte"}
_OPERATORS_OF = {
    "request_type": _TEXT,
    "user_tier": _TEXT,
    "feature": _TEXT,
    "question": _TEXT,
    "prompt_tokens": _NUMBER,
    "messages": _NUMBER,
}


class Target(Frozen):
    """Where a matching rule sends the request: a tier, or one model."""

    tier: Tier | None = None
    model: str | None = None

    @model_validator(mode="after")
    def _exactly_one(self) -> "Target":
        if (self.tier is None) == (self.model is None):
            raise ValueError("give either tier or model")
        return self


class Rule(Frozen):
    """A named condition: every field in `when` must satisfy every operator given for it."""

    name: str = Field(min_length=1)
    when: dict[str, dict[str, Value | list[Value]]] = Field(min_length=1)
    then: Target

    @field_validator("when")
    @classmethod
    def _known_fields_and_operators(
        cls, when: dict[str, dict[str, Value | list[Value]]]
    ) -> dict[str, dict[str, Value | list[Value]]]:
        for field, conditions in when.items():
            allowed = _OPERATORS_OF.get(field)
            if allowed is None:
                raise ValueError(f"{field}: unknown field; one of {', '.join(_OPERATORS_OF)}")
            if not conditions:
                raise ValueError(f"{field}: no operator given")
            for operator, wanted in conditions.items():
                if operator not in allowed:
                    known = ", ".join(sorted(allowed))
                    raise ValueError(f"{field}.{operator}: unknown operator; one of {known}")
                _check_value(f"{field}.{operator}", operator, wanted, numeric=allowed is _NUMBER)
        return when

    def matches(self, facts: Facts) -> bool:
        """Whether all conditions hold; a fact that was not given satisfies none."""
        return all(
            (fact := getattr(facts, field)) is not None and OPERATORS[operator](fact, wanted)
            for field, conditions in self.when.items()
            for operator, wanted in conditions.items()
        )


def first_match(rules: tuple[Rule, ...], facts: Facts) -> Rule | None:
    """The first rule that matches, in the policy's order."""
    return next((rule for rule in rules if rule.matches(facts)), None)


def _check_value(key: str, operator: str, wanted: Value | list[Value], *, numeric: bool) -> None:
    if (operator == "in") != isinstance(wanted, list):
        raise ValueError(f"{key}: expected {'a list' if operator == 'in' else 'one value'}")
    expected = int if numeric else str
    values = wanted if isinstance(wanted, list) else [wanted]
    if not values or not all(isinstance(value, expected) for value in values):
        raise ValueError(f"{key}: expected {'numbers' if numeric else 'text'}")
    if operator == "regex":
        try:
            patterns.check(str(wanted))
        except patterns.PatternError as error:
            raise ValueError(f"{key}: {error}") from error
