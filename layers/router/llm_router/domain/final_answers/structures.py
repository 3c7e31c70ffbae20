"""How far two JSON values say the same, leaf by leaf."""

import json
from collections.abc import Iterator

from .json_fields import is_placeholder
from .numerals import numbers

Path = tuple[str, ...]


def shared_leaves(first: str, second: str) -> float:
    """The share of leaves that both have in the same place, whatever their case; 1 if all.

    A number may be a string, and placeholders are equal to nothing.
    """
    a, b = (dict(_leaves(json.loads(text), ())) for text in (first, second))
    equal = sum(path in b and b[path] == leaf for path, leaf in a.items() if leaf is not None)
    return equal / len(a.keys() | b.keys()) if a or b else 0.0


def _leaves(value: object, path: Path) -> Iterator[tuple[Path, str | None]]:
    """Each leaf in one spelling; None if it only holds a place. An empty container is a leaf."""
    if isinstance(value, dict) and value:
        for key, held in value.items():
            yield from _leaves(held, (*path, " ".join(key.casefold().replace("_", " ").split())))
    elif isinstance(value, list) and value:
        for place, held in enumerate(value):
            yield from _leaves(held, (*path, f"[{place}]"))
    else:
        yield path, _spelled(value)


def _spelled(value: object) -> str | None:
    text = value if isinstance(value, str) else json.dumps(value)
    if is_placeholder(text.strip()):
        return None
    found = numbers(text.strip())
    if found and (found[0].start, found[0].end) == (0, len(text.strip())):
        return str(found[0])
    return " ".join(text.casefold().split()).strip(" .*`")
