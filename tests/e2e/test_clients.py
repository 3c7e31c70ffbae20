"""OpenAI's Agents SDK and Vercel's AI SDK by their defaults, against the deployed stack.

Only the base URL, the key and the model's name are ours. By default both call `POST /v1/responses`;
a model of each wire format answers.
"""

import json
import os
import random
import subprocess
from pathlib import Path
from typing import NamedTuple

import playwright
import pytest

from llm_router.domain.policy.models import WIRE_FORMATS, WireFormat
from local.settings import ROOT
from local.stack import LocalStack
from tests.support.dialects import Json, seen
from tests.support.fake_provider_server import Call
from tests.support.weather_provider import (
    CITY,
    FIRST_WORDS,
    HELLO,
    REASONING,
    TOKENS_PER_ANSWER,
    WeatherProvider,
    weather_model,
)

INSTALLED = ROOT / ".venv" / "clients"
PROGRAMS = ROOT / "tests" / "clients"
NODE = Path(playwright.__file__).parent / "driver" / "node"


class Client(NamedTuple):
    """A client's program, and the command that reads it in the directory of its packages."""

    command: list[str | Path]
    program: str


CLIENTS = {
    "agents-sdk": Client([INSTALLED / "bin" / "python", "-"], "agents_sdk.py"),
    "ai-sdk": Client([NODE, "--input-type=module", "-"], "ai_sdk.mjs"),
}


class Run(NamedTuple):
    """The outcomes of a client's program by model and use, and the provider's calls meanwhile."""

    degrees: str
    outcomes: dict[str, dict[str, Json]]
    calls: list[Call]

    def calls_to(self, wire: WireFormat) -> list[Call]:
        return [call for call in self.calls if call.model == weather_model(wire)]


@pytest.fixture(scope="module", params=CLIENTS)
def run(request: pytest.FixtureRequest, stack: LocalStack, weather: WeatherProvider) -> Run:
    """All uses of one client in one process: its start takes longest."""
    if not (INSTALLED / "node_modules").exists():
        assert "CI" not in os.environ, "scripts/install-clients has not run"
        pytest.skip("the clients are not installed: scripts/install-clients")
    client, degrees = CLIENTS[request.param], str(random.randrange(10**6))
    weather.calls.clear()
    done = subprocess.run(
        [*client.command, *map(weather_model, WIRE_FORMATS)],
        input=(PROGRAMS / client.program).read_text(),
        env={
            "OPENAI_BASE_URL": stack.api_url,
            "OPENAI_API_KEY": stack.api_key,
            "OPENAI_AGENTS_DISABLE_TRACING": "1",
            "DEGREES": degrees,
        },
        cwd=INSTALLED,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return Run(degrees, json.loads(done.stdout), [*weather.calls])


@pytest.mark.parametrize("wire", WIRE_FORMATS)
@pytest.mark.parametrize(
    ("use", "text", "answers"),
    [
        pytest.param("chat", HELLO, 1, id="chat"),
        pytest.param(
            "stream",
            FIRST_WORDS + "It is {degrees} degrees in Paris.",
            2,
            id="streamed tool loop",
        ),
        pytest.param(
            "tool",
            "As I said: It is {degrees} degrees in Paris.",
            1,
            id="tool loop and a second question",
        ),
        pytest.param("schema", CITY, 1, id="schema"),
    ],
)
def test_the_client_gets_the_answer_and_its_tool_has_run(
    run: Run, wire: WireFormat, use: str, text: str, answers: int
) -> None:
    assert run.outcomes[weather_model(wire)][use] == {
        "text": text.format(degrees=run.degrees),
        "tokens": answers * TOKENS_PER_ANSWER,
    }


@pytest.mark.parametrize("wire", WIRE_FORMATS)
def test_a_model_is_asked_in_the_format_of_its_policy_row(run: Run, wire: WireFormat) -> None:
    calls = run.calls_to(wire)
    assert {call.wire for call in calls} == {wire}
    assert {seen(call).instructions for call in calls} == {"Answer in one sentence."}


def test_reasoning_returns_to_its_model_with_the_next_turn(run: Run) -> None:
    turns = [call for call in run.calls_to("openai-responses") if b"Again?" in call.raw]
    assert turns
    for call in turns:
        sent = [item for item in call.body["input"] if item.get("type") == "reasoning"]
        assert [item["encrypted_content"] for item in sent] == [REASONING["encrypted_content"]]


@pytest.mark.parametrize("wire", WIRE_FORMATS)
def test_a_reference_to_something_stored_is_refused_with_what_to_send(
    run: Run, wire: WireFormat
) -> None:
    refused = run.outcomes[weather_model(wire)]["stored"]["error"]
    assert "nothing is stored here: send the " in refused
