"""Names of models: which a policy may give, and which of them a request means."""

import re
from collections.abc import Iterable, Mapping

LONGEST = 100
_VERSIONED = re.compile(r"(.+)-(?:\d{4}-\d{2}-\d{2}|\d{8}|latest)")
_VENDORS = ("openai", "anthropic")


def name_fault(name: str) -> str | None:
    """The reason why no request could use this name, or no header hold it; None if it is fine."""
    if not name or len(name) > LONGEST:
        return f"a name has 1 to {LONGEST} characters"
    if not name.isascii() or not name.isprintable() or name != name.strip():
        return "a name is printable ASCII text, without line breaks or spaces around it"
    if "*" in name or "?" in name:
        return "there are no wildcards: a name stands for itself alone"
    return None


def meant_name(asked: str, known: Iterable[str], providers: Mapping[str, str | None]) -> str | None:
    """The one known name that a request means; None if there is none or more than one.

    An exact name means itself. Otherwise a name may have a provider before it (`openai/gpt-4o`),
    and a date or `latest` behind it that the known name lacks, or lack the one that it has; or have
    `latest` for its date. `providers` are those of the known names; a name without one may have any
    or a vendor before it.
    """
    names = dict.fromkeys(known)
    if asked in names:
        return asked
    prefix, _, rest = asked.partition("/")
    prefix = prefix.lower()
    owners = {name: (providers.get(name) or "").lower() for name in names}
    ours = [name for name in names if owners[name] in ("", prefix)]
    has_provider = bool(rest) and prefix in {*owners.values(), *_VENDORS} - {""}
    if has_provider and rest in ours:
        return rest
    forms = [(asked, list(names)), *([(rest, ours)] if has_provider else [])]
    for are_alike in (_differ_in_version, _is_latest_of):
        alike = {name for form, among in forms for name in among if are_alike(form, name)}
        if alike:
            return alike.pop() if len(alike) == 1 else None
    return None


def _differ_in_version(one: str, other: str) -> bool:
    """True if the names differ in a version that only one of them states."""
    return _base(one) == other or _base(other) == one


def _is_latest_of(asked: str, name: str) -> bool:
    """True if the name has a date where the asked one says `latest`."""
    return asked.endswith("-latest") and _base(asked) == _base(name)


def _base(name: str) -> str | None:
    versioned = _VERSIONED.fullmatch(name)
    return versioned[1] if versioned else None
