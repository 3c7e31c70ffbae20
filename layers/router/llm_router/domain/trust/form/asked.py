"""Reads off a conversation what form an answer may have: whose words, length, repetition."""

import re
from collections.abc import Mapping
from typing import Literal, NamedTuple

from llm_router.domain.conversation.content import Text, ToolResult
from llm_router.domain.conversation.conversation import Conversation, Message

from .asked_phrases import (
    ABOUT_YOU,
    ACKNOWLEDGING,
    ASKING,
    BRIEF,
    BRIEF_TASKS,
    CITING,
    COMPLETING,
    CREATING,
    DETAILED,
    EDITING,
    INTERROGATIVE,
    INTO_LANGUAGE,
    LIMITING,
    LISTING,
    LONG_WORK,
    MACHINES,
    MEANING,
    NAMING,
    PLAYING,
    REPEATING,
    SAYING,
    SPEAKS_OF_NOT,
    STRICTLY_BRIEF,
    TRANSFORMING,
    WHO_OR_WHEN,
)
from .own_words import quoted_source, without_quotes
from .phrase_patterns import FoldedText, folded

Words = Literal["own", "edited", "written", "played"]
"""Words of an answer: the model's own, those of a given text, of a text to write, of a role."""

_HEAD, _TAIL = 1_200, 500
_INSTRUCTIONS = 800
_SHORT_TURN = 80
_FIRST_WORDS = 30
_BEGINNING = 60
_TOKENS_PER_ITEM = 6.0

_REPETITIONS = (
    "x × times mal fois veces vezes volte keer razy раз kez kere defa krát gånger ganger lần kali "
    "次 遍 回 번 مرة مرات बार rows lines copies zeilen lignes filas líneas linhas righe regels "
    "wierszy строк satır 行 줄"
)
_TIMES = re.compile(rf"\d[\s-]?(?:{'|'.join(_REPETITIONS.split())})")
_JOINING = re.compile(r"\W{0,9}(?:(?:so|and|but|also|hey|hi|ok|und|et|y|e|en|и|a),? )?")
_UNITS: Mapping[float, str] = {
    1.3: """
        word wörter worte mots palabras palavras parole woorden słów слов kelime शब्द كلمة slov ord
        từ kata cuvinte 단어 token
    """,
    0.7: "字 文字 자 글자",
    400: """
        page seite página pagin strony stron страниц sayfa 页 ページ صفح पृष्ठ 쪽 페이지
    """,
    60: "paragraph absätze párrafo parágrafo paragraf alinea akapit абзац 段",
}
"""Units of length, each with its tokens."""
_TOKENS_OF = {unit: tokens for tokens, units in _UNITS.items() for unit in units.split()}
_BLANK = re.compile(r"(?<!\w)_{2,}(?!\w)")
_LENGTH = re.compile(
    r"(?<![\d.,])(\d{1,3}(?:[.,\s]\d{3}|\d{0,3}))[\s-]{0,2}"
    rf"({'|'.join(sorted(_TOKENS_OF, key=len, reverse=True))})"
)
_ITEMS_BEFORE = """
    idea tip reason example way step name fact point item question argument day week recipe ideen
    tipps gründe beispiele fakten fragen tage wochen idées conseil raison exemple jour semaine
    consejo razon ejemplo día semana pregunta ideia dica razões exemplo dia idee consigli motivi
    esempi giorni settimane ideeën redenen voorbeelden dagen weken pomysłów powodów przykładów dni
    tygodni идей причин примеров советов дней недель fikir neden örnek gün hafta
"""
_ITEMS = re.compile(
    r"(?<![\d.,])(\d{1,3})[\s-]{1,2}(?:\w{1,20} ){0,2}?"
    rf"(?:{'|'.join(_ITEMS_BEFORE.split())})"
    r"|(\d{1,3}|[两三四五六七八九十]{1,3})(?:个|個|条|種|种|つ|개|가지|件|点|天|日|泊)"
)
_SENTENCE = re.compile(r"(?<=[.!?])\s+|[。！？؟।\n]+")
_NUMERALS = {"两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10}


class Asked(NamedTuple):
    """What the conversation lets an answer be.

    `says_not` is true if the text to write or to edit itself declines or doubts. `source` is what
    the question quotes. `tokens` is the length that a number asks for; `long` is true if a long
    answer is asked for without a number. `wording` is the question if it asks for what is said or
    stands in a gap: a mere doubt does not answer that.
    """

    words: Words = "own"
    says_not: bool = False
    source: str = ""
    about_you: bool = False
    after_tools: bool = False
    repeats: bool = False
    tokens: float = 0
    long: bool = False
    wording: str = ""


ANYTHING = Asked()
"""A question of which nothing is known."""


def asked_in(question: str) -> Asked:
    """Read a question that stands alone."""
    return asked_of(Conversation(messages=(Message(role="user", content=question),)))


def asked_of(conversation: Conversation) -> Asked:
    """Read the last user turn, a short one with the turn before it, and the instructions."""
    question = folded(_ends(conversation.question))
    outside, source = FoldedText(without_quotes(question)), quoted_source(question)
    instructions = FoldedText(_instructions(conversation))
    earlier = folded(_ends(_earlier(conversation))) if len(question) < _SHORT_TURN else ""
    words = (
        _words_of(outside, source)
        or _words_of(instructions)
        or _words_of(FoldedText(without_quotes(earlier)))
    )
    everything = FoldedText(f"{question}\n{earlier}\n{instructions.text}")
    tokens, long = _wanted_tokens(outside, instructions, words)
    transforms = TRANSFORMING.within(outside)
    says_not = SPEAKS_OF_NOT.within(everything)
    of_machine = SAYING.within(outside) and MACHINES.within(outside)
    return Asked(
        words=words or "own",
        says_not=transforms
        or of_machine
        or ((words is not None or MEANING.within(outside)) and says_not),
        source=source,
        about_you=ABOUT_YOU.within(outside),
        after_tools=_ends_in_tool_results(conversation),
        repeats=bool(_TIMES.search(everything.text))
        or (REPEATING.within(everything) and not _is_question(outside)),
        tokens=tokens,
        long=long and not (transforms or _is_gapped(outside)),
        wording=question
        if not (transforms or of_machine) and _asks_for_words(outside, says_not=says_not)
        else "",
    )


def _words_of(text: FoldedText, source: str = "") -> Words | None:
    if PLAYING.within(text):
        return "played"
    of_language = INTO_LANGUAGE.within(text)
    if EDITING.within(text) or (source and of_language) or TRANSFORMING.within(text):
        return "edited"
    if _is_gapped(text) or SAYING.within(text):
        return "written"
    if NAMING.within(text):
        return "written" if source or of_language else None
    if CITING.within(text) and not WHO_OR_WHEN.begins(FoldedText(text.text[:_BEGINNING])):
        return "written"
    return "written" if CREATING.within(text) and not _is_question(text) else None


def _asks_for_words(outside: FoldedText, *, says_not: bool) -> bool:
    if SAYING.within(outside) or NAMING.within(outside):
        return True
    return not says_not and (
        _is_gapped(outside) or (CITING.within(outside) and _is_question(outside))
    )


def _is_gapped(text: FoldedText) -> bool:
    return bool(_BLANK.search(text.text)) or COMPLETING.within(text)


def _demanding(outside: FoldedText) -> str:
    """The sentences that ask for something long; elsewhere "5 pages" is what the question tells."""
    return "\n".join(
        sentence.text
        for sentence in map(FoldedText, _SENTENCE.split(outside.text))
        if any(words.within(sentence) for words in (CREATING, LISTING, DETAILED, LONG_WORK))
    )


def _ends_with_question_word(text: FoldedText) -> bool:
    """True if the last sentence is like "how many?": what comes before is told, not asked for."""
    told = text.text.rstrip()
    if not told.endswith(("?", "？", "؟")):
        return False
    last = FoldedText([each for each in _SENTENCE.split(told) if each.strip()][-1].strip())
    return INTERROGATIVE.begins(last) and not DETAILED.within(last)


def _is_question(text: FoldedText) -> bool:
    start = _JOINING.match(text.text)
    begins = INTERROGATIVE.begins(FoldedText(text.text[start.end() if start else 0 :][:_BEGINNING]))
    return begins or ASKING.within(FoldedText(text.text[:_BEGINNING]))


def _wanted_tokens(
    outside: FoldedText, instructions: FoldedText, words: Words | None
) -> tuple[float, bool]:
    """The tokens that are asked for by a number, and whether a long answer is asked for."""
    if words == "edited":
        # What follows is the text to edit.
        outside = FoldedText(outside.text.partition("\n")[0].partition(":")[0])
    if _ends_with_question_word(outside):
        return 0, False
    demand = _demanding(outside)
    sizes = [_tokens_of(*match.groups()) for match in _LENGTH.finditer(demand)]
    brief = STRICTLY_BRIEF.within(outside) or STRICTLY_BRIEF.within(instructions)
    if ACKNOWLEDGING.within(outside) or LIMITING.within(outside) or (brief and not sizes):
        return 0, False
    if sizes:
        return max(sizes), False
    items = [_number(a or b) for a, b in _ITEMS.findall(demand)]
    return _TOKENS_PER_ITEM * max(items, default=0), _is_long(outside, instructions)


def _is_long(outside: FoldedText, instructions: FoldedText) -> bool:
    if BRIEF_TASKS.within(FoldedText(outside.text[:_FIRST_WORDS])):
        return False
    if DETAILED.within(outside):
        return True
    brief = BRIEF.within(outside) or BRIEF.within(instructions) or _is_question(outside)
    return not brief and LONG_WORK.within(outside)


def _tokens_of(number: str, unit: str) -> float:
    return int(re.sub(r"\D", "", number)) * _TOKENS_OF[unit]


def _number(written: str) -> int:
    return int(written) if written.isdecimal() else max(_NUMERALS[digit] for digit in written)


def _ends(text: str) -> str:
    return text if len(text) <= _HEAD + _TAIL else f"{text[:_HEAD]}\n{text[-_TAIL:]}"


def _instructions(conversation: Conversation) -> str:
    return "\n".join(
        message.text[:_INSTRUCTIONS]
        for message in conversation.messages[:2]
        if message.is_instruction
    )


def _earlier(conversation: Conversation) -> str:
    turns = [m.text for m in conversation.messages[-8:] if m.role == "user" and m.text]
    return turns[-2] if len(turns) > 1 else ""


def _ends_in_tool_results(conversation: Conversation) -> bool:
    last = conversation.messages[-1]
    results = [isinstance(part, ToolResult) for part in last.parts]
    return last.role == "tool" or (
        any(results)
        and not any(isinstance(part, Text) and part.text.strip() for part in last.parts)
    )
