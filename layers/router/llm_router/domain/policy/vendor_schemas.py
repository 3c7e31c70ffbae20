"""JSON schemas in the subsets that the vendors' structured outputs accept."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]

_NAMED = frozenset({"properties", "$defs", "definitions", "patternProperties"})
"""Keywords whose keys are the caller's names, not keywords."""
_VALUES = frozenset({"enum", "const", "default", "examples", "required"})
_NOT_STRICT = frozenset(
    {"allOf", "not", "if", "then", "else", "dependentRequired", "dependentSchemas"}
)
"""OpenAI's strict mode refuses these."""

_DEFINITIONS = ("$defs", "definitions")
_NOTES = ("title", "description", "default")
_BY_TYPE: Mapping[str, tuple[str, ...]] = {
    "object": ("properties", "required", "additionalProperties"),
    "array": ("items", "minItems"),
    "string": ("format", "pattern"),
    "integer": (),
    "number": (),
    "boolean": (),
    "null": (),
}
"""The keywords that Anthropic takes, by the type that they belong to."""
_FORMATS = frozenset(
    {
        "date-time", "time", "date", "duration", "email", "hostname", "uri", "ipv4", "ipv6", "uuid",
    }
)  # fmt: skip
_NOT_IN_A_PATTERN = ("(?", "\\b", "\\B", *(f"\\{number}" for number in range(1, 10)))
"""Look-around, word boundaries and back-references."""
_CHANGES_THE_FORM = frozenset(
    {"patternProperties", "prefixItems", "unevaluatedProperties", "$dynamicRef", "$recursiveRef"}
)
"""Keywords that allow more than the rest says: an answer cannot be right without them."""
_MOST_OPTIONAL, _MOST_UNIONS = 24, 16


class InexpressibleError(ValueError):
    """The schema has no form in Anthropic's subset; the message names the reason."""


def to_anthropic_schema(schema: Json) -> Json:
    """The schema in Anthropic's subset; raises `InexpressibleError` if it has no form there.

    Bounds are left out, as answers are checked against the whole schema afterwards. Objects are
    closed. A map or an object of any form stays impossible: closed, it could only be empty.
    """
    translation = _Translation(schema)
    try:
        translated = translation.of(schema)
    except (TypeError, AttributeError, RecursionError) as error:
        raise InexpressibleError("not a JSON schema, or nested too deep") from error
    if translation.optional > _MOST_OPTIONAL:
        raise InexpressibleError(f"{translation.optional} optional properties")
    if translation.unions > _MOST_UNIONS:
        raise InexpressibleError(f"{translation.unions} properties of several types")
    return translated


@dataclass
class _Translation:
    """One schema's translation; counts what Anthropic limits in the whole of it."""

    root: Json
    optional: int = 0
    unions: int = 0

    def of(self, schema: Any) -> Json:
        """Translate the schema or a part of it."""
        if not isinstance(schema, dict):
            raise InexpressibleError("a value of any form")
        if found := _CHANGES_THE_FORM & schema.keys():
            raise InexpressibleError(min(found))
        kept: Json = {
            name: {key: self.of(part) for key, part in _table(schema, name).items()}
            for name in _DEFINITIONS
            if name in schema
        }
        if "$ref" in schema:
            # A reference takes no notes beside it.
            _check_reference(schema["$ref"], self.root)
            return {**kept, "$ref": schema["$ref"]}
        kept |= {name: schema[name] for name in _NOTES if name in schema}
        parts = schema.get("allOf")
        if parts is not None:
            if not isinstance(parts, list) or len(parts) != 1 or "properties" in schema:
                raise InexpressibleError("allOf")
            return self.of({**_without(schema, "allOf", "type"), **parts[0]})
        if "enum" in schema or "const" in schema:
            return {**kept, **_literals(schema)}
        return {**kept, **self._typed(schema)}

    def _typed(self, schema: Json) -> Json:
        choices = schema.get("anyOf") or schema.get("oneOf")
        if choices:
            if "properties" in schema or not isinstance(choices, list):
                raise InexpressibleError("properties beside anyOf")
            self.unions += 1
            return {"anyOf": [self.of(choice) for choice in choices]}
        types = _types({"type": "object", **schema} if "properties" in schema else schema)
        if not types or any(name not in _BY_TYPE for name in types):
            raise InexpressibleError("a value without a type")
        forms = [self._form(name, schema) for name in types if name]
        if len(forms) == 1:
            return forms[0]
        self.unions += 1
        return {"anyOf": forms}

    def _form(self, name: str, schema: Json) -> Json:
        """The schema's form of this one type."""
        form: Json = {"type": name}
        form |= {word: schema[word] for word in _BY_TYPE[name] if word in schema}
        if name == "object":
            return self._object(form)
        if "items" in form:
            form["items"] = self.of(form["items"])
        if form.get("minItems", 0) not in (0, 1):
            form["minItems"] = 1
        if form.get("format", "date") not in _FORMATS:
            del form["format"]
        if any(word in str(form.get("pattern")) for word in _NOT_IN_A_PATTERN):
            del form["pattern"]
        return form

    def _object(self, form: Json) -> Json:
        others = form.get("additionalProperties", True)
        if others is not False and (isinstance(others, dict) or not form.get("properties")):
            raise InexpressibleError("a map: an object whose keys are not in its properties")
        known = _table(form, "properties")
        self.optional += len(known.keys() - set(form.get("required") or ()))
        if known:
            form["properties"] = {key: self.of(part) for key, part in known.items()}
        return {**form, "additionalProperties": False}


def _without(schema: Json, *names: str) -> Json:
    return {name: value for name, value in schema.items() if name not in names}


def _table(schema: Json, name: str) -> Json:
    table = schema.get(name, {})
    if not isinstance(table, dict):
        raise InexpressibleError(name)
    return table


def _literals(schema: Json) -> Json:
    """The literal values; a type beside them says nothing more."""
    literals: Json = {name: schema[name] for name in ("enum", "const") if name in schema}
    listed = literals.get("enum", [])
    values = [*(listed if isinstance(listed, list) else [listed]), literals.get("const")]
    if any(isinstance(value, dict | list) for value in values):
        raise InexpressibleError("enum of objects or lists")
    return literals


def _check_reference(reference: Any, root: Json) -> None:
    """Refuse a reference that leaves the document's definitions or leads back to itself."""
    waiting, seen = [reference], set[str]()
    while waiting:
        target = waiting.pop()
        found = _definition(target, root)
        inner = {part["$ref"] for part in _parts(found) if isinstance(part.get("$ref"), str)}
        if reference in inner:
            raise InexpressibleError("a recursive schema")
        waiting += inner - seen
        seen |= inner


def _definition(reference: Any, root: Json) -> Json:
    place, _, name = str(reference).removeprefix("#/").partition("/")
    found = root.get(place, {}).get(name) if place in _DEFINITIONS else None
    if not isinstance(found, dict):
        raise InexpressibleError("a reference that is not to the schema's own definitions")
    return found


def is_openai_strict(schema: Any) -> bool:
    """True if OpenAI accepts the schema as strict: objects closed, all properties required."""
    return all(
        part.get("additionalProperties") is False
        and set(part.get("properties", {})) <= set(part.get("required", ()))
        for part in _parts(schema)
        if "properties" in part or "object" in _types(part)
    ) and not any(_NOT_STRICT & part.keys() for part in _parts(schema))


def _types(part: Json) -> list[str | None]:
    """The types that a schema names, each once; None for what is no name."""
    named = part.get("type")
    names = named if isinstance(named, list) else [named]
    return list(dict.fromkeys(name if isinstance(name, str) else None for name in names))


def _parts(schema: Any) -> Iterator[Json]:
    if not isinstance(schema, dict):
        return
    yield schema
    for keyword, value in schema.items():
        if keyword in _VALUES:
            continue
        inner = value.values() if keyword in _NAMED and isinstance(value, dict) else [value]
        for item in inner:
            for part in item if isinstance(item, list) else [item]:
                yield from _parts(part)
