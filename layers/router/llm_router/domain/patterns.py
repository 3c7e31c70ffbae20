"""Regular expressions that cannot hang a request.

Pydantic's default engine is Rust's `regex`: matching takes time linear in the text, whatever the
pattern, and look-around and back-references, which would need backtracking, are refused.
"""

from functools import lru_cache
from typing import Annotated

from pydantic import Field, TypeAdapter, ValidationError
from pydantic_core import SchemaError


class PatternError(ValueError):
    """The pattern is not one that the linear-time engine accepts."""


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> TypeAdapter[str]:
    try:
        return TypeAdapter(Annotated[str, Field(pattern=pattern)])
    except SchemaError as error:
        raise PatternError(str(error).strip().splitlines()[-1]) from error


def check(pattern: str) -> str:
    """Return the pattern if it can be used; raise `PatternError` with the reason if not."""
    _compiled(pattern)
    return pattern


def found(pattern: str, text: str) -> bool:
    """Whether the pattern occurs anywhere in the text."""
    try:
        _compiled(pattern).validate_python(text)
    except ValidationError:
        return False
    return True
