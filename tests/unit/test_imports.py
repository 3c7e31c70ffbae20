import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.route_function import ROUTE_ENVIRONMENT

ROOT = Path(__file__).parents[2]
ENVIRONMENT = {**os.environ, **ROUTE_ENVIRONMENT, "CACHE_HOST": "127.0.0.1", "CACHE_PORT": "9"}
AS_IN_THE_LAYER = "import sys; sys.modules['OpenSSL'] = None"
"""Where this package is installed, as it is here for tools, botocore loads cryptography by it."""


@pytest.mark.slow
def test_the_route_function_starts_without_the_providers_sdks_and_cryptography() -> None:
    loaded = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", f"{AS_IN_THE_LAYER}; import app"],
        cwd=ROOT / "functions" / "route",
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=True,
    ).stderr
    modules = {line.rpartition("|")[2].strip() for line in loaded.splitlines()}
    assert "llm_router.application.route.route_request" in modules
    assert not {m for m in modules if m.split(".")[0] in {"anthropic", "openai"}}
    assert "cryptography.hazmat" not in modules
