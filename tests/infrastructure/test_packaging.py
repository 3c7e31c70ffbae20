"""What `sam build` puts into the layers."""

import struct
import subprocess
import sys
from pathlib import Path

import pytest

from local.deployment import Deployment
from local.services import aws_environment
from local.settings import ROOT, StackSettings

ELF_MACHINES = {"x86_64": 62, "arm64": 183}
LARGEST_LAYERS_BYTES = 250 * 1024 * 1024
"""Lambda's limit for a function with all its layers, unpacked."""


@pytest.mark.slow
@pytest.mark.parametrize("architecture", ["arm64", "x86_64"])
def test_binaries_are_built_for_the_functions_processor(architecture: str, tmp_path: Path) -> None:
    settings = StackSettings(state_dir=tmp_path)
    environment = aws_environment(settings)
    here = [str(Path(sys.executable).parent), str(Path(sys.base_prefix) / "bin")]
    environment["PATH"] = ":".join([*here, environment["PATH"]])
    subprocess.run(
        ["sam", "build", "DependenciesLayer", "--build-dir", str(tmp_path / "build"),
         "--parameter-overrides", f"Architecture={architecture}",
         f"PythonRuntime={settings.python_runtime}"],
        cwd=ROOT, env=environment, capture_output=True, check=True,
    )  # fmt: skip
    binaries = list((tmp_path / "build" / "DependenciesLayer" / "python").rglob("*.so"))
    assert {"pydantic_core", "jiter", "bindings"} <= {binary.parent.name for binary in binaries}
    size = sum(file.stat().st_size for file in (tmp_path / "build").rglob("*") if file.is_file())
    assert size < LARGEST_LAYERS_BYTES / 2
    for binary in binaries:
        machine = struct.unpack_from("<H", binary.read_bytes(), 18)[0]
        assert machine == ELF_MACHINES[architecture], binary


def test_a_change_of_any_source_changes_the_fingerprint(tmp_path: Path) -> None:
    before = Deployment(StackSettings(state_dir=tmp_path)).fingerprint()
    assert before == Deployment(StackSettings(state_dir=tmp_path)).fingerprint()
    other = StackSettings(state_dir=tmp_path, alarm_period_seconds=60)
    assert before != Deployment(other).fingerprint()
