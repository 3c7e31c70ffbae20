"""Every kind of key that the router keeps in Redis, and the access string that permits just these.

Several stacks may share a Redis: each key begins with its stack's name.
"""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class KeyKind:
    """A kind of keys, and the commands that the adapters send on them.

    Where `kept_seconds` is 0 each value brings its own lifetime.
    """

    prefix: str
    type: Literal["string", "hash"]
    kept_seconds: int
    commands: frozenset[str]

    def key(self, stack: str, *parts: object) -> str:
        """The key of these parts in a stack."""
        return ":".join([stack, self.prefix, *map(str, parts)])


DECISION = KeyKind("decision", "string", 0, frozenset({"get", "set"}))
"""A decision by its request, as JSON."""
_ADDED_TO = frozenset({"eval", "hset", "hincrby", "hgetall", "expire", "del"})
COUNTS = KeyKind("counts", "hash", 2 * 24 * 3600, _ADDED_TO)
"""Answers and escalations by tier and hour since the epoch."""
PASSING = KeyKind("passing", "hash", 7 * 24 * 3600, _ADDED_TO)
"""Pass counts by request fingerprint; the fields are `<rank>:<count>`."""
FAILED = KeyKind("failed", "string", 0, frozenset({"get", "set"}))
"""The end of the time for which a request that just failed is refused, by its digest."""
REPLY = KeyKind("reply", "string", 0, frozenset({"eval", "get", "set", "del"}))
"""A claim or an encrypted reply by slot."""

KEY_KINDS = (DECISION, COUNTS, PASSING, FAILED, REPLY)

CONNECTION_COMMANDS = ("ping", "client", "hello")
"""Commands without a key, with which a client connects."""

_COMMANDS = ("get", "set", "del", "eval", "hset", "hincrby", "hgetall", "expire")
"""The commands of all kinds, in the order of the template."""


def access_string(stack: str) -> str:
    """The access string of a stack's cache user: its own keys, and the commands sent on them."""
    patterns = [f"~{kind.key(stack, '*')}" for kind in KEY_KINDS]
    commands = [f"+{command}" for command in (*_COMMANDS, *CONNECTION_COMMANDS)]
    return " ".join(["on", *patterns, "-@all", *commands])
