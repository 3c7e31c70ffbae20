"""The linters that look at what is deployed."""

import json
import os
import subprocess
import sys
from pathlib import Path

from .conftest import ROOT, Template

BIN = Path(sys.executable).parent


def run(*command: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "AWS_DEFAULT_REGION": "us-east-1", "SAM_CLI_TELEMETRY": "0"}
    environment["PATH"] = f"{BIN}:{environment['PATH']}"
    return subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )


def test_the_template_is_valid_for_sam() -> None:
    done = run("sam", "validate", "--lint")
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_template_is_clean_with_the_machine_inlined(
    template: Template, machine: Template, tmp_path: Path
) -> None:
    """Linters do not look into a definition's file, so it is put into the template here."""
    inlined = json.loads(json.dumps(template))
    properties = inlined["Resources"]["CascadeStateMachine"]["Properties"]
    del properties["DefinitionUri"]
    properties["Definition"] = machine
    for name in ("functions", "layers"):
        (tmp_path / name).symlink_to(ROOT / name)
    file = tmp_path / "template.json"
    file.write_text(json.dumps(inlined))
    done = run("cfn-lint", "--non-zero-exit-code", "warning", "--", str(file))
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_machine_is_clean_for_statelint() -> None:
    done = run("statelint", "statemachine/cascade.asl.json")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "error" not in done.stdout.lower(), done.stdout
