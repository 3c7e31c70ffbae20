"""How far an answer can be trusted: named signals, each from 0 (bad) to 1, and their product.

The signals are free and catch refusals, truncations and empty answers. They are not calibrated:
on recorded answers hedging and shortness say little about whether an answer is right.
"""

import re

from .base import Frozen
from .chat import Answer
from .tokens import estimated_tokens

_HEDGING = re.compile(
    r"\b(i(?:'|’)?m not (?:entirely |completely |quite |really |100% )?(?:sure|certain)|"
    r"i am not (?:entirely |completely )?(?:sure|certain)|"
    r"i (?:can(?:'|’)?t|cannot) be (?:sure|certain)|"
    r"it(?:'|’)?s (?:hard|difficult) to (?:say|know)|i don(?:'|’)?t (?:really )?know|i do not know|"
    r"i(?:'|’)?m unsure|i am unsure|i (?:might|may|could) be wrong|it is unclear|i have no idea|"
    r"i(?:'|’)?m (?:just )?guessing|my best guess)\b",
    re.IGNORECASE,
)
_REFUSAL = re.compile(
    r"^\W*(?:i(?:'|’)?m sorry|sorry|i apologi[sz]e|unfortunately)?\W*(?:but )?"
    r"(?:i can(?:'|’)?t|i cannot|i(?:'|’)?m (?:not able|unable)|i am (?:not able|unable)|"
    r"i won(?:'|’)?t|as an ai)\b",
    re.IGNORECASE,
)
_RATING_LINE = re.compile(r"\W{0,4}confidence\W{1,4}(\d{1,3})\s?%?\W{0,4}", re.IGNORECASE)
_OPENING_CHARACTERS = 200

SELF_RATING_INSTRUCTION = (
    "After your answer, add one last line of the form `Confidence: N`, where N from 0 to 100 is "
    "how sure you are that the answer is correct and complete."
)


class Signals(Frozen):
    """What was seen in one answer, by name; 1 is good, 0 is bad."""

    hedging: float
    refusal: float
    emptiness: float
    truncation: float
    shortness: float
    self_rating: float | None = None

    @property
    def confidence(self) -> float:
        """The product of the signals that are there, rounded to three places."""
        product = 1.0
        for value in self.model_dump().values():
            product *= 1.0 if value is None else value
        return round(product, 3)


def hedging(text: str) -> float:
    """Phrases by which a model says that it does not know; each takes most of the trust."""
    return float(0.4 ** len(_HEDGING.findall(text)))


def refusal(text: str) -> float:
    """Whether the answer opens by declining to answer."""
    return 0.2 if _REFUSAL.search(text.lstrip()[:_OPENING_CHARACTERS]) else 1.0


def emptiness(text: str) -> float:
    """Whether there is anything to read."""
    return 1.0 if text.strip() else 0.0


def truncation(answer: Answer) -> float:
    """Whether the provider reports an answer cut off by a limit or a filter."""
    return {"stop": 1.0, "length": 0.4, "content_filter": 0.2}[answer.finish_reason]


def shortness(text: str, expected_tokens: int) -> float:
    """Length relative to what was expected, felt below a tenth of it, grave below a sixtieth."""
    share = estimated_tokens(text) / expected_tokens
    return min(1.0, 0.4 + 6 * share)


def signals(answer: Answer, expected_tokens: int, self_rating: float | None = None) -> Signals:
    """All signals of one answer; `expected_tokens` > 0 is the length that was to be expected."""
    return Signals(
        hedging=hedging(answer.text),
        refusal=refusal(answer.text),
        emptiness=emptiness(answer.text),
        truncation=truncation(answer),
        shortness=shortness(answer.text, expected_tokens),
        self_rating=self_rating,
    )


def split_self_rating(text: str) -> tuple[str, float | None]:
    """The answer without its last `Confidence: N` line, and N / 100 (None if there is none)."""
    answer, _, last_line = text.rstrip().rpartition("\n")
    match = _RATING_LINE.fullmatch(last_line)
    if match is None or int(match[1]) > 100:
        return text, None
    return answer.rstrip(), int(match[1]) / 100
