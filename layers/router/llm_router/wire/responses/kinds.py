"""Unions whose branches an object's `type` names; other types are refused with a reason each."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from pydantic import BeforeValidator, Discriminator, WithJsonSchema

OTHER = "<other>"
"""The tag of the branch for every type that has no branch of its own.

Tags stand in brackets: an error's location holds them, where they must not look like fields.
"""
NEVER = WithJsonSchema({"not": {}})
"""Keeps the branch of the refused types out of the API's description."""


def only_null(reason: str) -> BeforeValidator:
    """Refuse every value but null, with the reason."""

    def refuse(value: object) -> None:
        if value is not None:
            raise ValueError(reason)

    return BeforeValidator(refuse)


def by_type(
    tags: Mapping[str, str], untyped: Callable[[Any], str] = lambda _: OTHER
) -> Discriminator:
    """Choose the branch by `type`; `untyped` names that of an object without one."""

    def tag_of(value: Any) -> str:
        kind = value.get("type") if isinstance(value, dict) else getattr(value, "type", None)
        if kind is None:
            return untyped(value)
        return tags.get(kind, OTHER) if isinstance(kind, str) else OTHER

    return Discriminator(tag_of)


def refused(known: Iterable[str], reasons: Mapping[str, str]) -> BeforeValidator:
    """Refuse every type, with its own reason or with the list of those that are known."""

    def refuse(kind: Any) -> None:
        if isinstance(kind, str) and kind in reasons:
            raise ValueError(reasons[kind])
        raise ValueError(f"should be one of {', '.join(map(repr, known))}")

    return BeforeValidator(refuse)
