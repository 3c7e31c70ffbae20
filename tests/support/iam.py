"""Evaluates IAM policies: a call is allowed if a statement allows it and none denies it."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True)
class Call:
    """A call of an API: the action that it needs, on which resource, with condition keys."""

    action: str
    resource: str
    context: Mapping[str, str] = field(default_factory=dict)


def statements(documents: Iterable[Json]) -> Iterator[Json]:
    """The statements of policy documents; refuses what this evaluator does not know."""
    for document in documents:
        if document.keys() != {"Version", "Statement"} or document["Version"] != "2012-10-17":
            raise ValueError(f"not a policy: {document}")
        for statement in document["Statement"]:
            if unknown := statement.keys() - _ELEMENTS:
                raise ValueError(f"unknown elements of a statement: {unknown}")
            yield statement


def is_allowed(documents: Iterable[Json], call: Call, principal: str) -> bool:
    """Evaluate the policies that hold for a principal; without a statement a call is denied."""
    effects = {
        statement["Effect"]
        for statement in statements(documents)
        if applies(statement, call) and _is_for(statement, principal)
    }
    return effects == {"Allow"}


def applies(statement: Json, call: Call) -> bool:
    """True if the statement speaks about the call."""
    return (
        any(matches(pattern.lower(), call.action.lower()) for pattern in actions(statement))
        and any(matches(pattern, call.resource) for pattern in resources(statement))
        and all(
            _OPERATORS[operator](_listed(wanted), call.context.get(key))
            for operator, keys in statement.get("Condition", {}).items()
            for key, wanted in keys.items()
        )
    )


def actions(statement: Json) -> list[str]:
    """The action patterns of a statement."""
    return _listed(statement["Action"])


def resources(statement: Json) -> list[str]:
    """The resource patterns of a statement."""
    return _listed(statement["Resource"])


def matches(pattern: str, value: str) -> bool:
    """True if the value fits the pattern, in which `*` and `?` stand for any characters."""
    escaped = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    return re.fullmatch(escaped, value, re.DOTALL) is not None


def _is_for(statement: Json, principal: str) -> bool:
    named = statement.get("Principal", "*")
    return named == "*" or principal in _listed(named["AWS"]) or "*" in _listed(named["AWS"])


def _string_like(patterns: list[str], value: str | None) -> bool:
    # A key that a request does not carry fits no pattern.
    return value is not None and any(matches(pattern, value) for pattern in patterns)


def _bool(wanted: list[Any], value: str | None) -> bool:
    return value is not None and value in {str(each).lower() for each in wanted}


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


_ELEMENTS = {"Sid", "Effect", "Principal", "Action", "Resource", "Condition"}
_OPERATORS = {"StringLike": _string_like, "Bool": _bool}
