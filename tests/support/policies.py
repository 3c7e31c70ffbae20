"""The tests' own policy, and variants of it."""

from pathlib import Path

from llm_router.adapters.policy_files import checked_policy
from llm_router.domain.policy.policy import Policy

POLICY_FILE = Path(__file__).with_name("policy.toml")
POLICY_TEXT = POLICY_FILE.read_text()
POLICY = checked_policy(POLICY_TEXT, POLICY_FILE.name)
"""Invented models and prices, two vendors in every tier; frozen, so all tests share it."""


def replaced(old: str, new: str, text: str = POLICY_TEXT, *, count: int = -1) -> str:
    """The policy's text with something else in it; fails where there is nothing to replace."""
    assert old in text, f"the tests' policy does not say {old!r}"
    return text.replace(old, new, count)


def with_aliases(lines: str, text: str = POLICY_TEXT) -> str:
    """The policy's text with these lines as its aliases."""
    return replaced("[aliases]\n", f"[aliases]\n{lines}\n", text)


def read(text: str) -> Policy:
    """A changed text's policy."""
    return checked_policy(text, "test.toml")
