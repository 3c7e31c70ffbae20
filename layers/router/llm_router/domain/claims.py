"""Where an answer states its result: the places to look, from the most explicit to the least."""

import json
import re
from collections.abc import Iterator
from typing import NamedTuple

# fmt: off
EXPLAINING = frozenset({
    "reasoning", "reason", "explanation", "thinking", "thought", "thoughts", "rationale", "steps",
    "step_by_step", "analysis", "work", "working", "justification", "calculation", "calculations",
    "chain_of_thought", "confidence", "notes",
})
# fmt: on
_ANSWERING = ("final_answer", "final answer", "finalanswer", "answer", "ans")
_CLOSING = ("final", "result", "output", "solution", "value", "choice", "response")
_FIELD = re.compile(
    rf"[\"'](?P<key>{'|'.join((*_ANSWERING, *_CLOSING))})[\"']\s{{0,9}}:\s{{0,99}}", re.IGNORECASE
)
_WRAPPED = re.compile(rf"[{{,\n]\s{{0,20}}[\"'](?:{'|'.join(sorted(EXPLAINING))})[\"']\s{{0,9}}:\s")
_STATED = re.compile(
    r"\b(?:final answer|correct answer|right answer|best answer|answer|correct option|"
    r"correct choice|final result)\b[*_`\"']{0,3}"
    r"(?:\s(?:to (?:the|this|your) (?:question|problem)|for this (?:question|problem)))?"
    r"(?:\s{0,3}(?::|=|\b(?:is|would be|will be|should be|must be|comes to)\b)[ \t]?)[*_`]{0,3}:?"
    r"(?: ?(?:therefore|thus|then|simply|indeed|option|choice)\b)?[*_`]{0,3}",
    re.IGNORECASE,
)
_HASHES = re.compile(r"^####[ \t]{0,9}(?=\S)([^\n]{1,200})", re.MULTILINE)
_BOLD = re.compile(r"\*\*([^*\n]{1,200})\*\*")
_HEADING = re.compile(r"\s*(?:step|part|case|note|method|option)\b|.*:\s*$", re.IGNORECASE)
_TAGS = (("[answer]", "[/answer]"), ("<answer>", "</answer>"))
_CLOSING_QUOTE = re.compile(r"[\"']\s{0,99}\}\s{0,9}(?:\n|$)")
_TAIL = 1_000


class Claim(NamedTuple):
    """What an answer marks as its result; `explicit` if nothing but the result is inside the mark."""

    text: str
    explicit: bool


def stated(text: str) -> Iterator[Claim]:
    """What the answer itself marks as its result, the most explicit mark first."""
    for find in (_json_field, _tagged, _boxed):
        for content in find(text):
            yield Claim(content, explicit=True)
    if hashes := _HASHES.findall(text):
        yield Claim(hashes[-1], explicit=False)
    for match in reversed(list(_STATED.finditer(text))[-4:]):
        yield Claim(_rest_of_line(text, match.end()), explicit=False)


def bold(text: str) -> Iterator[str]:
    """What stands in bold near the end, without headings; the last first."""
    for content in reversed(_BOLD.findall(text[-_TAIL:])):
        if not _HEADING.match(content):
            yield content


def is_cut_off(text: str) -> bool:
    """Whether a JSON wrapper was opened that never came to its answer."""
    return bool(_WRAPPED.search(text)) and not _FIELD.search(text)


def json_object(text: str) -> dict[str, object] | None:
    """The answer's JSON object, fenced or not; None if there is none that can be read."""
    fenced = text.rpartition("```json")[2].partition("```")[0]
    for part in (fenced, text):
        first, last = part.find("{"), part.rfind("}")
        if 0 <= first < last:
            try:
                value = json.loads(part[first : last + 1], strict=False)
            except (ValueError, RecursionError):
                continue
            if isinstance(value, dict):
                return value
    return None


def result_of(value: dict[str, object]) -> object:
    """The field that answers: one named so, or the only one that does not explain; else None."""
    telling = {key.lower(): held for key, held in value.items() if key.lower() not in EXPLAINING}
    for key in _ANSWERING:
        if key in telling:
            return telling[key]
    return next(iter(telling.values())) if len(telling) == 1 else None


def _json_field(text: str) -> Iterator[str]:
    value = json_object(text)
    if value is not None:
        result = result_of(value)
        if result is not None:
            yield result if isinstance(result, str) else json.dumps(result)
        return
    fields = list(_FIELD.finditer(text))
    named = [field for field in fields if field["key"].lower() in _ANSWERING]
    for field in reversed(named[-3:] or fields[-1:]):
        yield _field_value(text[field.end() :])


def _field_value(rest: str) -> str:
    """A field's value, also where its quotes were not escaped, or were single ones."""
    try:
        value, end = json.JSONDecoder(strict=False).raw_decode(rest)
    except (ValueError, RecursionError):
        pass
    else:
        if rest[end : end + 99].lstrip()[:1] in (",", "}", "]", ""):
            return value if isinstance(value, str) else json.dumps(value)
    rest = rest.partition("```")[0][: _TAIL * 4].rstrip()
    if rest[:1] not in ("'", '"'):
        return rest.partition("\n")[0].rstrip("}, ")
    closing = _CLOSING_QUOTE.search(rest, 1)
    inner = rest[1 : closing.start()] if closing else rest[1:].partition("\n")[0].rstrip("}, \"")
    return inner.replace('\\"', '"')


def _tagged(text: str) -> Iterator[str]:
    lowered = text.lower()
    for opening, closing in _TAGS:
        start = lowered.rfind(opening)
        if start >= 0:
            content = text[start + len(opening) :]
            yield content[: content.lower().find(closing)] if closing in lowered else content


def _boxed(text: str) -> Iterator[str]:
    start = text.rfind("\\boxed{")
    if start < 0:
        return
    content = text[start + len("\\boxed{") :][:_TAIL]
    depth = 1
    for place, character in enumerate(content):
        depth += (character == "{") - (character == "}")
        if depth == 0:
            yield content[:place]
            return


def _rest_of_line(text: str, start: int) -> str:
    rest = text[start : start + _TAIL]
    if not rest.strip():
        return ""
    # "The answer is:" may leave the result to the next line.
    if not rest.partition("\n")[0].strip(" \t*_`"):
        rest = rest.lstrip(" \t*_`\n")
    if rest.startswith("```") or rest.startswith("python\n"):
        rest = rest.partition("\n")[2]
    return rest.partition("\n")[0]
