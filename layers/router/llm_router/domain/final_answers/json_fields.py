"""Reads the answer inside a JSON object, even if the object is not quite valid JSON."""

import json
import re
from collections.abc import Iterator

from .numerals import numbers

# fmt: off
_EXPLAINING = frozenset({
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
_WRAPPED = re.compile(
    rf"[{{,\n]\s{{0,20}}[\"'](?:{'|'.join(sorted(_EXPLAINING))})[\"']\s{{0,9}}:\s", re.IGNORECASE
)
_END_OF_FIELD = re.compile(r"[\"']\s{0,99}\}\s{0,9}(?:\n|$)")
_PLACEHOLDER = re.compile(r"_{2,9}|\.{3}|…|<[a-z ]{1,30}>")
_ESCAPED = re.compile(r"""\\(["'\\])""")
_CLOSED_BY = {"[": "]", "{": "}"}
_LONGEST = 4_000


def json_value(text: str) -> object:
    """The JSON object or array that the answer is or holds, fenced or not; None without one."""
    fenced = text.rpartition("```json")[2].partition("```")[0]
    for part in (fenced, text):
        opening = "[" if part.lstrip()[:1] == "[" else "{"
        first, last = part.find(opening), part.rfind(_CLOSED_BY[opening])
        if 0 <= first < last:
            try:
                return json.loads(part[first : last + 1], strict=False)
            except (ValueError, RecursionError):
                continue
    return None


def result_fields(value: dict[str, object]) -> dict[str, object]:
    """The fields that do more than explain the others."""
    return {key: held for key, held in value.items() if key.lower() not in _EXPLAINING}


def answer_fields(text: str) -> Iterator[str]:
    """Yield the field that answers: one with such a name, or the only one that does not explain."""
    value = json_value(text)
    if isinstance(value, dict):
        result = _result_of(result_fields(value))
        if result is not None:
            yield result if isinstance(result, str) else json.dumps(result)
        return
    fields = list(_FIELD.finditer(text))
    named = [field for field in fields if field["key"].lower() in _ANSWERING]
    for field in reversed(named[-3:] or fields[-1:]):
        yield _broken_field(text[field.end() :])


def is_unanswered(text: str) -> bool:
    """True if a JSON wrapper ends before its answer, or repeats the template."""
    if _WRAPPED.search(text) and not _FIELD.search(text):
        return json_value(text) is None
    return is_placeholder(next(answer_fields(text), ""))


def is_placeholder(text: str) -> bool:
    """True if the text is a placeholder of a template, such as `...` or `<answer>`."""
    return bool(_PLACEHOLDER.fullmatch(text))


def unwrapped(value: object) -> object:
    """The value inside an object whose only field, explanations aside, is named like a result."""
    while isinstance(value, dict):
        value = result_fields(value) or value
        [*fields] = value.items()
        if len(fields) != 1 or fields[0][0].lower() not in (*_ANSWERING, *_CLOSING):
            return value
        value = _parsed(fields[0][1])
        if not isinstance(value, dict | list):
            return dict(fields)
    return value


def _parsed(value: object) -> object:
    """The value of a string that holds JSON; any other value as it is."""
    if not (isinstance(value, str) and value.lstrip()[:1] in ("{", "[")):
        return value
    try:
        return json.loads(value, strict=False)
    except (ValueError, RecursionError):
        return value


def _result_of(fields: dict[str, object]) -> object:
    lowered = {key.lower(): held for key, held in fields.items()}
    for key in _ANSWERING:
        if key in lowered:
            return lowered[key]
    return next(iter(lowered.values())) if len(lowered) == 1 else None


def _broken_field(rest: str) -> str:
    """The value of a field, even if its quotes are unescaped or single."""
    try:
        value, end = json.JSONDecoder(strict=False).raw_decode(rest)
    except (ValueError, RecursionError):
        pass
    else:
        if rest[end : end + 99].lstrip()[:1] in (",", "}", "]", ""):
            return value if isinstance(value, str) else json.dumps(value)
    rest = rest.partition("```")[0][:_LONGEST].rstrip()
    if rest[:1] not in ("'", '"'):
        return rest.partition("\n")[0].rstrip("}, ")
    closing = _END_OF_FIELD.search(rest, 1)
    inner = rest[1 : closing.start()] if closing else rest[1:].partition("\n")[0].rstrip('}, "')
    return _ESCAPED.sub(r"\1", inner)


Path = tuple[str, ...]


def shared_leaves(first: str, second: str) -> float:
    """The share of leaves that both have in the same place, ignoring case; 1 if all.

    A number may be a string, and a placeholder is equal to nothing.
    """
    a, b = (dict(_leaves(json.loads(text), ())) for text in (first, second))
    equal = sum(path in b and b[path] == leaf for path, leaf in a.items() if leaf is not None)
    return equal / len(a.keys() | b.keys()) if a or b else 0.0


def _leaves(value: object, path: Path) -> Iterator[tuple[Path, str | None]]:
    """Yield each leaf in one spelling; None for a placeholder. An empty container is a leaf."""
    if isinstance(value, dict) and value:
        for key, held in value.items():
            yield from _leaves(held, (*path, " ".join(key.casefold().replace("_", " ").split())))
    elif isinstance(value, list) and value:
        for place, held in enumerate(value):
            yield from _leaves(held, (*path, f"[{place}]"))
    else:
        yield path, _spelled(value)


def _spelled(value: object) -> str | None:
    text = value if isinstance(value, str) else json.dumps(value)
    if is_placeholder(text.strip()):
        return None
    found = numbers(text.strip())
    if found and (found[0].start, found[0].end) == (0, len(text.strip())):
        return str(found[0])
    return " ".join(text.casefold().split()).strip(" .*`")
