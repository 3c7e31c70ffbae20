"""Says at the end of a run how much of the machine was explored."""

from collections.abc import Callable

import pytest

_EXPLORED = pytest.StashKey[dict[str, str]]()


@pytest.fixture(scope="session")
def explored(pytestconfig: pytest.Config) -> Callable[[str, str], None]:
    """Note what was explored, to be shown at the end."""
    notes = pytestconfig.stash.setdefault(_EXPLORED, {})
    return notes.__setitem__


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Show the counts, also where output is captured."""
    for what, count in config.stash.get(_EXPLORED, {}).items():
        terminalreporter.write_line(f"explored {what}: {count}")
