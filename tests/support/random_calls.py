"""Random calls of the router: texts of any script, images, tools, a schema, hints and a cap."""

import json
import random
from decimal import Decimal
from typing import Any

from evaluation.asl_interpreter import NOW_MS
from llm_router.application.route.request import RouteRequest
from llm_router.domain.conversation.content import Image, Text, ToolCall, ToolResult
from llm_router.domain.conversation.conversation import Conversation, Message, Tool, ToolChoice
from llm_router.domain.routing.hints import RouterHints
from llm_router.domain.tiers import TIERS

PICTURE = Image(url="https://example.com/x.png")
LOOKUP = Tool(
    name="lookup",
    description="Looks it up",
    parameters={"type": "object", "properties": {"q": {"type": "string"}}, "required": ["q"]},
)


def random_round(chance: random.Random) -> tuple[Message, ...]:
    """Nothing, or a turn with an image and a tool call whose result has an image."""
    if chance.random() < 0.7:
        return ()
    text = "".join(chance.choices('aé漢"{', k=chance.randint(0, 60)))
    hour = chance.choice([None, {"type": "ephemeral", "ttl": "1h"}])
    call = ToolCall(id="call_1", name="lookup", arguments=json.dumps({"q": text}))
    result = ToolResult(call_id="call_1", content=(Text(text=text), PICTURE))
    return (
        Message(role="user", content=(Text(text=text, cache_control=hour), PICTURE)),
        Message(role="assistant", content=(call,)),
        Message(role="tool", content=(result,)),
    )


def random_extras(chance: random.Random, alphabet: str) -> dict[str, Any]:
    """Some of the fields that are no part of the messages, long or short."""
    extras = {
        "schema_description": "".join(chance.choices(alphabet, k=chance.randint(1, 2_000))),
        "schema_name": "n" * chance.randint(1, 64),
        "stop": tuple("".join(chance.choices(alphabet, k=9)) for _ in range(4)),
        "user": "".join(chance.choices(alphabet, k=chance.randint(1, 200))),
        "seed": 10 ** chance.randint(0, 300),
        "tool_choice": ToolChoice(mode="auto"),
    }
    return {name: value for name, value in extras.items() if chance.random() < 0.5}


def random_call(chance: random.Random) -> RouteRequest:
    """A call with random messages, limits and hints; its cap is between 0.00003 and 1 USD."""
    alphabet = chance.choice(["ab ", "aé漢🙂\n", 'x"\\\n\t'])
    messages = tuple(
        Message(
            role=chance.choice(["user", "assistant", "system"]),
            content="".join(chance.choices(alphabet, k=chance.randint(0, 80))),
            name=chance.choice([None, None, "".join(chance.choices(alphabet, k=100))]),
        )
        for _ in range(chance.randint(0, 3))
    )
    question = Message(
        role="user",
        content=chance.choice(
            ["How do magnets work?", "Prove it", "Hi", "Where is Rome?", "How many are 6 times 7?"]
        ),
    )
    return RouteRequest(
        request_id="r",
        tenant="t",
        conversation=Conversation(
            messages=(*messages, *random_round(chance), question),
            max_output_tokens=chance.choice([None, 1, chance.randint(1, 5_000)]),
            tools=(LOOKUP,) * chance.choice([0, 0, 0, 1, 3]),
            response_schema=chance.choice([None, None, None, LOOKUP.parameters]),
            **(random_extras(chance, alphabet) if chance.random() < 0.3 else {}),
        ),
        hints=RouterHints(
            model_tier=chance.choice([None, *TIERS]),
            feature=str(chance.randint(0, 10**9)),
            max_cost_usd=Decimal(repr(10 ** chance.uniform(-4.5, 0))),
        ),
        received_epoch_ms=NOW_MS,
    )
