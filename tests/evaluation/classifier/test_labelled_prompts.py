import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.classifier.labelled_prompts import PROMPT_TEMPLATES, Unwrapped, unwrapped, wrapped

QUESTIONS = ["How many eggs are left?", "Which number is next?", "What is 3 + 4?"]


@pytest.mark.parametrize("wrapper", PROMPT_TEMPLATES)
def test_what_all_prompts_have_around_them_is_taken_off(wrapper: str) -> None:
    found = unwrapped([wrapper.format(question) for question in QUESTIONS])
    assert [prompt.bare for prompt in found] == QUESTIONS


def test_the_beginning_stays_in_what_lacks_only_the_end() -> None:
    found = unwrapped([f"Solve this. {question} Be brief." for question in QUESTIONS])
    assert found == [Unwrapped(q, f"Solve this. {q}") for q in QUESTIONS]


def test_words_that_only_begin_alike_are_left_whole() -> None:
    prompts = ["Translate tomato soup.", "Translate tomatoes soup."]
    assert [prompt.bare for prompt in unwrapped(prompts)] == ["tomato", "tomatoes"]


@pytest.mark.parametrize("prompts", [["hi"], ["hi", "hi"], ["Tell me. ", "Tell me. "]])
def test_a_prompt_that_is_nothing_but_shared_stays_as_it_is(prompts: list[str]) -> None:
    assert [prompt.bare for prompt in unwrapped(prompts)] == [p.strip() for p in prompts]


def test_questions_with_nothing_in_common_are_left_alone() -> None:
    assert [prompt.bare for prompt in unwrapped(QUESTIONS)] == QUESTIONS


@given(st.lists(st.text(min_size=1), min_size=1, max_size=5))
def test_what_is_left_is_a_part_of_each_prompt_and_something(prompts: list[str]) -> None:
    for prompt, found in zip(prompts, unwrapped(prompts), strict=True):
        assert found.bare
        assert found.bare in prompt
        assert found.without_end in prompt


@given(st.text())
def test_a_prompt_always_gets_the_same_wrapper_and_stays_in_it_as_it_is(prompt: str) -> None:
    assert wrapped(prompt) == wrapped(prompt)
    assert prompt in wrapped(prompt)
