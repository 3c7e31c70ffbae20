from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import anthropic
import openai
import pytest
import redis

from local import processes, services
from local.settings import StackSettings, free_ports
from tests.support.fake_aws_server import AwsServer, aws_server
from tests.support.fake_provider_server import Call, ProviderServer, Reply, answer, serving
from tests.support.gateway import KEY, Gateway, gateway
from tests.support.in_process_router import policy_at, real_adapters, router
from tests.support.route_function import CALLER, RouteFunction


@pytest.fixture(scope="session")
def redis_port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """A real Redis of our own."""
    settings = StackSettings(state_dir=tmp_path_factory.mktemp("redis"), ports=free_ports())
    identity = services.start_redis(settings)
    yield settings.ports["redis"]
    processes.stop(identity)


@pytest.fixture
def store(redis_port: int) -> Iterator[redis.Redis]:
    """A client of that Redis, which is empty."""
    with redis.Redis(port=redis_port) as client:
        client.flushdb()
        yield client


@pytest.fixture
def aws_account(monkeypatch: pytest.MonkeyPatch) -> None:
    """Credentials and a region, which AWS's clients look for."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")


@pytest.fixture
def aws() -> Iterator[AwsServer]:
    """A fake of AWS on loopback."""
    with aws_server() as server:
        yield server


@dataclass
class HttpRouter:
    """The router over HTTP: callers' SDKs in front, providers' SDKs and a fake vendor behind."""

    vendor: ProviderServer
    gateway: Gateway
    openai: openai.OpenAI
    anthropic: anthropic.Anthropic
    calls: list[Call] = field(default_factory=list)

    def answering(self, respond: Callable[[Call], Reply]) -> None:
        """Let the vendor respond so from now on, and note its calls."""

        def noting(call: Call) -> Reply:
            self.calls.append(call)
            return respond(call)

        self.calls.clear()
        self.vendor.respond = noting


@pytest.fixture(scope="session")
def running() -> Iterator[HttpRouter]:
    """The whole router in this process, over HTTP at both ends."""
    with serving(lambda _: Reply(500)) as vendor:
        function = RouteFunction(router(real_adapters(), policy_at(vendor)))
        with (
            gateway(function) as served,
            openai.OpenAI(base_url=f"{served.url}/v1", api_key=KEY, max_retries=0) as openais,
            anthropic.Anthropic(base_url=served.url, api_key=KEY, max_retries=0) as anthropics,
        ):
            yield HttpRouter(vendor, served, openais, anthropics)


@pytest.fixture
def served(running: HttpRouter) -> HttpRouter:
    """The same, with a vendor that answers everything."""
    running.answering(lambda call: answer(call, "All is well, thank you."))
    running.gateway.function.caller = dict(CALLER)
    running.gateway.function.stage_variables = {}
    return running
