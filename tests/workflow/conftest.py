"""Says at the end of a run how much of the machine was explored."""

from collections.abc import Callable
from typing import Any

import pytest

Note = Callable[[str, str], None]
"""Takes the name and the extent of something that was explored."""

_HANDED = "explored"
_EXPLORED = pytest.StashKey[dict[str, str]]()


@pytest.fixture(scope="session")
def explored(pytestconfig: pytest.Config) -> Note:
    """Note what was explored, to be shown at the end."""
    notes = pytestconfig.stash.setdefault(_EXPLORED, {})
    return notes.__setitem__


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Hand the notes of a parallel worker to the run that started it."""
    handed: dict[str, object] | None = getattr(session.config, "workeroutput", None)
    if handed is not None:
        handed[_HANDED] = session.config.stash.get(_EXPLORED, {})


class _Handed:
    """Takes the notes of workers, where tests run in parallel."""

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        notes = node.config.stash.setdefault(_EXPLORED, {})
        notes.update(getattr(node, "workeroutput", {}).get(_HANDED, {}))


def pytest_configure(config: pytest.Config) -> None:
    """Listen to workers."""
    config.pluginmanager.register(_Handed())


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Show the counts, also where output is captured."""
    for what, count in config.stash.get(_EXPLORED, {}).items():
        terminalreporter.write_line(f"explored {what}: {count}")
