"""Extracts the graded parts of an answer's text: its final answer, its JSON, its code."""

import json
import re
from typing import Any

from .specs import AfterMarker, Final, InJson

_FENCE = re.compile(r"^[ \t]{0,3}```(?P<language>[^\n`]*)$", re.MULTILINE)


class NoJsonError(ValueError):
    """The text is not a JSON document."""


def answer_to_grade(text: str, final: Final) -> str | None:
    """The part of the text that counts as its final answer; None if there is none."""
    if isinstance(final, AfterMarker):
        _, marker, rest = text.rpartition(final.after)
        return rest.strip() if marker else None
    if isinstance(final, InJson):
        return _field(text, final.json_field)
    if final == "last_line":
        return (text.strip().splitlines() or [""])[-1]
    return text


def _field(text: str, name: str) -> str | None:
    for part in (text, *reversed(fenced(text)), text[text.find("{") : text.rfind("}") + 1]):
        try:
            document = json_in(part)
        except NoJsonError:
            continue
        if isinstance(document, dict) and document.get(name) is not None:
            return as_text(document[name])
    return None


def json_in(text: str) -> Any:
    """Parse a text, or the Markdown fence around it, as JSON; `NoJsonError` if it is not JSON."""
    blocks = fenced(text)
    body = text.strip()
    if len(blocks) == 1 and body.startswith("```") and body.endswith("```"):
        body = blocks[0]
    try:
        # Models often write line breaks inside strings, which are unambiguous.
        return json.loads(body, strict=False, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise NoJsonError from error


def _no_constant(_: str) -> None:
    raise NoJsonError


def code_in(text: str) -> str:
    """The longest fenced block of a text; without one, the text itself."""
    return max(fenced(text), key=len, default=text)


def fenced(text: str) -> list[str]:
    """The content of each Markdown fence in a text."""
    blocks = []
    start: int | None = None
    for fence in _FENCE.finditer(text):
        if start is None:
            start = fence.end() + 1
        elif not fence["language"].strip(" \t"):
            blocks.append(text[start : fence.start()])
            start = None
    return blocks


def as_text(value: Any) -> str:
    """A JSON value as an answer would write it: a string as it is, anything else as JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
