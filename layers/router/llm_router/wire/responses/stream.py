"""The event stream of a response in OpenAI's responses format."""

from collections.abc import Iterator

from llm_router.application.route.request import Routed
from llm_router.wire.shared.event_stream import event, pieces
from llm_router.wire.shared.router_object import Json

from .reasoning_marks import ReasoningMarks
from .reply import response_reply
from .request import ResponsesBody

_UNFINISHED: dict[str, Json] = {
    "message": {"content": []},
    "reasoning": {"summary": []},
    "function_call": {"arguments": ""},
    "custom_tool_call": {"input": ""},
}
"""The fields of an item, by its type, that its events fill."""


def response_stream(routed: Routed, body: ResponsesBody, marks: ReasoningMarks) -> str:
    """All events: the start, each item in deltas, the whole response with the `router` object."""
    numbered = enumerate(_events(response_reply(routed, body, marks)))
    return "".join(
        event({**data, "sequence_number": number}, data["type"]) for number, data in numbered
    )


def _events(response: Json) -> Iterator[Json]:
    started = {
        **response,
        "status": "in_progress",
        "incomplete_details": None,
        "output": [],
        "usage": None,
    }
    del started["router"]
    yield {"type": "response.created", "response": started}
    yield {"type": "response.in_progress", "response": started}
    for index, item in enumerate(response["output"]):
        added = {**item, **_UNFINISHED[item["type"]]}
        if "status" in added:
            added["status"] = "in_progress"
        yield {"type": "response.output_item.added", "output_index": index, "item": added}
        for filled in _filling(item):
            yield {**filled, "item_id": item["id"], "output_index": index}
        yield {"type": "response.output_item.done", "output_index": index, "item": item}
    yield {"type": f"response.{response['status']}", "response": response}


def _filling(item: Json) -> Iterator[Json]:
    """The events between an item's first and last one."""
    match item["type"]:
        case "message":
            for index, part in enumerate(item["content"]):
                for told in _content_part(part):
                    yield {**told, "content_index": index}
        case "reasoning":
            for index, part in enumerate(item["summary"]):
                for told in _summary_part(part):
                    yield {**told, "summary_index": index}
        case "function_call":
            kind, arguments = "response.function_call_arguments", item["arguments"]
            yield from ({"type": f"{kind}.delta", "delta": piece} for piece in pieces(arguments))
            yield {"type": f"{kind}.done", "name": item["name"], "arguments": arguments}
        case "custom_tool_call":
            kind, given = "response.custom_tool_call_input", item["input"]
            yield from ({"type": f"{kind}.delta", "delta": piece} for piece in pieces(given))
            yield {"type": f"{kind}.done", "input": given}


def _content_part(part: Json) -> Iterator[Json]:
    if part["type"] == "refusal":
        yield {"type": "response.content_part.added", "part": {**part, "refusal": ""}}
        for piece in pieces(part["refusal"]):
            yield {"type": "response.refusal.delta", "delta": piece}
        yield {"type": "response.refusal.done", "refusal": part["refusal"]}
    else:
        logprobs = part["logprobs"]
        yield {"type": "response.content_part.added", "part": {**part, "text": "", "logprobs": []}}
        for number, piece in enumerate(pieces(part["text"])):
            told = [] if number else logprobs
            yield {"type": "response.output_text.delta", "delta": piece, "logprobs": told}
        yield {"type": "response.output_text.done", "text": part["text"], "logprobs": logprobs}
    yield {"type": "response.content_part.done", "part": part}


def _summary_part(part: Json) -> Iterator[Json]:
    kind = "response.reasoning_summary"
    yield {"type": f"{kind}_part.added", "part": {**part, "text": ""}}
    for piece in pieces(part["text"]):
        yield {"type": f"{kind}_text.delta", "delta": piece}
    yield {"type": f"{kind}_text.done", "text": part["text"]}
    yield {"type": f"{kind}_part.done", "part": part}
