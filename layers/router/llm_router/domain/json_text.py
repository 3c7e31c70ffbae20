"""Reads JSON that someone else wrote: bounded in depth, and free of what cannot be sent on."""

import json
import re
from collections.abc import Iterator
from math import isfinite
from typing import Any

DEEPEST = 100
"""Levels of nesting: pydantic writes 255, other parsers read fewer than Python's."""
_MOST_VALUES = 1_000_000
"""More take seconds to read; the log-probabilities of a long answer are fewer."""
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


def read_json(text: str | bytes, *, finite: bool = True) -> Any:
    """The value of a JSON text; raises `ValueError` if it is not JSON, too deep or too detailed.

    Bytes are read as UTF-8. Invalid bytes and lone surrogates, which no encoder accepts, become
    U+FFFD. With `finite`, `NaN`, `Infinity` and numbers too large for a float are refused.
    """
    if isinstance(text, bytes):
        text = text.decode("utf-8-sig", "replace")
    if sum(text.count(mark) for mark in "[{,") > _MOST_VALUES:
        raise ValueError("too many values")
    hooks: dict[str, Any] = {"parse_constant": _refuse, "parse_float": _finite} if finite else {}
    try:
        root = [json.loads(text, **hooks)]
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    level: list[Any] = [root]
    for _ in range(DEEPEST + 1):
        level = [inner for container in level for inner in _mended(container)]
        if not level:
            return root[0]
    raise ValueError("nested too deeply")


def unicode_of(text: str) -> str:
    """The text with U+FFFD for every lone surrogate."""
    return text if text.isascii() else _LONE_SURROGATE.sub(_REPLACEMENT, text)


def _mended(container: Any) -> Iterator[Any]:
    """Replace lone surrogates in the container's own strings; yield the containers inside."""
    is_object = isinstance(container, dict)
    for key, value in container.items() if is_object else enumerate(container):
        if isinstance(value, str):
            container[key] = unicode_of(value)
        elif isinstance(value, dict | list) and value:
            yield value
    if is_object:
        for name in [name for name in container if unicode_of(name) != name]:
            container[unicode_of(name)] = container.pop(name)


def _refuse(constant: str) -> float:
    raise ValueError(f"{constant} is not JSON")


def _finite(number: str) -> float:
    value = float(number)
    if not isfinite(value):
        raise ValueError("a number is too large")
    return value
