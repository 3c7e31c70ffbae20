"""The base of every model in the domain: frozen and strict about unknown fields."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

ShortText = Annotated[str, StringConstraints(min_length=1, max_length=100)]


class Frozen(BaseModel):
    """An immutable value; an undeclared field is an error that names it."""

    # An error that quoted its input could carry a prompt into a log.
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)
