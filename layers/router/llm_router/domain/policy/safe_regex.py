"""Regular expressions that cannot hang a request.

Pydantic's default engine is Rust's `regex`: matching takes time linear in the text, whatever the
pattern. It refuses look-around and back-references, which would need backtracking.

Linear time can still be slow. Every part that fits many characters multiplies the work, and a
counted repetition such as `(\\w+ ){40}` multiplies its parts. Their number is therefore limited,
and the more there are, the less of a very long text is searched: its beginning and its end.
"""

import re
from functools import lru_cache
from typing import Annotated

from pydantic import Field, TypeAdapter, ValidationError
from pydantic_core import SchemaError

MAX_LENGTH = 500
MAX_COPIES = 100
"""The most parts a pattern may have, with counted repetitions written out."""

_CHARACTERS_TIMES_COPIES = 500_000
_WIDE = re.compile(r"\\[wWsSdDpP]|\[|\.$")
_TOKEN = re.compile(
    r"\\.|\[\^?\]?(?:\\.|[^\]\\])*+(?:\]|\Z)|\{(?P<least>\d+)(?P<range>,(?P<most>\d*))?\}|[()]|.",
    re.DOTALL,
)


class PatternError(ValueError):
    """The pattern is invalid, too long, or could take too long to match."""


def check(pattern: str) -> str:
    """Return the pattern if it can be used; raise `PatternError` with the reason if not."""
    if len(pattern) > MAX_LENGTH:
        raise PatternError(f"is longer than {MAX_LENGTH} characters")
    copies = _copies(pattern)
    if copies > MAX_COPIES:
        raise PatternError(
            f"its wide parts and counted repetitions amount to {copies}; {MAX_COPIES} are allowed"
        )
    _compiled(pattern)
    return pattern


def found(pattern: str, text: str) -> bool:
    """True if the pattern occurs in the text.

    If the text is longer than 500,000 characters divided by the pattern's wide parts and copies,
    only its beginning and its end are searched.
    """
    most = _CHARACTERS_TIMES_COPIES // max(1, _copies(pattern))
    if len(text) > most:
        text = f"{text[: most // 2]}\n{text[-most // 2 :]}"
    try:
        _compiled(pattern).validate_python(text)
    except ValidationError:
        return False
    return True


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> TypeAdapter[str]:
    try:
        return TypeAdapter(Annotated[str, Field(pattern=pattern)])
    except SchemaError as error:
        raise PatternError(str(error).strip().splitlines()[-1]) from error


@lru_cache(maxsize=1024)
def _copies(pattern: str) -> int:
    """Count the parts that fit many characters or that a counted repetition copies."""
    totals, literals, last = [0], [0], (0, 0)
    for token in _TOKEN.finditer(pattern):
        if token[0] == "(":
            totals.append(0)
            literals.append(0)
            last = (0, 0)
        elif token[0] == ")" and len(totals) > 1:
            last = (totals.pop(), literals.pop())
            totals[-1] += last[0]
            literals[-1] += last[1]
        elif token["least"] is not None:
            times = int(token["most"] or token["least"])
            copied = sum(last)
            totals[-1] += times * copied - last[0]
            literals[-1] -= last[1]
            last = (times * copied, 0)
        elif token[0] not in "|?*+^$":
            last = (1, 0) if _WIDE.match(token[0]) else (0, 1)
            totals[-1] += last[0]
            literals[-1] += last[1]
    return sum(totals)
