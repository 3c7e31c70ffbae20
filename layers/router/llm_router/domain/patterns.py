"""Regular expressions that cannot hang a request.

Pydantic's default engine is Rust's `regex`: matching takes time linear in the text, whatever the
pattern, and look-around and back-references, which would need backtracking, are refused. Linear is
not yet fast: a counted repetition such as `(\\w+ ){40}` multiplies the work, so its size is limited
and it searches only the beginning and the end of a long text.
"""

import re
from functools import lru_cache
from typing import Annotated

from pydantic import Field, TypeAdapter, ValidationError
from pydantic_core import SchemaError

MAX_LENGTH = 500
MAX_COPIES = 100
"""How many copies of its parts a pattern's counted repetitions may amount to."""

_CHARACTERS_TIMES_COPIES = 500_000
_TOKEN = re.compile(
    r"\\.|\[\^?\]?(?:\\.|[^\]])*\]|\{(?P<least>\d+)(?P<range>,(?P<most>\d*))?\}|[()]|.", re.DOTALL
)


class PatternError(ValueError):
    """The pattern cannot be used in time that does not depend on who wrote the text."""


def check(pattern: str) -> str:
    """Return the pattern if it can be used; raise `PatternError` with the reason if not."""
    if len(pattern) > MAX_LENGTH:
        raise PatternError(f"is longer than {MAX_LENGTH} characters")
    copies = _copies(pattern)
    if copies > MAX_COPIES:
        raise PatternError(
            f"its counted repetitions amount to {copies} copies; {MAX_COPIES} are allowed"
        )
    _compiled(pattern)
    return pattern


def found(pattern: str, text: str) -> bool:
    """Whether the pattern occurs in the text.

    With counted repetitions, only the beginning and the end of a text beyond 500,000 characters
    divided by their copies are searched.
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
    """How many copies of single parts the counted repetitions make; 0 without any."""
    totals, last, anything_counted = [0], 0, False
    for token in _TOKEN.finditer(pattern):
        if token[0] == "(":
            totals.append(0)
            last = 0
        elif token[0] == ")" and len(totals) > 1:
            last = totals.pop()
            totals[-1] += last
        elif token["least"] is not None:
            times = int(token["most"] or token["least"])
            totals[-1] += last * (times - 1)
            last *= times
            anything_counted = True
        elif token[0] not in "|?*+^$":
            last = 1
            totals[-1] += 1
    return sum(totals) if anything_counted else 0
