"""The number of examples of a property, by the profile of the run."""

from collections.abc import Callable

from hypothesis import settings

Seeds = Callable[[int], range]
_USUAL = 100


def times(number: int) -> int:
    """So many in `make test`, and as many times more in `make fuzz` as its profile has examples."""
    assert settings.default is not None
    return number * settings.default.max_examples // _USUAL


def examples(number: int) -> settings:
    """Settings of a property that needs another number of examples than the usual hundred."""
    return settings(max_examples=times(number))
