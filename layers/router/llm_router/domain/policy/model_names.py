"""Names of models: which a policy may give, and which of them a request means."""

import re
from collections.abc import Iterable, Mapping

LONGEST = 100
_VERSIONED = re.compile(r"(.+)-(?:\d{4}-\d{2}-\d{2}|\d{8}|latest)")


def name_fault(name: str) -> str | None:
    """The reason why no request could use this name, or no header hold it; None if it is fine."""
    if not name or len(name) > LONGEST:
        return f"a name has 1 to {LONGEST} characters"
    if not name.isascii() or not name.isprintable() or name != name.strip():
        return "a name is printable ASCII text, without line breaks or spaces around it"
    return None


def alias_fault(name: str) -> str | None:
    """The same for an alias, which stands for itself alone."""
    if "*" in name or "?" in name:
        return "there are no wildcards: an alias stands for itself alone"
    return name_fault(name)


def meant_name(asked: str, known: Iterable[str], providers: Mapping[str, str | None]) -> str | None:
    """The one known name that a request means; None if there is none or more than one.

    An exact name means itself. Otherwise a name may have a provider before it (`openai/gpt-4o`),
    and a date or `latest` behind it that the known name lacks, or lack the one that it has.
    `providers` are those of the known names; a name without one may have any before it.
    """
    names = dict.fromkeys(known)
    if asked in names:
        return asked
    prefix, _, rest = asked.partition("/")
    alike = {name for name in names if _differ_in_version(asked, name)}
    if rest and prefix in providers.values():
        ours = [name for name in names if providers.get(name) in (None, prefix)]
        if rest in ours:
            return rest
        alike |= {name for name in ours if _differ_in_version(rest, name)}
    return alike.pop() if len(alike) == 1 else None


def _differ_in_version(one: str, other: str) -> bool:
    """True if the names differ in a version that only one of them states."""
    return _base(one) == other or _base(other) == one


def _base(name: str) -> str | None:
    versioned = _VERSIONED.fullmatch(name)
    return versioned[1] if versioned else None
