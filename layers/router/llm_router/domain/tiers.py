"""The three tiers of complexity, in order."""

from enum import StrEnum


class Tier(StrEnum):
    """The complexity of a request: `simple` < `moderate` < `complex`."""

    SIMPLE = "simple"
    MODERATE = "moderate"
    COMPLEX = "complex"

    @property
    def level(self) -> int:
        """The position in the order, 0 for the lowest."""
        return TIERS.index(self)


TIERS = tuple(Tier)
