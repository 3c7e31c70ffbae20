"""Break the core modules in small ways, one at a time, and list what no nearby test notices.

`scripts/mutate.toml` says which modules, and which tests are near. A sample of each module's
mutants is tried; the same seed draws the same ones. No file is changed: a mutant exists only in the
process that runs its tests. Results are kept in `.local/mutants.json`, so that a run that was
stopped goes on; a mutant is tried again once its module or a test near it has changed.
"""

import argparse
import difflib
import hashlib
import importlib.abc
import importlib.machinery
import json
import multiprocessing
import os
import random
import re
import resource
import sys
import time
import tomllib
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import parso
from cosmic_ray import mutating, plugins
from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.operators.operator import Operator

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "layers" / "router" / "llm_router"
KEPT = ROOT / ".local" / "mutants.json"
CPU_SECONDS, SECONDS = 120, 900
"""The most that the tests of one mutant may take; it counts as noticed then."""

USED = re.compile(
    r"core/(AddNot|NumberReplacer|Replace(True|False|And|Or)With\w+|ReplaceUnaryOperator_Delete_Not"
    r"|ReplaceBreakWithContinue|ReplaceContinueWithBreak|ZeroIterationForLoop"
    r"|ReplaceBinaryOperator_(Add_Sub|Sub_Add|Mul_Div|Div_Mul|FloorDiv_Mul|Mod_Mul|Pow_Mul)"
    r"|ReplaceComparisonOperator_(Eq_NotEq|NotEq_Eq|Lt_LtE|LtE_Lt|Gt_GtE|GtE_Gt|Lt_GtE|GtE_Lt"
    r"|Gt_LtE|LtE_Gt|Is_IsNot|IsNot_Is))"
)
"""The operators whose mutants say something: no types in annotations, no identity for equality."""


class InvertIn(Operator):  # type: ignore[misc]
    """Replaces `in` with `not in`, and the reverse, which Cosmic Ray has no operator for."""

    def mutation_positions(self, node: Any) -> Iterator[tuple[Any, Any]]:
        """The positions of a comparison's operators."""
        if node.type == "comparison":
            for place in self._places(node):
                yield node.children[place].start_pos, node.children[place].end_pos

    def mutate(self, node: Any, index: int) -> Any:
        """Invert one of them."""
        place = self._places(node)[index]
        inverted = "in" if "not" in node.children[place].get_code() else "not in"
        node.children[place] = parso.parse(f" {inverted}")  # type: ignore[no-untyped-call]
        return node

    @staticmethod
    def _places(node: Any) -> list[int]:
        operators = range(1, len(node.children), 2)
        return [n for n in operators if node.children[n].get_code().split()[-1] == "in"]

    @classmethod
    def examples(cls) -> tuple[()]:
        """None; they are for Cosmic Ray's own tests."""
        return ()


@dataclass(frozen=True)
class Mutant:
    """A module's text with one change, and the tests that should notice."""

    module: str
    text: str
    change: str
    tests: tuple[str, ...]

    @property
    def key(self) -> str:
        """Names the mutant among results; another one if its module or tests have changed."""
        tests = [(ROOT / "tests" / test).read_text() for test in self.tests]
        return hashlib.sha256("\0".join([self.module, self.text, *tests]).encode()).hexdigest()


def mutants(module: str, tests: tuple[str, ...], sample: int, seed: int) -> list[Mutant]:
    """Some of the module's mutants, in the order of its lines."""
    source = (PACKAGE / module).read_text()
    lines = source.splitlines()
    operators = [plugins.get_operator(n)() for n in plugins.operator_names() if USED.fullmatch(n)]
    nodes, places = list(ast_nodes(get_ast(source))), list[tuple[Any, str, int, Operator]]()
    for operator in [*operators, InvertIn()]:
        found = [start for node in nodes for start, _ in operator.mutation_positions(node)]
        name = type(operator).__name__
        places += [
            (start, name, number, operator)
            for number, start in enumerate(found)
            # The star of a signature is taken for a product.
            if not lines[start[0] - 1].startswith("*,", start[1])
        ]
    chance = random.Random(f"{seed} {module}")  # noqa: S311 - a sample, not a secret
    drawn = chance.sample(sorted(places, key=lambda place: place[:3]), min(sample, len(places)))
    texts = (
        mutating.mutate_code(source, operator, number)
        for *_, number, operator in sorted(drawn, key=lambda place: place[:3])
    )
    return [
        Mutant(module, text, _change(source, text), tests)
        for text in dict.fromkeys(texts)
        if text and text != source
    ]


def _change(before: str, after: str) -> str:
    """The line number and the changed line, as it was and as it is."""
    old, new = before.splitlines(), after.splitlines()
    codes = difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    first = next(code for code in codes if code[0] != "equal")
    was, became = old[first[1] : first[2]], new[first[3] : first[4]]
    return f"{first[1] + 1:4}: {' '.join(was).strip()}\n   => {' '.join(became).strip()}"


class _Mutating(importlib.abc.MetaPathFinder):
    """Imports one module from the mutant's text."""

    def __init__(self, mutant: Mutant) -> None:
        name = mutant.module.removesuffix(".py").replace("/", ".")
        self._name, self._mutant = f"llm_router.{name}", mutant

    def find_spec(self, fullname: str, path: Any, target: Any = None) -> Any:
        if fullname != self._name:
            return None
        file, text = str(PACKAGE / self._mutant.module), self._mutant.text

        class Loader(importlib.machinery.SourceFileLoader):
            def get_code(self, fullname: str) -> Any:
                return compile(text, file, "exec")

        return importlib.machinery.ModuleSpec(
            fullname, Loader(fullname, file), origin=file, is_package=False
        )


def _run_tests(mutant: Mutant) -> None:
    """Run the tests with the mutant, in a process of its own; its exit code says how it went."""
    import pytest

    os.setsid()
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    for stream in (1, 2):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream)
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    sys.path[:0] = [str(ROOT), str(PACKAGE.parent)]
    sys.meta_path.insert(0, _Mutating(mutant))
    os.chdir(ROOT)
    plain = ["-x", "-q", "-p", "no:cacheprovider", "-p", "_hypothesis_pytestplugin"]
    code = pytest.main([*plain, "-m", "not slow", *(f"tests/{test}" for test in mutant.tests)])
    os._exit(int(code))


def survives(mutant: Mutant) -> bool:
    """Check that every test passes, as if nothing had been changed."""
    process = multiprocessing.get_context("fork").Process(target=_run_tests, args=(mutant,))
    process.start()
    process.join(SECONDS)
    if process.is_alive() and process.pid:
        os.killpg(process.pid, 9)
        process.join()
    return process.exitcode == 0


def _preload() -> None:
    """Import what all tests need from other packages, once for all processes."""
    import anthropic  # noqa: F401
    import boto3  # noqa: F401
    import hypothesis.strategies  # noqa: F401
    import jsonata  # noqa: F401
    import openai  # noqa: F401
    import pydantic  # noqa: F401
    import pytest  # noqa: F401
    import redis  # noqa: F401
    from aws_lambda_powertools import logging, metrics  # noqa: F401


def main() -> int:
    """Try a sample of each module's mutants and print what became of them."""
    read = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    read.add_argument("modules", nargs="*", help="parts of modules' paths; all if none is given")
    read.add_argument("--sample", type=int, default=10, help="mutants of each module (10)")
    read.add_argument("--seed", type=int, default=1, help="another one draws other mutants (1)")
    read.add_argument("--minutes", type=float, default=20, help="no mutant is begun later (20)")
    read.add_argument("--workers", type=int, default=2)
    given = read.parse_args()
    table: dict[str, list[str]] = tomllib.loads(
        (ROOT / "scripts" / "mutate.toml").read_text()
    )["nearest"]  # fmt: skip
    drawn = list[Mutant]()
    for module, tests in table.items():
        if not given.modules or any(part in module for part in given.modules):
            drawn += mutants(module, tuple(tests), given.sample, given.seed)
    KEPT.parent.mkdir(exist_ok=True)
    kept: dict[str, bool] = json.loads(KEPT.read_text()) if KEPT.exists() else {}
    ends = time.monotonic() + given.minutes * 60
    _preload()
    unchanged = {m.tests: Mutant(m.module, (PACKAGE / m.module).read_text(), "", m.tests)
                 for m in drawn}  # fmt: skip
    context = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(given.workers, context) as pool:
        for batch in (list(unchanged.values()), drawn):
            trials: dict[Future[bool | None], Mutant] = {
                pool.submit(_survives_by, ends, m): m for m in batch if m.key not in kept
            }
            for ended in as_completed(trials):
                survived = ended.result()
                if survived is not None:
                    kept[trials[ended].key] = survived
                    KEPT.write_text(json.dumps(kept))
                    _say("S" if survived else ".", end="")
            failing = [m for m in unchanged.values() if not kept.get(m.key, True)]
            if failing:
                for mutant in failing:
                    del kept[mutant.key]
                KEPT.write_text(json.dumps(kept))
                named = "; ".join(" ".join(mutant.tests) for mutant in failing)
                _say(f"\nwithout any change these tests fail: {named}")
                return 1
    _report(drawn, kept)
    return 0


def _survives_by(ends: float, mutant: Mutant) -> bool | None:
    """Try the mutant, unless the time is over; None then."""
    return survives(mutant) if time.monotonic() < ends else None


def _report(drawn: list[Mutant], kept: dict[str, bool]) -> None:
    tried = [mutant for mutant in drawn if mutant.key in kept]
    for mutant in tried:
        if kept[mutant.key]:
            _say(f"\nsurvives: {mutant.module}\n{mutant.change}")
    _say(f"\n{'module':34}killed  tried")
    for module in dict.fromkeys(mutant.module for mutant in drawn):
        own = [not kept[mutant.key] for mutant in tried if mutant.module == module]
        _say(f"{module:34}{sum(own):6} {len(own):6}")
    killed = sum(not kept[mutant.key] for mutant in tried)
    _say(f"{'all':34}{killed:6} {len(tried):6}")
    if len(tried) < len(drawn):
        _say(f"{len(drawn) - len(tried)} are left for the next run: the time was over.")


def _say(text: str, end: str = "\n") -> None:
    sys.stdout.write(text + end)
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
