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
_SEARCHING = frozenset({"search", "finditer", "findall", "split", "sub", "subn"})
_COMPILING = _SEARCHING | {"compile", "match", "fullmatch"}


def modules_of(package: ModuleType) -> list[ModuleType]:
    """The package and all its modules, imported."""
    found = pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
    return [package, *(importlib.import_module(module.name) for module in found)]


def held_patterns(module: ModuleType) -> dict[str, re.Pattern[Any]]:
    """The patterns that a module's names hold, in containers and objects too."""
    found = {}
    for name, value in vars(module).items():
        for place, pattern in enumerate(_in(value, module, 0)):
            alone = isinstance(value, re.Pattern)
            found[f"{module.__name__}.{name}" + ("" if alone else f"[{place}]")] = pattern
    return found


def only_matched(module: ModuleType) -> set[str]:
    """The names of patterns that the module matches from a text's beginning, and never searches."""
    used: dict[str, set[str]] = {}
    for node in ast.walk(_tree(module)):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            used.setdefault(node.value.id, set()).add(node.attr)
    return {
        f"{module.__name__}.{name}"
        for name, methods in used.items()
        if name.startswith("_") and methods and methods <= {"match", "fullmatch"}
    }


def compiling(module: ModuleType) -> tuple[int, set[str]]:
    """The number of calls that compile a pattern on import, and the functions that do so too."""
    tree = _tree(module)
    within = {
        id(node): function.name
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for part in function.body
        for node in ast.walk(part)
    }
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and _compiles(node)]
    functions = {within[id(call)] for call in calls if id(call) in within}
    return sum(id(call) not in within for call in calls), functions


def _tree(module: ModuleType) -> ast.Module:
    return ast.parse(Path(module.__file__ or "").read_text())


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
