"""What a linear model sees of a prompt: hashed n-grams and a few dozen measures of structure."""

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple
from zlib import crc32

from .chat import Conversation
from .intent_words import INTENT_WORDS

BUCKETS = 2**15
"""How many weights the n-grams share."""

_HEAD, _TAIL = 2_000, 1_000
_TOKEN = re.compile(
    r"[a-z\u00c0-\u060b\u0620-\u0963\u0966-\u1fff\uac00-\ud7af]+"
    r"|\d+|[\u3040-\u30ff\u3400-\u9fff]|[^\s\w]"
)
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]{2,}")
_QUOTED = re.compile(
    r"[\"“”„«‹「《](?=\S)([^\"“”„«»‹›「」《》]{1,400})[\"“”»›」》]|(?<!\w)'([^'\n]{1,60})'(?!\w)"
)
_SENTENCE = re.compile(r"[.!?:](?=\s)|[。!?؟।;]")
_COMMA = re.compile(r"[,;،、,]")
_PART = re.compile(r"^[ \t]*(?:\d+[.)]|[-*•])[ \t]+\S", re.MULTILINE)
_OPTION = re.compile(r"^[ \t]*\(?[A-D][.):] ?\S", re.MULTILINE)
_CODE = re.compile(
    r"```|^[ \t]*(?:def|class|import|from|return|for|if|while|SELECT|function|#include|func|fn|let"
    r"|const|int|void|public|try)\b.*[\])\w:;({=]$",
    re.MULTILINE,
)
_FORMULA = re.compile(r"[∑∫√≤≥∀∃∈→≠ℝ²³^]|\\[a-z]{3,}|\b[a-z]\([a-z]\)|\b\d?[xynkp] ?[=+*/-] ?[\dxyn]")
_NUMBER = re.compile(r"\d+")
_CALCULATION = re.compile(r"\d ?[-+*/×÷^] ?\d|\d ?%")
_SCRIPTS = {
    "cyrillic": re.compile("[\u0400-\u052f]"),
    "arabic": re.compile("[\u0590-\u06ff]"),
    "indic": re.compile("[\u0900-\u0dff]"),
    "hangul": re.compile("[\uac00-\ud7af]"),
    "kana": re.compile("[\u3040-\u30ff]"),
    "han": re.compile("[\u3400-\u9fff]"),
}
_STEPS = {
    "units": (1, 2, 3, 4, 5, 6, 7, 8),
    "sentences": (0, 1, 2, 3),
    "parts": (0, 1, 2),
    "options": (1,),
    "commas": (0, 1, 2),
    "code": (0, 1, 2),
    "formulas": (0, 1),
    "numbers": (0, 1, 2, 3),
    "calculations": (0,),
    "questions": (0, 1),
    "exclamations": (0,),
    "quoted": (0, 1, 2, 3, 4, 5),
    "letters_per_word": (4, 5, 6),
    "demands": (0, 1, 2),
    "expertise": (0, 1, 2),
}
_DEMANDS = ("prove", "build", "diagnose", "weigh")
_EXPERTISE = ("medicine", "law", "mathematics", "systems", "finance")
_EDGES = ("social", "lookup", "edit", "explain", "write")
_FLAGS = ("tools", "schema", "images", "ends_asking", "asks_briefly", "quoted_demand")

STRUCTURE = (
    *(f"{name}>{step}" for name, steps in _STEPS.items() for step in steps),
    *(f"{name}{more}" for name in INTENT_WORDS for more in ("", "+")),
    *(f"edge:{name}" for name in (*_EDGES, "demand")),
    *_FLAGS,
    *_SCRIPTS,
)
"""The names of the measures of structure, in the order of their weights."""


class Features(NamedTuple):
    """The buckets that are present, without repetition, and the measures in `STRUCTURE`'s order."""

    buckets: list[int]
    structure: list[float]


def features_of(conversation: Conversation) -> Features:
    """The features of the last user turn; of a long one the first 2,000 and last 1,000 characters."""
    question = conversation.question
    if len(question) > _HEAD + _TAIL:
        question = f"{question[:_HEAD]}\n{question[-_TAIL:]}"
    tokens = _TOKEN.findall(question.lower())
    return Features(_buckets(tokens), _structure(conversation, question, tokens))


def _buckets(tokens: list[str]) -> list[int]:
    """Words, pairs and triples of them, and the beginnings and ends of long words."""
    a = [crc32(token.encode()) for token in tokens]
    pairs = [3 * first + 5 * second + 1 for first, second in zip(a, a[1:], strict=False)]
    triples = [7 * pair + 9 * third + 2 for pair, third in zip(pairs, a[2:], strict=False)]
    words = {token for token in tokens if len(token) > 4}
    edges = [crc32(word[:5].encode(), 1) for word in words if len(word) > 5]
    edges += [crc32(word[-3:].encode(), 2) for word in words]
    return sorted({key % BUCKETS for keys in (a, pairs, triples, edges) for key in keys})


def _structure(conversation: Conversation, question: str, tokens: list[str]) -> list[float]:
    quoted = " ".join(a or b for a, b in _QUOTED.findall(question))
    outside, said = question, tokens
    if quoted:
        outside = _QUOTED.sub(" ", question)
        said = _TOKEN.findall(outside.lower())
    words = [token for token in said if token[0].isalpha()]
    spaced = [word for word in words if word[0] < "\u3040" or word[0] > "\u9fff"]
    units = len(spaced) + 0.6 * (len(words) - len(spaced))
    found = _intents(words, outside)
    edges = _intents([*words[:3], *words[-3:]], outside[:8] + "\n" + outside.rstrip()[-10:])
    sizes: dict[str, float] = {
        "units": units,
        "sentences": len(_SENTENCE.findall(outside)),
        "parts": len(_PART.findall(question)),
        "options": len(_OPTION.findall(question)),
        "commas": len(_COMMA.findall(outside)),
        "code": len(_CODE.findall(question)),
        "formulas": len(_FORMULA.findall(outside)),
        "numbers": len(_NUMBER.findall(outside)),
        "calculations": len(_CALCULATION.findall(outside)),
        "questions": sum(map(outside.count, "??؟")),
        "exclamations": sum(map(outside.count, "!!")),
        "quoted": len(quoted) / 6,
        "demands": sum(found[name] for name in _DEMANDS),
        "expertise": sum(found[name] for name in _EXPERTISE),
    }
    measures = {name: math.log2(1 + size) for name, size in sizes.items()}
    measures["letters_per_word"] = sum(map(len, spaced)) / len(spaced) if spaced else 0.0
    asks = outside.rstrip()[-1:] in set("??؟")
    demanded = sum(edges[name] for name in _DEMANDS) > 0
    flags = (
        bool(conversation.tools),
        conversation.response_schema is not None,
        conversation.images > 0,
        asks,
        asks and units <= 8,
        bool(quoted) and not demanded,
    )
    return [
        *(
            min(1.0, max(0.0, measures[name] - step))
            for name, steps in _STEPS.items()
            for step in steps
        ),
        *(float(found[name] > least) for name in INTENT_WORDS for least in (0, 1)),
        *(float(edges[name] > 0) for name in _EDGES),
        float(demanded),
        *map(float, flags),
        *(float(script.search(question) is not None) for script in _SCRIPTS.values()),
    ]


def _table() -> tuple[Mapping[str, tuple[str, ...]], tuple[int, ...]]:
    groups: dict[str, list[str]] = {}
    for intent, words in INTENT_WORDS.items():
        for word in set(words.split()):
            groups.setdefault(word, []).append(intent)
    stems = {len(word) - 1 for word in groups if word.endswith("*")}
    return {word: tuple(sorted(names)) for word, names in groups.items()}, tuple(sorted(stems))


_INTENTS_OF, _STEM_LENGTHS = _table()
_WORDS_OF = {word: names for word, names in _INTENTS_OF.items() if not word.endswith("*")}
_STEMS_OF = {word[:-1]: names for word, names in _INTENTS_OF.items() if word.endswith("*")}


def _intents(words: Iterable[str], text: str) -> Counter[str]:
    """How many different words of each intent there are."""
    found: Counter[str] = Counter()
    for word in set(words):
        names = _WORDS_OF.get(word)
        for length in _STEM_LENGTHS if names is None else ():
            if length > len(word):
                break
            names = _STEMS_OF.get(word[:length]) or names
        found.update(names or ())
    for run in _UNSPACED.findall(text):
        for pair in {run[i : i + 2] for i in range(len(run) - 1)}:
            found.update(_WORDS_OF.get(pair, ()))
    return found
