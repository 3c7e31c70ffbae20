"""Rules: the first that matches decides the tier or the model, without any model call."""

from decimal import Decimal
from typing import Any

from pydantic import Field, model_validator

from llm_router.domain.base import Frozen
from llm_router.domain.tiers import Tier

from .conditions import Condition, Facts, first_failing, parse_condition


class RuleLimits(Frozen):
    """Limits that a rule sets for the requests it matches; the caller's own apply if tighter."""

    max_cost_usd: Decimal | None = Field(default=None, gt=0)
    max_latency_ms: int | None = Field(default=None, gt=0)
    max_output_tokens: int | None = Field(default=None, gt=0)


class RuleAction(Frozen):
    """The effect of a matching rule: a tier or a model for the request, and the terms of a call."""

    tier: Tier | None = None
    model: str | None = None
    skip_cascade: bool = False
    limits: RuleLimits = RuleLimits()

    @model_validator(mode="after")
    def _exactly_one(self) -> "RuleAction":
        if (self.tier is None) == (self.model is None):
            raise ValueError("give either tier or model")
        return self


class Rule(Frozen):
    """A named condition and its action.

    `when` is a table: a field with its operators, or `all`, `any` (lists of such tables) or `not`
    (one table). Several entries of a table must all hold.
    """

    name: str = Field(min_length=1)
    when: Condition
    then: RuleAction

    @model_validator(mode="before")
    @classmethod
    def _read_when(cls, data: Any) -> Any:
        if isinstance(data, dict) and "when" in data:
            return {**data, "when": parse_condition(data["when"])}
        return data


class RuleEvaluation(Frozen):
    """A rule that was tried: whether it matched, and the condition that decided."""

    rule: str
    matched: bool
    because: str


def evaluate_rules(
    rules: tuple[Rule, ...], facts: Facts
) -> tuple[Rule | None, tuple[RuleEvaluation, ...]]:
    """The first rule that matches, and the evaluation of every rule up to it."""
    evaluations = []
    for rule in rules:
        decisive = first_failing(rule.when, facts)
        because = f"{decisive or rule.when} {'does not hold' if decisive else 'holds'}"
        evaluations.append(
            RuleEvaluation(rule=rule.name, matched=decisive is None, because=because)
        )
        if decisive is None:
            return rule, tuple(evaluations)
    return None, tuple(evaluations)
