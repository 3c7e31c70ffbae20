"""Finds rules that can never match: contradictions, and rules shadowed by an earlier one."""

from collections.abc import Iterator
from itertools import product

from llm_router.domain.policy.conditions import OPERATORS, Combined, Comparison
from llm_router.domain.policy.rules import Rule

Literal = tuple[Comparison, bool]
"""A comparison, with True if it must hold and False if it must fail."""

Case = frozenset[Literal]
"""One way to satisfy a condition: all its literals at once."""

_MAX_CASES = 512
_ANALYSED = frozenset({"equals", "in", "regex", "gte", "lte"})
"""Operators that the analysis knows; a comparison with another one counts as always possible."""

_RANGES = {
    "prompt_tokens": (0, None),
    "messages": (0, None),
    "images": (0, None),
    "tools": (0, None),
    "hour": (0, 23),
}
"""The least and the greatest value of the numbers; nothing is concluded about other numbers."""


def never_matching(rules: tuple[Rule, ...]) -> Iterator[tuple[Rule, str]]:
    """Yield each rule that can never match, with the reason.

    Everything reported is certain. A contradiction between two regular expressions goes unnoticed,
    and so does whatever depends on an operator that is not analysed, or on too many combinations.
    """
    earlier: list[tuple[Rule, list[Case]]] = []
    for rule in rules:
        try:
            cases = [case for case in _cases(rule.when, True) if not _contradictory(case)]
        except _TooManyCasesError:
            continue
        shadow = next((e for e in earlier if _covers(e[1], cases)), None)
        if not cases:
            yield rule, "its conditions contradict each other"
        elif shadow is not None:
            yield rule, f"rule {shadow[0].name!r} before it matches whatever it would match"
        earlier.append((rule, cases))


class _TooManyCasesError(Exception):
    """A condition has more cases than are looked at."""


def _covers(general: list[Case], special: list[Case]) -> bool:
    """True if every special case lies within one of the general ones."""
    return bool(special) and all(
        any(all(_implied(literal, case) for literal in wide) for wide in general)
        for case in special
    )


def _cases(condition: Comparison | Combined, wanted: bool) -> list[Case]:
    """The condition, or its negation unless `wanted`, as alternative sets of literals."""
    if isinstance(condition, Comparison):
        return [frozenset({(condition, wanted)})]
    if condition.kind == "not":
        return _cases(condition.parts[0], not wanted)
    of_parts = [_cases(part, wanted) for part in condition.parts]
    if (condition.kind == "all") == wanted:
        joined = list[Case]([frozenset()])
        for cases in of_parts:
            joined = [a | b for a, b in product(joined, cases)]
            if len(joined) > _MAX_CASES:
                raise _TooManyCasesError
        return joined
    return [case for cases in of_parts for case in cases]


def _implied(literal: Literal, case: Case) -> bool:
    """True if the literal holds wherever the case does."""
    test, wanted = literal
    return literal in case or _contradictory(case | {(test, not wanted)})


def _contradictory(case: Case) -> bool:
    return any(
        _impossible(field, [literal for literal in case if literal[0].field == field])
        for field in {test.field for test, _ in case}
    )


def _impossible(field: str, literals: list[Literal]) -> bool:
    """True if no value of the field satisfies all the literals."""
    if any((test, not wanted) in literals for test, wanted in literals):
        return True
    literals = [(test, wanted) for test, wanted in literals if test.operator in _ANALYSED]
    listed = [set(t.values) for t, wanted in literals if wanted and t.operator in ("equals", "in")]
    values: set[str | int]
    if listed:
        values = set.intersection(*listed)
    elif field in _RANGES:
        values = _corners(literals)
    else:
        return False
    if field in _RANGES:
        low, high = _RANGES[field]
        values = {v for v in values if low <= int(v) and (high is None or int(v) <= high)}
    return not any(_allows(literals, value) for value in values)


def _corners(literals: list[Literal]) -> set[str | int]:
    """Numbers that include one satisfying the literals if any number does."""
    named = {int(value) for test, _ in literals for value in test.values} | {0}
    # Among more consecutive numbers than are named, at least one is not named.
    return {low + step for low in named for step in range(-1, len(named) + 1)}


def _allows(literals: list[Literal], value: str | int) -> bool:
    return all(OPERATORS[test.operator](value, test.wanted) is wanted for test, wanted in literals)
