"""Helpers of the tests live in `tests/support`: no test module imports from another one."""

import ast
from collections.abc import Iterator

import pytest

from .conftest import ROOT

TESTS = ROOT / "tests"


def imported(source: str) -> Iterator[str]:
    """The path of every module or name that is imported, wherever the import stands."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        if isinstance(node, ast.ImportFrom):
            start = "." * node.level + (node.module or "")
            yield from (f"{start}.{name.name}" for name in node.names)


def into_test_modules(source: str) -> list[str]:
    """The imports that lead into a test module."""
    return [
        path for path in imported(source) if any(p.startswith("test_") for p in path.split("."))
    ]


def test_no_test_module_imports_from_another() -> None:
    found = {
        str(file.relative_to(ROOT)): paths
        for file in TESTS.rglob("*.py")
        if (paths := into_test_modules(file.read_text()))
    }
    assert found == {}, "move what is shared to tests/support"


@pytest.mark.parametrize(
    "line",
    [
        "from tests.unit.test_cost import prices",
        "from .test_cost import prices",
        "from . import test_cost",
        "from tests.unit import test_cost as cost",
        "import tests.unit.test_cost",
        "def late():\n    from tests.unit.test_cost import prices",
    ],
)
def test_an_import_from_a_test_module_is_found_in_every_form(line: str) -> None:
    assert len(into_test_modules(line)) == 1
