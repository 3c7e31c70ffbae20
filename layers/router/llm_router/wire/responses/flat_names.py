"""Flat names for the caller's tools: one function name each, unique in the conversation."""

import re
from collections.abc import Collection, Iterable, Mapping
from hashlib import sha256

from .caller_tools import CallerTool

_LONGEST = 64
"""OpenAI takes no longer name."""
_HASH_CHARACTERS = 8
_FITS = re.compile(rf"[a-zA-Z0-9_-]{{1,{_LONGEST}}}")
_NOT_IN_A_NAME = re.compile(r"[^a-zA-Z0-9_-]")

FlatNames = Mapping[CallerTool, str]


def flat_names(offered: Iterable[CallerTool], called: Iterable[CallerTool]) -> FlatNames:
    """Name each tool: plain functions keep their names, others get `namespace__name`.

    A name that is taken or too long is cut, and ends with a hash. Tools that are only called in
    the history come last, so that they change no name of an offered one.
    """
    names: dict[CallerTool, str] = {}
    taken: set[str] = set()
    for tool in [*sorted(offered, key=lambda tool: not _is_plain(tool)), *called]:
        if tool not in names:
            names[tool] = _free(tool, taken)
            taken.add(names[tool])
    return names


def _is_plain(tool: CallerTool) -> bool:
    return tool.type == "function" and tool.namespace is None


def _free(tool: CallerTool, taken: Collection[str]) -> str:
    name = tool.name if tool.namespace is None else f"{tool.namespace}__{tool.name}"
    if name not in taken and (_is_plain(tool) or _FITS.fullmatch(name)):
        return name
    beginning = _NOT_IN_A_NAME.sub("_", name)[: _LONGEST - _HASH_CHARACTERS - 1]
    digest = sha256(repr(tool).encode("utf-8", "surrogatepass")).hexdigest()
    return f"{beginning}_{digest[:_HASH_CHARACTERS]}"
