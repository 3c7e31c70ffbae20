"""The wire formats as a caller writes them and a vendor reads them, written apart from our code."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .fake_provider_server import Call, Reply, answer, tool_calls

Json = dict[str, Any]


@dataclass(frozen=True)
class Ask:
    """A request in no format: turns are (role, text), pictures belong to the last of the user's.

    With `results`, the assistant has called tools before and its calls are answered.
    """

    turns: tuple[tuple[str, str], ...] = (("user", "What is on?"),)
    system: str | None = None
    pictures: tuple[str, ...] = ()
    tools: Mapping[str, Json] = field(default_factory=dict)
    choice: str | None = None
    parallel: bool | None = None
    calls: Mapping[str, tuple[str, Json]] = field(default_factory=dict)
    results: Mapping[str, str] = field(default_factory=dict)
    schema: Json | None = None
    effort: str | None = None
    verbosity: str | None = None
    stop: tuple[str, ...] = ()
    temperature: float | None = None
    user: str | None = None
    cache_key: str | None = None
    most: int = 300


@dataclass(frozen=True)
class Told:
    """An answer in no format."""

    text: str
    calls: Json
    end: str
    refused: bool
    tokens: tuple[int, int, int]
    """Read, of these from a cache, and written."""


@dataclass(frozen=True)
class Seen:
    """A request as a vendor reads it, in no format; calls and results by their ids."""

    instructions: str
    texts: tuple[tuple[str, str], ...]
    pictures: tuple[str, ...]
    tools: Json
    choice: Any
    parallel: bool | None
    calls: Json
    results: Json
    schema: Json | None
    effort: str | None
    verbosity: str | None
    stop: tuple[str, ...]
    temperature: float | None
    user: str | None
    most: int
    marks: int
    """Blocks marked for a cache."""


def _kept(**fields: Any) -> Json:
    return {name: value for name, value in fields.items() if value not in (None, [], {}, ())}


# ---- as a caller writes and reads ----------------------------------------------------------------


def chat_body(ask: Ask) -> Json:
    *before, (_, last) = ask.turns
    pictures = [{"type": "image_url", "image_url": {"url": url}} for url in ask.pictures]
    question: Any = [{"type": "text", "text": last}, *pictures] if pictures else last
    calls = [
        {"id": n, "type": "function", "function": {"name": name, "arguments": json.dumps(given)}}
        for n, (name, given) in ask.calls.items()
    ]
    schema = {"name": "reply", "strict": True, "schema": ask.schema}
    return {
        "messages": [
            *([{"role": "system", "content": ask.system}] if ask.system else []),
            *({"role": role, "content": text} for role, text in before),
            {"role": "user", "content": question},
            *([{"role": "assistant", "content": None, "tool_calls": calls}] if calls else []),
            *({"role": "tool", "tool_call_id": n, "content": r} for n, r in ask.results.items()),
        ],
        **_kept(
            tools=[
                {"type": "function", "function": {"name": name, "parameters": given}}
                for name, given in ask.tools.items()
            ],
            tool_choice=_openais_choice(ask.choice, nested=True),
            parallel_tool_calls=ask.parallel,
            response_format=ask.schema and {"type": "json_schema", "json_schema": schema},
            reasoning_effort=ask.effort,
            verbosity=ask.verbosity,
            stop=list(ask.stop),
            temperature=ask.temperature,
            user=ask.user,
            prompt_cache_key=ask.cache_key,
            max_tokens=ask.most,
        ),
    }


def responses_body(ask: Ask) -> Json:
    *before, (_, last) = ask.turns
    pictures = [{"type": "input_image", "image_url": url, "detail": "auto"} for url in ask.pictures]
    question: Any = [{"type": "input_text", "text": last}, *pictures] if pictures else last
    schema = {"type": "json_schema", "name": "reply", "strict": True, "schema": ask.schema}
    text = _kept(format=schema if ask.schema else None, verbosity=ask.verbosity)
    return {
        "input": [
            *({"role": role, "content": text} for role, text in before),
            {"role": "user", "content": question},
            *(
                {
                    "type": "function_call", "call_id": n, "name": name,
                    "arguments": json.dumps(given),
                }
                for n, (name, given) in ask.calls.items()
            ),
            *(
                {"type": "function_call_output", "call_id": n, "output": result}
                for n, result in ask.results.items()
            ),
        ],
        **_kept(
            instructions=ask.system,
            tools=[
                {"type": "function", "name": name, "parameters": given, "strict": None}
                for name, given in ask.tools.items()
            ],
            tool_choice=_openais_choice(ask.choice, nested=False),
            parallel_tool_calls=ask.parallel,
            text=text,
            reasoning=ask.effort and {"effort": ask.effort},
            temperature=ask.temperature,
            safety_identifier=ask.user,
            prompt_cache_key=ask.cache_key,
            max_output_tokens=ask.most,
        ),
    }  # fmt: skip


def messages_body(ask: Ask) -> Json:
    *before, (_, last) = ask.turns
    pictures = [{"type": "image", "source": _source(url)} for url in ask.pictures]
    question: Any = [{"type": "text", "text": last}, *pictures] if pictures else last
    calls = [
        {"type": "tool_use", "id": n, "name": name, "input": given}
        for n, (name, given) in ask.calls.items()
    ]
    results = [
        {"type": "tool_result", "tool_use_id": n, "content": result}
        for n, result in ask.results.items()
    ]
    return {
        "messages": [
            *({"role": role, "content": text} for role, text in before),
            {"role": "user", "content": question},
            *([{"role": "assistant", "content": calls}] if calls else []),
            *([{"role": "user", "content": results}] if results else []),
        ],
        "max_tokens": ask.most,
        **_kept(
            system=ask.system,
            tools=[
                {"name": name, "input_schema": given} for name, given in ask.tools.items()
            ],
            tool_choice=_anthropics_choice(ask),
            output_config=_kept(
                effort=ask.effort,
                format=ask.schema and {"type": "json_schema", "schema": ask.schema},
            ),
            stop_sequences=list(ask.stop),
            temperature=ask.temperature,
            metadata=ask.user and {"user_id": ask.user},
        ),
    }  # fmt: skip


def _openais_choice(choice: str | None, *, nested: bool) -> Any:
    if choice in (None, "auto", "none", "required"):
        return choice
    return {"type": "function", **({"function": {"name": choice}} if nested else {"name": choice})}


def _anthropics_choice(ask: Ask) -> Json | None:
    one = {"disable_parallel_tool_use": True} if ask.parallel is False else {}
    if ask.choice is None:
        return {"type": "auto", **one} if one else None
    known = {"auto": "auto", "none": "none", "required": "any"}
    if ask.choice in known:
        return {"type": known[ask.choice], **one}
    return {"type": "tool", "name": ask.choice, **one}


def _source(url: str) -> Json:
    if not url.startswith("data:"):
        return {"type": "url", "url": url}
    kind, _, data = url.removeprefix("data:").partition(";base64,")
    return {"type": "base64", "media_type": kind, "data": data}


def chat_told(body: Json) -> Told:
    (choice,) = body["choices"]
    message, usage = choice["message"], body["usage"]
    return Told(
        text=message["content"] or message["refusal"] or "",
        calls={
            call["id"]: (call["function"]["name"], json.loads(call["function"]["arguments"]))
            for call in message.get("tool_calls") or ()
        },
        end=choice["finish_reason"],
        refused=bool(message["refusal"]),
        tokens=(
            usage["prompt_tokens"],
            usage["prompt_tokens_details"]["cached_tokens"],
            usage["completion_tokens"],
        ),
    )


def responses_told(body: Json) -> Told:
    parts = [p for item in body["output"] if item["type"] == "message" for p in item["content"]]
    calls = {
        item["call_id"]: (item["name"], json.loads(item["arguments"]))
        for item in body["output"]
        if item["type"] == "function_call"
    }
    end = (body["incomplete_details"] or {}).get("reason") or body["status"]
    words = {"max_output_tokens": "length", "completed": "tool_calls" if calls else "stop"}
    usage = body["usage"]
    return Told(
        text="".join(part.get("text") or part.get("refusal") for part in parts),
        calls=calls,
        end=words.get(end, end),
        refused=any(part["type"] == "refusal" for part in parts),
        tokens=(
            usage["input_tokens"],
            usage["input_tokens_details"]["cached_tokens"],
            usage["output_tokens"],
        ),
    )


def messages_told(body: Json) -> Told:
    words = {
        "end_turn": "stop", "stop_sequence": "stop", "max_tokens": "length",
        "tool_use": "tool_calls", "refusal": "content_filter",
    }  # fmt: skip
    usage = body["usage"]
    cached = usage["cache_read_input_tokens"]
    return Told(
        text="".join(b["text"] for b in body["content"] if b["type"] == "text"),
        calls={
            b["id"]: (b["name"], b["input"]) for b in body["content"] if b["type"] == "tool_use"
        },
        end=words[body["stop_reason"]],
        refused=body["stop_reason"] == "refusal",
        tokens=(
            usage["input_tokens"] + cached + usage["cache_creation_input_tokens"],
            cached,
            usage["output_tokens"],
        ),
    )


@dataclass(frozen=True)
class Inward:
    """A format of callers."""

    path: str
    body: Callable[[Ask], Json]
    told: Callable[[Json], Told]


INWARD: Mapping[str, Inward] = {
    "openai": Inward("/v1/chat/completions", chat_body, chat_told),
    "openai-responses": Inward("/v1/responses", responses_body, responses_told),
    "anthropic": Inward("/v1/messages", messages_body, messages_told),
}


# ---- as a vendor reads and answers ---------------------------------------------------------------


def seen(call: Call) -> Seen:
    """The request that a vendor got."""
    return {"openai": _chat_seen, "openai-responses": _responses_seen}.get(
        call.wire, _messages_seen
    )(call.body)


def _parts(content: Any) -> list[Json]:
    if content is None:
        return []
    return [{"type": "text", "text": content}] if isinstance(content, str) else content


def _texts(content: Any) -> str:
    return "".join(part.get("text", "") for part in _parts(content))


def _chat_seen(body: Json) -> Seen:
    messages = body["messages"]
    form = (body.get("response_format") or {}).get("json_schema") or {}
    choice = body.get("tool_choice")
    parts = [part for m in messages for part in _parts(m["content"])]
    return Seen(
        instructions="".join(_texts(m["content"]) for m in messages if m["role"] == "system"),
        texts=tuple(
            (m["role"], _texts(m["content"]))
            for m in messages
            if m["role"] in ("user", "assistant") and _texts(m["content"])
        ),
        pictures=tuple(p["image_url"]["url"] for p in parts if p["type"] == "image_url"),
        tools={
            tool["function"]["name"]: tool["function"]["parameters"]
            for tool in body.get("tools") or ()
        },
        choice=choice["function"]["name"] if isinstance(choice, dict) else choice,
        parallel=body.get("parallel_tool_calls"),
        calls={
            call["id"]: (call["function"]["name"], json.loads(call["function"]["arguments"]))
            for m in messages
            for call in m.get("tool_calls") or ()
        },
        results={m["tool_call_id"]: _texts(m["content"]) for m in messages if m["role"] == "tool"},
        schema=form.get("schema"),
        effort=body.get("reasoning_effort"),
        verbosity=body.get("verbosity"),
        stop=tuple(body.get("stop") or ()),
        temperature=body.get("temperature"),
        user=body.get("user"),
        most=body.get("max_completion_tokens") or body["max_tokens"],
        marks=json.dumps(body).count('"cache_control"'),
    )


def _responses_seen(body: Json) -> Seen:
    said = [item for item in body["input"] if item.get("type", "message") == "message"]
    parts = [part for item in said for part in _parts(item["content"])]
    choice, form = body.get("tool_choice"), (body.get("text") or {}).get("format") or {}
    instructions = [i for i in said if i["role"] in ("system", "developer")]
    assert body["store"] is False
    return Seen(
        instructions="".join(_texts(item["content"]) for item in instructions),
        texts=tuple(
            (item["role"], _texts(item["content"]))
            for item in said
            if item["role"] in ("user", "assistant")
        ),
        pictures=tuple(part["image_url"] for part in parts if part["type"] == "input_image"),
        tools={tool["name"]: tool["parameters"] for tool in body.get("tools") or ()},
        choice=choice["name"] if isinstance(choice, dict) else choice,
        parallel=body.get("parallel_tool_calls"),
        calls={
            item["call_id"]: (item["name"], json.loads(item["arguments"]))
            for item in body["input"]
            if item.get("type") == "function_call"
        },
        results={
            item["call_id"]: _texts(item["output"])
            for item in body["input"]
            if item.get("type") == "function_call_output"
        },
        schema=form.get("schema"),
        effort=(body.get("reasoning") or {}).get("effort"),
        verbosity=(body.get("text") or {}).get("verbosity"),
        stop=tuple(body.get("stop") or ()),
        temperature=body.get("temperature"),
        user=body.get("user") or body.get("safety_identifier"),
        most=body["max_output_tokens"],
        marks=json.dumps(body).count('"cache_control"'),
    )


def _messages_seen(body: Json) -> Seen:
    blocks = [(m["role"], b) for m in body["messages"] for b in _parts(m["content"])]
    choice, config = body.get("tool_choice") or {}, body.get("output_config") or {}
    words = {"any": "required", "tool": choice.get("name"), "auto": "auto", "none": "none"}
    return Seen(
        instructions=_texts(body.get("system")),
        texts=tuple((role, b["text"]) for role, b in blocks if b["type"] == "text"),
        pictures=tuple(_url(b["source"]) for _, b in blocks if b["type"] == "image"),
        tools={tool["name"]: tool["input_schema"] for tool in body.get("tools") or ()},
        choice=words[choice["type"]] if choice else None,
        parallel=False if choice.get("disable_parallel_tool_use") else None,
        calls={b["id"]: (b["name"], b["input"]) for _, b in blocks if b["type"] == "tool_use"},
        results={
            b["tool_use_id"]: _texts(b.get("content"))
            for _, b in blocks
            if b["type"] == "tool_result"
        },
        schema=(config.get("format") or {}).get("schema"),
        effort=config.get("effort"),
        verbosity=None,
        stop=tuple(body.get("stop_sequences") or ()),
        temperature=body.get("temperature"),
        user=(body.get("metadata") or {}).get("user_id"),
        most=body["max_tokens"],
        marks=json.dumps(body).count('"cache_control"'),
    )


def _url(source: Json) -> str:
    if source["type"] == "url":
        return str(source["url"])
    return f"data:{source['media_type']};base64,{source['data']}"


def answering(text: str = "All is well, thank you.", end: str = "stop", **usage: int) -> Any:
    """A vendor that answers so in the call's format; `end` is chat's word for the reason."""

    def respond(call: Call) -> Reply:
        reply = answer(call, text, **usage)
        _end(call.wire, reply.body, end)
        return reply

    return respond


def calling(calls: Mapping[str, tuple[str, Json]]) -> Any:
    """A vendor that calls these tools in the call's format."""
    return lambda call: tool_calls(call, calls)


def refusing(text: str) -> Any:
    """A vendor whose answer is a refusal, marked as its format marks one."""

    def respond(call: Call) -> Reply:
        reply = answer(call, text)
        if call.wire == "openai":
            reply.body["choices"][0]["message"] |= {"content": None, "refusal": text}
        elif call.wire == "openai-responses":
            reply.body["output"][0]["content"] = [{"type": "refusal", "refusal": text}]
        else:
            reply.body["stop_reason"] = "refusal"
        return reply

    return respond


def _end(wire: str, body: Json, end: str) -> None:
    if wire == "openai":
        body["choices"][0]["finish_reason"] = end
    elif wire == "openai-responses":
        if end != "stop":
            reason = "max_output_tokens" if end == "length" else end
            body |= {"status": "incomplete", "incomplete_details": {"reason": reason}}
    else:
        words = {"stop": "end_turn", "length": "max_tokens", "content_filter": "refusal"}
        body["stop_reason"] = words[end]
