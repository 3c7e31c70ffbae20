"""OpenAI's Agents SDK by its defaults; prints the outcome of each use of each model as JSON.

Base URL and key come from the environment, the models' names from the command line. The
temperature comes from the environment too: only a tool that has run knows it.
"""

import asyncio
import json
import os
import sys
from collections.abc import Awaitable, Callable
from typing import Any

from agents import Agent, Runner, RunResult, RunResultStreaming, function_tool
from pydantic import BaseModel

Json = dict[str, Any]
QUESTION = "How is the weather in Paris?"


class City(BaseModel):
    name: str


def weather(city: str) -> str:
    """Look up the weather of a city."""
    return f"{os.environ['DEGREES']} degrees in {city}"


def agent(model: str, **settings: Any) -> Any:
    return Agent(name="a", instructions="Answer in one sentence.", model=model, **settings)


def outcome(ended: RunResult | RunResultStreaming, text: str) -> Json:
    return {"text": text, "tokens": ended.context_wrapper.usage.total_tokens}


async def chat(model: str) -> Json:
    ended = await Runner.run(agent(model), QUESTION)
    return outcome(ended, ended.final_output)


async def tool(model: str) -> Json:
    """A tool loop, and a second question after it."""
    able = agent(model, tools=[function_tool(weather)])
    first = await Runner.run(able, QUESTION)
    ended = await Runner.run(able, [*first.to_input_list(), {"role": "user", "content": "Again?"}])
    return outcome(ended, ended.final_output)


async def stored(model: str) -> Json:
    ended = await Runner.run(agent(model), QUESTION, previous_response_id="resp_1")
    return outcome(ended, ended.final_output)


async def stream(model: str) -> Json:
    ended = Runner.run_streamed(agent(model, tools=[function_tool(weather)]), QUESTION)
    text = ""
    async for event in ended.stream_events():
        if event.type == "raw_response_event" and event.data.type == "response.output_text.delta":
            text += event.data.delta
    return outcome(ended, text)


async def schema(model: str) -> Json:
    ended = await Runner.run(agent(model, output_type=City), QUESTION)
    return outcome(ended, ended.final_output.name)


async def tried(use: Callable[[str], Awaitable[Json]], model: str) -> Json:
    try:
        return await use(model)
    except Exception as error:  # noqa: BLE001 - a test reads it
        return {"error": repr(error)}


async def main(models: list[str]) -> None:
    uses = (chat, tool, stream, schema, stored)
    outcomes = {m: {use.__name__: await tried(use, m) for use in uses} for m in models}
    sys.stdout.write(json.dumps(outcomes))


asyncio.run(main(sys.argv[1:]))
