"""Classifies the final answer that a question asks for, by the question's wording alone."""

import re
from collections.abc import Callable
from itertools import zip_longest
from typing import Literal

from . import numerals

_ENDS = 2_000
_LABELLING = re.compile(
    r"(?:^|[.!?:\n]\s{0,9})(?:please |now )?(?:classify|categori[sz]e|label|tag)\b|"
    r"\b(?:(?:what|which)\b[^?.\n]{0,40}|"
    r"(?:determine|identify|detect|predict|choose|decide)\b[^.?\n]{0,60})"
    r"\b(?:category|label|class|sentiment|intent|topic|genre|emotion|stance)\b|"
    r"(?:^|[.\n]\s{0,9})(?:is|was|are) [^?\n]{1,200}\b[\w-]{2,30} or [\w-]{2,30}\?|"
    r"\b(?:premise|text|passage|sentence)s? entails?\b|"
    r"\b(?:answer|respond|reply|output) (?:only )?(?:with |by )(?:only |exactly |just )?"
    r"(?:one of\b|"
    r"[\"'`]?[\w-]{1,30}[\"'`]?,? (?:[\w\"'`-]{1,30}, ){0,8}or [\"'`]?[\w-]{1,30}\W{0,3}(?:$|\n))",
    re.IGNORECASE,
)
_ITEM = r"[\"'`]?[\w-]{2,30}[\"'`]?"
_LABELS = re.compile(rf"\b{_ITEM}(?:, {_ITEM}){{0,12}},? or {_ITEM}", re.IGNORECASE)
_BETWEEN = re.compile(r",? or |, ")
_LISTED = re.compile(r":\s?(?P<labels>[\w-]{2,30}(?:(?:, | / |\|)[\w-]{2,30}){1,12})[.\n\]]")
_BETWEEN_LISTED = re.compile(r", | / |\|")
_EDGE = " \"'`.,"
_ASKED = re.compile(
    r"(?:^|[.!?\n])\s{0,9}(?:q(?:uestion)?\s?\d{0,3}[:.]\s)?([^.!?\n]{1,300})\?", re.IGNORECASE
)
# fmt: off
_NAMEABLE = (
    "name|capital|currency|title|symbol|formula|author|language|birthplace|nationality|colou?r|date|"
    "day|month|term|word|city|country|state|continent|river|mountain|ocean|lake|planet|star|element|"
    "animal|bird|organ|bone|desert|island|building|president|king|queen|instrument|abbreviation|"
    "acronym|surname|nickname|occupation|profession|genre|religion|antonym|synonym|opposite|plural|"
    "species|metal|gas|unit|powerhouse|complexity"
)
_UNNAMED = (
    "is|are|was|were|do|does|did|can|could|should|would|will|has|have|had|makes?|happens?|causes?|if|"
    "about|role|kind|sort|type|way|impact|effect|exactly|actually|really|else|more|other|new|best|"
    "advice|good|better|one"
)
# fmt: on
_FACT = re.compile(
    r"(?:(?:in|on|at|by|to|from|of|for) )?(?:"
    # "Who was Napoleon?" asks for a life, "Who was the first emperor?" for a name.
    r"(?:who|whom|whose) (?!(?:is|was|are|were) (?:(?-i:[A-Z])|(?:this|that|s?he|it|they)\b))\w|"
    r"when (?:did|was|were|is|does|will)\b|where (?:did|was|were|is|are|does)\b|"
    rf"(?:what|which) (?!(?:{_UNNAMED})\b)(?!\w{{2,20}}[^\Wsui]s\b)[\w'’-]{{2,20}} \w|"
    r"(?:what|which)(?: is|['’]s| was) the (?!best\b|worst\b|ideal\b)"
    r"(?:(?!(?:of|for|in|between)\b)[\w-]{1,20} ){0,3}?"
    rf"(?:{_NAMEABLE})(?=\Z| (?:of|in|for|on|from|that|which|with|where|to|by|known|called|used)\b)"
    r")",
    re.IGNORECASE,
)
_PERSONAL = re.compile(r"\b(?:i|you|we|me|us|my|your|our|one)\b", re.IGNORECASE)


def asks_for_a_label(asked: str) -> bool:
    """True if the question asks to put something into a class."""
    return bool(_LABELLING.search(asked[:_ENDS]) or _LABELLING.search(asked[-_ENDS:]))


def labels(asked: str) -> tuple[str, ...]:
    """The classes that a question offers; empty if it does not list them."""
    for text in (asked[-_ENDS:], asked[:_ENDS]):
        if (found := _LABELS.findall(text)) and (names := _BETWEEN.split(found[-1])):
            return tuple(map(_bare, names))
        if listed := _LISTED.search(text):
            return tuple(map(_bare, _BETWEEN_LISTED.split(listed["labels"])))
    return ()


def asks_for_a_fact(asked: str) -> bool:
    """True if the last question is for a name, a place, a date or the like, not for an opinion."""
    questions = _ASKED.findall(asked[-_ENDS:])
    if not questions or _PERSONAL.search(questions[-1]):
        return False
    last_question = questions[-1].strip(" \"'*_`\t")
    return bool(_FACT.match(last_question) or _FACT.match(last_question.rpartition(", ")[2]))


def _bare(name: str) -> str:
    return name.strip(_EDGE).casefold()


AnswerKind = Literal["literal", "choice", "json", "number", "yes_no", "label", "fact", "anything"]

_READ = 8_000
_ASKING = 600
_HEADER = re.compile(r"^#{1,6}[ \t]{0,9}(?:question|problem|task)\b[: \t]{0,9}\n?", re.IGNORECASE)
_INSTRUCTIONS = re.compile(
    r"\n#{1,6}[ \t]{0,9}(?:instructions?|(?:output|response|answer) format|format)\b", re.IGNORECASE
)
_ANSWER_FIELD = re.compile(r"[\"'`](?:final[ _])?answer[\"'`]\s{0,9}:", re.IGNORECASE)
_ASSERTION = re.compile(
    # Between two words only up to the next such word: each place is read once, not once for each.
    r"\[PYTHON\]|\bassert\b(?:(?!\bassert\b)[^\n]){0,500}?"
    r"(?:==\s{0,9}(?:\?\?|_{2}|\.\.\.)|\?\?(?:(?!\?\?)[^\n]){0,99}?==)"
)
_RUN_THIS = re.compile(
    r"\b(?:output|prints?|printed|returns?|returned|evaluates? to|result of|value of)\b",
    re.IGNORECASE,
)
_CODE = re.compile(r"```|^[ \t]{0,40}(?:def|import|for|while|print\(|console\.log)\b", re.MULTILINE)
_MAKE = re.compile(
    r"(?:^|[.!?:\n]\s{0,9})(?:please |can you |could you |would you |now )?"
    r"(?:write|implement|create|refactor|debug|fix|review|improve|document|optimi[sz]e|design|build|draft|compose|rewrite|translate|"
    r"summari[sz]e|explain|describe|discuss|outline|prove)\b"
    # "Explain your reasoning" and "write the final answer" only say how to answer.
    r"(?! (?:your|how you|each|the (?:steps|final|answer|result))\b)",
    re.IGNORECASE,
)
_JSON = re.compile(r"\bjson\b", re.IGNORECASE)
_OPTIONS = (
    re.compile(
        r"^[ \t]{0,9}[-*>]{0,2}[ \t]{0,9}[(\[]?(?P<letter>[A-J])[)\].:]\**[ \t]", re.MULTILINE
    ),
    re.compile(r"(?:^|[ \t])[(\[]?(?P<letter>[A-J])[)\]]\**[ \t]", re.MULTILINE),
)
_QUANTITY = re.compile(
    r"\bhow (?:many|much|long|old|far|tall|high|fast|heavy|deep|wide)\b|"
    r"\b(?:calculate|compute|(?:what|which) year)\b|\b(?:what|which|as a) percent(?:age)?\b|"
    r"\bconvert [$€£]?\d|\bwhat(?:'s|’s| is| was| are| were| will be| would be)? the "
    r"(?:total|sum|number|amount|average|mean|median|difference|product|probability|likelihood)\b"
    # "The difference between a city and a town" is no number.
    r"(?! between (?:an? )?[a-z]{3})",
    re.IGNORECASE,
)
_MEASURE = re.compile(
    r"\bhow (?:big|large|often)\b|\b(?:find|determine|evaluate|solve|simplify|knowing)\b|"
    r"\bwhat\b|\bat which\b",
    re.IGNORECASE,
)
_MATHS = re.compile(r"\$[^$\n]{1,200}\$|\\\(|\\frac|\binteger|\bequation\b", re.IGNORECASE)
_NAMING = re.compile(r"^\W{0,9}(?:who|whom|whose|where|which|why)\b", re.IGNORECASE)
_YES_OR_NO = re.compile(
    r"\b(?:yes or no|yes/no|true or false|true/false)\b|^\W{0,9}(?:(?:so|then|but|and),? )?"
    r"(?:is|are|was|were|do|does|did|can|could|will|would|should|has|have|had|must|may)\s"
    r"(?!you\b)",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"[.!?]\s+|\n+")


def answer_kind(question: str) -> AnswerKind:
    """The kind of final answer that is asked for; `anything` if the wording does not show it."""
    asked = without_instructions(question)
    for kind, asks in _SIGNS:
        if asks(asked, question):
            return kind
    return "anything"


def without_instructions(question: str) -> str:
    """The question without headings and instructions on the form of the answer."""
    text = question[:_READ].strip()
    text = text[match.end() :] if (match := _HEADER.match(text)) else text
    instructions = _INSTRUCTIONS.search(text, 1)
    return (text[: instructions.start()] if instructions else text).strip()


def options(question: str) -> dict[str, str]:
    """The options to choose from, by letter; empty unless they run from A on."""
    found = (_options_marked_by(mark, question[-_READ:]) for mark in _OPTIONS)
    return next(filter(None, found), {})


def _options_marked_by(mark: re.Pattern[str], text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    marks = list(mark.finditer(text))
    for this, following in zip_longest(marks, marks[1:]):
        if this["letter"] == "A":
            found = {}
        if ord(this["letter"]) - ord("A") == len(found):
            end = following.start() if following else len(text)
            found[this["letter"]] = text[this.end() : end].partition("\n")[0].strip()
    return found if len(found) > 1 else {}


def _last_sentence(asked: str) -> str:
    sentences = [part for part in _SENTENCE.split(asked[-_ASKING:]) if part.strip()]
    asking = [part for part in sentences if part.rstrip().endswith("?")]
    return (asking or sentences or [""])[-1]


def _asks_for_a_literal(asked: str, _question: str) -> bool:
    if _ASSERTION.search(asked):
        return True
    return bool(_CODE.search(asked) and _RUN_THIS.search(asked) and not _MAKE.search(asked))


def _asks_for_json(_asked: str, question: str) -> bool:
    return bool(_JSON.search(question)) and not _ANSWER_FIELD.search(question)


def _asks_for_a_number(asked: str, _question: str) -> bool:
    if _MAKE.search(asked):
        return False
    asking = asked[-_ASKING:]
    if _QUANTITY.search(asking):
        return True
    if not _MEASURE.search(asking) or _NAMING.search(_last_sentence(asked)):
        return False
    return bool(_MATHS.search(asked)) or numerals.amounts(asked[-2000:]) > 1


def _asks_for_a_label(asked: str, _question: str) -> bool:
    return asks_for_a_label(asked) and not _MAKE.search(asked)


def _asks_for_a_fact(asked: str, _question: str) -> bool:
    return asks_for_a_fact(asked) and not _MAKE.search(asked)


def _asks_yes_or_no(asked: str, _question: str) -> bool:
    return bool(_YES_OR_NO.search(_last_sentence(asked))) and not _MAKE.search(asked)


_SIGNS: tuple[tuple[AnswerKind, Callable[[str, str], bool]], ...] = (
    ("literal", _asks_for_a_literal),
    ("choice", lambda asked, _question: bool(options(asked))),
    ("json", _asks_for_json),
    ("number", _asks_for_a_number),
    ("label", _asks_for_a_label),
    ("yes_no", _asks_yes_or_no),
    ("fact", _asks_for_a_fact),
)
