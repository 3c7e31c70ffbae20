import gzip
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llm_router.domain.final_answers import final_answer
from llm_router.domain.final_answers.literals import canonical, unquoted
from llm_router.domain.trust.agreement import agreement

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


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", "12"),
        ("12 pencils", "12"),
        ("Tom has 12 pencils.", "12"),
        ("Tom has twelve pencils.", "12"),
        ("**12**", "12"),
        ("#### 12", "12"),
        ("3 * 4 = 12\n\nSo there are\n#### 1,234.50", "1234.5"),
        (r"Hence \[ \boxed{12} \]", "12"),
        (r"\boxed{1{,}234}", "1234"),
        (r"The answer is $\frac{3}{4}$.", "0.75"),
        ("The answer is 3/4.", "0.75"),
        ("The answer is 2 1/2 hours.", "2.5"),
        ("The answer is 50%.", "50"),
        (r"The answer is 50\%.", "50"),
        ("The final answer is $1,234.50.", "1234.5"),
        ("Answer: -$7", "-7"),
        ("**Answer:** 12 pencils", "12"),
        ("The answer is: 3 * 4 = 12", "12"),
        ("The answer is 1.5 million.", "1500000"),
        ("The answer is twenty-five.", "25"),
        ("[ANSWER]12[/ANSWER]", "12"),
        ("<answer>12 pencils</answer>", "12"),
        ("3 boxes * 4 pencils = 12 pencils. Tom has 12 pencils in his 3 boxes.", "12"),
        ("First 3 * 4 = 12.\nTherefore Tom has 12 pencils (4 in each box).", "12"),
        ("**Step 1:** there are 3 boxes.\n**Step 2:** multiply.\nThe total is 12 pencils.", "12"),
        ("The answer is not 7. The answer is 12.", "12"),
        ("So x = 12", "12"),
        (FENCED.format('"12"'), "12"),
        (FENCED.format('"12 pencils"'), "12"),
        (FENCED.format("12"), "12"),
        (FENCED.format('"12"') + "\n\nHere are 2 more remarks: 1 and 99.", "12"),
        ('{"answer": "12", "explanation": "3 times 4, see page 99"}', "12"),
        ('{"reasoning": "3 * 4", "total_pencils": 12}', "12"),
        ('{"reasoning": "a "dozen" it is", "answer": "12"}', "12"),
        ("{'reasoning': 'three times four', 'answer': '12'}", "12"),
        ('{"reasoning": "\\frac is \\broken", "answer": "12"', "12"),
    ],
)
def test_a_number_is_found_however_it_is_put(text: str, value: str) -> None:
    answer = final_answer(HOW_MANY, text)
    assert answer is not None
    assert (answer.kind, answer.value) == ("number", value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("[1, 2]", "[1, 2]"),
        ("[1,2]", "[1, 2]"),
        ("assert f(1) == [1,2]", "[1, 2]"),
        ("```python\nassert f('a == b') == [1, 2]\n```", "[1, 2]"),
        ("[ANSWER]\nassert f(1) == 'x'\n[/ANSWER]", "'x'"),
        ('The answer is "x".', "'x'"),
        ("The answer is `'x'`.", "'x'"),
        ("It reverses the list, so the function returns `[3, 2, 1]`.", "[3, 2, 1]"),
        ("Therefore, the output of f('abc', 2) will be 'a. b', as 2 is even.", "'a. b'"),
        ("Nothing is appended. The function returns an empty list.", "[]"),
        ("The output is True.", "True"),
        ("true", "True"),
        ('[true, null, "x"]', "[True, None, 'x']"),
        ('{"b": 1, "a": [1.0]}', "{'a': [1], 'b': 1}"),
        ("{2, 1}", "{1, 2}"),
        (FENCED.format('"[1,2]"'), "[1, 2]"),
        (FENCED.format("[1, 2]"), "[1, 2]"),
        (FENCED.format("\"'x'\""), "'x'"),
        (FENCED.format(r'"\"x\""'), "'x'"),
        (FENCED.format('"["x", "y"]"'), "['x', 'y']"),
        (FENCED.format('"{"a": "b"}"'), "{'a': 'b'}"),
        (FENCED.format("'\"x\"'"), "'x'"),
        (FENCED.format(r'"\'a\\nb\'"'), "'a\\nb'"),
        (FENCED.format("\"'a\nb'\""), "'a\\nb'"),
    ],
)
@pytest.mark.parametrize("question", [ASSERTION, RUN])
def test_a_literal_is_found_and_read_by_value(question: str, text: str, value: str) -> None:
    answer = final_answer(question, text)
    assert answer is not None
    assert (answer.kind, answer.value) == ("literal", value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (FENCED.format('"    two words"'), "    two words"),
        ("The answer is mgItr.", "mgItr"),
        ("Each letter is swapped.\n\nmgItr", "mgItr"),
        (FENCED.format('"2$z&5H"'), "2$z&5H"),
        (FENCED.format("\"' '  '\""), "' '  '"),
    ],
)
def test_a_literal_without_quotes_stays_text_with_its_spaces(text: str, value: str) -> None:
    answer = final_answer(ASSERTION, text)
    assert answer is not None
    assert (answer.kind, answer.value) == ("short_text", value)


@pytest.mark.parametrize(
    "text",
    [
        "B",
        "(B)",
        "B.",
        "b. The dog".capitalize(),
        "**B**",
        "Answer: B",
        "The correct answer is (B) the dog.",
        "The best answer is **B. the dog**",
        r"\boxed{B}",
        r"\boxed{\text{B}}",
        "the dog",
        "It is the dog that barks.",
        "B) the dog\n\nBecause dogs bark, and the cat meows.",
        "A. The cat meows.\nB. The dog barks.\nC. The cow moos.\nD. No sound.\nTherefore, B.",
        "A is out, as cats meow. I would choose option B",
        '{"reasoning": "A cat meows.", "answer": "B"}',
    ],
)
def test_a_choice_is_its_letter(text: str) -> None:
    answer = final_answer(OPTIONS, text)
    assert answer is not None
    assert (answer.kind, answer.value) == ("choice", "B")


@pytest.mark.parametrize(
    ("question", "text", "kind", "value"),
    [
        (INLINE, "The answer is 7.", "choice", "C"),
        (OPTIONS, "A, B and D", "choice", "A,B,D"),
        (YES_NO, "No, never.", "choice", "no"),
        (YES_NO, "It produces chloramine gas, so no.", "choice", "no"),
        ("True or false: fish bark.", "**False**", "choice", "no"),
        (JSON, '```json\n{"name": "Bo", "age": 5}\n```', "json", '{"age": 5, "name": "Bo"}'),
        (JSON, '{"reasoning": "is 5", "age": 5}', "json", '{"age": 5}'),
        ("List them as JSON.", 'Sure:\n```json\n["a", "b"]\n```', "json", '["a", "b"]'),
        (OPEN, "Paris.", "short_text", "paris"),
        (OPEN, "Long ago it was Lyon.\n\nThe final answer is **Paris**.", "short_text", "paris"),
        ("When did it end?", "2 September 1945", "short_text", "1945-09-02"),
        ("When did it end?", "September 2nd, 1945.", "short_text", "1945-09-02"),
        ("What is his weight?", "About 80 kg", "number", "80"),
        (COMPUTE, r"$\boxed{\frac{\sqrt{3}}{2}}$", "short_text", r"\frac{\sqrt{3}}{2}"),
        (COMPUTE, r"The answer is \( 2x + 3 \).", "short_text", "2x+3"),
        (COMPUTE, r"\boxed{(1, 2)}", "literal", "(1, 2)"),
        (COMPUTE, r"\boxed{3:4}", "short_text", "3:4"),
        (COMPUTE, r"\boxed{\text{Evelyn}}", "short_text", "evelyn"),
        (COMPUTE, r'{"answer": "\frac{3}{4}"}', "number", "0.75"),
        ("Complete it: assert f(??) == 17", "[ANSWER]assert f(16) == 17[/ANSWER]", "literal", "16"),
        (RUN, "The output will be:\n\n```\na 1\n```", "short_text", "a 1"),
        ("Who came, and in what year?", "They came in 1914.", "number", "1914"),
        (HOW_MANY, "Tom has 12 pencils.\n\nShall I explain step 3?", "number", "12"),
        (HOW_MANY, "Tom has 12 pencils.\nLet's check: 12 / 4 = 3.", "number", "12"),
    ],
)
def test_other_kinds_of_final_answers(question: str, text: str, kind: str, value: str) -> None:
    answer = final_answer(question, text)
    assert answer is not None
    assert (answer.kind, answer.value) == (kind, value)


@pytest.mark.parametrize(
    ("question", "text"),
    [
        (EXPLAIN, "Air scatters blue light more than red. " * 5),
        ("Write a function that counts how many 3s there are.", "def f(x):\n    return x.count(3)"),
        (HOW_MANY, ""),
        (HOW_MANY, "   \n"),
        (HOW_MANY, '```json\n{"reasoning": "3 boxes with 4 each, then 3 more, then 4'),
        (HOW_MANY, "I do not have enough information."),
        (HOW_MANY, '{"reasoning": "___", "answer": "___"}'),
    ],
)
def test_where_nothing_is_concluded_there_is_no_final_answer(question: str, text: str) -> None:
    assert final_answer(question, text) is None


@pytest.mark.parametrize(
    ("question", "first", "second"),
    [
        (HOW_MANY, "Tom has 12 pencils.", FENCED.format('"12.00"')),
        (HOW_MANY, "The answer is $1,200.", "1200 dollars"),
        (HOW_MANY, "The answer is 33.33", "The answer is 33.3333"),
        (HOW_MANY, "2/3", "0.67"),
        (ASSERTION, "'x'", "The output is `'x'`."),
        (ASSERTION, "[1, 2]", "assert f(1) == [1, 2]"),
        (OPTIONS, "(B)", "The correct answer is the dog."),
        (YES_NO, "No.", "No, they react."),
        (JSON, '{"name": "Bo", "age": 5}', 'Here:\n```json\n{"age": 5, "name": "Bo"}\n```'),
        (OPEN, "Paris", "**Paris**."),
        (COMPUTE, r"\boxed{\dfrac{\sqrt{3}}{2}}", r"The answer is $\frac{\sqrt{3}}{2}$."),
    ],
)
def test_equivalent_answers_agree_fully(question: str, first: str, second: str) -> None:
    assert agreement(question, first, second) == 1.0


@pytest.mark.parametrize(
    ("question", "first", "second"),
    [
        (HOW_MANY, "Tom has 12 pencils.", "Tom has 13 pencils."),
        (HOW_MANY, "33", "33.33"),
        (HOW_MANY, "12", "-12"),
        (HOW_MANY, "Tom has 12 pencils.", "That depends."),
        (ASSERTION, "'x'", "'y'"),
        (ASSERTION, "(1, 2)", "[1, 2]"),
        (ASSERTION, "'x '", "'x'"),
        (OPTIONS, "A", "B"),
        (YES_NO, "Yes, it is.", "No, it is not."),
        (OPEN, "Paris", "Lyon"),
        (OPEN, "Paris", "Not Paris"),
        (COMPUTE, r"\boxed{x-2}", r"\boxed{x+2}"),
        (COMPUTE, r"\boxed{2\sqrt{3}}", r"\boxed{2\sqrt{5}}"),
        (COMPUTE, r"\boxed{-\sqrt{3}}", r"\boxed{\sqrt{3}}"),
        (COMPUTE, r"\boxed{3:4}", r"\boxed{4:3}"),
    ],
)
def test_different_answers_do_not_agree(question: str, first: str, second: str) -> None:
    assert agreement(question, first, second) < 0.3


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("'x'", '"x"'),
        ("[1, 2]", "assert f(1) == [1,2]"),
        ("True", "true"),
        ("{'a': 1, 'b': 2}", '{"b":2,"a":1}'),
        (FENCED.format("\"'x'\""), FENCED.format(r'"\"x\""')),
    ],
)
def test_equal_code_in_another_spelling_is_weaker_evidence(first: str, second: str) -> None:
    assert agreement(ASSERTION, first, second) == 0.8


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
        assert _is_quicker_than(0.05, question, text, text + "x")


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
            assert _is_quicker_than(0.02, question, text, text + "x")


@pytest.mark.parametrize("question", [HOW_MANY, ASSERTION, OPTIONS, JSON, OPEN, CLASSIFY, EXPLAIN])
def test_two_answers_of_4000_characters_take_less_than_5_ms(question: str) -> None:
    text = "The function takes a list and returns 5 items, because 3 + 4 = 7 and 'a' is [1]. " * 50
    assert _is_quicker_than(0.005, question, text[:4000], text[5:4005])


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


def _is_quicker_than(seconds: float, question: str, first: str, second: str) -> bool:
    """Whether it ever takes less: CPU time, and several tries, as other processes may be busy."""
    for _ in range(5):
        started = time.process_time()
        agreement(question, first, second)
        if time.process_time() - started < seconds:
            return True
    return False
