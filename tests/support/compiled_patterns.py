"""The regular expressions of a package: those that its modules hold, and those it hides."""

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

_DEEPEST = 6
_COMPILING = frozenset(
    {"compile", "search", "match", "fullmatch", "finditer", "findall", "split", "sub", "subn"}
)


def modules_of(package: ModuleType) -> list[ModuleType]:
    """The package and all its modules, imported."""
    found = pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
    return [package, *(importlib.import_module(module.name) for module in found)]


def held_patterns(module: ModuleType) -> dict[str, re.Pattern[str]]:
    """The patterns over text that a module's names hold, in containers and objects too."""
    found = {}
    for name, value in vars(module).items():
        for place, pattern in enumerate(_in(value, module, 0)):
            if isinstance(pattern.pattern, str):
                found[f"{module.__name__}.{name}[{place}]"] = pattern
    return found


def compiling_lines(module: ModuleType) -> tuple[list[int], list[int]]:
    """The lines that compile a pattern when the module is imported, and those in functions."""
    tree = ast.parse(Path(module.__file__ or "").read_text())
    in_functions = {
        id(node)
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        for part in ([function.body] if isinstance(function, ast.Lambda) else function.body)
        for node in ast.walk(part)
    }
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and _compiles(node)]
    return (
        [call.lineno for call in calls if id(call) not in in_functions],
        [call.lineno for call in calls if id(call) in in_functions],
    )


def _compiles(call: ast.Call) -> bool:
    function = call.func
    return (
        isinstance(function, ast.Attribute)
        and function.attr in _COMPILING
        and isinstance(function.value, ast.Name)
        and function.value.id == "re"
    )


def _in(value: Any, module: ModuleType, depth: int) -> Iterator[re.Pattern[Any]]:
    if isinstance(value, re.Pattern):
        yield value
    elif depth == _DEEPEST:
        return
    elif isinstance(bound := getattr(value, "__self__", None), re.Pattern):
        yield bound
    elif isinstance(value, dict):
        for item in (*value, *value.values()):
            yield from _in(item, module, depth + 1)
    elif isinstance(value, list | tuple | set | frozenset):
        for item in value:
            yield from _in(item, module, depth + 1)
    elif isinstance(value, type):
        if value.__module__ == module.__name__:
            yield from _in(dict(vars(value)), module, depth + 1)
    elif type(value).__module__.startswith(module.__name__.partition(".")[0]):
        yield from _in(dict(getattr(value, "__dict__", {})), module, depth + 1)
