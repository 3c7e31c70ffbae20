"""Signals of an answer's quality: named observations, each from 0 (bad) to 1 (good).

They are free and catch refusals, truncations and empty or broken answers. They hardly show if a
fluent answer is right: on recorded answers, hedging and shortness do no better than chance. That is
the purpose of a second opinion.
"""

import math
import re

from llm_router.domain.base import Frozen
from llm_router.domain.conversation.answer import Answer
from llm_router.domain.conversation.conversation import Conversation
from llm_router.domain.conversation.tokens import estimated_tokens

from .form.answer_speech import speech_of
from .form.asked import ANYTHING, Asked, asked_of
from .form.own_words import without_code, without_thoughts

_RATING_LINE = re.compile(r"\W{0,4}confidence\W{1,4}(\d{1,3})\s?%?\W{0,4}", re.IGNORECASE)
_JUDGED_CHARACTERS = 20_000
_TOKEN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|[^\s\u3040-\u30ff\u3400-\u9fff]+")
_SHINGLE_WORDS = 6
_TABLE_LINES = 8
_TAG = re.compile(r"<[^<>]{1,200}>")
_LONG_TOKENS = 200
_MOST_WANTED_TOKENS = 1_000
_FENCE = "```"
_REFUSED = 0.2
_TRUNCATION = {"stop": 1.0, "tool_calls": 1.0, "length": 0.4, "content_filter": 0.2}

SELF_RATING_INSTRUCTION = (
    "After your answer, add one last line of the form `Confidence: N`, where N from 0 to 100 is "
    "how sure you are that the answer is correct and complete."
)


class Signals(Frozen):
    """The signals of one answer, by name; None if there was nothing to observe.

    `hedging` is 1, multiplied by 0.4 for each phrase by which a model says that it does not know;
    `refusal` is 0.2 if the answer declines to answer, else 1.
    """

    hedging: float
    refusal: float
    emptiness: float
    truncation: float
    shortness: float
    open_fence: float = 1.0
    repetition: float = 1.0
    structure: float | None = None
    self_rating: float | None = None
    token_probability: float | None = None
    agreement: float | None = None


def emptiness(text: str) -> float:
    """0 if there is nothing to read, else 1."""
    return 1.0 if text.strip() else 0.0


def truncation(answer: Answer) -> float:
    """Less than 1 if the provider reports an answer cut off by a limit or a filter."""
    return _TRUNCATION[answer.finish_reason]


def shortness(text: str, wanted_tokens: float) -> float:
    """Length relative to the wanted one: 1 from about a fifth of it, 0.56 at a tenth, at least 0.2.

    1 if no length was asked for.
    """
    if not wanted_tokens:
        return 1.0
    return min(1.0, 0.2 + 3.6 * estimated_tokens(without_thoughts(text)) / wanted_tokens)


def open_fence(text: str) -> float:
    """0.3 if a code block is left open, as by an answer that breaks off; else 1."""
    return 0.3 if text.count(_FENCE) % 2 else 1.0


def repetition(text: str) -> float:
    """1.25 times the share of distinct six-word sequences, at most 1; low in looping answers.

    1 for texts of fewer than 24 such sequences, for code, for tags without text, and for
    lists and tables of lines that differ from each other.
    """
    text = without_code(text[:_JUDGED_CHARACTERS])
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) >= _TABLE_LINES and len(set(lines)) > 0.8 * len(lines):
        return 1.0
    words = _TOKEN.findall("\n".join(line for line in lines if _TAG.sub("", line).strip()))
    shingles = [
        tuple(words[n : n + _SHINGLE_WORDS]) for n in range(len(words) - _SHINGLE_WORDS + 1)
    ]
    if len(shingles) < 4 * _SHINGLE_WORDS:
        return 1.0
    return min(1.0, 1.25 * len(set(shingles)) / len(shingles))


def mean_logprob(answer: Answer) -> float | None:
    """The mean log-probability that the model gave its own tokens; None if it reported none."""
    tokens = (answer.logprobs or {}).get("content") or []
    if not tokens:
        return None
    return min(0.0, sum(float(token["logprob"]) for token in tokens) / len(tokens))


def token_probability(answer: Answer) -> float:
    """The probability that the model gave its own tokens, on average.

    0 if it is missing: it was requested, so its absence counts against the answer.
    """
    mean = mean_logprob(answer)
    return 0.0 if mean is None else math.exp(mean)


def signals(
    answer: Answer,
    expected_tokens: int,
    conversation: Conversation | None = None,
    self_rating: float | None = None,
    *,
    logprobs_asked: bool = False,
) -> Signals:
    """Compute the signals of one answer, with regard to the conversation that it ends.

    `structure` is none of them. An answer that calls tools may be empty. `expected_tokens` > 0 is
    the usual length where the question asks for a long answer without a number. `logprobs_asked`
    is true if log-probabilities were requested.
    """
    calls_tools = bool(answer.tool_calls)
    asked = ANYTHING if conversation is None else asked_of(conversation)
    speech = speech_of(answer.text, asked)
    limit = conversation.max_output_tokens if conversation else None
    wanted = _wanted_tokens(asked, expected_tokens, limit)
    return Signals(
        hedging=0.4**speech.doubts,
        refusal=_REFUSED if answer.refused or speech.declines else 1.0,
        emptiness=1.0 if calls_tools else emptiness(answer.text),
        truncation=truncation(answer),
        shortness=1.0 if calls_tools else shortness(answer.text, wanted),
        open_fence=open_fence(answer.text),
        repetition=1.0 if asked.repeats else repetition(answer.text),
        self_rating=self_rating,
        token_probability=token_probability(answer) if logprobs_asked and not calls_tools else None,
    )


def _wanted_tokens(asked: Asked, expected_tokens: int, most: int | None) -> float:
    """The length that the question wants, within the limit; 0 if a word may do."""
    if asked.after_tools:
        return 0
    wanted = max(asked.tokens, _LONG_TOKENS, expected_tokens) if asked.long else asked.tokens
    return min(wanted, _MOST_WANTED_TOKENS, most or _MOST_WANTED_TOKENS)


def split_self_rating(text: str) -> tuple[str, float | None]:
    """The answer without its last `Confidence: N` line, and N / 100 (None if there is none)."""
    answer, _, last_line = text.rstrip().rpartition("\n")
    match = _RATING_LINE.fullmatch(last_line)
    if match is None or int(match[1]) > 100:
        return text, None
    return answer.rstrip(), int(match[1]) / 100
