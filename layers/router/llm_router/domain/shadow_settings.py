"""How many accepted answers are checked by asking the strong model too, and what that may cost."""

from decimal import Decimal

from pydantic import Field

from .base import Frozen


class ShadowSettings(Frozen):
    """The share of accepted first answers to check, from 0 to 1, within so many USD a day.

    A check costs about what the strong model's answer costs. Its texts rest in the ledgers' bucket
    until it is made, some minutes as a rule and two days at most.
    """

    share: float = Field(ge=0, le=1)
    max_usd_per_day: Decimal = Field(ge=0)
