"""Reads Python and JSON literals by value, never as code, in bounded time and depth."""

import ast
import json
import re
import warnings

MAX_LITERAL = 2_000
_MAX_DEPTH = 20
_SINGLE, _DOUBLE = r"'(?:[^'\\\n]|\\.)*+", r'"(?:[^"\\\n]|\\.)*+'
_STRING = rf"{_SINGLE}'|{_DOUBLE}\""
_TOKEN = re.compile(
    rf"{_STRING}|(?P<open>[\[({{])|(?P<close>[\])}}])|(?P<unclosed>{_SINGLE}|{_DOUBLE})", re.DOTALL
)
_QUOTED = re.compile(rf"\A(?:{_STRING})", re.DOTALL)
_START = re.compile(r"[-+.\d'\"\[({]|[bBrRuU]['\"]|(?:True|False|None|true|false|null|set\(\))\Z")
_CONTROL = str.maketrans({"\n": "\\n", "\r": "\\r", "\t": "\\t"})
_ESCAPE = re.compile(r"""\\(['"\\nrt])""")
_UNESCAPED = {"n": "\n", "r": "\r", "t": "\t"}
_UNREADABLE = (ValueError, SyntaxError, TypeError, MemoryError, RecursionError)


def canonical(text: str) -> str | None:
    """The value of a literal in one spelling, so that equal values are equal strings.

    None if the text is not a literal, is longer than 2,000 characters, or nests more than 20
    brackets. JSON's `true`, `false` and `null` count as Python's. Dictionaries and sets have no
    order.
    """
    text = text.strip()
    if not 0 < len(text) <= MAX_LITERAL or (not text.isprintable() and "\0" in text):
        return None
    if text[0] in "[({" and leading(text) is None:
        return None
    for read in (_python, _json, _python_of_raw_text):
        try:
            return _spelled(read(text))
        except _UNREADABLE:
            continue
    return None


def leading(text: str) -> str | None:
    """The quoted or bracketed literal that a text begins with; None if it does not close."""
    if text[:1] not in "'\"[({":
        return None
    text = text[:MAX_LITERAL]
    if text[:1] in "'\"":
        quoted = _QUOTED.match(text)
        return quoted.group() if quoted else None
    depth = 0
    for token in _TOKEN.finditer(text):
        depth += bool(token["open"]) - bool(token["close"])
        if token["unclosed"] or depth > _MAX_DEPTH:
            return None
        if depth == 0:
            return text[: token.end()]
    return None


def unquoted(text: str) -> str:
    """The contents of a string, written with quotes, without them, or with broken ones."""
    try:
        value = _python(text.strip()) if text.strip()[:1] in ("'", '"') else None
    except _UNREADABLE:
        value = None
    if isinstance(value, str):
        return value
    stripped = text.strip()
    if len(stripped) > 1 and stripped[0] == stripped[-1] and stripped[0] in "'\"":
        text = stripped[1:-1]
    return _ESCAPE.sub(lambda match: _UNESCAPED.get(match[1], match[1]), text)


def _python(text: str) -> object:
    with warnings.catch_warnings():
        # Python's parser would warn about a model's "\d" as if it were in our source.
        warnings.simplefilter("ignore")
        return ast.literal_eval(text[:MAX_LITERAL])


def _json(text: str) -> object:
    value: object = json.loads(text, strict=False)
    return value


def _python_of_raw_text(text: str) -> object:
    """Parse a string in which a JSON wrapper has turned escapes into control characters."""
    return _python(text.translate(_CONTROL))


def _spelled(value: object) -> str:
    if isinstance(value, dict):
        pairs = sorted(f"{_spelled(key)}: {_spelled(held)}" for key, held in value.items())
        return f"{{{', '.join(pairs)}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(_spelled, value))}]"
    if isinstance(value, tuple):
        return f"({', '.join(map(_spelled, value))}{',' * (len(value) == 1)})"
    if isinstance(value, set):
        return f"{{{', '.join(sorted(map(_spelled, value)))}}}" if value else "set()"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return repr(int(value))
    if value is ...:
        raise ValueError("an ellipsis stands for what was left out")
    return repr(value)
