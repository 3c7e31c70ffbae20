"""`python -m evaluation`: the same as `llm-router-eval`."""

from .cli import main

main()
