"""Every regular expression takes time linear in the text, whoever writes the text."""

import re
from types import ModuleType

import pytest

import evaluation.grading
import llm_router
from tests.support.compiled_patterns import compiling_lines, held_patterns, modules_of
from tests.support.effort import RanAwayError, grows_linearly
from tests.support.hostile_texts import hostile_texts

MODULES = [*modules_of(llm_router), *modules_of(evaluation.grading)]
PATTERNS = {
    (pattern.pattern, pattern.flags): (name, pattern)
    for module in reversed(MODULES)
    for name, pattern in held_patterns(module).items()
}
OUR_OWN_TEXT = {"llm_router.wire.api.page._INLINE[0]": "reads the page that ships with the router"}
"""Patterns that never meet a caller's or a model's text."""
SMALL, LARGE = 500, 2_000
MOST_MS = 30
MIXES, TEXTS = 5, 18


def is_linear(pattern: re.Pattern[str]) -> bool:
    """True if all matches of the pattern in hostile texts are found in time linear in them."""

    def find(text: str) -> None:
        for _ in pattern.finditer(text):
            pass
        pattern.fullmatch(text)

    texts = hostile_texts(pattern, LARGE, MIXES, TEXTS, seed=1)
    try:
        return all(grows_linearly(find, text[:SMALL], text, MOST_MS) for text in texts)
    except RanAwayError:
        return False


@pytest.mark.parametrize("pattern", [pytest.param(p, id=name) for name, p in PATTERNS.values()])
def test_a_pattern_takes_time_linear_in_the_text(pattern: re.Pattern[str]) -> None:
    if PATTERNS[pattern.pattern, pattern.flags][0] not in OUR_OWN_TEXT:
        assert is_linear(pattern)


@pytest.mark.parametrize(
    "pattern",
    [
        pytest.param(
            r"((?:\$\$?[^$\n]{1,200}\$\$?|\\\([^\n]{1,200}?\\\)|\\\[[^\n]{1,200}?\\\])"
            r"(?:(?:,|,? (?:or|and)) (?:\$\$?[^$\n]{1,200}\$\$?|\\\([^\n]{1,200}?\\\)|"
            r"\\\[[^\n]{1,200}?\\\])){0,5})(?: [a-z]{1,12}){0,2}[.*\s]{0,5}\Z",
            id="spans-that-run-on",
        ),
        pytest.param(r"\[\^?\]?(?:\\.|[^\]])*\]|.", id="escapes-read-in-two-ways"),
        pytest.param(r"\s*(?:step\b|[^:]*:\s*$)", id="blanks-in-three-parts"),
        pytest.param(r"^\W*(?:sorry)?\W*(?:but )?i can't", id="optional-word-between-blanks"),
        pytest.param(r"^```[^\n`]*\n(.*?)^```$", id="blocks-that-never-close"),
        pytest.param(r"data:([^;,]+);base64,", id="start-in-every-place"),
        pytest.param(r"(a+)+$", id="nested-repeats"),
        pytest.param(r"(?:a|a?b?)*c", id="overlapping-alternatives"),
        pytest.param(r"(\w+\s?)*:", id="optional-separator"),
        pytest.param(r"(['\"])(?:\\.|(?!\1).)*\1x", id="back-reference"),
    ],
)
def test_a_pattern_that_runs_away_is_found(pattern: str) -> None:
    assert not is_linear(re.compile(pattern, re.MULTILINE | re.DOTALL))


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_no_pattern_hides_from_this_test(module: ModuleType) -> None:
    on_import, in_functions = compiling_lines(module)
    assert in_functions == [], "compile patterns where the module is imported"
    assert len(held_patterns(module)) >= len(on_import), (
        "a pattern is kept where none is looked for"
    )
