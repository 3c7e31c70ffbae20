"""Request bodies that fill any field of a wire format's models with what is long on the wire.

The fields are found by walking the models. A field of a type that is unknown here is an error, so
none is left out by accident.
"""

import random
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from enum import Enum
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import AfterValidator, BaseModel
from pydantic.fields import FieldInfo

Json = dict[str, Any]
Field = tuple[type[BaseModel], str]

TEXTS = (
    "", "a", "\x00\x01\x1f\x7f", "\n\t\r\b\f", '"\\' * 20, "🙂", "漢字",
    "👩‍👩‍👧‍👦" * 3, "\u2028\u2029",
    "{" * 40, '{"', '{"a":1e15,"b":[1e14,-1.5E15,1e-7,1E22]}', '{"a":"\\ud83d\\ude00\\u0001"}',
    "[" + "1e15," * 30 + "1]", "null", "x" * 300, " ", "</system>", "data:image/png;base64,",
)  # fmt: skip
NAMES = ("a", "a" * 64, "A-b_9", "tool_1")
CLOSED: Json = {
    "type": "object",
    "properties": {
        "a": {"type": ["string", "null"], "description": '"\\{' * 30},
        "b": {"type": "object", "properties": {"c": {"enum": [1e15, "\x01"]}}, "required": ["c"]},
    },
    "required": ["a", "b"],
}
"""A schema that every vendor takes."""
SCHEMAS: tuple[Any, ...] = (
    CLOSED,
    {"type": "array", "items": CLOSED, "minItems": 1},
    {"type": "object"},
    {"type": "object", "properties": {"": {"type": "object"}, "{": {"type": "string"}}},
    {"oneOf": [{"type": "object"}] * 200, "$defs": {"🙂": {"type": "object"}}},
    {"enum": [1e15, 1.5e-7, 10**30, "\x01", None, True], "description": '"\\{' * 30},
    {},
)
FITTING: Mapping[str, Callable[[random.Random], Any]] = {
    "image_url": lambda chance: chance.choice(
        ["https://a.b/c.png", "https://a.b/" + '"漢' * 30, "data:image/png;base64," + "A" * 400]
    ),
    "base64_text": lambda chance: "A" * chance.choice([4, 400]),
    "_texts_by_name": lambda chance: {text: text for text in chance.sample(TEXTS, 3)},
    "_is_false": lambda _: False,
    "only_false": lambda _: False,
    "_nothing": lambda _: {},
    "_can_be_sent": lambda chance: {text: text for text in chance.sample(TEXTS, 3)},
}
"""Values that pass a model's own check, by the name of its function."""
NAMED: Mapping[str, tuple[Any, ...]] = {"media_type": ("image/png", "image/webp")}
"""Values of fields that a validator of their whole model checks, by their names."""


class CannotFillError(TypeError):
    """There is no value here for a field of this type: add one."""


def fields_of(model: type[BaseModel]) -> set[Field]:
    """Every field of a model and of the models inside it that takes anything but null."""
    found: set[Field] = set()
    waiting = [model]
    while waiting:
        current = waiting.pop()
        for name, field in current.model_fields.items():
            if (current, name) in found or field.annotation is NoneType:
                continue
            found.add((current, name))
            waiting += _models_in(field.annotation)
    return found


def _may_be_sent(option: Any) -> bool:
    """False for null, and for a branch that only says why its objects are refused."""
    models = list(_models_in(option))
    refuses = len(models) == 1 and all(
        field.annotation is NoneType for field in models[0].model_fields.values()
    )
    return option is not NoneType and not refuses


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from _models_in(argument)


class Bodies:
    """Draws bodies; `filled` are the fields that were set."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.filled: set[Field] = set()

    def body(self, model: type[BaseModel]) -> Json:
        """An object with the fields that it must have, and some that it may have."""
        drawn: Json = {}
        for name, field in model.model_fields.items():
            if field.annotation is NoneType or not (
                field.is_required() or self.chance.random() < 0.6
            ):
                continue
            if name in NAMED:
                value = self.chance.choice(NAMED[name])
            else:
                value = self._value(field.annotation, [field])
            if value is not None:
                self.filled.add((model, name))
                drawn[field.alias or name] = value
        return drawn

    def _value(self, annotation: Any, said: list[Any]) -> Any:
        checks = list(_constraints(said))
        own = next((c.func.__name__ for c in checks if isinstance(c, AfterValidator)), None)
        origin, arguments = get_origin(annotation), get_args(annotation)
        if own is not None:
            value = FITTING[own](self.chance)
        elif origin is Annotated:
            value = self._value(arguments[0], [*said, *arguments[1:]])
        elif origin in (Union, UnionType):
            options = [option for option in arguments if _may_be_sent(option)]
            value = self._value(self.chance.choice(options), said)
        elif origin is Literal:
            value = self.chance.choice(arguments)
        elif origin is list:
            count = 40 if self.chance.random() < 0.04 else self.chance.randint(1, 3)
            most = _bound(checks, "max_length", 99)
            value = [self._value(arguments[0], []) for _ in range(min(count, most))]
        else:
            value = self._plain(annotation if origin is None else origin, checks)
        return value

    def _plain(self, kind: Any, checks: list[Any]) -> Any:
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            return self.body(kind)
        if isinstance(kind, type) and issubclass(kind, Enum):
            return self.chance.choice(list(kind)).value
        draw = {
            str: self._text, bool: self._flag, int: self._whole, float: self._number,
            Decimal: self._number, dict: self._json, Any: self._json,
        }.get(kind)  # fmt: skip
        if draw is None:
            raise CannotFillError(f"no value for {kind!r}")
        return draw(checks)

    def _json(self, checks: list[Any]) -> Json:
        most = _bound(checks, "max_length", 99)
        return dict(list(self.chance.choice(SCHEMAS).items())[:most])

    def _flag(self, _: list[Any]) -> bool:
        return self.chance.random() < 0.5

    def _whole(self, checks: list[Any]) -> int:
        least = _bound(checks, "ge", _bound(checks, "gt", -2) + 1)
        most = _bound(checks, "le", 10**40)
        return int(self.chance.choice([least, min(least + 3_000, most), most]))

    def _number(self, checks: list[Any]) -> float:
        return float(self.chance.choice([0.1, 1 / 3, _bound(checks, "le", 1.0)]))

    def _text(self, checks: Iterable[Any]) -> str:
        least, most = _bound(checks, "min_length", 0), _bound(checks, "max_length", 10**6)
        pattern = next((c.pattern for c in checks if getattr(c, "pattern", None)), "")
        texts = NAMES if pattern else TEXTS
        text = self.chance.choice([t for t in texts if t or not least])
        longer = text * self.chance.choice([1, 1, 50])
        text = longer if re.search(pattern, longer) else text
        return text[:most]


def _constraints(said: Iterable[Any]) -> Iterator[Any]:
    for one in said:
        yield from (_constraints(one.metadata) if isinstance(one, FieldInfo) else [one])


def _bound(checks: Iterable[Any], name: str, otherwise: Any) -> Any:
    stated = [getattr(check, name, None) for check in checks]
    return next((bound for bound in stated if bound is not None), otherwise)
