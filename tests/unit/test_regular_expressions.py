"""Every regular expression takes time linear in the text, whoever writes the text."""

import re
from types import ModuleType
from typing import Any

import pytest

import evaluation.grading
import llm_router
from tests.support.compiled_patterns import compiling, held_patterns, modules_of, only_matched
from tests.support.effort import RanAwayError, grows_linearly
from tests.support.hostile_texts import hostile_texts

MODULES = [*modules_of(llm_router), *modules_of(evaluation.grading)]
ONLY_MATCHED = {name for module in MODULES for name in only_matched(module)}
OUR_OWN_TEXT = {"llm_router.wire.api.page._INLINE"}
"""Patterns that never meet a caller's or a model's text."""
COMPILED_IN = {
    "llm_router.domain.trust.form.phrase_patterns": {"_compiled", "_read"},
    "llm_router.domain.trust.form.asked": {"_tokens_of"},
}
"""Functions that may compile patterns, by module: on import for our own tables, or of one sign."""
PATTERNS = {
    (pattern.pattern, pattern.flags): pytest.param(pattern, name not in ONLY_MATCHED, id=name)
    for module in reversed(MODULES)
    for name, pattern in held_patterns(module).items()
    if name not in OUR_OWN_TEXT
}
SMALL, LARGE = 500, 4_000
MOST_MS = 60
MIXES, TEXTS = 6, 30


def is_linear(pattern: re.Pattern[Any], *, searched: bool = True) -> bool:
    """True if the pattern is matched, or all its matches found, in time linear in hostile texts."""

    def find(text: str) -> None:
        read: Any = (
            text.encode("latin-1", "replace") if isinstance(pattern.pattern, bytes) else text
        )
        pattern.match(read)
        pattern.fullmatch(read)
        if searched:
            for _ in pattern.finditer(read):
                pass

    texts = hostile_texts(pattern, LARGE, MIXES, TEXTS, seed=1)
    try:
        return all(grows_linearly(find, text[:SMALL], text, MOST_MS) for text in texts)
    except RanAwayError:
        return False


@pytest.mark.parametrize(("pattern", "searched"), PATTERNS.values())
def test_a_pattern_takes_time_linear_in_the_text(
    pattern: re.Pattern[Any],
    searched: bool,
) -> None:
    assert is_linear(pattern, searched=searched)


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
    on_import, in_functions = compiling(module)
    assert in_functions <= COMPILED_IN.get(module.__name__, set()), "compile patterns on import"
    assert len(held_patterns(module)) >= on_import, "a pattern is kept where none is looked for"
