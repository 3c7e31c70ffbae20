"""The layers as `sam build` makes them, and the requirements from which it does."""

import ast
import importlib.metadata
import importlib.util
import marshal
import os
import re
import shutil
import struct
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from local.deployment import sam_environment
from local.settings import ROOT, StackSettings
from tests.support.route_function import ROUTE_ENVIRONMENT

PACKAGE = ROOT / "layers" / "router" / "llm_router"
HERE = StackSettings().architecture
OTHER = {"arm64": "x86_64", "x86_64": "arm64"}[HERE]
LAYERS = ("DependenciesLayer", "RouterLayer")
ELF_MACHINES = {"x86_64": 62, "arm64": 183}
LARGEST_BYTES = 90 * 10**6
"""Of both layers' contents: 86 MB were measured, 29 MB of them byte code. Lambda takes 262 MB."""
MAGIC, UNCHECKED_HASH = importlib.util.MAGIC_NUMBER, 0b01

REQUIREMENTS = (ROOT / "layers" / "dependencies" / "requirements.txt").read_text()
PINS: dict[str, str] = dict(re.findall(r"^([a-z0-9-]+)==([^ \n]+)", REQUIREMENTS, re.MULTILINE))

AWS = (
    "aws_lambda_powertools boto3 botocore dateutil jmespath s3transfer six urllib3 "
    "annotated_types pydantic pydantic_core typing_extensions typing_inspection"
)
SDKS = "anthropic anyio docstring_parser httpx2 idna jiter openai opentelemetry sniffio"
AT_START = {
    "AuthorizeFunction": AWS,
    "RouteFunction": f"{AWS} cryptography opentelemetry redis",
    "InvokeModelFunction": f"{AWS} {SDKS}",
    "ShadowFunction": f"{AWS} httpx2 idna",
}
"""The packages that each function imports at a cold start; one that is missing here costs time.

`shadow`, for which nobody waits, imports a provider's SDK when its endpoint is first called.
"""
VALUES = {
    **ROUTE_ENVIRONMENT, "LOG_LEVEL": "INFO", "CACHE_HOST": "127.0.0.1", "CACHE_PORT": "9",
    "SHADOW_CHECKS": "true",
    "AWS_ACCESS_KEY_ID": "any", "AWS_SECRET_ACCESS_KEY": "any",
}  # fmt: skip
UNSET = {"AWS_ENDPOINT_URL", "POLICY_OVERRIDE", "STEP_FUNCTIONS_URL"}
"""Variables that the template leaves empty by default."""


# ---- the requirements --------------------------------------------------------------------------


@cache
def imported_by_the_functions() -> set[str]:
    """The distributions of which the package or a function imports something."""
    names = set()
    for file in [*PACKAGE.rglob("*.py"), *(ROOT / "functions").rglob("*.py")]:
        for node in ast.walk(ast.parse(file.read_bytes())):
            if isinstance(node, ast.Import):
                names |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
                names.add(node.module.partition(".")[0])
    found = importlib.metadata.packages_distributions()
    return {canonicalize_name(each) for name in names for each in found.get(name, ())}


def closure(direct: list[Requirement], python: str) -> set[str]:
    """These and all distributions that they need on Lambda, by the metadata of those installed."""
    on_lambda = {
        "sys_platform": "linux", "os_name": "posix", "platform_system": "Linux",
        "python_version": python, "python_full_version": f"{python}.9",
        "implementation_name": "cpython", "platform_python_implementation": "CPython",
    }  # fmt: skip
    seen, left = set[tuple[str, str]](), [(r, "") for r in direct]
    while left:
        requirement, extra = left.pop()
        if requirement.marker and not requirement.marker.evaluate({**on_lambda, "extra": extra}):
            continue
        name = canonicalize_name(requirement.name)
        for wanted in {"", *requirement.extras}:
            if (name, wanted) not in seen:
                seen.add((name, wanted))
                needs = importlib.metadata.requires(name) or []
                left += [(Requirement(line), wanted) for line in needs]
    return {name for name, _ in seen}


@pytest.mark.parametrize("python", ["3.11", "3.12", "3.13", "3.14"])
def test_the_layer_holds_what_the_imported_packages_need_and_nothing_else(python: str) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    imported = imported_by_the_functions()
    declared = [Requirement(line) for line in project["dependencies"]]
    direct = [each for each in declared if canonicalize_name(each.name) in imported]
    assert set(PINS) == closure(direct, python)
    assert {name for name in imported if not name.startswith("mypy-boto3-")} <= {
        *PINS, "llm-router"
    }  # fmt: skip


def test_the_layer_s_versions_are_those_that_are_tested() -> None:
    locked = dict(
        re.findall(r"^([a-z0-9-]+)==([^ \n]+)", (ROOT / "requirements.lock").read_text(), re.M)
    )
    assert {name: locked[name] for name in PINS} == PINS
    assert {name: importlib.metadata.version(name) for name in PINS} == PINS


def test_every_requirement_of_the_layer_is_pinned_and_hashed() -> None:
    text = re.sub(r"^#.*\n", "", REQUIREMENTS, flags=re.M)
    line = r"[a-z0-9-]+==[a-z0-9.]+( \\\n    --hash=sha256:[0-9a-f]{64})+\n"
    assert re.fullmatch(f"({line})+", text)
    assert len(re.findall(r"^[a-z0-9-]+==", text, re.M)) == len(PINS)


# ---- what `sam build` makes of them ------------------------------------------------------------


@dataclass(frozen=True)
class Built:
    """A build's directory, and the files of both layers by their path below /opt."""

    directory: Path
    files: dict[Path, Path]


def build(architecture: str, directory: Path) -> Built:
    """Build the template for an architecture, without a cache."""
    settings = StackSettings(state_dir=directory)
    subprocess.run(
        ["sam", "build", "--no-cached", "--build-dir", str(directory), "--parameter-overrides",
         f"Architecture={architecture}", f"PythonRuntime={settings.python_runtime}"],
        cwd=ROOT, env=sam_environment(settings), capture_output=True, check=True,
    )  # fmt: skip
    layers = [directory / name for name in LAYERS]
    return Built(
        directory,
        {f.relative_to(layer): f for layer in layers for f in layer.rglob("*") if f.is_file()},
    )


@pytest.fixture(scope="module")
def builds(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Built]:
    """A build for each architecture, in directories whose paths differ in length."""
    directory = tmp_path_factory.mktemp("built")
    return {each: build(each, directory / each) for each in (HERE, OTHER)}


@pytest.mark.slow
class TestBuiltLayers:
    @pytest.mark.parametrize("architecture", [HERE, OTHER])
    def test_binaries_are_for_the_functions_processor(
        self, architecture: str, builds: dict[str, Built]
    ) -> None:
        binaries = [
            file for path, file in builds[architecture].files.items() if path.suffix == ".so"
        ]
        assert {"pydantic_core", "jiter", "bindings"} <= {file.parent.name for file in binaries}
        for binary in binaries:
            machine = struct.unpack_from("<H", binary.read_bytes(), 18)[0]
            assert machine == ELF_MACHINES[architecture], binary

    def test_two_builds_are_the_same_byte_for_byte(self, builds: dict[str, Built]) -> None:
        native = re.compile(r"\.so$|\.dist-info/(WHEEL$|sboms/)")
        one, other = (
            {
                path: file.read_bytes()
                for path, file in each.files.items()
                if not native.search(str(path))
            }
            for each in builds.values()
        )
        assert one.keys() == other.keys()
        # Its commands would begin with the path of this host's Python.
        assert not [path for path in one if path.match("python/bin/*")]
        assert not [path for path in one if one[path] != other[path]]

    def test_the_layers_stay_small(self, builds: dict[str, Built]) -> None:
        for each in builds.values():
            assert sum(file.stat().st_size for file in each.files.values()) < LARGEST_BYTES

    def test_every_module_has_its_byte_code(self, builds: dict[str, Built]) -> None:
        held = builds[HERE].files
        modules = {path: file for path, file in held.items() if path.suffix == ".py"}
        compiled = {Path(importlib.util.cache_from_source(str(path))): path for path in modules}
        assert {path for path in held if path.suffix == ".pyc"} == compiled.keys()
        for path, source in compiled.items():
            code = held[path].read_bytes()
            flags = int.from_bytes(code[4:8], "little")
            assert (code[:4], flags) == (MAGIC, UNCHECKED_HASH), path
            assert code[8:16] == importlib.util.source_hash(modules[source].read_bytes()), path
            assert marshal.loads(code[16:]).co_filename == f"/opt/{source}"

    def test_the_package_is_whole(self, builds: dict[str, Built]) -> None:
        held = {p.relative_to("python") for p in builds[HERE].files if "llm_router" in p.parts}
        expected = {f.relative_to(PACKAGE.parent) for f in PACKAGE.rglob("*") if f.is_file()}
        assert {p for p in held if p.suffix != ".pyc"} == {
            p for p in expected if "__pycache__" not in p.parts
        }

    def test_botocore_describes_the_services_that_are_called(
        self, builds: dict[str, Built]
    ) -> None:
        data = builds[HERE].directory / "DependenciesLayer" / "python" / "botocore" / "data"
        text = "".join(file.read_text() for file in PACKAGE.rglob("*.py"))
        called = set(re.findall(r"(?:client|resource|create_client)\(\s*\"([a-z0-9-]+)\"", text))
        assert called == {each.name for each in data.iterdir() if each.is_dir()}
        assert {"endpoints.json", "partitions.json", "sdk-default-configuration.json"} <= {
            each.name for each in data.iterdir()
        }

    @pytest.mark.parametrize("function", AT_START)
    def test_a_function_starts_from_byte_code_with_few_packages(
        self, function: str, builds: dict[str, Built], template: dict[str, Any]
    ) -> None:
        resource = template["Resources"][function]["Properties"]
        directory = builds[HERE].directory
        path = [directory / function, *(directory / layer / "python" for layer in LAYERS)]
        layers = tuple(str(each) for each in path[1:])
        script = f"""
import sys
from importlib.machinery import SourceFileLoader
compiled, compile_source = [], SourceFileLoader.source_to_code
def watched(loader, data, path, **options):
    compiled.append(path)
    return compile_source(loader, data, path, **options)
SourceFileLoader.source_to_code = watched
sys.path[:0] = {[str(each) for each in path]!r}
import app
assert [path for path in compiled if path.startswith({layers!r})] == []
print(*sys.modules)
"""
        started = subprocess.run(
            [sys.executable, "-I", "-S", "-B", "-c", script],
            env=environment(template["Globals"]["Function"], resource),
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert started.returncode == 0, started.stderr
        modules = set(started.stdout.split())
        installed = set(importlib.metadata.packages_distributions()) - {"llm_router"}
        loaded = {name.partition(".")[0] for name in modules} & installed
        assert loaded == set(AT_START[function].split())
        # Only a reply that is kept for its Idempotency-Key is encrypted.
        assert "cryptography.hazmat" not in modules


def environment(*functions: dict[str, Any]) -> dict[str, str]:
    """The variables of a function as the template sets them, with values that need no AWS."""
    names = {name for each in functions for name in each["Environment"]["Variables"]}
    return VALUES | {name: VALUES.get(name, "any") for name in names - UNSET}


# ---- the Makefiles -----------------------------------------------------------------------------


def test_there_is_a_directory_for_each_target(template: dict[str, Any]) -> None:
    runtimes, architectures = (
        template["Parameters"][name]["AllowedValues"] for name in ("PythonRuntime", "Architecture")
    )
    dependencies, router = (
        ROOT / "layers" / name / "targets" for name in ("dependencies", "router")
    )
    assert {each.name for each in dependencies.iterdir()} == {
        f"{runtime}-{architecture}" for runtime, architecture in product(runtimes, architectures)
    }
    assert {each.name for each in router.iterdir()} == set(runtimes)


@pytest.mark.parametrize(
    ("layer", "target", "rule"),
    [
        ("dependencies", "python3.13-arm64", "build-DependenciesLayer"),
        ("router", "python3.13", "build-RouterLayer"),
    ],
)
def test_a_build_without_the_functions_python_says_what_to_do(
    layer: str, target: str, rule: str, tmp_path: Path
) -> None:
    make = shutil.which("make")
    assert make
    built = subprocess.run(
        [make, "--makefile", "../../Makefile", rule],
        cwd=ROOT / "layers" / layer / "targets" / target,
        env={"PATH": str(tmp_path), "ARTIFACTS_DIR": str(tmp_path / "layer")},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert built.returncode != 0
    assert "python3.13 is not on the PATH" in built.stderr
    assert "--use-container" in built.stderr
    assert os.listdir(tmp_path) == []
