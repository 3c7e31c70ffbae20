"""Texts that are hard for a regular expression, made of the pieces of its own syntax."""

import re
from collections.abc import Iterable, Iterator
from random import Random
from re import _constants as sre
from re import _parser
from typing import Any

_IN_CATEGORY = {
    sre.CATEGORY_DIGIT: "7",
    sre.CATEGORY_NOT_DIGIT: "x",
    sre.CATEGORY_SPACE: " ",
    sre.CATEGORY_NOT_SPACE: "x",
    sre.CATEGORY_WORD: "w",
    sre.CATEGORY_NOT_WORD: "-",
}
_REPEATS = frozenset({sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT})
_OUTSIDERS = "x7 -\n"
_SPOILER = "\x7f"
_PARTS_PER_MIX = 12
_LONGEST_PIECE = 60
_SHORT = 4


def hostile_texts(
    pattern: re.Pattern[Any], length: int, mixes: int, least: int, seed: int
) -> list[str]:
    """Texts of this length, the same for the same arguments.

    There is one for each long repetition of the pattern; others fill them up to `least`. Each is a
    piece of the pattern over and over, alone or after all that the pattern wants before it, or one
    of `mixes` of the pieces. A piece is something that a part of the pattern matches.
    """
    random = Random(seed)
    tree = _parser.parse(pattern.pattern, pattern.flags)
    pieces = list(
        dict.fromkeys(filter(None, (p for _ in range(2) for p in _pieces(tree, "", random))))
    )
    mixed = (
        "".join(random.choices(pieces, k=random.randint(2, _PARTS_PER_MIX))) for _ in range(mixes)
    )
    units = [("", unit) for unit in (*pieces, *mixed)]
    chosen = list(dict.fromkeys(_pumped(tree, "", random)))
    others = [unit for unit in units if unit not in chosen]
    chosen += random.sample(others, min(len(others), max(0, least - len(chosen))))
    return [
        (start + unit * (length // len(unit) + 1))[: length - 1] + _SPOILER
        for start, unit in chosen
        if unit
    ]


def _pieces(tree: Any, before: str, random: Random) -> Iterator[str]:
    """Examples of the parts of a pattern, each also with what comes before it."""
    for operator, argument in tree:
        example = "".join(_example(operator, argument, random))[:_LONGEST_PIECE]
        yield example
        yield before + example
        for inner in _inner(operator, argument):
            yield from _pieces(inner, before, random)
        before = (before + example)[-_LONGEST_PIECE:]


def _pumped(tree: Any, before: str, random: Random) -> Iterator[tuple[str, str]]:
    """Each long repetition: an example of all before it, and one of its body."""
    for operator, argument in tree:
        if operator in _REPEATS and argument[1] > _SHORT:
            yield before, "".join(_examples(argument[2], random))[:_LONGEST_PIECE]
        for inner in _inner(operator, argument):
            yield from _pumped(inner, before, random)
        before += "".join(_example(operator, argument, random))


def _inner(operator: Any, argument: Any) -> Iterable[Any]:
    if operator in _REPEATS:
        return [argument[2]]
    if operator is sre.SUBPATTERN:
        return [argument[3]]
    if operator is sre.BRANCH:
        return list(argument[1])
    if operator in (sre.ASSERT, sre.ASSERT_NOT):
        return [argument[1]]
    return [argument] if operator is sre.ATOMIC_GROUP else []


def _examples(tree: Any, random: Random) -> Iterator[str]:
    for operator, argument in tree:
        yield from _example(operator, argument, random)


def _example(operator: Any, argument: Any, random: Random) -> Iterator[str]:
    if operator is sre.LITERAL:
        yield chr(argument)
    elif operator is sre.NOT_LITERAL:
        yield next(c for c in _OUTSIDERS if ord(c) != argument)
    elif operator is sre.ANY:
        yield random.choice(_OUTSIDERS[:-1])
    elif operator is sre.IN:
        yield _member(argument, random)
    elif operator in _REPEATS:
        least, most, body = argument
        for _ in range(min(least + random.randint(0, 2), int(most))):
            yield from _examples(body, random)
    elif operator not in (sre.ASSERT, sre.ASSERT_NOT):
        inner = list(_inner(operator, argument))
        if inner:
            yield from _examples(random.choice(inner), random)


def _member(items: Any, random: Random) -> str:
    """A character of a set; of a negated one, a character that it lacks."""
    if items[0][0] is sre.NEGATE:
        lacked = [_one(item, random) for item in items[1:]]
        return next((c for c in random.sample(_OUTSIDERS, 5) if c not in lacked), "é")
    return _one(random.choice(items), random)


def _one(item: Any, random: Random) -> str:
    kind, value = item
    if kind is sre.RANGE:
        return chr(random.choice(value))
    return _IN_CATEGORY[value] if kind is sre.CATEGORY else chr(value)
