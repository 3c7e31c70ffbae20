"""What the wheel holds, and what a deployment is built from."""

import configparser
import shutil
import subprocess
import sys
import zipfile
from email.parser import Parser
from pathlib import Path

import pytest

from llm_router import __version__
from local.deployment import Deployment
from local.settings import ROOT, StackSettings


def test_a_change_of_any_source_changes_the_fingerprint(tmp_path: Path) -> None:
    before = Deployment(StackSettings(state_dir=tmp_path)).fingerprint()
    assert before == Deployment(StackSettings(state_dir=tmp_path)).fingerprint()
    other = StackSettings(state_dir=tmp_path, alarm_period_seconds=60)
    assert before != Deployment(other).fingerprint()


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """The wheel, built of a copy, since building leaves files behind."""
    copy = tmp_path_factory.mktemp("project")
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, copy)
    ignored = shutil.ignore_patterns("__pycache__", "*.egg-info")
    for name in ("layers", "evaluation", "operations", "statemachine"):
        shutil.copytree(ROOT / name, copy / name, symlinks=True, ignore=ignored)
    subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "--no-index",
         "--wheel-dir", str(copy / "dist"), str(copy)],
        capture_output=True, check=True,
    )  # fmt: skip
    (built,) = (copy / "dist").glob("*.whl")
    return zipfile.ZipFile(built)


@pytest.mark.slow
def test_the_wheel_holds_all_modules_and_the_files_that_they_read(wheel: zipfile.ZipFile) -> None:
    places = {"llm_router": ROOT / "layers" / "router" / "llm_router"}
    places |= {name: ROOT / name for name in ("evaluation", "operations")}
    wanted = {
        f"{package}/{file.relative_to(place).as_posix()}"
        for package, place in places.items()
        for pattern in ("*.py", "*.toml", "*.bin", "*.html", "*.jsonl", "*.json", "py.typed")
        for file in place.rglob(pattern)
    }
    held = set(wheel.namelist())
    assert wanted <= held
    assert {name.partition("/")[0] for name in held} == {
        *places, f"llm_router-{__version__}.dist-info"
    }  # fmt: skip
    machine = (ROOT / "statemachine" / "cascade.asl.json").read_bytes()
    assert wheel.read("evaluation/data/cascade.asl.json") == machine


@pytest.mark.slow
def test_the_wheel_brings_the_commands_and_what_they_need(wheel: zipfile.ZipFile) -> None:
    about = f"llm_router-{__version__}.dist-info"
    scripts = configparser.ConfigParser()
    scripts.read_string(wheel.read(f"{about}/entry_points.txt").decode())
    assert dict(scripts["console_scripts"]) == {
        "llm-router": "operations.cli:main",
        "llm-router-eval": "evaluation.cli:main",
    }
    metadata = Parser().parsestr(wheel.read(f"{about}/METADATA").decode())
    assert metadata["Version"] == __version__
    needed = [line for line in metadata.get_all("Requires-Dist", []) if "extra ==" not in line]
    assert {"anthropic", "boto3", "rich", "typer"} <= {line.partition("<")[0] for line in needed}
