"""The whole router in one process: the real use cases around the shipped state machine."""

from collections.abc import Mapping
from dataclasses import replace

from evaluation.asl_interpreter import StateMachine
from evaluation.replay.local_router import local_router
from llm_router.application.ports import ModelProvider
from llm_router.application.route.route_request import Router
from llm_router.domain.policy.models import WIRE_FORMATS, Provider, WireFormat
from llm_router.domain.policy.policy import Policy
from tests.support.fake_provider_server import ProviderServer
from tests.support.fakes import DictCache, DictLedger
from tests.support.policies import POLICY
from tests.support.provider_adapters import keys, provider

MACHINE = StateMachine(max_value_bytes=None)


def policy_at(server: ProviderServer) -> Policy:
    """The tests' policy with both vendors on loopback, under keys that the tests hold."""
    providers = {
        name: Provider(format=vendor.format, base_url=server.base_url(vendor.format))
        for name, vendor in POLICY.providers.items()
    }
    return POLICY.model_copy(update={"providers": providers})


def real_adapters() -> dict[WireFormat, ModelProvider]:
    """The adapters around both vendors' SDKs, with keys for the providers of `policy_at`."""
    known = keys('{"openai": "k", "anthropic": "k"}')
    return dict.fromkeys(WIRE_FORMATS, provider(known))


def router(providers: Mapping[WireFormat, ModelProvider], policy: Policy) -> Router:
    """A router whose providers are the given ones, with a cache and ledgers in memory."""
    keeping_nothing = local_router(providers, policy, tuple(policy.providers), MACHINE)
    return replace(keeping_nothing, cache=DictCache(), archive=DictLedger())
