"""Bodies that hold almost what they should: good ones, changed in a few places at random."""

import copy
import random
from typing import Any

Json = dict[str, Any]

JUNK: tuple[Any, ...] = (
    None, True, 0, -1, 1.5, 10**30, "", "auto", "text", "user", "assistant", "message", "🙂",
    "\x00", "x" * 200, "https://a.b/c.png", [], {}, ["auto"], {"type": "message"}, {"type": None},
    {"type": "function", "name": "f"}, {"type": "function_call_output"}, {"role": "user"}, [[]],
    {"type": "item_reference", "id": "msg_1"}, {"type": "input_text", "text": "a"},
)  # fmt: skip
"""Values that may stand in a wrong place."""
_NAMES = ("type", "role", "content", "id", "name", "tools", "output", "message", "x", "")


def changed(chance: random.Random, body: Json) -> Json:
    """A copy of the body without some of its fields, and with up to three changes anywhere."""
    copied = copy.deepcopy(body)
    for name in chance.sample(sorted(copied), chance.randint(0, len(copied))):
        if name not in {"model", "input"} or chance.random() < 0.02:
            del copied[name]
    for _ in range(chance.choice([0, 1, 1, 2, 3])):
        container, key = chance.choice([(copied, None), *places(copied)])
        _change(chance, container, key)
    return copied


def places(value: Any) -> list[tuple[Any, Any]]:
    """Every (container, key) in a JSON value."""
    here: list[tuple[Any, Any]]
    if isinstance(value, dict):
        here = [(value, name) for name in value]
    elif isinstance(value, list):
        here = [(value, number) for number in range(len(value))]
    else:
        return []
    return here + [place for container, key in here for place in places(container[key])]


def _change(chance: random.Random, container: Any, key: Any) -> None:
    junk = copy.deepcopy(chance.choice(JUNK))
    how = chance.choice(["replace", "remove", "add", "double"])
    if key is None or (how == "add" and isinstance(container, dict)):
        container[chance.choice(_NAMES)] = junk
    elif how == "replace":
        container[key] = junk
    elif how == "remove":
        del container[key]
    elif isinstance(container, list):
        container.append(junk if how == "add" else copy.deepcopy(container[key]))
    else:
        container[f"{key}s"] = junk
