"""JSON of others: bounded in depth, finite, and Unicode."""

import json
import random
from typing import Any

import pytest

from llm_router.domain.json_text import DEEPEST, read_json

CHARACTERS = 'ab"\\\n\x00é中\u2028\U0001f600\ud83d\ude00\udfff\ufeff'
PLAIN: list[Any] = [None, True, False, 0, -1, 2**70, 1.5, -0.0, 1e300, [], {}]


def any_text(chance: random.Random, characters: str) -> str:
    return "".join(chance.choices(characters, k=chance.randrange(6)))


def any_value(chance: random.Random, characters: str, depth: int = 4) -> Any:
    kind = chance.randrange(4 if depth else 2)
    if kind == 0:
        return chance.choice(PLAIN)
    if kind == 1:
        return any_text(chance, characters)
    inner = [any_value(chance, characters, depth - 1) for _ in range(chance.randrange(5))]
    return inner if kind == 2 else {any_text(chance, characters): value for value in inner}


def test_json_is_read_as_it_is() -> None:
    chance = random.Random(1)
    unicode = "".join(c for c in CHARACTERS if not "\ud800" <= c <= "\udfff")
    for _ in range(500):
        value = any_value(chance, unicode)
        assert read_json(json.dumps(value)) == value
        assert read_json(json.dumps(value, ensure_ascii=False).encode()) == value


def test_whatever_is_read_can_be_sent() -> None:
    chance = random.Random(2)
    for _ in range(500):
        read = read_json(json.dumps(any_value(chance, CHARACTERS)))
        json.dumps(read, ensure_ascii=False, allow_nan=False).encode()


@pytest.mark.parametrize("opening", ["[", '{"a":', '[1,{"a":'])
def test_depth_is_bounded(opening: str) -> None:
    closing = "".join({"[": "]", "{": "}"}.get(c, "") for c in reversed(opening))
    levels = sum(c in "[{" for c in opening)

    def nested(times: int) -> str:
        return opening * times + "1" + closing * times

    assert read_json(nested(DEEPEST // levels))
    for times in (DEEPEST // levels + 1, 1_000, 100_000):
        with pytest.raises(ValueError, match="deep"):
            read_json(nested(times))
    with pytest.raises(ValueError, match=r"deep|Expecting"):
        read_json(opening * 100_000)


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "-1E400"])
def test_numbers_that_json_does_not_have_are_refused(number: str) -> None:
    with pytest.raises(ValueError, match=r"JSON|large"):
        read_json(f'{{"a": [{number}]}}')
    assert isinstance(read_json(number, finite=False), float)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (r'"\ud83d\ude00"', "\U0001f600"),
        (r'"\ud83d x \ude00"', "\ufffd x \ufffd"),
        (r'{"\udc00": ["\ud800"]}', {"\ufffd": ["\ufffd"]}),
        (b'"\xed\xa0\xbd \xff"', "\ufffd\ufffd\ufffd \ufffd"),
        (b'\xef\xbb\xbf"x"', "x"),
    ],
    ids=["pair", "halves", "in-a-name", "invalid-bytes", "byte-order-mark"],
)
def test_text_is_unicode(text: str | bytes, value: Any) -> None:
    assert read_json(text) == value


@pytest.mark.parametrize("piece", ["{}", "0", '"[,"'], ids=["objects", "numbers", "in-words"])
def test_the_number_of_values_is_bounded(piece: str) -> None:
    assert len(read_json(f"[{','.join([piece] * 300_000)}]")) == 300_000
    with pytest.raises(ValueError, match="too many"):
        read_json(f"[{','.join([piece] * 1_100_000)}]")
