import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.cloudformation import source_template

ROOT = Path(__file__).parents[2]
Template = dict[str, Any]


@pytest.fixture(scope="session")
def template() -> Template:
    """The template as written, its functions in their long form."""
    return source_template()


@pytest.fixture(scope="session")
def machine() -> Template:
    parsed: Template = json.loads((ROOT / "statemachine" / "cascade.asl.json").read_text())
    return parsed
