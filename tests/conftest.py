"""Settings of the property tests: the same examples each time, or random ones in `make fuzz`."""

import random

import pytest
import redis.backoff
from hypothesis import HealthCheck, settings
from hypothesis.internal.conjecture import providers

from tests.support.examples import Seeds, times

# Examples would otherwise hold constants of the modules that are loaded by then, and so depend on
# which tests ran before.
assert callable(providers._get_local_constants)
providers._get_local_constants = lambda: providers._local_constants

# Threads that a test of Redis has given up would draw their waits from the generator that
# Hypothesis watches, in whichever property runs by then.
setattr(redis.backoff, "random", random.Random())  # noqa: B010

# No limit on time: a busy machine must not fail a test.
settings.register_profile(
    "fixed",
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile(
    "fuzz",
    settings.get_profile("fixed"),
    derandomize=False,
    max_examples=500,
    print_blob=True,
)
settings.register_profile("soak", settings.get_profile("fixed"), max_examples=2_000)
settings.load_profile("fixed")


@pytest.fixture(scope="session")
def seeds(pytestconfig: pytest.Config) -> Seeds:
    """Seeds for so many random cases; in `make fuzz` for more, and for others each time."""
    seed = int(pytestconfig.getoption("--hypothesis-seed") or 0)

    def seeds(number: int) -> range:
        return range(seed, seed + times(number))

    return seeds


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Count tests that draw their own cases among the property tests."""
    for item in items:
        if "seeds" in getattr(item, "fixturenames", ()):
            item.add_marker("hypothesis")
