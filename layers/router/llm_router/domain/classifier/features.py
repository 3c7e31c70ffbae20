"""Features of a prompt for the linear model: hashed n-grams and about a hundred measures."""

import math
from collections import Counter
from itertools import pairwise
from typing import NamedTuple
from zlib import crc32

from llm_router.domain.conversation.conversation import Conversation

from .intents import intents_of
from .texts import SCRIPTS, count_marks, scripts_in, tokens_of, without_quotes

BUCKETS = 2**15
"""The number of weights that the n-grams share."""

_HEAD, _TAIL = 2_000, 1_000
_FIRST, _LAST = 250, 50

_STEPS = {
    "words": (1, 2, 3, 4, 5, 6, 7, 8),
    "sentences": (0, 1, 2, 3),
    "commas": (0, 1, 2),
    "questions": (0, 1),
    "exclamations": (0,),
    "quoted": (0, 1, 2, 3, 4, 5),
    "parts": (0, 1, 2),
    "options": (1,),
    "code": (0, 1, 2),
    "formulas": (0, 1, 2),
    "numbers": (0, 1, 2, 3),
    "calculations": (0,),
    "demands": (0, 1, 2),
    "expertise": (0, 1, 2),
    "letters": (4, 5, 6),
}
"""The steps of each measure: a feature rises linearly from 0 at its step to 1 one unit above."""

_DEMANDS = ("prove", "build", "diagnose", "weigh")
_EXPERTISE = ("medicine", "law", "mathematics", "systems", "finance")
_ASKED = (*_DEMANDS, "social", "lookup", "edit", "explain", "write")
_INTENTS = (*_ASKED, *_EXPERTISE, "bounds")
_FLAGS = ("tools", "schema", "images", "ends_asking", "asks_briefly", "quotes_without_demand")

STRUCTURE = (
    *(f"{name}>{step}" for name, steps in _STEPS.items() for step in steps),
    *(f"{name}>={least}" for name in _INTENTS for least in (1, 2)),
    *(f"asked:{name}" for name in (*_ASKED, "demand")),
    *_FLAGS,
    *SCRIPTS,
)
"""The names of the structural measures, in the order of their weights."""


class Features(NamedTuple):
    """The n-gram buckets that are present, each once, and the measures in `STRUCTURE`'s order."""

    buckets: list[int]
    structure: list[float]


def features_of(conversation: Conversation) -> Features:
    """Compute the features of the last user turn.

    Of a long turn only the first 2,000 and the last 1,000 characters are read, and of these the
    first 250 and the last 50 words (or characters, where a script has no spaces).
    """
    question = conversation.question
    if len(question) > _HEAD + _TAIL:
        question = f"{question[:_HEAD]}\n{question[-_TAIL:]}"
    tokens = _ends(tokens_of(question))
    return Features(_buckets(tokens), _structure(conversation, question, tokens))


def _ends(tokens: list[str]) -> list[str]:
    return tokens if len(tokens) <= _FIRST + _LAST else tokens[:_FIRST] + tokens[-_LAST:]


def _buckets(tokens: list[str]) -> list[int]:
    """Buckets of words, pairs, triples, and the first five and last three letters of long words."""
    codes = {token: crc32(token.encode()) % BUCKETS for token in set(tokens)}
    ones = [codes[token] for token in tokens]
    twos = [3 * first + 5 * second + 1 for first, second in pairwise(ones)]
    threes = [7 * two + 9 * third + 2 for two, third in zip(twos, ones[2:], strict=False)]
    long = [token for token in codes if len(token) > 4]
    starts = [crc32(token[:5].encode(), 1) for token in long]
    ends = [crc32(token[-3:].encode(), 2) for token in long]
    keys = {key % BUCKETS for key in (*twos, *threes, *starts, *ends)}
    return list(keys.union(codes.values()))


def _structure(conversation: Conversation, question: str, tokens: list[str]) -> list[float]:
    outside = without_quotes(question)
    quoted = len(question) - len(outside)
    if quoted:
        tokens = _ends(tokens_of(outside))
    words = [token for token in tokens if token[0].isalpha()]
    spaced = [word for word in words if not "\u3040" <= word[0] <= "\u9fff"]
    length = len(spaced) + 0.6 * (len(words) - len(spaced))
    intents = intents_of(words)
    asked = intents_of(words[:3] + words[-3:] if spaced else words[:8] + words[-10:])
    token_counts = Counter(tokens)
    sizes: dict[str, float] = {
        "words": length,
        "sentences": _total(token_counts, ".!?:。！？؟।;"),
        "commas": _total(token_counts, ",;،、，"),
        "questions": _total(token_counts, "?？؟"),
        "exclamations": _total(token_counts, "!！"),
        "quoted": quoted / 6,
        "numbers": sum(map(str.isdigit, tokens)),
        **count_marks(question, outside),
        "demands": _total(intents, _DEMANDS),
        "expertise": _total(intents, _EXPERTISE),
    }
    measures = {name: math.log2(1 + size) for name, size in sizes.items()}
    measures["letters"] = sum(map(len, spaced)) / len(spaced) if spaced else 0.0
    asks = tokens[-1:] in (["?"], ["？"], ["؟"])
    demand = _total(asked, _DEMANDS) > 0
    return [
        *(_clipped(measures[name] - step) for name, steps in _STEPS.items() for step in steps),
        *(float(intents[name] >= least) for name in _INTENTS for least in (1, 2)),
        *(float(asked[name] > 0) for name in _ASKED),
        float(demand),
        float(bool(conversation.tools)),
        float(conversation.response_schema is not None),
        float(conversation.images > 0),
        float(asks),
        float(asks and length <= 8),
        float(quoted > 0 and not demand),
        *scripts_in(question),
    ]


def _clipped(value: float) -> float:
    return value if 0 < value < 1 else float(value > 0)


def _total(counts: Counter[str], names: str | tuple[str, ...]) -> int:
    return sum([counts[name] for name in names])
