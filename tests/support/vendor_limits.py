"""The vendors' refusals of requests, by the limits that their documents and their errors state.

Written from these alone: nothing here looks at what the adapters do.
"""

import base64
import json
import math
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

Json = dict[str, Any]

_TEXT = re.compile(r"\S")
_ANTHROPIC_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")
_ANTHROPIC_NAME = re.compile(r"[a-zA-Z0-9_-]{1,128}")
_OPENAI_NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")
_OPENAI_SPEAKER = re.compile(r"[^\s<|\\/>]{1,64}")
_NOT_IN_STRUCTURED_OUTPUTS = {
    "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minLength",
    "maxLength", "maxItems", "uniqueItems", "patternProperties", "prefixItems", "oneOf", "not",
    "if", "then", "else", "minProperties", "maxProperties", "propertyNames",
}  # fmt: skip
_BEGINNINGS = {
    "image/png": b"\x89PNG", "image/jpeg": b"\xff\xd8\xff", "image/gif": b"GIF8",
    "image/webp": b"RIFF",
}  # fmt: skip


def objections(wire: str, raw: bytes) -> list[str]:
    """The vendor's reasons to refuse the body; the first is the message of its 400."""

    def refuse(word: str) -> None:
        raise ValueError(word)

    try:
        body = json.loads(raw.decode(), parse_constant=refuse, parse_float=_finite)
    except ValueError:
        return ["The request body is not valid JSON"]
    return list(_OBJECTIONS[wire](body))


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number


def _anthropic(body: Json) -> Iterator[str]:
    system = body.get("system", [])
    for block in [{"text": system}] if isinstance(system, str) else system:
        if not _TEXT.search(block["text"]):
            yield "system: text content blocks must contain non-whitespace text"
    if len(body.get("metadata", {}).get("user_id", "")) > 256:
        yield "metadata.user_id: String should have at most 256 characters"
    strict = [tool for tool in body.get("tools", []) if tool.get("strict")]
    for number, tool in enumerate(body.get("tools", [])):
        if not _ANTHROPIC_NAME.fullmatch(tool["name"]):
            yield f"tools.{number}.custom.name: String should match pattern"
        if tool["input_schema"].get("type") != "object":
            yield f"tools.{number}.custom.input_schema.type: Field required"
    if len(strict) > 20:
        yield "Too many strict tools"
    schemas = [tool["input_schema"] for tool in strict]
    if asked := body.get("output_config", {}).get("format"):
        schemas.append(asked["schema"])
    for schema in schemas:
        yield from _structured(schema)
    yield from _anthropic_turns(body["messages"])


def _structured(schema: Any) -> Iterator[str]:
    if not isinstance(schema, dict) or not schema.keys() & {
        "type", "anyOf", "allOf", "enum", "const", "$ref",
    }:  # fmt: skip
        yield "output_config.format.schema: Schema type is required"
        return
    types = schema.get("type")
    for name in types if isinstance(types, list) else [types]:
        if name == "object" and schema.get("additionalProperties") is not False:
            yield "For 'object' type, 'additionalProperties' must be explicitly set to false"
    if found := _NOT_IN_STRUCTURED_OUTPUTS & schema.keys():
        yield f"output_config.format.schema: properties {sorted(found)} are not supported"
    if schema.get("minItems", 0) not in (0, 1):
        yield "For 'array' type, 'minItems' values other than 0 or 1 are not supported"
    tables = [schema.get(name, {}) for name in ("properties", "$defs", "definitions")]
    inner = [part for table in tables for part in table.values()]
    inner += [*schema.get("anyOf", []), *schema.get("allOf", [])]
    inner += [schema["items"]] if "items" in schema else []
    for part in inner:
        yield from _structured(part)


def _anthropic_turns(messages: list[Json]) -> Iterator[str]:
    known, before = set[str](), list[str]()
    for number, message in enumerate(messages):
        content = message["content"]
        blocks = [{"type": "text", "text": content}] if isinstance(content, str) else content
        if not blocks:
            yield f"messages.{number}: content must be non-empty"
        now = [block["id"] for block in blocks if block["type"] == "tool_use"]
        results = [block["tool_use_id"] for block in blocks if block["type"] == "tool_result"]
        if set(results) - set(before):
            yield f"messages.{number}: unexpected `tool_use_id` found in `tool_result` blocks"
        if set(before) - set(results):
            yield f"messages.{number}: `tool_use` ids were found without `tool_result` blocks"
        if len(results) > len(set(results)):
            yield f"messages.{number}: each tool_use must have a single result"
        if len(now) > len(set(now)) or known & set(now):
            yield f"messages.{number}.content: `tool_use` ids must be unique"
        yield from _order([block["type"] for block in blocks], f"messages.{number}")
        known |= set(now)
        before = now
        for block in blocks:
            if block.get("is_error") and not block.get("content"):
                yield f"messages.{number}.content: content cannot be empty if `is_error` is true"
        inside = [b for block in blocks for b in block.get("content", []) if isinstance(b, dict)]
        for block in [*blocks, *inside]:
            yield from _block(block, f"messages.{number}.content")
    last = messages[-1]
    text = last["content"] if isinstance(last["content"], str) else last["content"][-1].get("text")
    if last["role"] == "assistant" and text is not None and text != text.rstrip():
        yield "messages: final assistant content cannot end with trailing whitespace"
    if before:
        yield "messages: `tool_use` ids were found without `tool_result` blocks"


def _block(block: Json, place: str) -> Iterator[str]:
    if block["type"] == "text" and not _TEXT.search(block["text"]):
        yield "messages: text content blocks must contain non-whitespace text"
    if block["type"] == "tool_use":
        if not _ANTHROPIC_ID.fullmatch(block["id"]):
            yield f"{place}.tool_use.id: String should match pattern '^[a-zA-Z0-9_-]+$'"
        if not _ANTHROPIC_NAME.fullmatch(block["name"]):
            yield f"{place}.tool_use.name: String should match pattern"
        if not isinstance(block["input"], dict):
            yield f"{place}.tool_use.input: Input should be a valid dictionary"
    if block["type"] == "image" and block["source"]["type"] == "base64":
        named, data = block["source"]["media_type"], base64.b64decode(block["source"]["data"])
        shown = [kind for kind, beginning in _BEGINNINGS.items() if data.startswith(beginning)]
        if named not in _BEGINNINGS or (shown and named not in shown):
            yield f"{place}.image.source.base64: Image does not match the media type {named}"


def _openai(body: Json) -> Iterator[str]:
    yield from _of_both_apis(body, [tool["function"] for tool in body.get("tools", [])])
    if len(body.get("stop", [])) > 4:
        yield "Invalid 'stop': array too long. Expected an array with maximum length 4"
    yield from _openai_turns(body["messages"])


def _of_both_apis(body: Json, functions: list[Json]) -> Iterator[str]:
    for name in ("user", "prompt_cache_key"):
        if len(body.get(name, "")) > 64:
            yield f"Invalid '{name}': string too long. Expected a string with maximum length 64"
    if len(functions) > 128:
        yield "Invalid 'tools': array too long. Expected an array with maximum length 128"
    for number, function in enumerate(functions):
        if not _OPENAI_NAME.fullmatch(function["name"]):
            yield f"Invalid 'tools[{number}].function.name': string too long"
        if not function["parameters"].keys() >= {"type", "properties"}:
            yield f"Invalid schema for function '{function['name']}': missing properties"
        # Only the responses API is strict where nothing is said.
        if function.get("strict", function.get("type") == "function") and (
            function["parameters"].get("additionalProperties") is not False
        ):
            yield "Invalid schema: 'additionalProperties' is required to be false"


def _order(kinds: list[str], place: str) -> Iterator[str]:
    if "tool_use" in kinds[: _last(kinds, "text")]:
        yield f"{place}: `tool_use` ids were found without `tool_result` blocks"
    if "text" in kinds[: _last(kinds, "tool_result")]:
        yield f"{place}: `tool_result` blocks must come first"


def _last(kinds: list[str], kind: str) -> int:
    """The place of the last of a kind; 0 without any."""
    return max((n for n, each in enumerate(kinds) if each == kind), default=0)


def _openai_turns(messages: list[Json]) -> Iterator[str]:
    waiting = list[str]()
    for number, message in enumerate(messages):
        place = f"messages[{number}]"
        if not _OPENAI_SPEAKER.fullmatch(message.get("name", "x")):
            yield f"Invalid '{place}.name': string does not match pattern"
        content = message["content"]
        allowed = {"text", "image_url"} if message["role"] == "user" else {"text"}
        if isinstance(content, list) and {part["type"] for part in content} - allowed:
            yield f"Invalid '{place}.content': unknown part"
        if message["role"] == "tool":
            if message["tool_call_id"] not in waiting:
                yield "messages with role 'tool' must be a response to a preceding 'tool_calls'"
            else:
                waiting.remove(message["tool_call_id"])
            continue
        if waiting:
            yield "An assistant message with 'tool_calls' must be followed by tool messages"
        waiting = [call["id"] for call in message.get("tool_calls", [])]
        for call in message.get("tool_calls", []):
            if len(call["id"]) > 40:
                yield f"Invalid '{place}.tool_calls[0].id': string too long, maximum length 40"
            if not _OPENAI_NAME.fullmatch(call["function"]["name"]):
                yield f"Invalid '{place}.tool_calls[0].function.name'"
            if not isinstance(call["function"]["arguments"], str):
                yield f"Invalid type for '{place}.tool_calls[0].function.arguments'"
    if waiting:
        yield "An assistant message with 'tool_calls' must be followed by tool messages"


_PARAMETERS = {
    "model", "input", "instructions", "store", "include", "max_output_tokens", "temperature",
    "top_p", "top_logprobs", "user", "prompt_cache_key", "reasoning", "text", "tools",
    "tool_choice", "parallel_tool_calls", "metadata", "service_tier", "stream", "truncation",
}  # fmt: skip
_PARTS = {
    "user": {"input_text", "input_image", "input_file"},
    "system": {"input_text", "input_image", "input_file"},
    "developer": {"input_text", "input_image", "input_file"},
    "assistant": {"output_text", "refusal"},
}
_INCLUDED = {"reasoning.encrypted_content", "message.output_text.logprobs"}


def _responses(body: Json) -> Iterator[str]:
    for name in sorted(body.keys() - _PARAMETERS):
        yield f"Unknown parameter: '{name}'."
    yield from _of_both_apis(body, body.get("tools", []))
    if body.get("max_output_tokens", 16) < 16:
        yield "Invalid 'max_output_tokens': integer below minimum value. Expected a value >= 16"
    for value in set(body.get("include", [])) - _INCLUDED:
        yield f"Invalid value: '{value}'."
    choice = body.get("tool_choice", "auto")
    if isinstance(choice, dict):
        if choice["name"] not in [tool["name"] for tool in body.get("tools", [])]:
            yield f"Tool choice '{choice['name']}' not found in 'tools' parameter."
    elif choice not in ("auto", "none", "required"):
        yield f"Invalid value: '{choice}'."
    form = body.get("text", {}).get("format", {"type": "text"})
    if form["type"] == "json_schema" and not _OPENAI_NAME.fullmatch(form.get("name", "")):
        yield "Missing required parameter: 'text.format.name'."
    yield from _items(body["input"], stored=body.get("store", True))


def _items(items: list[Json], *, stored: bool) -> Iterator[str]:
    outputs = [i["call_id"] for i in items if i.get("type") == "function_call_output"]
    called = list[str]()
    for number, item in enumerate(items):
        place = f"input[{number}]"
        if "role" in item:
            yield from _message(item, place)
        elif item["type"] == "function_call":
            yield from _function_call(item, place)
            if item["call_id"] in called:
                yield f"Duplicate function call {item['call_id']}."
            called.append(item["call_id"])
            if item["call_id"] not in outputs:
                yield f"No tool output found for function call {item['call_id']}."
        elif item["type"] == "function_call_output":
            if item["call_id"] not in called:
                yield f"No tool call found for function call output with call_id {item['call_id']}."
            kept = item["output"]
            kinds = {part["type"] for part in kept} if isinstance(kept, list) else set()
            if kinds - _PARTS["user"] or kept == []:
                yield f"Invalid value: '{place}.output'."
        elif item["type"] == "reasoning":
            yield from _reasoning(item, place, items[number + 1 : number + 2], stored=stored)
        else:
            yield f"Invalid value: '{item['type']}' at {place}.type"
    if len(outputs) > len(set(outputs)):
        yield "Duplicate function call output."


def _message(item: Json, place: str) -> Iterator[str]:
    content = item["content"]
    if item["role"] not in _PARTS:
        yield f"Invalid value: '{item['role']}' at {place}.role"
    elif isinstance(content, list) and {part["type"] for part in content} - _PARTS[item["role"]]:
        yield f"Invalid value at {place}.content: supported are {_PARTS[item['role']]}."
    if content == []:
        yield f"Invalid '{place}.content': empty array."
    if item.get("phase", "commentary") not in ("commentary", "final_answer"):
        yield f"Invalid value: '{place}.phase'."
    if item.keys() - {"type", "role", "content", "phase"}:
        yield f"Unknown parameter: '{place}.name'."


def _function_call(item: Json, place: str) -> Iterator[str]:
    if not 1 <= len(item["call_id"]) <= 64:
        yield f"Invalid '{place}.call_id': expected a string of 1 to 64 characters"
    if not _OPENAI_NAME.fullmatch(item["name"]):
        yield f"Invalid '{place}.name': string does not match pattern '^[a-zA-Z0-9_-]+$'"
    if not isinstance(item["arguments"], str):
        yield f"Invalid type for '{place}.arguments'"


def _reasoning(item: Json, place: str, following: list[Json], *, stored: bool) -> Iterator[str]:
    if not isinstance(item.get("summary"), list):
        yield f"Missing required parameter: '{place}.summary'."
    if not stored and not item.get("encrypted_content"):
        yield "Item not found. Items are not persisted when `store` is set to false."
    of_the_turn = [
        i for i in following
        if i.get("role") == "assistant" or i.get("type") in ("function_call", "reasoning")
    ]  # fmt: skip
    if not of_the_turn:
        yield "Item of type 'reasoning' was provided without its required following item."


_OBJECTIONS: Mapping[str, Callable[[Json], Iterator[str]]] = {
    "openai": _openai, "openai-responses": _responses, "anthropic": _anthropic,
}  # fmt: skip
