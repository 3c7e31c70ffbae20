"""`python -m operations`: the same as `llm-router`."""

from .cli import main

main()
