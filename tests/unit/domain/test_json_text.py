"""JSON of others: bounded in depth, finite, and Unicode."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llm_router.domain.json_text import DEEPEST, read_json

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)  # fmt: skip
TEXTS = st.text(st.characters(exclude_categories=()), max_size=5)


@given(VALUES)
def test_json_is_read_as_it_is(value: Any) -> None:
    assert read_json(json.dumps(value)) == value
    assert read_json(json.dumps(value, ensure_ascii=False).encode()) == value


@given(st.dictionaries(TEXTS, st.lists(TEXTS | st.dictionaries(TEXTS, TEXTS))))
def test_whatever_is_read_can_be_sent(value: Any) -> None:
    read = read_json(json.dumps(value))
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
