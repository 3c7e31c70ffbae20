"""Reads the code literal that an answer states or concludes with."""

import re

from . import claims, closing_lines, literals
from .read_values import SHORT, FinalAnswer

_TAIL = 900
_FEW_WORDS = 3
_ASKS_FOR_ARGUMENTS = re.compile(r"\(\s{0,9}\?\?\s{0,9}\)\s{0,9}==")
_TOKEN = re.compile(
    r"(?P<call>\w\()|(?P<end>[.!?](?=\s|\Z)|\n)|"
    r"\ban? empty (?P<empty>string|list|dictionary|dict|tuple|set)\b|"
    r"(?<![\w.\\])(?P<literal>['\"\[({]|-?\d|(?:True|False|None)\b)"
)
_STRONG = re.compile(
    r"(?:\b(?:is|be|are|returns?|returned|returning|prints?|outputs?|output|equals?|becomes?|"
    r"result|results? in|resulting in|answer|gives?|get|yields?|yielding|remains|produces?|"
    r"(?:return|is|be|returns|output) the \w{4,10})|==|->|=>|→|:|=)[ \t*:`$]{0,9}\Z"
)
_WEAK = re.compile(
    r"\b(?:to|as|literal|string|list|tuple|dictionary|value|with|in|just|simply|contains?)"
    r"[ \t*:`$]{0,9}\Z"
)
_BARE = re.compile(r"-?\d{1,30}(?:\.\d{1,30})?(?![\w]|\.\w)|(?:True|False|None|true|false|null)\b")
# fmt: off
_EMPTIES = {
    "string": "''", "list": "[]", "dictionary": "{}", "dict": "{}", "tuple": "()", "set": "set()",
}
# fmt: on
_SENTENCE = re.compile(
    r"(?:an?|the|it|this|that|so|in|as|to|not|when|if|because|output|result|answer|therefore)\b",
    re.IGNORECASE,
)
_EXPLAINS = re.compile(
    r"[.,;]\s|\b(?:which|because|since|after|when|equal|same|unchanged|so|as|the)\b", re.IGNORECASE
)
_OPEN = re.compile(r"""'[^'\n]*|"[^"\n]*""")
_SPAN = re.compile(
    r"\s{0,3}`(?P<inside>[^`\n]{1,500})`(?=[,;]? (?:since|because|as|which|where)\b)"
)
_TEXT = re.compile(r"\s{0,3}\\text(?:tt|bf)?\{(?P<inside>[^{}]{0,200})\}\s{0,3}")
_ASSERTED = re.compile(r"\A\s{0,9}assert [^\n]{1,500}?\) == (?P<inside>[^\n]{1,200})")
_FULL_STOP = re.compile(r"(?<=[^.\s])\.\s{0,9}\Z")
_GOES_ON = re.compile(r"\s{0,3}(?:[+*%\[('\"]|\.\w|-\d)")


def literal(question: str, text: str) -> FinalAnswer | None:
    """The literal that an answer states or concludes with, by value; else the text it states.

    If the question asks for the arguments of a call, those are the literal.
    """
    side = 0 if _ASKS_FOR_ARGUMENTS.search(question) else 1
    for claim in claims.stated_results(text):
        written = _claimed(claim.text, side)
        if written is None and _SENTENCE.match(claim.text):
            written = _concluded(claim.text)
        if written is not None:
            return _read(written)
        if claim.explicit:
            return _unread(claim.text)
        if claim.text and _is_no_sentence(claim.text):
            bare = _unwrapped(_FULL_STOP.sub("", claim.text))
            # A string that continues on the next line is cut, so its value is unknown.
            return None if _OPEN.fullmatch(bare) else _unread(bare)
    return _unstated(text, side)


def _unstated(text: str, side: int) -> FinalAnswer | None:
    text = closing_lines.without_recap(text)
    last = closing_lines.fenced(text) or closing_lines.set_off(text)
    if last is not None and _is_no_sentence(last):
        written = _claimed(last, side)
        return _read(written) if written else _unread(_unwrapped(last))
    if (said := closing_lines.concluding(text)) is not None:
        if written := _claimed(said, side) or _concluded(said):
            return _read(written)
        if not _EXPLAINS.search(said) and not _SENTENCE.match(said):
            return _unread(_unwrapped(_FULL_STOP.sub("", said)))
    lines = [line for line in text[-_TAIL:].splitlines() if line.strip(" \t`")]
    asserted = next((line for line in reversed(lines) if line.lstrip().startswith("assert ")), "")
    written = _claimed(asserted, side) or _claimed("".join(lines[-1:]), side)
    if written is None and side and _ASSERTED.fullmatch(asserted):
        return _unread(asserted)
    written = written or _concluded(text[-_TAIL:])
    return _read(written) if written else None


def _read(written: str) -> FinalAnswer:
    value = literals.canonical(written) or written
    return FinalAnswer(kind="literal", value=value, written=written.strip())


def _unread(text: str) -> FinalAnswer:
    if inside := _TEXT.fullmatch(text) or _ASSERTED.fullmatch(text):
        text = inside["inside"]
    if not text.strip():
        return FinalAnswer(kind="literal", value=repr(text), written=text)
    return FinalAnswer(kind="short_text", value=text, written=text)


def _is_no_sentence(claim: str) -> bool:
    few = len(claim.split()) <= _FEW_WORDS
    return len(claim) <= SHORT and (few or not _SENTENCE.match(claim.strip()))


def _claimed(claim: str, side: int) -> str | None:
    """The part of a claim that is a literal: all, its beginning, or one side of its `==`."""
    text = _FULL_STOP.sub("", _unwrapped(claim))
    if literals.canonical(text):
        return text
    sides = text[: literals.MAX_LITERAL].split("==")
    if side == 0 and len(sides) > 1:
        arguments = sides[0].partition("(")[2].rpartition(")")[0]
        return arguments if literals.canonical(arguments) else None
    asserted = ("==".join(sides[cut:]).strip() for cut in range(1, min(len(sides), 5)))
    result = text.rpartition(" = ")[2] if text[:1].isdigit() else ""
    for start in (*asserted, text, text.replace('\\"', '"'), result):
        if written := _begins(start):
            return written
    return None


def _begins(text: str) -> str | None:
    start = _standing(text)
    if start is None or not literals.canonical(start):
        return None
    explained = text[len(start) :].strip(" .,;:")[:1] in ("", "(", "#", "\n")
    return start if explained or start[0] in "'\"[({" else None


def _concluded(tail: str) -> str | None:
    """The result of the last sentence with a literal: best after "returns", `==` and the like."""
    sentences: list[list[tuple[int, int, str]]] = [[]]
    place = 0
    while token := _TOKEN.search(tail, place):
        place = token.end()
        if token["end"]:
            sentences.append([])
        elif token["empty"]:
            sentences[-1].append((2, place, _EMPTIES[token["empty"]]))
        elif token["call"]:
            place += len(literals.leading(tail[place - 1 :]) or "(") - 1
        elif text := _standing(tail[token.start() :]):
            place = token.start() + len(text)
            before = tail[max(0, token.start() - 30) : token.start()]
            cue = 2 * bool(_STRONG.search(before)) or int(bool(_WEAK.search(before)))
            if cue or text[0] in "'\"[{":
                sentences[-1].append((cue, place, text))
        else:
            # Skip a run of brackets that never close, instead of trying them one by one.
            place = token.end() + len(tail[token.end() :]) - len(tail[token.end() :].lstrip("[({"))
    for sentence in reversed(sentences):
        for _, _, text in sorted(sentence, reverse=True):
            if literals.canonical(text):
                return text
    return None


def _standing(rest: str) -> str | None:
    """The literal at the beginning, unless it is part of a longer expression or word."""
    bare = _BARE.match(rest)
    text = literals.leading(rest) or (bare.group() if bare else None)
    if text is None or rest[len(text) :][:1].isalnum() or _GOES_ON.match(rest, len(text)):
        return None
    return text


def _unwrapped(text: str) -> str:
    text = text.strip("\n")
    if (span := _SPAN.match(text)) or (span := _TEXT.fullmatch(text)):
        return span["inside"]
    bare = text.strip()
    if bare.rstrip(".").endswith("**") and bare.count("**") == 1:
        bare = text = bare.rstrip(".").removesuffix("**")
    if bare.rstrip(".").endswith("`") and bare.count("`") == 1:
        bare = text = bare.rstrip(".").removesuffix("`")
    for mark in ("```", "**", "`"):
        if bare.startswith(mark) and bare.rstrip(".").endswith(mark) and len(bare) > 2 * len(mark):
            bare = text = bare.rstrip(".")[len(mark) : -len(mark)].removeprefix("python\n")
            text = bare = bare.strip("\n")
    return text
