"""How complex a question is, asked as the router asks it and of the model that it would ask."""

from collections.abc import Iterable
from typing import NamedTuple

from llm_router.domain.chat import Conversation
from llm_router.domain.classification import parse_classification
from llm_router.domain.judgement import cheapest_judge, judging_prompt
from llm_router.domain.policy import Policy

from .recordings import Question, RecordedClassification


class Judging(NamedTuple):
    """The model and what it is asked."""

    model: str
    prompt: Conversation


def judging_of(question: Question, policy: Policy) -> Judging | None:
    """The judging of a question; None if no model of the policy can take its prompt."""
    prompt = judging_prompt(question.conversation, policy)
    judge = cheapest_judge(prompt, policy, policy.providers)
    return None if judge is None else Judging(judge.id, prompt)


def models_judging(questions: Iterable[Question], policy: Policy) -> set[str]:
    """The models that would be asked."""
    judgings = (judging_of(question, policy) for question in questions)
    return {judging.model for judging in judgings if judging is not None}


def classification_in(reply: str) -> RecordedClassification | None:
    """What a reply says; None if it is no judgement."""
    found = parse_classification(reply)
    if found is None:
        return None
    return RecordedClassification(complexity=found.tier, estimated_tokens=found.estimated_tokens)
