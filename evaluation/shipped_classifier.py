"""The classifier that ships with the router."""

from pathlib import Path

import llm_router

WEIGHTS = Path(llm_router.__file__).parent / "policy" / "classifier-1.bin"
