"""The three tiers of complexity, in order."""

from enum import StrEnum


class Tier(StrEnum):
    """How much model a request needs: `simple` < `moderate` < `complex`."""

    SIMPLE = "simple"
    MODERATE = "moderate"
    COMPLEX = "complex"

    @property
    def level(self) -> int:
        """The position in the order, 0 for the lowest."""
        return TIERS.index(self)


TIERS = tuple(Tier)
