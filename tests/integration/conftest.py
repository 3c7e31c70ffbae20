from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import anthropic
import openai
import pytest

from local import processes, services
from local.settings import StackSettings, free_ports
from tests.support.composed import at, called_for_real, router
from tests.support.gateway import KEY, Gateway, gateway
from tests.support.provider_server import Call, ProviderServer, Reply, answer, serving
from tests.support.route_function import CALLER, RouteFunction


@pytest.fixture(scope="session")
def redis_port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """A real Redis of our own."""
    settings = StackSettings(state_dir=tmp_path_factory.mktemp("redis"), ports=free_ports())
    identity = services.start_redis(settings)
    yield settings.ports["redis"]
    processes.stop(identity)


@dataclass
class World:
    """Callers' SDKs in front, the providers' SDKs behind, and a vendor of the test's own."""

    vendor: ProviderServer
    gateway: Gateway
    openai: openai.OpenAI
    anthropic: anthropic.Anthropic
    calls: list[Call] = field(default_factory=list)

    def answering(self, respond: Callable[[Call], Reply]) -> None:
        """What the vendor does from now on, whatever it is called for."""

        def noting(call: Call) -> Reply:
            self.calls.append(call)
            return respond(call)

        self.calls.clear()
        self.vendor.respond = noting


@pytest.fixture(scope="session")
def whole() -> Iterator[World]:
    """The whole router in this process, over HTTP at both ends."""
    with serving(lambda _: Reply(500)) as vendor:
        function = RouteFunction(router(called_for_real(), at(vendor)))
        with (
            gateway(function) as served,
            openai.OpenAI(base_url=f"{served.url}/v1", api_key=KEY, max_retries=0) as openais,
            anthropic.Anthropic(base_url=served.url, api_key=KEY, max_retries=0) as anthropics,
        ):
            yield World(vendor, served, openais, anthropics)


@pytest.fixture
def world(whole: World) -> World:
    """The same, its vendor calm."""
    whole.answering(lambda call: answer(call, "All is well, thank you."))
    whole.gateway.function.caller = dict(CALLER)
    return whole
