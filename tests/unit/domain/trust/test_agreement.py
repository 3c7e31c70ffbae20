import gzip
import json
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llm_router.domain.final_answers import final_answer
from llm_router.domain.final_answers.literals import canonical, unquoted
from llm_router.domain.trust.agreement import agreement
from tests.support.case_tables import Case, for_each, table
from tests.support.effort import takes_less_than

HOW_MANY = "Tom has 3 boxes of 4 pencils. How many pencils does Tom have?"
COMPUTE = "Compute the value of the expression."
ASSERTION = "[PYTHON]\ndef f(x):\n    return x\nassert f(1) == ??\n[/PYTHON]"
RUN = "What does this code print?\n```python\nprint(f(1))\n```"
OPTIONS = "Which animal barks?\nA. the cat\nB. the dog\nC. the cow\nD. the fish\nAnswer:"
INLINE = "Which is larger? (A) 5 (B) 6 (C) 7"
YES_NO = "Is it safe to mix bleach and ammonia?"
JSON = 'Extract the person as JSON with the keys "name" and "age".'
OPEN = "What is the capital of France?"
CLASSIFY = "Classify the review as positive, negative or neutral: it was fine."
EXPLAIN = "Explain why the sky is blue."
FENCED = '```json\n{{\n    "reasoning": "3 * 4 = 12, not 13.",\n    "answer": {}\n}}\n```'


class FoundAnswer(Case):
    """The final answer that a text gives to a question, if there is one."""

    question: str
    text: str
    kind: str | None
    value: str | None


class AgreeingPair(Case):
    """Two answers that agree in full, in another spelling of code (`weaker`), or not at all."""

    question: str
    first: str
    second: str
    agreement: Literal["full", "weaker", "none"]


FINAL_ANSWERS = table(FoundAnswer, "final_answers")
PAIRS = table(AgreeingPair, "agreement")


def found(question: str, text: str) -> tuple[str, str] | None:
    answer = final_answer(question, text)
    return (answer.kind, answer.value) if answer else None


@for_each(FINAL_ANSWERS, where=lambda case: case.kind == "number")
def test_a_number_is_found_however_it_is_put(case: FoundAnswer) -> None:
    assert found(case.question, case.text) == ("number", case.value)


@for_each(FINAL_ANSWERS, where=lambda case: case.kind == "literal")
def test_a_literal_is_found_and_read_by_value(case: FoundAnswer) -> None:
    assert found(case.question, case.text) == ("literal", case.value)


@for_each(FINAL_ANSWERS, where=lambda case: (case.question, case.kind) == (ASSERTION, "literal"))
def test_a_literal_that_a_program_prints_is_read_the_same(case: FoundAnswer) -> None:
    assert found(RUN, case.text) == ("literal", case.value)


@for_each(FINAL_ANSWERS, where=lambda case: case.kind == "choice")
def test_a_choice_is_its_letter_or_yes_or_no(case: FoundAnswer) -> None:
    assert found(case.question, case.text) == ("choice", case.value)


@for_each(FINAL_ANSWERS, where=lambda case: case.kind == "json")
def test_json_is_found_without_its_reasoning(case: FoundAnswer) -> None:
    assert found(case.question, case.text) == ("json", case.value)


@for_each(FINAL_ANSWERS, where=lambda case: case.kind == "short_text")
def test_a_short_text_stays_as_it_is_written(case: FoundAnswer) -> None:
    assert found(case.question, case.text) == ("short_text", case.value)


@for_each(FINAL_ANSWERS, where=lambda case: case.kind is None)
def test_where_nothing_is_concluded_there_is_no_final_answer(case: FoundAnswer) -> None:
    assert found(case.question, case.text) is None


@for_each(PAIRS, where=lambda pair: pair.agreement == "full")
def test_equivalent_answers_agree_fully(case: AgreeingPair) -> None:
    assert agreement(case.question, case.first, case.second) == 1.0


@for_each(PAIRS, where=lambda pair: pair.agreement == "none")
def test_different_answers_do_not_agree(case: AgreeingPair) -> None:
    assert agreement(case.question, case.first, case.second) < 0.3


@for_each(PAIRS, where=lambda pair: pair.agreement == "weaker")
def test_equal_code_in_another_spelling_is_weaker_evidence(case: AgreeingPair) -> None:
    assert agreement(case.question, case.first, case.second) == 0.8


@pytest.mark.parametrize(
    ("first", "second"),
    [("mgItr", "mgItr"), ("mgItr", "'mgItr'"), ("'123'", "123"), ("It's", "'It's'")],
)
def test_code_that_cannot_be_read_is_weaker_evidence(first: str, second: str) -> None:
    wrapped = [FENCED.format(json.dumps(text)) for text in (first, second)]
    assert agreement(ASSERTION, *wrapped) == 0.9


@pytest.mark.parametrize(
    "text",
    [
        "", "  \n ", "I'm sorry, but I can't help with that.", "I cannot answer this question.",
        "I don't know.", "I'm not sure.",
    ],
)  # fmt: skip
@pytest.mark.parametrize("question", [HOW_MANY, ASSERTION, OPTIONS, YES_NO, OPEN, EXPLAIN, JSON])
def test_nothing_agrees_with_an_empty_or_refused_answer(question: str, text: str) -> None:
    assert agreement(question, text, text) == 0.0
    assert agreement(question, text, "12") == 0.0


def test_short_answers_may_repeat_the_question_in_their_own_words() -> None:
    assert agreement(OPEN, "Paris", "The capital of France is Paris.") > 0.9
    assert agreement("When did it end?", "2 September 1945", "It ended on 2 September 1945") > 0.5


def test_json_that_partly_agrees_is_in_between() -> None:
    partly = agreement(JSON, '{"name": "Bo", "age": 5}', '{"name": "Bo", "age": 6}')
    assert 0 < partly <= 0.5


def test_prose_is_compared_by_what_it_says() -> None:
    scattering = (
        "The sky is blue because shorter wavelengths of sunlight are scattered more strongly by "
        "molecules of the air, which is called Rayleigh scattering."
    )
    same = (
        "Sunlight is scattered by molecules in the air. Blue light, of a shorter wavelength, is "
        "scattered more than red; this is Rayleigh scattering."
    )
    other = (
        "It reflects the ocean, whose water absorbs red light and therefore looks blue to the eye "
        "from above as well as from below."
    )
    denied = scattering.replace("are scattered", "are not scattered")
    assert agreement(EXPLAIN, scattering, same) > 2 * agreement(EXPLAIN, scattering, other)
    assert agreement(EXPLAIN, scattering, denied) < agreement(EXPLAIN, scattering, scattering) - 0.3
    assert 0 < agreement(EXPLAIN, scattering, other) < agreement(EXPLAIN, scattering, same) < 1
    assert 0.9 < agreement(EXPLAIN, scattering, scattering) < 1


def test_numbers_in_prose_weigh_more_than_words() -> None:
    first = (
        "The bridge over the river, which opened in 1932, carries traffic across the harbour. " * 2
    )
    other_year = first.replace("1932", "1937")
    other_word = first.replace("harbour", "city")
    question = "Describe the bridge."
    assert agreement(question, first, other_year) < agreement(question, first, other_word)


_PIECES = st.sampled_from(
    ["The answer is ", "12", "-3.5", "'x'", "[1, 2]", "(", "{", '"answer": "', "B.", "yes", "not ",
     "\\boxed{", "####", "**", "```json", "\n", "assert f(1) == ", "}", '"', "\\", "$", "1/0", "é"]
)  # fmt: skip
_TEXTS = st.one_of(st.text(max_size=60), st.lists(_PIECES, max_size=12).map("".join))
_QUESTIONS = st.sampled_from(
    [HOW_MANY, COMPUTE, ASSERTION, OPTIONS, YES_NO, JSON, OPEN, CLASSIFY, EXPLAIN]
)


@given(question=st.one_of(_QUESTIONS, _TEXTS), first=_TEXTS, second=_TEXTS)
def test_it_is_symmetric_and_within_0_and_1(question: str, first: str, second: str) -> None:
    value = agreement(question, first, second)
    assert 0 <= value <= 1
    assert value == agreement(question, second, first)


@given(question=_QUESTIONS, text=_TEXTS)
def test_an_answer_with_a_result_agrees_with_itself(question: str, text: str) -> None:
    answer = final_answer(question, text)
    assert answer is None or agreement(question, text, text) in (0.0, 0.9, 1.0)


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.tuples(inner, inner)
        | st.dictionaries(st.integers() | st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(_VALUES)
def test_literals_survive_being_written_and_read(value: object) -> None:
    once = canonical(repr(value))
    if once is None:
        assert "inf" in repr(value)
    else:
        assert canonical(once) == once


def test_the_order_of_keys_and_the_kind_of_quotes_do_not_matter() -> None:
    assert canonical('{"b":1,"a":2}') == canonical("{'a': 2, 'b': 1}")
    assert unquoted("'It's'") == unquoted('"It\'s"') == "It's"


ADVERSARIAL = {
    "spaces": " ", "lines": "\n", "digits": "9", "minus": "-", "brackets": "[", "braces": "{",
    "parentheses": "(", "calls": "f(", "quotes": "'", "escaped quotes": "\\'", "backslashes": "\\",
    "open strings": "is 'a ", "nested JSON": '{"a":', "fields": '"answer": "', "fences": "```json",
    "wrappers": '\n "reasoning": ', "phrases": "the answer is ", "boxes": "\\boxed{",
    "fractions": "\\frac{1}{", "bold": "**a ", "hashes": "#### ", "hash lines": "####\t\t\t\n",
    "equations": "= 1 ", "comparisons": "== '", "assertions": "assert f(1) == ", "options": "A. ",
    "numbers": "1,000", "mixed": "1 1/1 ", "words": "one hundred ", "tags": "[answer]",
    "sentences": "a. ", "accents": "é", "negations": "not no ", "spaced field": '"answer"      :  ',
    "spans": "$x = 2$ or ", "dollars": "$", "tables": "| a | b |\n", "rules": "|-|-|\n",
    "entries": "- a: b\n", "headings": "# House 1\n", "conclusions": "so it's 1. ",
    "calls that conclude": "f(x f(x ", "labels": "a, b or ", "foreign answers": "antwort: ",
    "Chinese answers": "答案是", "questions": "which a b ?", "names": "what is the a ",
    "roots": "√",
    "formulas": "x^2+", "intervals": "[0,1)∪", "choices of sign": "±1,", "powers": "9^",
    "equalities": "x=", "relations": "x<", "paragraphs": "a\n\n", "joined": "1 and ",
    "classes": "is a or b", "notes": "is x, y or z\n", "recaps": "\nthe key steps ",
}  # fmt: skip


@pytest.mark.parametrize("piece", ADVERSARIAL.values(), ids=ADVERSARIAL.keys())
def test_100_kilobytes_of_anything_take_less_than_50_ms(piece: str) -> None:
    text = piece * (100_000 // len(piece))
    for question in (HOW_MANY, ASSERTION, OPTIONS, YES_NO, JSON, OPEN, CLASSIFY, EXPLAIN, text):
        assert takes_less_than(50, partial(agreement, question, text, text + "x"))


@pytest.mark.parametrize("piece", ADVERSARIAL.values(), ids=ADVERSARIAL.keys())
def test_a_hostile_result_takes_no_longer(piece: str) -> None:
    results = [
        form.format(piece * (1_000 // len(piece)))
        for form in (
            "\\boxed{{{}}}",
            "The answer is {}",
            "{}",
            '{{"answer": "{}"}}',
            "so it's {}.",
            "${}$",
        )
    ]
    for question in (HOW_MANY, COMPUTE, ASSERTION, OPTIONS, JSON, OPEN, CLASSIFY):
        for text in results:
            assert takes_less_than(20, partial(agreement, question, text, text + "x"))


@pytest.mark.parametrize("question", [HOW_MANY, ASSERTION, OPTIONS, JSON, OPEN, CLASSIFY, EXPLAIN])
def test_two_answers_of_4000_characters_take_less_than_5_ms(question: str) -> None:
    text = "The function takes a list and returns 5 items, because 3 + 4 = 7 and 'a' is [1]. " * 50
    assert takes_less_than(5, partial(agreement, question, text[:4000], text[5:4005]))


@pytest.mark.parametrize(
    "text",
    ["[" * 5_000 + "]" * 5_000, "-" * 1_500 + "1", "1" * 5_000, "(" * 50 + ")" * 50,
     "1+" * 900 + "1", "__import__('os').system('true')", "'a' * 10**9", "f'{1}'",
     "[" + "-" * 1_900 + "1]", "..."],
    ids=lambda text: text[:12],
)  # fmt: skip
def test_what_is_no_plain_literal_is_not_evaluated(text: str) -> None:
    assert canonical(text) is None


# What follows measures on recorded answers, which are not part of the project.
DATA = Path(__file__).parents[5] / "shared" / "data"
CHEAP, OTHER = "claude-3-haiku-20240307", "gpt-4o-mini-2024-07-18"
recorded = pytest.mark.skipif(not DATA.is_dir(), reason="needs ../shared/data: recorded answers")


@recorded
@pytest.mark.parametrize(("name", "least"), [("gsm", 0.99), ("crux", 0.96)])
def test_recorded_final_answers_are_found_in_the_text(name: str, least: float) -> None:
    hits: dict[str, list[bool]] = {}
    for row in _rows(name):
        for model, answer in row["answers"].items():
            found = final_answer(row["prompt"], answer["text"])
            said = answer["final"]
            same = found is said if found is None or said is None else _same(found.value, said)
            hits.setdefault(model, []).append(same)
    shares = {model: sum(of) / len(of) for model, of in hits.items()}
    assert min(shares.values()) >= least, shares


@recorded
@pytest.mark.parametrize(
    ("name", "least_agreed", "least_right", "most_right_otherwise"),
    [("gsm", 0.87, 0.965, 0.25), ("crux", 0.5, 0.88, 0.22)],
)
def test_agreement_tells_right_from_wrong(
    name: str, least_agreed: float, least_right: float, most_right_otherwise: float
) -> None:
    right: dict[bool, list[bool]] = {True: [], False: []}
    for row in _rows(name):
        first, second = (row["answers"][model] for model in (CHEAP, OTHER))
        agreed = agreement(row["prompt"], first["text"], second["text"]) > 0.85
        right[agreed].append(first["correct"])
    alike, apart = right[True], right[False]
    assert len(alike) / (len(alike) + len(apart)) >= least_agreed
    assert sum(alike) / len(alike) >= least_right
    assert sum(apart) / len(apart) <= most_right_otherwise


CONCLUSIONS: dict[str, Callable[[str], str]] = {
    "last line": lambda final: f"\n\n{final}",
    "stated": lambda final: f"\n\nThe answer is {final}.",
    "labelled": lambda final: f"\nAnswer: {final}",
    "bold": lambda final: f" So the final answer is **{final}**.",
    "hashes": lambda final: f"\n#### {final}",
}


@recorded
@pytest.mark.parametrize("conclusion", CONCLUSIONS.values(), ids=CONCLUSIONS.keys())
@pytest.mark.parametrize("name", ["gsm", "crux"])
def test_the_wrappers_of_question_and_answer_do_not_matter(
    name: str, conclusion: Callable[[str], str]
) -> None:
    changed = []
    for row in _rows(name):
        bare = row["prompt"].split("## Instruction")[0].replace("## Question:", "").strip()
        for model in (CHEAP, OTHER):
            text = row["answers"][model]["text"]
            try:
                wrapper = json.loads(text[text.find("{") : text.rfind("}") + 1], strict=False)
            except ValueError:
                continue
            plain = wrapper["reasoning"] + conclusion(str(wrapper["answer"]))
            before, after = final_answer(row["prompt"], text), final_answer(bare, plain)
            values = [unquoted(found.value) if found else None for found in (before, after)]
            changed.append(values[0] != values[1])
    assert len(changed) > 800
    assert sum(changed) / len(changed) <= 0.02


def _rows(name: str) -> Iterator[dict[str, Any]]:
    with gzip.open(DATA / f"{name}.jsonl.gz", "rt") as lines:
        yield from map(json.loads, lines)


def _same(found: str, said: str) -> bool:
    number = final_answer(HOW_MANY, said)
    read = {unquoted(said), unquoted(canonical(said) or ""), number.value if number else ""}
    return unquoted(found) in read


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("What is the capital of France?", "Paris, as it has been for centuries, on the Seine."),
        ("Is it certain the sun will explode?", "It is not; it will become a red giant."),
        ("What is the capital of France?", "The capital of France is Paris."),
    ],
)
def test_the_same_answer_agrees_with_itself_whatever_the_models_thought(
    question: str, answer: str
) -> None:
    assert agreement(question, answer, answer) == 1
    thought = f"<think>\nHm, London?\n</think>\n\n{answer}"
    assert agreement(question, thought, f"<think></think>\n{answer}") == 1
