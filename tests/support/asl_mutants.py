"""Mutants of the shipped state machine, made on its parsed expressions."""

from copy import deepcopy
from typing import Any

import jsonata

from evaluation.asl_interpreter import StateMachine

_NO_MEANING = frozenset({"position", "_outer_instance"})


class Mutant(StateMachine):
    """The shipped machine with a (sub)expression replaced wherever it occurs.

    Raises `ValueError` if no expression of the machine contains it.
    """

    def __init__(self, old: str, new: str) -> None:
        super().__init__()
        self._old, self._new = _parsed(old), _parsed(new)
        sources = expressions(self.definition)
        if all(_replaced(_parsed(s), self._old, self._new)[1] == 0 for s in sources):
            raise ValueError(f"no expression of the machine contains {old}")

    def compiled(self, source: str) -> jsonata.Jsonata:
        expression = super().compiled(source)
        expression.ast, _ = _replaced(expression.ast, self._old, self._new)
        return expression

    def looked_up(self, source: str, variables: dict[str, Any]) -> Any:
        # A plain path may be what is replaced.
        return None


def expressions(template: Any) -> set[str]:
    """The expressions of a definition."""
    if isinstance(template, dict):
        return set().union(*map(expressions, template.values()))
    if isinstance(template, list):
        return set().union(*map(expressions, template))
    is_expression = isinstance(template, str) and template.startswith("{%")
    return {template.removeprefix("{%").removesuffix("%}").strip()} if is_expression else set()


def _parsed(source: str) -> Any:
    return jsonata.Jsonata(source).ast


def _replaced(node: Any, old: Any, new: Any) -> tuple[Any, int]:
    """The tree with every occurrence of `old` replaced by `new`, and the number of them."""
    if _same(node, old):
        return deepcopy(new), 1
    count = 0
    if isinstance(node, list):
        for number, item in enumerate(node):
            node[number], found = _replaced(item, old, new)
            count += found
    elif hasattr(node, "__dict__"):
        for name, value in vars(node).items():
            if name not in _NO_MEANING:
                replaced, found = _replaced(value, old, new)
                count += found
                if found:
                    setattr(node, name, replaced)
    return node, count


def _same(first: Any, second: Any) -> bool:
    if type(first) is not type(second):
        return False
    if isinstance(first, list):
        return len(first) == len(second) and all(map(_same, first, second))
    if hasattr(first, "__dict__"):
        ours, theirs = vars(first), vars(second)
        return ours.keys() == theirs.keys() and all(
            _same(ours[name], theirs[name]) for name in ours if name not in _NO_MEANING
        )
    return bool(first == second)
