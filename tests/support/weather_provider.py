"""A provider with a model of each wire format; it calls the tool that it is offered."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from llm_router.domain.policy.formats import FORMATS
from llm_router.domain.policy.models import ENDPOINT_KINDS, WIRE_FORMATS, EndpointKind, WireFormat

from .dialects import seen
from .fake_provider_server import Call, Json, ProviderServer, Reply, answer, serving, tool_calls

HELLO = "It is a fine day."
FIRST_WORDS = "I look it up. "
"""Comes before a tool call."""
CITY = "Paris"
TOKENS_PER_ANSWER = 15
REASONING: Json = {
    "id": "rs_1", "type": "reasoning", "summary": [], "encrypted_content": "b25seSBtaW5l",
}  # fmt: skip
"""Comes first of all where a tool is called, in the format that has such items."""
PROVIDER_NAMES: Mapping[EndpointKind, str] = {"openai": "rain", "anthropic": "snow"}
"""The providers in the policy; short, since the stack takes 80 characters of providers' names."""
_PROVIDER = """
[providers.{name}]
format = "{kind}"
base_url = "{base_url}"
"""
_MODEL = """
[[models]]
id = "{id}"
provider = "{provider}"
format = "{format}"
tier = "complex"
rank = 30
context_window = 1_000_000
max_output_tokens = 512
only_if_named = true
capabilities = ["sampling", "json_schema", "tools", "forced_tools", "vision", "effort"]
input_usd_per_mtok = 4.00
cached_input_usd_per_mtok = 0.40
output_usd_per_mtok = 20.00
priced_on = 2026-11-24
typical_latency_ms = 1000
"""


def weather_model(wire: WireFormat) -> str:
    """The model that speaks this format."""
    return f"weather-{wire}-model"


@dataclass
class WeatherProvider:
    """The running provider, and the calls that it got."""

    server: ProviderServer
    calls: list[Call] = field(default_factory=list)

    @property
    def policy_text(self) -> str:
        """Its tables in a policy."""
        providers = [
            _PROVIDER.format(
                name=PROVIDER_NAMES[kind], kind=kind, base_url=self.server.base_url(kind)
            )
            for kind in ENDPOINT_KINDS
        ]
        models = [
            _MODEL.format(
                id=weather_model(wire), provider=PROVIDER_NAMES[FORMATS[wire].endpoint], format=wire
            )
            for wire in WIRE_FORMATS
        ]
        return "".join([*providers, *models])


@contextmanager
def weather_provider() -> Iterator[WeatherProvider]:
    """Serve it until the block ends."""

    def respond(call: Call) -> Reply:
        provider.calls.append(call)
        return reply_to(call)

    with serving(respond) as server:
        provider = WeatherProvider(server)
        yield provider


def reply_to(call: Call) -> Reply:
    """Repeat its last answer or the tool's result; else fill the schema, greet or call the tool."""
    asked = seen(call)
    said = (text.strip() for role, text in asked.texts if role == "assistant")
    earlier = [text for text in said if text != FIRST_WORDS.strip()]
    if earlier:
        return answer(call, f"As I said: {earlier[-1]}")
    if asked.results:
        return answer(call, f"It is {', '.join(asked.results.values())}.")
    if asked.schema:
        return answer(call, json.dumps({"name": CITY}))
    if not asked.tools:
        return answer(call, HELLO)
    (tool,) = asked.tools
    reply = tool_calls(call, {"call_1": (tool, {"city": CITY})}, FIRST_WORDS)
    if call.wire == "openai-responses":
        reply.body["output"].insert(0, REASONING)
    return reply
