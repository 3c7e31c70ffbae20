"""The real template, deployed to the emulator, with a real model and one that breaks on demand."""

import re
from collections.abc import Iterator

import anthropic
import httpx
import openai
import pytest
from llmock.pytest_plugin import LLMock
from llmock.testing import LLMockServer

from llm_router.adapters.policy_files import packaged_policy_text
from local.settings import LOOPBACK, StackSettings, free_ports
from local.stack import LocalStack
from tests.support.local_models import LOCAL, REAL
from tests.support.weather_provider import PROVIDER_NAMES, WeatherProvider, weather_provider

MOCKED = """
[providers.mock-openai]
format = "openai"
base_url = "{openai}"

[providers.mock-anthropic]
format = "anthropic"
base_url = "{anthropic}"
"""
MODEL_SERVER = f"{LOOPBACK}:8399"
"""Where the local policy expects the real model; whatever leads elsewhere is down on purpose."""
PROVIDER_OF = {
    model.id: f"mock-{LOCAL.channel_of(model).format}"
    for model in LOCAL.models
    if MODEL_SERVER in str(LOCAL.providers[model.provider].base_url) and model.id != REAL
}
ABLE = {
    "mock-openai": '["sampling", "json_schema", "json_object", "tools", "forced_tools", "vision"]',
    "mock-anthropic": '["sampling", "json_schema", "tools", "forced_tools", "vision", "thinking"]',
}
KEYS = dict.fromkeys([*LOCAL.providers, *ABLE, *PROVIDER_NAMES.values(), "a", "b"], "a-test-key")


@pytest.fixture(scope="session")
def mock() -> Iterator[LLMock]:
    """Stands for providers whose outages can be arranged."""
    with LLMockServer() as server:
        yield LLMock(server)


@pytest.fixture(scope="session")
def weather() -> Iterator[WeatherProvider]:
    """A provider that calls tools in each wire format, by models that are called by name only."""
    with weather_provider() as provider:
        yield provider


@pytest.fixture(scope="session")
def stack(
    tmp_path_factory: pytest.TempPathFactory, mock: LLMock, weather: WeatherProvider
) -> Iterator[LocalStack]:
    """The whole stack, beside whatever else runs on this machine."""
    ports = free_ports()
    settings = StackSettings(
        state_dir=tmp_path_factory.mktemp("stack"),
        ports=ports,
        provider_keys=KEYS,
        alarm_period_seconds=1,
        policy_text=_policy(mock, ports["model"]) + weather.policy_text,
    )
    stack = LocalStack(settings)
    stack.up()
    yield stack
    stack.down()


@pytest.fixture(scope="session")
def client(stack: LocalStack) -> Iterator[httpx.Client]:
    """An HTTP client with a key."""
    with httpx.Client(
        base_url=stack.api_url, headers={"Authorization": f"Bearer {stack.api_key}"}, timeout=60
    ) as client:
        yield client


@pytest.fixture(scope="session")
def openai_client(stack: LocalStack) -> Iterator[openai.OpenAI]:
    """OpenAI's own client; only its base URL and key are ours."""
    with openai.OpenAI(base_url=stack.api_url, api_key=stack.api_key, max_retries=0) as client:
        yield client


@pytest.fixture(scope="session")
def anthropic_client(stack: LocalStack) -> Iterator[anthropic.Anthropic]:
    """Anthropic's own client; only its base URL and key are ours."""
    base_url = stack.api_url.removesuffix("/v1")
    with anthropic.Anthropic(base_url=base_url, api_key=stack.api_key, max_retries=0) as client:
        yield client


@pytest.fixture(autouse=True)
def calm(mock: LLMock) -> None:
    """Every test starts without arranged faults."""
    mock.reset()


def _policy(mock: LLMock, model_port: int) -> str:
    """The local policy with most models at the mock; one stays real."""
    text = packaged_policy_text("local").replace(MODEL_SERVER, f"{LOOPBACK}:{model_port}")
    parts = text.split("[[models]]")
    moved = [_moved(part) for part in parts[1:]]
    providers = MOCKED.format(openai=mock.base_url("openai"), anthropic=mock.base_url("anthropic"))
    return "[[models]]".join([parts[0] + providers + "\n", *moved])


def _moved(model: str) -> str:
    for name, provider in PROVIDER_OF.items():
        if f'id = "{name}"' in model:
            model = re.sub(r"provider = .*", f'provider = "{provider}"', model)
            model = re.sub(r"context_window = .*", "context_window = 1_000_000", model)
            model = re.sub(r"capabilities = .*", f"capabilities = {ABLE[provider]}", model)
    return model
